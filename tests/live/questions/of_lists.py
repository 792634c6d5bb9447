"""Questions about lists: who is on them and why, and whom a search would find; and about address books."""

from __future__ import annotations

from typing import Any

import mailpolicy as mp

from .about import DOMAIN, JANE, JOHN, OUTSIDER, crossed, domains, lists, names, people
from .plain import dns
from .table import InOrder, question

MEMBERS = (
    "(objectClass=inetOrgPerson)", "(|(ou=Sales)(ou=IT))", "(ou=Sales)", "(l=*)", "(nope=1)", "(", "nonsense",
    "ldap:///ou=people,dc=acme.example,o=mail??sub?(ou=Sales)", "ldap:///ou=people,dc=acme,dc=example???(uid=j*)",
    "ldap:///??sub?(objectClass=zimbraAccount)", "ldap:///dc=nope??sub?(cn=*)", "ldap://elsewhere/??sub?(cn=*)",
)  # fmt: skip
"""Searches that could be those of a dynamic list, and what is none."""

EFFECTIVE = (
    "(imap-enabled=FALSE)",
    "(mailbox-quota>=5 GiB)",
    "(nope=1)",
    "(status=active)",
    "(!(cos=premium))",
)


@question(lambda file: crossed([*lists(file), *names(file)[::9]], [None, 1, 2, 0], [False, True]))
def expand(directory: Any, name: str, depth: int | None, within_domain: bool) -> Any:
    expansion = directory.expand(name, depth=depth, within_domain=within_domain)
    return (
        InOrder(
            (each.address, each.kind, str(each.dn), each.via, each.receive, each.hidden, each.system)
            for each in expansion
        ),
        InOrder(expansion.addresses),
        InOrder(str(each.dn) for each in expansion.entries),
        InOrder((each.address, each.list, each.problem, each.text) for each in expansion.dangling),
        dict(expansion.counts),
        InOrder(expansion.loops),
        [address in expansion for address in (JOHN, JANE, OUTSIDER)],
        len(expansion),
    )


@question(lists)
def tree(directory: Any, name: str) -> Any:
    """The tree as people see it; its branches are in the order of the source."""
    expansion = directory.expand(name)
    return InOrder(str(expansion.tree()).splitlines()), InOrder(str(expansion.as_table()).splitlines())


@question(people)
def lists_of(directory: Any, whom: str) -> Any:
    found = directory.lists_of(whom)
    return InOrder((str(each.list.dn), each.is_direct, each.via) for each in found), dns(found.doubtful)


@question(lambda file: crossed([*lists(file), "nope@acme.example"], people(file)))
def is_member(directory: Any, name: str, whom: str) -> Any:
    return directory.is_member(name, whom)


@question(lambda file: crossed([*lists(file), "nope@acme.example"], people(file), every=3))
def explain_member(directory: Any, name: str, whom: str) -> Any:
    return directory.explain_member(name, whom)


@question(lambda file: crossed([*MEMBERS], [None, *lists(file)], every=2))
def preview(directory: Any, wanted: str, against: str | None) -> Any:
    return previewed(directory.preview(wanted, against))


@question(lambda file: crossed([*EFFECTIVE], [None, *lists(file)[:3]]))
def preview_of_what_applies(directory: Any, wanted: str, against: str | None) -> Any:
    return previewed(directory.preview(wanted, against, effective=True))


def previewed(seen: Any) -> Any:
    whom = [JOHN, JANE]
    return (
        seen.url,
        [dns(each) for each in (seen.members, seen.added, seen.removed)],
        seen.removed_addresses,
        seen.problems,
        [(seen.why(each), seen.why_not(each)) for each in whom],
    )


@question(lambda file: crossed([DOMAIN, *domains(file), "nope"], ["", "j", "john do", "MULL", "ü", "zzz"]))
def gal(directory: Any, domain: str, query: str) -> Any:
    return book(directory.gal(domain, query))


@question(lambda file: crossed([DOMAIN], ["", "a"], [0, 1, 3], [None, *people(file)[::5]]))
def gal_of_somebody(directory: Any, domain: str, query: str, limit: int, actor: str | None) -> Any:
    return book(directory.gal(domain, query, limit=limit, actor=actor))


def book(found: Any) -> Any:
    listed = [(each.name, each.address, each.kind, each.dn, each.match, each.reasons) for each in found]
    return listed, found.more, repr(found.unknown), found.reasons


@question(
    lambda file: crossed(lists(file), [None, JOHN, JANE], ["", "<>", JOHN, OUTSIDER, "x@nowhere.example"])
)
def may_post(directory: Any, name: str, login: str | None, sender: str) -> Any:
    posting = mp.may_post(directory, name, login=login, sender=sender)
    return posting, posting.verdict, posting.reasons


@question(lambda file: crossed([*lists(file), JOHN], [None, *people(file)], every=3))
def may_subscribe(directory: Any, name: str, whom: str | None) -> Any:
    found = mp.may_subscribe(directory, name, whom)
    return found, found.outcome, found.reasons


@question(lambda file: crossed([*lists(file), JOHN], [None, *people(file)], every=3))
def may_unsubscribe(directory: Any, name: str, whom: str | None) -> Any:
    found = mp.may_unsubscribe(directory, name, whom)
    return found, found.outcome, found.reasons
