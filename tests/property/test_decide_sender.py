"""Senders against a slow reference, over drawn directories and every spelling of their addresses."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, strategies as st

import mailpolicy as mp
from mailpolicy.decision import Header
from tests.mail_directories import opened
from tests.reference.senders import ACME, ALIAS, GLOBEX, LISTS, OWN, PEOPLE, Directory, manner
from tests.small_directories import record

HOMES = {"ann": ACME, "bob": ACME, "eve": GLOBEX, "red": ACME, "blue": GLOBEX}
LOCALS = ("ann", "bob", "eve", "red", "blue", "x", "y", "ann+x", "x+y", "+x", "y+", "bob+red+x")
RIGHTS = {
    True: ("sendAsDistList", "sendOnBehalfOfDistList", "ownDistList"),
    False: ("sendAs", "sendOnBehalfOf"),
}


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    # Nobody shares an address: whose it is nobody could tell then.
    extra = draw(
        st.lists(
            st.tuples(st.sampled_from(list(HOMES)), st.sampled_from(["x", "y", "ann+x", "x+y"])),
            max_size=4,
            unique_by=lambda pair: pair[1],
        )
    )
    aliases: dict[str, tuple[str, ...]] = {}
    for name, local in extra:
        domain = draw(st.sampled_from([ACME, GLOBEX]))
        aliases[name] = (*aliases.get(name, ()), f"{local}@{domain}")
    old = {name: f"{name}.old@{ACME}" for name in draw(st.sets(st.sampled_from(PEOPLE)))}
    on = st.sampled_from(list(HOMES))
    grants: dict[tuple[str, str, str], bool] = {}
    for place in draw(st.lists(on, max_size=6)):
        right = draw(st.sampled_from(RIGHTS[place in LISTS]))
        to = draw(st.sampled_from([*PEOPLE, *LISTS]))
        grants[place, right, to] = draw(st.booleans())
    return Directory(
        HOMES,
        aliases,
        old,
        draw(st.dictionaries(st.sampled_from([ACME, ALIAS, GLOBEX]), st.sampled_from(PEOPLE))),
        tuple((*key, gives) for key, gives in grants.items()),
        frozenset(draw(st.sets(st.tuples(st.sampled_from(LISTS), on), max_size=5))),
        frozenset(draw(st.sets(st.sampled_from(PEOPLE), max_size=1))),
    )


def built(drawn: Directory) -> mp.Directory:
    domains = (
        record(f"dc={name},o=mail", "domain mpDomain", f"dc: {name}", f"associatedDomain: {name}", *more)
        for name, more in (
            (ACME, ()),
            (GLOBEX, ()),
            (ALIAS, ("mpDomainKind: alias", f"mpAliasTarget: dc={ACME},o=mail")),
        )
    )
    root = (record("o=mail", "organization", "o: mail"), record("cn=config,o=mail", "mpConfig", "cn: config"))
    return opened([*root, *domains, *(entry(drawn, name) for name in HOMES)], "native", None)


def entry(drawn: Directory, name: str) -> str:
    home = HOMES[name]
    lines = [f"mail: {name}@{home}", *(f"mpAliases: {each}" for each in drawn.aliases.get(name, ()))]
    lines += granted(drawn, name)
    if name in LISTS:
        lines += [f"mpMemberAddresses: {who}@{HOMES[who]}" for of, who in drawn.members if of == name]
        return record(f"cn={name},dc={home},o=mail", "groupOfURLs mpList", f"cn: {name}", *lines)
    if name in drawn.old:
        lines.append(f"mpOldAddress: {drawn.old[name]}")
    lines += [f"mpCatchAllAddresses: @{domain}" for domain, who in drawn.catch_alls.items() if who == name]
    lines += ["mpAccountStatus: closed"] if name in drawn.closed else []
    says = (f"uid: {name}", f"cn: {name}", f"sn: {name}", *lines)
    return record(f"uid={name},dc={home},o=mail", "inetOrgPerson mpAccount", *says)


def granted(drawn: Directory, name: str) -> Iterator[str]:
    for place, right, to, gives in drawn.grants:
        if place == name:
            kind = "grp" if to in LISTS else "usr"
            yield f"mpGrants: {to}@{HOMES[to]} {kind} {'' if gives else '-'}{right}"


senders = st.builds(
    lambda local, domain, spell: spell(f"{local}@{domain}"),
    st.sampled_from([*LOCALS, *(f"{name}.old" for name in PEOPLE)]),
    st.sampled_from([ACME, ALIAS, GLOBEX, "customer.example"]),
    st.sampled_from(
        [str, str.upper, str.title, lambda text: '"{}"@{}'.format(*text.rsplit("@", 1)), "{} ".format]
    ),
)


@given(directories(), st.lists(st.tuples(st.sampled_from(PEOPLE), senders), min_size=1, max_size=8))
def test_as_the_reference_judges(drawn: Directory, asked: list[tuple[str, str]]) -> None:
    directory = built(drawn)
    for who, sender in [*asked, *asked]:  # the second time some of it is remembered
        if who in drawn.closed:
            continue
        login = f"{who}@{HOMES[who]}"
        expected = manner(drawn, who, sender.strip())
        for request, rule in (
            (mp.Submission(login, sender, "x@customer.example"), "sender.address"),
            (mp.Submission(login, "", "x@customer.example", header_from=sender), "sender.header_from"),
        ):
            decision = mp.decide(directory, request)
            assert decision.errors == ()
            assert decision.rule == (rule if expected is None else None), (who, sender)
            shown = (Header("Sender", login),) if expected == "on behalf of" else ()
            assert decision.effects == shown
            again = [each for each in decision.reasons if each.id == rule]
            assert again[-1].matched
            assert expected != OWN or "may not" not in again[-1].text
