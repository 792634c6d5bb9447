"""From LDIF records to a snapshot.

Nothing is dropped silently: a record that cannot become an entry becomes a finding that repeats
its line and its text.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import Final

from ..errors import InvalidLDIF
from ..ldap.definitions import Definitions
from ..ldap.entry import Entry
from ..ldap.ldif import Add, ChangeRecord, ContentRecord, Record
from ..ldap.matching.names import dn_key, parent_key
from ..ldap.shape import Shape, shape_of
from ..schema.dialects import Dialect, find_dialect
from .concealed import concealed
from .finding import Finding, Severity
from .snapshot import Snapshot
from .version import packed

__all__ = ["LOST", "load"]

LOST: Final = frozenset({"broken-record", "change-record", "duplicate-entry"})
"""Findings about records of which no entry could be made."""

MOST_LAYOUTS: Final = 4096
"""How many are remembered; lists with thousands of members have lines like nobody else."""


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
    with without_collecting():
        entries = gathered(contents, spoken, problems)
        problems.extend(without_parent(entries))
        lost = sum(each.id in LOST for each in problems)
        return Snapshot.of(spoken, entries, tuple(problems), lost)


@contextmanager
def without_collecting() -> Iterator[None]:
    """Let the garbage collector rest: it would go over all entries, which are no garbage, again and again."""
    worked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if worked:
            gc.enable()


def gathered(
    contents: Iterable[ContentRecord], dialect: Dialect, problems: list[Finding]
) -> dict[str, Entry]:
    """Give the entries by key of their name; the first of a name counts."""
    entries: dict[str, Entry] = {}
    layout = Layouts(dialect.definitions)
    for record in contents:
        entry = packed(dialect, layout.entry_of(record))
        first = entries.setdefault(dn_key(record.dn, dialect.definitions), entry)
        if first is not entry:
            problems.append(
                Finding(
                    "duplicate-entry",
                    f"the entry stands at line {first.line} already; this one is left out",
                    dn=str(entry.dn),
                    line=entry.line,
                )
            )
    return entries


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
    layout = Layouts(Definitions.standard())
    for record in contents:
        heard.append(record)
        yield layout.entry_of(record)


class Layouts:
    """How the lines of records become rows of values, worked out once for records with the same lines."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._known: dict[tuple[str, ...], tuple[Shape, list[int] | None]] = {}

    def entry_of(self, record: ContentRecord) -> Entry:
        """Gather a record's lines by attribute, under the names that the schema gives them."""
        lines, values = zip(*record.attributes, strict=True)
        layout = self._known.get(lines)
        if layout is None:
            layout = self._layout(lines)
            if len(self._known) < MOST_LAYOUTS:
                self._known[lines] = layout
        shape, order = layout
        row = values if order is None else [values[line] for line in order]
        return Entry.packed(record.dn, shape, row, record.line)

    def _layout(self, lines: tuple[str, ...]) -> tuple[Shape, list[int] | None]:
        """The shape that these lines make, and the order in which it wants them if not this one."""
        found: dict[str, list[int]] = {}
        for number, description in enumerate(lines):
            found.setdefault(self._definitions.canonical_name(description), []).append(number)
        order = list(chain.from_iterable(found.values()))
        shape = shape_of(tuple(found), tuple(map(len, found.values())), self._definitions)
        return shape, None if order == sorted(order) else order


def without_parent(entries: Mapping[str, Entry]) -> Iterator[Finding]:
    """Report entries that hang in the air: something stands above them, but not what stands next."""
    parents = dict.fromkeys(map(parent_key, entries))
    missing = {
        above
        for above in parents
        if above not in entries and any(each in entries for each in ancestors(above))
    }
    for key, entry in entries.items() if missing else ():
        if parent_key(key) in missing:
            text = "there is no entry directly above it; a server would refuse it"
            yield Finding("no-parent", text, Severity.WARNING, dn=str(entry.dn), line=entry.line)


def ancestors(key: str) -> Iterator[str]:
    while key := parent_key(key):
        yield key
