"""Who may use an address as sender, by table."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.errors import Ambiguous
from mailpolicy.mta.tables import Tables, Word, ask
from tests.unit.mta.test_maps import ANN, account, directory, mailing_list, said


def logins(of: mp.Directory, key: str, tables: Tables = Tables()) -> set[str] | Word:  # noqa: B008
    found = said(of, "senderlogins", key, tables)
    return set(found) if isinstance(found, list) else found


@pytest.mark.parametrize(
    "key",
    ["ann@acme.example", "ANN@acme.example", "a.alias@acme.example", "ann@alias.example",
     "ann+x@acme.example", "ann+x@alias.example", '"ann"@acme.example'],
)  # fmt: skip
def test_every_address_of_a_mailbox_is_her_own(key: str) -> None:
    assert said(directory(ANN), "senderlogins", key) == ["ann@acme.example"]


def test_who_catches_all_may_use_all_that_nobody_has() -> None:
    of = directory(ANN, account("all", mpCatchAllAddresses="@acme.example"))
    assert logins(of, "whoever@acme.example") == {"all@acme.example"}
    assert logins(of, "ann@acme.example") == {"ann@acme.example"}


def test_who_gets_no_mail_may_send() -> None:
    assert logins(directory(account("dan", mpMailStatus="disabled")), "dan@acme.example") == {
        "dan@acme.example"
    }


@pytest.mark.parametrize("right", ["sendAs", "sendOnBehalfOf", "loginAs"])
def test_delegates(right: str) -> None:
    of = directory(ANN, account("bob", mpGrants=f"ann@acme.example usr {right}"))
    assert logins(of, "bob@acme.example") == {"bob@acme.example", "ann@acme.example"}
    assert logins(of, "ann@acme.example") == {"ann@acme.example"}


def test_rights_that_are_none_to_send() -> None:
    of = directory(ANN, account("bob", mpGrants="ann@acme.example usr read"))
    assert logins(of, "bob@acme.example") == {"bob@acme.example"}


def test_a_right_that_is_granted_where_it_cannot_be() -> None:
    domain = "dn: dc=far.example,o=mail\nobjectClass: domain\nobjectClass: mpDomain\ndc: far.example\n"
    domain += "associatedDomain: far.example\nmpGrants: ann@acme.example usr {}\n"
    for right, also in (("sendAs", set()), ("loginAs", {"ann@acme.example"})):
        of = directory(ANN, "\n" + domain.format(right), account("bob", "far.example"))
        assert logins(of, "bob@far.example") == {"bob@far.example", *also}


def test_more_delegates_than_can_be_said() -> None:
    people = [f"p{number}" for number in range(3)]
    grants = tuple(f"{name}@acme.example usr sendAs" for name in people)
    of = directory(*map(account, people), account("bob", mpGrants=grants))
    assert logins(of, "bob@acme.example", Tables(most_logins=3)) is Word.UNKNOWN
    assert len(said(of, "senderlogins", "bob@acme.example", Tables(most_logins=4))) == 4  # type: ignore[arg-type]


def test_delegates_by_a_list_and_by_a_domain() -> None:
    of = directory(
        ANN, account("cat"), account("min", "minus.example"),
        mailing_list("team", "ann", "cat", "x@other.example"),
        account("bob", mpGrants="team@acme.example grp sendAs"),
        account("eve", mpGrants="minus.example dom sendAs"),
    )  # fmt: skip
    assert logins(of, "bob@acme.example") == {"bob@acme.example", "ann@acme.example", "cat@acme.example"}
    assert logins(of, "eve@acme.example") == {"eve@acme.example", "min@minus.example"}


def test_who_is_denied() -> None:
    grants = ("team@acme.example grp sendAs", "ann@acme.example usr -sendAs")
    of = directory(ANN, account("cat"), mailing_list("team", "ann", "cat"), account("bob", mpGrants=grants))
    assert logins(of, "bob@acme.example") == {"bob@acme.example", "cat@acme.example"}


def test_the_tables_agree_with_the_rights() -> None:
    acme = mp.open("ldif/examples/acme.ldif")
    checked = 0
    for target in acme.accounts():
        if target.address is None:
            continue
        found = logins(acme, target.address)
        if found is Word.UNKNOWN:
            with pytest.raises(Ambiguous):
                acme.account(target.address)
            continue
        assert isinstance(found, set), target
        for other in acme.accounts():
            held = [mp.holds(acme, other, right, target).answer for right in ("sendAs", "sendOnBehalfOf")]
            assert (other.address in found) is any(held), (target, other)
            checked += 1
    assert checked > 100


def test_senders_of_a_list() -> None:
    grants = ("ann@acme.example usr sendAsDistList", "cat@acme.example usr ownDistList")
    of = directory(ANN, account("cat"), account("dee"), mailing_list("team", "dee", mpGrants=grants))
    assert logins(of, "team@acme.example") == {"ann@acme.example", "cat@acme.example"}
    everybody = logins(of, "team@acme.example", Tables(members_send=True))
    assert everybody == {"ann@acme.example", "cat@acme.example", "dee@acme.example"}


def test_a_list_that_nobody_may_send_as() -> None:
    assert logins(directory(ANN, mailing_list("team", "ann")), "team@acme.example") is Word.ABSENT


@pytest.mark.parametrize(
    "grant", ["team@acme.example grp sendAs", "acme.example dom sendAs", "all sendAs", "pub sendAs"]
)
def test_more_than_can_be_said(grant: str) -> None:
    people = [account(f"p{number}") for number in range(6)]
    name, *rest = grant.split()
    written = f"{name} {' '.join(rest)}" if len(rest) > 1 else f"- {name} {rest[0]}"
    team = mailing_list("team", *(f"p{number}" for number in range(6)))
    of = directory(*people, team, account("bob", mpGrants=written))
    few = ask(of, "senderlogins", "bob@acme.example", Tables(most_logins=3))
    assert few.word is Word.UNKNOWN
    assert "more than 3 logins may use bob@acme.example" in few.text
    many = logins(of, "bob@acme.example")
    assert isinstance(many, set)
    assert many >= {"bob@acme.example", *(f"p{number}@acme.example" for number in range(6))}
