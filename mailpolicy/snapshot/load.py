"""From LDIF records to a snapshot.

Nothing is dropped silently: a record that cannot become an entry becomes a finding that repeats
its line and its text.
"""

from __future__ import annotations

import gc
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, repeat
from typing import Final, TypeAlias, TypeVar

from ..errors import InvalidLDIF
from ..ldap.definitions import Definitions
from ..ldap.dn import DN
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

K = TypeVar("K", bound=Hashable)

Layout: TypeAlias = tuple[Shape, list[int] | None]
"""A shape, and where its values stand in what was given, if not just so."""

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
    """How the values of an entry become a row, worked out once for entries with the same attributes.

    Attributes named in `without` are left out.
    """

    def __init__(self, definitions: Definitions, without: frozenset[str] = frozenset()) -> None:
        self._definitions = definitions
        self._without = without
        self._by_lines: dict[tuple[str, ...], Layout] = {}
        self._by_counts: dict[tuple[tuple[str, ...], tuple[int, ...]], Layout] = {}

    def entry_of(self, record: ContentRecord) -> Entry:
        """Gather a record's lines by attribute, under the names that the schema gives them."""
        lines, values = zip(*record.attributes, strict=True)
        layout = self._by_lines.get(lines)
        if layout is None:
            layout = known(self._by_lines, lines, self._layout(lines, repeat(1)))
        shape, order = layout
        row = values if order is None else [values[line] for line in order]
        return Entry.packed(record.dn, shape, row, record.line)

    def entry(self, dn: DN, attributes: Mapping[str, Sequence[bytes]]) -> Entry:
        """The same for values that are gathered already, as a server gives them."""
        counted = tuple(attributes), tuple(map(len, attributes.values()))
        layout = self._by_counts.get(counted)
        if layout is None:
            layout = known(self._by_counts, counted, self._layout(*counted))
        shape, order = layout
        groups: Iterable[Sequence[bytes]] = attributes.values()
        if order is not None:
            groups = map(tuple(groups).__getitem__, order)
        return Entry.packed(dn, shape, [*chain.from_iterable(groups)])

    def _layout(self, descriptions: tuple[str, ...], counts: Iterable[int]) -> Layout:
        """The shape of so many values under each description, and the order it wants these in."""
        found: dict[str, list[tuple[int, int]]] = {}
        for place, (description, count) in enumerate(zip(descriptions, counts, strict=False)):
            name = self._definitions.canonical_name(description)
            if count and name not in self._without:
                found.setdefault(name, []).append((place, count))
        order = [place for places in found.values() for place, _ in places]
        numbers = tuple(sum(count for _, count in places) for places in found.values())
        shape = shape_of(tuple(found), numbers, self._definitions)
        return shape, None if order == [*range(len(descriptions))] else order


def known(layouts: dict[K, Layout], key: K, layout: Layout) -> Layout:
    """Remember a layout while there is room."""
    if len(layouts) < MOST_LAYOUTS:
        layouts[key] = layout
    return layout


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
