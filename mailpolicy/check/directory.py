"""What is wrong with a directory: with its source, with each entry, with entries among themselves."""

from __future__ import annotations

from collections.abc import Iterator

from ..inherit.choices import OFFERING
from ..snapshot import Finding, Snapshot
from .duplicates import duplicate_findings
from .entry import choice_findings, schema_findings
from .references import References

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
    has_choices = offers_choices(snapshot)
    for entry in snapshot:
        yield from schema_findings(snapshot, entry)
        if has_choices:
            yield from choice_findings(snapshot, entry)
        yield from references.findings(entry)
    yield from duplicate_findings(snapshot)


def offers_choices(snapshot: Snapshot) -> bool:
    """Whether any layer offers choices at all: most directories have none to look for."""
    attribute = snapshot.dialect.choices_attribute
    layers = (entry for level in OFFERING for entry in snapshot.of_level(level))
    return attribute is not None and any(attribute in entry.raw for entry in layers)
