"""Expanding a list: everybody who gets its mail, through nested lists of any kind and at any depth."""

from __future__ import annotations

from ..errors import InvalidValue
from ..ldap.entry import Entry
from ..snapshot import Snapshot
from .expansion import Expansion, Member
from .homes import NO_HOME, home_of
from .reach import entry_at, list_row
from .upkeep import Members
from .walk import walk

__all__ = ["Expansion", "Member", "expand"]


def expand(
    snapshot: Snapshot,
    list_entry: Entry,
    depth: int | None = None,
    *,
    within_domain: bool = False,
    statuses: str | None = None,
) -> Expansion:
    """Give everybody who is on a list, or on a list that is on it, and so on.

    With `depth` the lists below so many levels are members themselves: 1 gives the direct members.
    `within_domain` leaves out all who are not of the list's own domain, nested lists included: their
    primary address is not in it, nor in an alias domain of it. What has no address belongs to the domain
    that it stands under in the tree; a list that stands under none has nobody within its domain.
    `statuses` is the status table that says who receives, that of the dialect by default.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> ping = expand(acme.snapshot, acme.list("ping@acme.example").entry)
    >>> ping.addresses
    ('bob@acme.example', 'alice@acme.example')
    >>> [*ping][0].via
    ('ping@acme.example', 'pong@acme.example')
    >>> ping.loops
    (('ping@acme.example', 'pong@acme.example', 'ping@acme.example'),)

    Nothing is removed by a status, cycles end, and bad members never stop the others. NotFound where
    the entry is no list of the snapshot, InvalidValue for a depth below 1.
    """
    if depth is not None and depth < 1:
        raise InvalidValue(str(depth), "at least 1", attribute="depth")
    start = list_row(snapshot, list_entry)
    home = home_of(snapshot, entry_at(snapshot, start)) if within_domain else None

    def admits(row: int) -> bool:
        return home is None or NO_HOME != home == home_of(snapshot, entry_at(snapshot, row))

    found = walk(Members(snapshot), start, depth, admits)
    return Expansion(snapshot, statuses or snapshot.dialect.statuses, found, home)
