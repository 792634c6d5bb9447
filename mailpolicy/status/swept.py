"""The status of every object of a kind, as fast as a sweep.

A status follows from very little: what the domain says, what is stored on the object itself, and whether
mail knows it. Objects for which these are the same have the same status, and there are few different ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import repeat
from typing import Final, NamedTuple

from attrs import evolve

from ..inherit import layers_of, resolve_for, sweep
from ..inherit.sweep import affiliation_column
from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import find_setting
from ..schema.catalog.status import AccountStatus, MailStatus
from ..snapshot import Snapshot
from ..snapshot.affiliation import AFFILIATION, affiliation_of
from ..snapshot.remembering import remember
from ..snapshot.rows import Rows
from .effective import Status, domain_status, list_status, resolve_status
from .stored import is_exempt
from .table import Receive

__all__ = ["MAILBOXES", "STANDING", "status_of", "statuses_of"]

MAILBOXES: Final = (Level.ACCOUNT, Level.RESOURCE)
STANDING: Final = frozenset((*MAILBOXES, Level.LIST, Level.DOMAIN))
"""The kinds of object that have a status."""

MOST_FLOORS: Final = 4096
"""Of how many domains a snapshot remembers what they say."""

ACCOUNT_STATUS, MAIL_STATUS, DOMAIN_STATUS, GLOBAL_ADMIN, REQUIRED, VERIFIED = map(
    find_setting,
    (
        "account_status",
        "mail_status",
        "domain_status",
        "is_global_admin",
        "ownership_required",
        "ownership_verified",
    ),
)


class Floor(NamedTuple):
    """What a domain does to all that belongs to it."""

    status: str | None
    proven: bool


class Standing(NamedTuple):
    """All that the status of an object follows from."""

    floor: Floor
    own: AccountStatus | None
    mail: MailStatus
    exempt: bool


NO_DOMAIN: Final = Floor(None, True)


def status_of(snapshot: Snapshot, entry: Entry, level: Level, table: str) -> Status:
    """The status of one object, without its reasons."""
    own = resolve_for(snapshot, entry, ACCOUNT_STATUS) if level in MAILBOXES else None
    exempt = level in MAILBOXES and exempted(snapshot, entry, table)
    mail = resolve_for(snapshot, entry, MAIL_STATUS)
    return following(table, level, Standing(floor_under(snapshot, entry, level), own, mail, exempt))


def statuses_of(snapshot: Snapshot, level: Level, table: str) -> list[Status]:
    """The same for every object of a kind, in the order of `Snapshot.of_level`."""
    rows = snapshot.rows_of(level)
    own: Iterable[AccountStatus | None] = repeat(None)
    exempt: Iterable[bool] = repeat(False)
    if level in MAILBOXES:
        own = sweep(snapshot, level, ACCOUNT_STATUS)
        exempt = exemptions(snapshot, level, table)
    mail = sweep(snapshot, level, MAIL_STATUS)
    standings = zip(floors(snapshot, level, rows), own, mail, exempt, strict=False)
    return list(map(Following(table, level).__getitem__, standings))


class Following(dict[tuple[Floor, AccountStatus | None, MailStatus, bool], Status]):
    """Statuses by what they follow from, worked out when they are met."""

    def __init__(self, table: str, level: Level) -> None:
        super().__init__()
        self._table, self._level = table, level

    def __missing__(self, standing: tuple[Floor, AccountStatus | None, MailStatus, bool]) -> Status:
        status = self[standing] = following(self._table, self._level, Standing(*standing))
        return status


@lru_cache(1024)
def following(table: str, level: Level, standing: Standing) -> Status:
    """What the tables say."""
    (floor, proven), own, mail, exempt = standing
    if level is Level.DOMAIN:
        status = domain_status(floor, table=table, ownership=proven)
    elif level is Level.LIST:
        status = list_status(floor, table=table, ownership=proven)
    else:
        account = None if own is None else str(own)
        status = resolve_status(domain=floor, account=account, table=table, exempt=exempt, ownership=proven)
    return evolve(status, receive=Receive.REJECT) if mail is MailStatus.DISABLED else status


def floor_under(snapshot: Snapshot, entry: Entry, level: Level) -> Floor:
    if level is Level.DOMAIN:
        return floor_of(snapshot, entry)
    affiliation = affiliation_of(snapshot.dialect, entry)
    return floor_named(snapshot, None if affiliation is None else affiliation.domain)


def floor_named(snapshot: Snapshot, name: str | None) -> Floor:
    """What the domain of that name says, remembered."""
    if name is None:
        return NO_DOMAIN
    known = snapshot.memory("floors")
    floor: Floor | None = known.get(name)
    if floor is None:
        floor = floor_of(snapshot, snapshot.domain(name))
        remember(known, name, floor, MOST_FLOORS)
    return floor


def floor_of(snapshot: Snapshot, domain: Entry | None) -> Floor:
    if domain is None:
        return NO_DOMAIN
    proven = not resolve_for(snapshot, domain, REQUIRED) or resolve_for(snapshot, domain, VERIFIED)
    return Floor(str(resolve_for(snapshot, domain, DOMAIN_STATUS)), bool(proven))


def floors(snapshot: Snapshot, level: Level, rows: Rows) -> list[Floor]:
    """What the domain of each of these objects says."""
    if level is Level.DOMAIN:
        return [floor_of(snapshot, entry) for entry in snapshot.entries(rows)]
    affiliations, numbers = snapshot.base.derived(AFFILIATION, affiliation_column)
    of_each = [floor_named(snapshot, each.domain) for each in affiliations]
    found = list(map(of_each.__getitem__, numbers)) if of_each else []
    recent = snapshot.recent.entries
    found += [NO_DOMAIN] * (1 + max(recent, default=-1) - len(found))
    for row, entry in recent.items():
        if entry is not None:
            found[row] = floor_under(snapshot, entry, level)
    return rows.pick(found)


def exempted(snapshot: Snapshot, entry: Entry, table: str) -> bool:
    """Whether the status of the domain is nothing to a global administrator, which one table says."""
    if table != "server" or not resolve_for(snapshot, entry, GLOBAL_ADMIN):
        return False
    return is_exempt(snapshot, layers_of(snapshot, entry))


def exemptions(snapshot: Snapshot, level: Level, table: str) -> Iterable[bool]:
    administrators = sweep(snapshot, level, GLOBAL_ADMIN) if table == "server" else []
    if not any(administrators):
        return repeat(False)
    entries = snapshot.of_level(level)
    return [
        is_admin and is_exempt(snapshot, layers_of(snapshot, entry))
        for is_admin, entry in zip(administrators, entries, strict=True)
    ]
