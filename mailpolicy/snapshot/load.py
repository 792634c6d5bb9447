"""From LDIF records to a snapshot.

Nothing is dropped silently: a record that cannot become an entry becomes a finding that repeats
its line and its text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, TypeAlias

from ..errors import InvalidLDIF
from ..ldap.definitions import Definitions
from ..ldap.entry import Entry
from ..ldap.ldif import Add, ChangeRecord, ContentRecord, Record
from ..ldap.matching.names import dn_key, parent_key
from ..schema.dialects import find_dialect
from .concealed import concealed
from .finding import Finding, Severity
from .snapshot import Snapshot

__all__ = ["LOST", "load"]

LOST: Final = frozenset({"broken-record", "change-record", "duplicate-entry"})
"""Findings about records of which no entry could be made."""

Common: TypeAlias = dict[tuple[bytes, ...], tuple[bytes, ...]]

MOST_COMMON: Final = 4096
"""How many values are looked out for: object classes, references, switches."""


def load(
    records: Iterable[Record | InvalidLDIF], *, dialect: str = "auto", schema: Definitions | None = None
) -> Snapshot:
    """Make a snapshot of LDIF records.

    `dialect` names one, or leaves it to the entries; `schema` adds a site's definitions to those
    of the dialect. The findings made on the way are the snapshot's `problems`.
    """
    problems: list[Finding] = []
    contents = only_contents(records, problems)
    spoken = find_dialect(dialect) if dialect != "auto" else None
    if spoken is None:
        heard: list[ContentRecord] = []
        spoken = find_dialect("auto", listened(contents, heard))
        contents = chain(heard, contents)
    if schema is not None:
        spoken = spoken.using(schema)
    definitions = spoken.definitions
    entries: dict[str, Entry] = {}
    common: Common = {}
    for record in contents:
        entry = entry_of(record, definitions, common)
        first = entries.setdefault(dn_key(entry.dn, definitions), entry)
        if first is not entry:
            problems.append(
                Finding(
                    "duplicate-entry",
                    f"the entry stands at line {first.line} already; this one is left out",
                    dn=str(entry.dn),
                    line=entry.line,
                )
            )
    problems.extend(without_parent(entries))
    lost = sum(each.id in LOST for each in problems)
    return Snapshot(spoken, tuple(problems), lost).changed(entries)


def only_contents(
    records: Iterable[Record | InvalidLDIF], problems: list[Finding]
) -> Iterator[ContentRecord]:
    """Pass entries on, and note what is none."""
    for record in records:
        if isinstance(record, ContentRecord):
            yield record
        elif isinstance(record, InvalidLDIF):
            raw = concealed(record.text)
            text, attribute = f"expected {record.expected}", record.attribute
            problems.append(Finding("broken-record", text, attribute=attribute, line=record.line, raw=raw))
        elif isinstance(record.change, Add):
            yield ContentRecord(record.dn, record.change.attributes, record.line)
        else:
            problems.append(change_among_entries(record))


def change_among_entries(record: ChangeRecord) -> Finding:
    what = type(record.change).__name__.lower()
    text = f"a record that says to {what} an entry; expected entries as they are. It is left out"
    return Finding("change-record", text, dn=str(record.dn), line=record.line)


def listened(contents: Iterator[ContentRecord], heard: list[ContentRecord]) -> Iterator[Entry]:
    """Show records to whoever recognises the dialect, and keep them for loading."""
    for record in contents:
        heard.append(record)
        yield entry_of(record, Definitions.standard(), {})


def entry_of(record: ContentRecord, definitions: Definitions, common: Common) -> Entry:
    """Gather a record's lines by attribute, under the names that the schema gives them."""
    values: dict[str, list[bytes]] = {}
    for description, value in record.attributes:
        values.setdefault(definitions.canonical_name(description), []).append(value)
    gathered = {name: shared(tuple(several), common) for name, several in values.items()}
    return Entry(record.dn, gathered, definitions, record.line)


def shared(values: tuple[bytes, ...], common: Common) -> tuple[bytes, ...]:
    """The same values as one object: what most entries have in common comes early and is kept once."""
    return common.setdefault(values, values) if len(common) < MOST_COMMON else common.get(values, values)


def without_parent(entries: dict[str, Entry]) -> Iterator[Finding]:
    """Report entries that hang in the air: something stands above them, but not what stands next."""
    for key, entry in entries.items():
        above = parent_key(key)
        if above not in entries and any(ancestor in entries for ancestor in ancestors(above)):
            text = "there is no entry directly above it; a server would refuse it"
            yield Finding("no-parent", text, Severity.WARNING, dn=str(entry.dn), line=entry.line)


def ancestors(key: str) -> Iterator[str]:
    while key := parent_key(key):
        yield key
