"""Objects and settings by the names that people type, with hints where a name is wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Any, Final

from attrs import evolve

from ..check import entry_findings
from ..errors import InvalidValue, NotFound, Unavailable
from ..inherit import Effective
from ..lists.check import findings_of
from ..lookup import parse_selector
from ..model import Directory, MailingList, Object
from ..reasons import Level
from ..schema import SETTINGS, Dialect
from ..snapshot import LOST, Finding, Index, Snapshot
from ..tables import harmless
from ..values import shown
from .exits import Usage

__all__ = ["chosen", "explained", "note", "note_findings", "note_lost"]

HINTS: Final = 2
SIMILAR: Final = 0.6
MOST_NOTES: Final = 5
MOST_CANDIDATES: Final = 10_000
"""Names that are compared for a hint, which may not take longer than the answer."""


def chosen(directory: Directory, selector: str, *, as_mail_goes: bool = False) -> Object:
    """The object that a selector names; NotFound offers the nearest.

    With `as_mail_goes` an address that nobody has stands for whom its mail reaches.
    """
    try:
        return directory.select(selector)
    except Unavailable:
        note_lost(directory.snapshot)
        raise
    except NotFound as missing:
        reached = reached_by_mail(directory, selector) if as_mail_goes else None
        if reached is not None:
            return reached
        nearest = () if is_asked(directory) else nearest_selectors(directory.snapshot, missing.name)
        raise NotFound(missing.kind, missing.name, nearest) from None


def is_asked(directory: Directory) -> bool:
    """Whether it stands on a server that is asked each time; a hint is not worth fetching all names."""
    return directory.freshness.method == "search"


def reached_by_mail(directory: Directory, address: str) -> Object | None:
    """What mail for an address reaches that nobody has: the one without the detail, the catch-all."""
    if parse_selector(address)[0] is not None:
        return None
    try:
        reached = directory.find(address)
    except (NotFound, InvalidValue):
        return None
    print(f"mailpolicy: mail for {harmless(address)} goes to {harmless(reached.name)}", file=sys.stderr)
    return reached


def note_lost(snapshot: Snapshot) -> None:
    """Name the records of the source that could not be read, on stderr."""
    lost = [problem for problem in snapshot.problems if problem.id in LOST]
    note([evolve(problem, raw=None) for problem in lost])  # a password may be in what is broken


def nearest_selectors(snapshot: Snapshot, name: str) -> tuple[str, ...]:
    local, at, domain = name.lower().rpartition("@")
    if not at:
        return nearest(name.lower(), bare_names(snapshot))
    # With a slip on both sides of the `@` nobody can help.
    split = [(each, *each.rsplit("@", 1)) for each in addresses(snapshot) if "@" in each]
    here = ((each_local, each) for each, each_local, each_domain in split if each_domain == domain)
    elsewhere = ((each_domain, each) for each, each_local, each_domain in split if each_local == local)
    return (*nearest(local, here), *nearest(domain, elsewhere))[:HINTS]


def bare_names(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """What might be meant by a name without an `@`, and the selector for it."""
    for level in (Level.COS, Level.SERVER):
        for name in (shown(entry.first("cn")) for entry in snapshot.of_level(level)):
            yield name.lower(), f"{level}:{name}"
    for name, _ in snapshot.postings(Index.DOMAIN):
        yield name, f"{Level.DOMAIN}:{name}"
    for address in addresses(snapshot):
        yield address.rpartition("@")[0], address


def addresses(snapshot: Snapshot) -> Iterator[str]:
    return (address for address, _ in snapshot.postings(Index.ADDRESS))


def nearest(name: str, candidates: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """What stands for the names that come closest."""
    known = dict(islice(candidates, MOST_CANDIDATES))
    return tuple(known[each] for each in get_close_matches(name, known, HINTS, SIMILAR))


def explained(thing: Object, name: str) -> Effective[Any]:
    """The story of a setting; Usage offers the nearest names."""
    try:
        return thing.explain(name)
    except NotFound as missing:
        hints = missing.nearest
        if missing.kind == "setting" and not hints:
            hints = nearest(name, setting_names(thing.directory.snapshot.dialect))
        raise Usage(str(NotFound(missing.kind, missing.name, hints))) from None


def setting_names(dialect: Dialect) -> Iterator[tuple[str, str]]:
    yield from ((name, name) for name in SETTINGS)
    yield from ((each.name, each.name) for each in dialect.attributes())


def note_findings(thing: Object) -> None:
    """Say on standard error what is wrong with the entry that was asked for."""
    snapshot = thing.directory.snapshot
    of_list = findings_of(snapshot, thing.entry) if isinstance(thing, MailingList) else ()
    note((*entry_findings(snapshot, thing.entry), *of_list))


def note(findings: Sequence[Finding]) -> None:
    """Say findings on standard error, the first of them if there are many."""
    for each in findings[:MOST_NOTES]:
        print(f"mailpolicy: note: {harmless(str(each))}", file=sys.stderr)
    if len(findings) > MOST_NOTES:
        print(f"mailpolicy: note: and {len(findings) - MOST_NOTES} more", file=sys.stderr)
