"""Why somebody is on a list, or is not: every way there is, or everything that stands against it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...ldap.entry import Entry
from ...ldap.matching import dn_key, is_within
from ...ldap.url import Scope
from ...reasons import Level, Origin, Reason
from ...snapshot import Snapshot
from ...snapshot.rows import NONE, Rows
from ..dynamic import finds, found
from ..members import holders_in
from ..named.naming import member_attributes
from ..predicate import Predicate
from ..reach import entry_at, list_row, reached, row_of
from ..triggers import is_dynamic_list
from ..upkeep import Members
from ..urls import MemberSearch, Unusable, read_url, url_attributes
from .outcome import Judge, explained, why_not

__all__ = ["explain_member", "is_found_by", "naming", "reasons_against", "reasons_for"]

PLACES: Final = {
    Scope.BASE: "{dn} is {no}{base}",
    Scope.ONE: "{dn} is {no}directly below {base}",
    Scope.SUB: "{dn} is {no}at or below {base}",
    Scope.CHILDREN: "{dn} is {no}below {base}",
}


def explain_member(snapshot: Snapshot, list_entry: Entry, entry: Entry) -> tuple[Reason, ...]:
    """Say what makes an entry a direct member of a list, or if nothing does why it is none.

    Each way to the list begins with a reason `member.found`, which names the URL, or `member.named`, which
    names the address; the clauses of the filter follow. NotFound where one of them is not of this snapshot.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> john, jane = (acme.account(f"{name}@acme.example").entry for name in ("john", "jane"))
    >>> sales = acme.list("sales@acme.example").entry
    >>> [reason.text for reason in explain_member(acme.snapshot, sales, john)][-1]
    "ou is 'Sales'"
    >>> [reason.text for reason in explain_member(acme.snapshot, sales, jane)]
    ["ou is 'IT', not 'Sales'"]
    """
    row, of_list = row_of(snapshot, entry), list_row(snapshot, list_entry)
    ways = [*finding(snapshot, list_entry, entry)]
    is_dynamic = is_dynamic_list(snapshot.dialect, list_entry)
    holders = snapshot.among(found(snapshot, list_entry), holders_in) if is_dynamic else NONE
    ways += naming(snapshot, Rows.of((of_list,)) | holders, row)
    return tuple(ways) or tuple(standing_against(snapshot, list_entry, entry))


def finding(snapshot: Snapshot, list_entry: Entry, entry: Entry) -> Iterator[Reason]:
    """The URLs of a list that find an entry, each with what makes it do so."""
    for search, origin in searches(snapshot, list_entry):
        if isinstance(search, MemberSearch) and is_found_by(snapshot, search, entry):
            yield Reason("member.found", True, f"{search.text} finds it", (origin,))
            yield from reasons_for(snapshot, search, entry)


def naming(snapshot: Snapshot, holders: Rows, row: int) -> Iterator[Reason]:
    """The addresses by which lists, or what they find, name the object in a row."""
    members, dialect = Members(snapshot), snapshot.dialect
    for holder in holders:
        if not members.names(holder, row):
            continue
        entry = entry_at(snapshot, holder)
        level = dialect.level_of(entry)
        who = "the list" if level is Level.LIST else f"{entry.dn}, which is found,"
        for attribute in member_attributes(dialect):
            for value in entry.stored(attribute):
                text = value.decode("utf-8", "surrogateescape")
                if reached(snapshot, text) == row:
                    origins = () if level is None else (Origin(level, entry.dn, attribute, (text,)),)
                    yield Reason("member.named", True, f"{who} names {text}", origins)


def standing_against(snapshot: Snapshot, list_entry: Entry, entry: Entry) -> Iterator[Reason]:
    """Why none of the URLs finds an entry, and that none of its addresses is named."""
    dialect = snapshot.dialect
    for search, _ in searches(snapshot, list_entry):
        yield from reasons_against(snapshot, search, entry)
    has_urls = any(list_entry.stored(name) for name in url_attributes(dialect))
    if has_urls and not is_dynamic_list(dialect, list_entry):
        yield Reason(
            "member.unusable", False, "the list has member URLs, but is not of the class that uses them"
        )
    if not has_urls or any(list_entry.stored(name) for name in member_attributes(dialect)):
        yield Reason("member.named", False, "the list names none of its addresses")


def searches(snapshot: Snapshot, list_entry: Entry) -> Iterator[tuple[MemberSearch | Unusable, Origin]]:
    """The searches of a dynamic list, each with where its URL stands."""
    if not is_dynamic_list(snapshot.dialect, list_entry):
        return
    for name in url_attributes(snapshot.dialect):
        for value in list_entry.stored(name):
            raw = (value.decode("utf-8", "surrogateescape"),)
            yield read_url(value, snapshot.dialect), Origin(Level.LIST, list_entry.dn, name, raw)


# -- one search ---------------------------------------------------------------------------------------


def is_found_by(snapshot: Snapshot, search: MemberSearch, entry: Entry) -> bool:
    """Tell whether a search finds an entry."""
    return finds(snapshot, search, dn_key(entry.dn, snapshot.definitions), entry)


def reasons_for(snapshot: Snapshot, search: MemberSearch, entry: Entry) -> Iterator[Reason]:
    """Say why a search finds an entry: where it stands, and what the filter makes of it."""
    yield place(search, entry, is_there=True)
    yield from explained(search.filter, judge(snapshot, search, entry))


def reasons_against(snapshot: Snapshot, search: MemberSearch | Unusable, entry: Entry) -> Iterator[Reason]:
    """Say why a search does not find an entry; nothing where it does."""
    if isinstance(search, Unusable):
        meant = f"; probably meant: {search.meant}" if search.meant else ""
        yield Reason("member.unusable", False, f"{search.text} finds nobody: {search.problem}{meant}")
        return
    if not is_within(dn_key(entry.dn, snapshot.definitions), search.key, search.scope):
        yield place(search, entry, is_there=False)
    yield from why_not(search.filter, judge(snapshot, search, entry))


def place(search: MemberSearch, entry: Entry, *, is_there: bool) -> Reason:
    base = search.url.dn or "the root"
    text = PLACES[search.scope].format(dn=entry.dn, no="" if is_there else "not ", base=base)
    return Reason("member.scope", is_there, text)


def judge(snapshot: Snapshot, search: MemberSearch, entry: Entry) -> Judge:
    if isinstance(search.judge, Predicate):
        return Judge.effective(search.judge, snapshot, entry)
    return Judge.stored(snapshot, entry)
