"""What is wrong with a directory: with its source, with each entry, with entries among themselves."""

from __future__ import annotations

from collections.abc import Iterator

from ..inherit.choices import OFFERING, offered_by
from ..reasons import Level
from ..snapshot import Finding, Snapshot
from .counts import account_findings
from .duplicates import duplicate_findings
from .entry import choice_findings, schema_findings
from .references import References
from .relations import relation_findings

__all__ = ["findings"]


def findings(snapshot: Snapshot) -> tuple[Finding, ...]:
    """Give everything that is wrong: of the source, of entry after entry, of what they share.

    >>> import mailpolicy as mp
    >>> print(*(finding.id for finding in mp.open("ldif/examples/acme.ldif").findings[:4]))
    invalid-value invalid-value dangling-reference loses-mail
    """
    return tuple(all_findings(snapshot))


def all_findings(snapshot: Snapshot) -> Iterator[Finding]:
    yield from snapshot.problems
    references = References(snapshot)
    chosen = chosen_attributes(snapshot)
    for entry in snapshot:
        level = snapshot.level_of(entry)
        yield from schema_findings(snapshot, level, entry)
        if not chosen.isdisjoint(entry.raw):
            yield from choice_findings(snapshot, entry)
        yield from relation_findings(snapshot, level, entry, outward=True)
        yield from references.findings(level, entry)
    yield from duplicate_findings(snapshot)
    yield from account_findings(snapshot)


def chosen_attributes(snapshot: Snapshot) -> frozenset[str]:
    """The attributes for which some layer offers choices: entries that have none of them choose nothing."""
    layers = [entry for level in OFFERING for entry in snapshot.of_level(level)]
    names = {name for entry in layers for name in offered_by(snapshot, entry)}
    bindings = [snapshot.dialect.binding(name, level) for name in names for level in Level]
    return frozenset(part.attribute for binding in bindings if binding for part in binding.parts)
