"""What each map answers, in our own schema and in Carbonio's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.freshness import Freshness, State
from mailpolicy.mta.tables import ABSENT, MAPS, Answer, Tables, Word, ask

NATIVE = """\
dn: o=mail
objectClass: organization
o: mail

dn: dc=acme.example,o=mail
objectClass: domain
objectClass: mpDomain
dc: acme.example
associatedDomain: acme.example
mpRecipientDelimiter: +

dn: dc=minus.example,o=mail
objectClass: domain
objectClass: mpDomain
dc: minus.example
associatedDomain: minus.example
mpRecipientDelimiter: -

dn: dc=alias.example,o=mail
objectClass: domain
objectClass: mpDomain
dc: alias.example
associatedDomain: alias.example
mpDomainKind: alias
mpAliasTarget: dc=acme.example,o=mail

dn: dc=off.example,o=mail
objectClass: domain
objectClass: mpDomain
dc: off.example
associatedDomain: off.example
mpMailStatus: disabled
"""


def account(name: str, domain: str = "acme.example", **more: str | tuple[str, ...]) -> str:
    lines = [f"dn: uid={name},dc={domain},o=mail", "objectClass: inetOrgPerson", "objectClass: mpAccount",
             f"uid: {name}", f"cn: {name}", f"sn: {name}", f"mail: {name}@{domain}"]  # fmt: skip
    return "\n" + "\n".join([*lines, *attributes(more)]) + "\n"


def mailing_list(name: str, *members: str, **more: str | tuple[str, ...]) -> str:
    lines = [f"dn: cn={name},dc=acme.example,o=mail", "objectClass: groupOfURLs", "objectClass: mpList",
             f"cn: {name}", f"mail: {name}@acme.example"]  # fmt: skip
    addresses = tuple(at_acme(member) for member in members)
    return "\n" + "\n".join([*lines, *attributes({"mpMemberAddresses": addresses, **more})]) + "\n"


def attributes(of: dict[str, str | tuple[str, ...]]) -> list[str]:
    pairs = ((name, (each,) if isinstance(each, str) else each) for name, each in of.items())
    return [f"{name}: {value}" for name, values in pairs for value in values]


def at_acme(name: str) -> str:
    return name if "@" in name else f"{name}@acme.example"


KEEPS_NONE = {"mpLocalDeliveryEnabled": "FALSE"}


def directory(*entries: str) -> mp.Directory:
    return mp.loads(NATIVE + "".join(entries), dialect="native")


def said(of: mp.Directory, name: str, key: str, tables: Tables = Tables()) -> list[str] | Word:  # noqa: B008
    """The things found, in order; or the word that says why there are none."""
    answer = ask(of, name, key, tables)
    if answer.word is not Word.FOUND:
        return answer.word
    assert answer.text
    return answer.text.split(", ")


ANN = account("ann", mpAliases=("a.alias@acme.example", "shared@minus.example"))
MIN = account("min", "minus.example", mpAliases="m.alias@acme.example")


# Domains


@pytest.mark.parametrize(
    ("key", "map_name"),
    [("acme.example", "domains"), ("ACME.EXAMPLE", "domains"), ("alias.example", "aliasdomains")],
)
def test_a_domain_is_of_one_kind(key: str, map_name: str) -> None:
    other = {"domains": "aliasdomains", "aliasdomains": "domains"}[map_name]
    assert said(directory(), map_name, key) == [key.lower()]
    assert said(directory(), other, key) is Word.ABSENT


@pytest.mark.parametrize(
    "key", ["off.example", "other.example", "[192.0.2.1]", "@acme.example", "ann@acme.example", "*", ""]
)
@pytest.mark.parametrize("map_name", ["domains", "aliasdomains"])
def test_what_is_no_domain_of_ours(map_name: str, key: str) -> None:
    assert said(directory(ANN), map_name, key) is Word.ABSENT


# Mailboxes and aliases


@pytest.mark.parametrize(
    ("key", "result"),
    [
        ("ann@acme.example", "ann@acme.example"),
        ("ANN@Acme.Example", "ann@acme.example"),
        ("ann+news@acme.example", "ann+news@acme.example"),
        ("a.alias@acme.example", "ann@acme.example"),
        ("a.alias+x@acme.example", "ann+x@acme.example"),
        ("ann@alias.example", "ann@acme.example"),
        ("ann+x@alias.example", "ann+x@acme.example"),
        ("a.alias@alias.example", "ann@acme.example"),
        ('"ann"@acme.example', "ann@acme.example"),
        # What starts a detail in one domain does not in the other.
        ("shared-x@minus.example", "ann@acme.example"),
        ("m.alias+x@acme.example", "min@minus.example"),
        ("min-x@minus.example", "min-x@minus.example"),
    ],
)
def test_an_address_leads_to_its_mailbox_with_the_detail(key: str, result: str) -> None:
    of = directory(ANN, MIN)
    assert said(of, "alias", key) == [result]
    # and that is where the mailbox is, and an end
    assert said(of, "mailbox", result) == [result]
    assert said(of, "alias", result) == [result]
    assert said(of, "recipientaccess", key) == ["OK"]


@pytest.mark.parametrize(
    "key", ["a.alias@acme.example", "ann@alias.example", "ann-x@acme.example", "nobody@acme.example"]
)
def test_no_mailbox_has_that_address(key: str) -> None:
    assert said(directory(ANN, mailing_list("all", "ann")), "mailbox", key) is Word.ABSENT


def test_a_list_is_no_mailbox() -> None:
    assert said(directory(ANN, mailing_list("all", "ann")), "mailbox", "all@acme.example") is Word.ABSENT


@pytest.mark.parametrize("map_name", sorted(MAPS))
@pytest.mark.parametrize(
    "key", ["", "<>", '""', "*", "ann", "@acme.example", "ann@[192.0.2.1]", "ann@other.example"]
)
def test_nothing_is_known_of_these(map_name: str, key: str) -> None:
    assert ask(directory(ANN), map_name, key) == ABSENT


def test_odd_local_parts_are_found_quoted_and_as_they_are_meant() -> None:
    of = directory(account("odd", mpAliases=('"a b"@acme.example', "u=1!$@acme.example")))
    for key in ('"a b"@acme.example', "a b@acme.example", "u=1!$@acme.example", "a b+x@acme.example"):
        assert said(of, "alias", key) == [f"odd{'+x' if '+x' in key else ''}@acme.example"]


def test_an_odd_own_address_is_quoted() -> None:
    of = directory(account("odd").replace("mail: odd@", 'mail: "o, dd"@'))
    assert ask(of, "alias", "o, dd@acme.example") == Answer(Word.FOUND, '"o, dd"@acme.example')
    assert ask(of, "mailbox", '"o, dd"@acme.example').word is Word.FOUND


def test_a_catch_all_takes_what_nobody_has() -> None:
    of = directory(ANN, account("all", mpCatchAllAddresses="@acme.example"))
    assert said(of, "alias", "whoever+x@acme.example") == ["all@acme.example"]
    assert said(of, "alias", "ann@acme.example") == ["ann@acme.example"]
    assert said(of, "mailbox", "whoever@acme.example") is Word.ABSENT


def test_who_is_unknown_to_mail_is_not_there() -> None:
    of = directory(account("dan", mpMailStatus="disabled"))
    for map_name in ("alias", "mailbox", "recipientaccess"):
        assert said(of, map_name, "dan@acme.example") is Word.ABSENT


# Forwards


def test_a_mailbox_comes_first_and_then_where_it_forwards() -> None:
    of = directory(account("fay", mpForwardingAddresses=("fay@other.example", "ann@alias.example")), ANN)
    assert said(of, "alias", "fay+x@acme.example") == [
        "fay+x@acme.example",
        "fay@other.example",
        "ann@acme.example",
    ]


def test_without_a_local_copy_only_the_forwards() -> None:
    of = directory(account("fay", mpForwardingAddresses="fay@other.example", **KEEPS_NONE))
    assert said(of, "alias", "fay@acme.example") == ["fay@other.example"]


def test_mail_that_nobody_would_keep_is_kept() -> None:
    of = directory(account("fay", **KEEPS_NONE))
    assert said(of, "alias", "fay@acme.example") == ["fay@acme.example"]
    assert said(of, "mailbox", "fay@acme.example") == ["fay@acme.example"]


def test_forwards_that_go_round_are_kept() -> None:
    of = directory(
        account("a", mpForwardingAddresses="b@acme.example", **KEEPS_NONE),
        account("b", mpForwardingAddresses="a@acme.example", **KEEPS_NONE),
        mailing_list("both", "a", "b"),
    )
    assert said(of, "alias", "a@acme.example") == ["a@acme.example", "b@acme.example"]
    assert said(of, "alias", "b@acme.example") == ["b@acme.example", "a@acme.example"]
    assert said(of, "alias", "both@acme.example") == ["a@acme.example", "b@acme.example"]


def test_there_is_a_way_out_of_a_circle() -> None:
    of = directory(
        account("a", mpForwardingAddresses="b@acme.example", **KEEPS_NONE),
        account("b", mpForwardingAddresses=("a@acme.example", "c@acme.example"), **KEEPS_NONE),
        account("c"),
    )
    assert said(of, "alias", "a@acme.example") == ["c@acme.example"]
    assert said(of, "alias", "b@acme.example") == ["c@acme.example"]


def test_who_forwards_to_somebody_who_has_it_already_keeps_no_copy() -> None:
    of = directory(
        ANN,
        account("zed", mpForwardingAddresses="ann@acme.example", **KEEPS_NONE),
        mailing_list("team", "ann", "zed"),
    )
    assert said(of, "alias", "team@acme.example") == ["ann@acme.example"]


def test_a_forward_to_a_list_that_leads_back() -> None:
    of = directory(
        account("a", mpForwardingAddresses="team@acme.example", **KEEPS_NONE),
        ANN,
        mailing_list("team", "a", "ann"),
    )
    assert said(of, "alias", "a@acme.example") == ["ann@acme.example"]
    assert said(of, "alias", "team@acme.example") == ["ann@acme.example"]


def test_members_who_keep_a_copy_are_asked_about_again() -> None:
    of = directory(account("fay", mpForwardingAddresses="fay@other.example"), mailing_list("team", "fay"))
    assert said(of, "alias", "team@acme.example") == ["fay@acme.example"]


# Lists


def test_lists_are_expanded_and_dead_members_stay() -> None:
    of = directory(
        ANN, MIN, mailing_list("inner", "min@minus.example", "x@other.example", "gone"),
        mailing_list("outer", "ann", "inner", "outer"),
    )  # fmt: skip
    result = said(of, "alias", "outer@acme.example")
    assert isinstance(result, list)
    assert sorted(result) == ["ann@acme.example", "gone@acme.example", "min@minus.example", "x@other.example"]


def test_a_list_without_members_is_not_there() -> None:
    assert said(directory(mailing_list("none")), "alias", "none@acme.example") is Word.ABSENT


def test_two_who_have_the_address_of_a_member() -> None:
    rivals = [account(name, mpAliases="help@acme.example") for name in ("a1", "a2")]
    of = directory(ANN, *rivals, mailing_list("team", "help", "ann"))
    for map_name, key in (
        ("alias", "help"),
        ("mailbox", "help"),
        ("alias", "team"),
        ("senderlogins", "help"),
    ):
        answer = ask(of, map_name, f"{key}@acme.example")
        assert answer.word is Word.UNKNOWN
        assert "help@acme.example" in answer.text


# Too many


def large(count: int, name: str = "large") -> str:
    return mailing_list(name, *(f"m{number}@other.example" for number in range(count)))


def test_as_many_as_postfix_takes() -> None:
    result = said(directory(large(1000)), "alias", "large@acme.example")
    assert isinstance(result, list)
    assert len(result) == 1000


def test_more_than_postfix_takes() -> None:
    answer = ask(directory(large(1001)), "alias", "large@acme.example")
    assert answer.word is Word.UNKNOWN
    assert "large@acme.example comes to more than 1000 addresses" in answer.text


def test_what_members_forward_counts_too() -> None:
    fay = account("fay", mpForwardingAddresses=tuple(f"f{number}@other.example" for number in range(3)))
    of = directory(fay, mailing_list("team", "fay", "x@other.example"))
    # fay, x, and then fay's three
    assert isinstance(said(of, "alias", "team@acme.example", Tables(most_results=5)), list)
    assert said(of, "alias", "team@acme.example", Tables(most_results=4)) is Word.UNKNOWN


def test_forwards_that_go_round_count_too() -> None:
    people = (("a", "b@acme.example"), ("b", "a@acme.example"))
    of = directory(*(account(name, mpForwardingAddresses=to, **KEEPS_NONE) for name, to in people))
    # a and b; and when Postfix asks for b, it gets a again
    assert isinstance(said(of, "alias", "a@acme.example", Tables(most_results=3)), list)
    assert said(of, "alias", "a@acme.example", Tables(most_results=2)) is Word.UNKNOWN


def test_fewer_than_a_thousand_may_be_too_long() -> None:
    of = directory(mailing_list("long", *(f"{'x' * 100}{number}@other.example" for number in range(100))))
    assert isinstance(said(of, "alias", "long@acme.example"), list)
    assert said(of, "alias", "long@acme.example", Tables(most_bytes=10_000)) is Word.UNKNOWN


EXPANDED = Tables(expander="{local}+expand@{domain}", expander_transport="lmtp:unix:/run/expander")


def test_an_expander_stands_for_a_large_list() -> None:
    of = directory(large(1001), mailing_list("small", "ann"), mailing_list("outer", "small", "ann"),
                   account("fay", mpForwardingAddresses="large@acme.example"), ANN)  # fmt: skip
    assert said(of, "alias", "large@acme.example", EXPANDED) == ["large+expand@acme.example"]
    # An end, which Postfix hands over to it.
    assert said(of, "alias", "large+expand@acme.example", EXPANDED) == ["large+expand@acme.example"]
    assert said(of, "transport", "large+expand@acme.example", EXPANDED) == ["lmtp:unix:/run/expander"]
    assert said(of, "alias", "fay@acme.example", EXPANDED) == [
        "fay@acme.example",
        "large+expand@acme.example",
    ]
    # Others are as ever.
    assert said(of, "transport", "large@acme.example", EXPANDED) is Word.ABSENT
    assert said(of, "transport", "small+expand@acme.example", EXPANDED) is Word.ABSENT
    assert said(of, "alias", "small+expand@acme.example", EXPANDED) == ["ann@acme.example"]


# Nobody can tell


def as_fresh_as(of: mp.Directory, state: State) -> mp.Directory:
    return mp.Directory(of.snapshot.as_fresh_as(Freshness(state, source="ldap1")), of.statuses)


@pytest.mark.parametrize("state", [State.STALE, State.STARTING])
def test_while_the_directory_does_not_answer(state: State) -> None:
    of = as_fresh_as(directory(ANN, mailing_list("team", "ann", "x@other.example")), state)
    assert said(of, "domains", "acme.example") == ["acme.example"]
    assert said(of, "alias", "ann@acme.example") == ["ann@acme.example"]
    assert said(of, "alias", "team@acme.example") == ["ann@acme.example", "x@other.example"]
    assert said(of, "mailbox", "ann@acme.example") == ["ann@acme.example"]
    assert said(of, "senderlogins", "ann@acme.example") == ["ann@acme.example"]
    for map_name in ("alias", "mailbox", "senderlogins", "recipientaccess"):
        assert said(of, map_name, "new@acme.example") is Word.UNKNOWN
    for map_name in ("domains", "aliasdomains"):
        assert said(of, map_name, "new.example") is Word.UNKNOWN


def test_other_domains_while_the_directory_does_not_answer() -> None:
    stale = as_fresh_as(directory(ANN), State.STALE)
    assert said(stale, "alias", "x@other.example") is Word.ABSENT
    assert said(stale, "domains", "other.example", Tables(foreign_while_stale=True)) is Word.ABSENT
    starting = as_fresh_as(directory(ANN), State.STARTING)
    assert said(starting, "alias", "x@other.example") is Word.UNKNOWN
    assert said(starting, "domains", "other.example", Tables(foreign_while_stale=True)) is Word.UNKNOWN


def test_a_mailbox_of_a_domain_that_is_not_seen(tmp_path: Path) -> None:
    """Postfix asks about it where `main.cf` names the domain, as it may by hand."""
    whole, stale = directory(ANN), as_fresh_as(directory(ANN), State.STALE)
    file = tmp_path / "cut.ldif"
    file.write_text(NATIVE + "\nneither: this\n")
    partial = mp.open(file)
    assert said(whole, "mailbox", "ann@new.example") is Word.ABSENT
    for of in (stale, partial):
        assert said(of, "mailbox", "ann@new.example") is Word.UNKNOWN
    assert said(stale, "mailbox", "ann@new.example", Tables(foreign_while_stale=True)) is Word.ABSENT


def test_a_member_whom_nobody_sees_holds_the_list_back() -> None:
    of = as_fresh_as(directory(ANN, mailing_list("team", "ann", "new")), State.STALE)
    assert said(of, "alias", "team@acme.example") is Word.UNKNOWN


# Transport and relaying


TRANSPORTS = Tables(
    transport="lmtp:unix:/run/lmtp",
    transports={"Ann@acme.example": "one:", "other.example": "two:", ".far.example": "three:", "*": "any:"},
    relay_domains=frozenset({"relayed.example"}),
)


@pytest.mark.parametrize(
    ("key", "result"),
    [
        ("ann@acme.example", "one:"),
        ("ann+x@acme.example", "one:"),
        ("bob@acme.example", "lmtp:unix:/run/lmtp"),
        ("acme.example", "lmtp:unix:/run/lmtp"),
        ("x@OTHER.example", "two:"),
        ("x@sub.far.example", "three:"),
        ("a.b.far.example", "three:"),
        ("*", "any:"),
    ],
)
def test_a_transport_is_found_by_the_parts_of_a_key(key: str, result: str) -> None:
    assert said(directory(ANN), "transport", key, TRANSPORTS) == [result]


@pytest.mark.parametrize("key", ["far.example", "sub.other.example", "x@alias.example", "off.example", "<>"])
def test_no_transport_is_said(key: str) -> None:
    assert said(directory(ANN), "transport", key, TRANSPORTS) is Word.ABSENT


def test_what_is_relayed() -> None:
    for key in ("relayed.example", "sub.relayed.example", "x@relayed.example"):
        assert said(directory(), "relay", key, TRANSPORTS) == ["OK"]
    for key in ("acme.example", "ed.example", "relayed.example.org", ""):
        assert said(directory(), "relay", key, TRANSPORTS) is Word.ABSENT


def test_a_map_that_is_none() -> None:
    assert ask(directory(), "passwd", "root").word is Word.WRONG


@pytest.mark.parametrize(
    "wrong", [{"most_results": 0}, {"most_bytes": 100_000}, {"expander": "x@y.example"}, {"most_logins": 0}]
)
def test_options_that_make_no_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Tables(**wrong)
