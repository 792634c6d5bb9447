"""Mailing lists to measure with, beside the accounts: dynamic ones by the hundred, static ones nested."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bench.accounts import BASE, DEPARTMENTS, DOMAINS, account, address, surroundings
from mailpolicy.testing.text import record

__all__ = ["LARGE", "dynamic", "dynamic_lists", "large_lists", "list_address", "nested", "nested_lists"]

HOME: Final = "lists.example"
ROOMS: Final = 500
PER_LIST: Final = 100
"""Members of each nested list, lists included."""

LARGE: Final = {
    "1200": "(&(departmentNumber=sales)(title=Analyst))",
    "10000": "(departmentNumber=sales)",
    "50000": f"(|{''.join(f'(departmentNumber={each})' for each in DEPARTMENTS[:5])})",
}
"""The filters of large lists, by about how many of 100,000 accounts they find."""


def list_address(name: str) -> str:
    """The address of a list, by its name.

    >>> list_address("10000")
    'list-10000@lists.example'
    """
    return f"list-{name}@{HOME}"


def list_entry(name: str, **attributes: object) -> str:
    return record(
        f"cn={name},ou=lists,{BASE}", "groupOfURLs mpList", cn=name, mail=list_address(name), **attributes
    )


def home() -> Iterator[str]:
    yield from surroundings()
    yield record(f"dc={HOME},{BASE}", "domain mpDomain", dc=HOME, associatedDomain=HOME)
    yield record(f"ou=lists,{BASE}", "organizationalUnit", ou="lists")


def large_lists() -> Iterator[str]:
    """The large lists; beside each an entry whose URL asks slapd's overlay for addresses, not for names."""
    for name, filter in LARGE.items():
        yield list_entry(name, memberURL=f"ldap:///{BASE}??sub?{filter}")
        yield record(
            f"cn=mail-{name},ou=lists,{BASE}", "organizationalRole labeledURIObject", cn=f"mail-{name}",
            labeledURI=f"ldap:///{BASE}?mail?sub?{filter}",
        )  # fmt: skip


def url(number: int) -> str:
    """Whom one of a thousand small lists finds: a department of a domain, or who sits in a room."""
    domain, kind = divmod(number % (DOMAINS * len(DEPARTMENTS)), len(DEPARTMENTS))
    if number < DOMAINS * len(DEPARTMENTS):
        return f"ldap:///dc=d{domain}.example,{BASE}??sub?(departmentNumber={DEPARTMENTS[kind]})"
    return f"ldap:///{BASE}??sub?(physicalDeliveryOfficeName=*room%20{number % ROOMS:03})"


def dynamic_lists(count: int) -> Iterator[str]:
    """So many small dynamic lists of both kinds, out of 1,000."""
    for place in range(count):
        number = place * 1_000 // count
        yield list_entry(f"small-{number}", memberURL=url(number))


def dynamic(accounts: int, count: int) -> Iterator[str]:
    """A directory with the large lists and so many small dynamic ones."""
    yield from home()
    yield from large_lists()
    yield from dynamic_lists(count)
    yield from map(account, range(accounts))


def nested_lists(count: int, accounts: int) -> dict[str, set[str]]:
    """The members of static lists: each has two others, an earlier one now and then, and accounts.

    The first leads to all others, some on several ways and some round in a circle.
    """
    lists = {}
    for number in range(count):
        below = [each for each in (2 * number + 1, 2 * number + 2) if each < count]
        if number % 10 == 9:
            below.append(number // 7)
        members = {list_address(f"static-{each}") for each in below}
        step = 7919 * number
        while len(members) < min(PER_LIST, accounts // 2):
            members.add(address(step % accounts))
            step += 104_729
        lists[list_address(f"static-{number}")] = members
    return lists


def nested(accounts: int, lists: dict[str, set[str]]) -> Iterator[str]:
    """A directory with these static lists."""
    yield from home()
    for number, members in enumerate(lists.values()):
        yield list_entry(f"static-{number}", mpMemberAddresses=tuple(sorted(members)))
    yield from map(account, range(accounts))
