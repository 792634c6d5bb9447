"""The entries of an LDIF file with those above before those below them, whatever their order in it.

The file is read once for every level of its tree, so that nothing of it has to be kept: reading is many times
as fast as a server takes entries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO, TypeAlias

from attrs import field, frozen

from ...errors import InvalidLDIF
from ...ldap.ldif import Add, ChangeRecord, ContentRecord, Record, read
from .report import Outcome, Told

__all__ = ["Source"]

Open: TypeAlias = Callable[[], BinaryIO]


@frozen
class Source:
    """An LDIF file that can be opened again and again, and what a first look has found.

    `depths` says how many entries stand at each depth of the tree, `bad` which records are no entries.
    """

    open: Open
    depths: Counter[int]
    bad: tuple[Told, ...] = field(repr=False)

    @classmethod
    def read(cls, open: Open) -> Source:
        """Read it once. Raises OSError."""
        depths: Counter[int] = Counter()
        bad: list[Told] = []
        with open() as stream:
            for record in read(stream):
                entry = entry_in(record)
                if isinstance(entry, Told):
                    bad.append(entry)
                else:
                    depths[entry.dn.depth] += 1
        return cls(open, depths, tuple(bad))

    def __len__(self) -> int:
        """The number of entries."""
        return self.depths.total()

    def __iter__(self) -> Iterator[ContentRecord]:
        for depth in sorted(self.depths):
            with self.open() as stream:
                for record in read(stream):
                    entry = entry_in(record)
                    if isinstance(entry, ContentRecord) and entry.dn.depth == depth:
                        yield entry


def entry_in(record: Record | InvalidLDIF) -> ContentRecord | Told:
    """The entry that a record stands for, or why it stands for none."""
    match record:
        case ContentRecord():
            return record
        case InvalidLDIF():
            return Told(Outcome.BAD, "", record.line, broken(record), record.text)
        case ChangeRecord(dn=dn, change=Add(attributes=attributes), line=line):
            return ContentRecord(dn, attributes, line)
        case ChangeRecord(dn=dn, change=change, line=line):
            why = f"says to {type(change).__name__.lower()} an entry; expected entries as they are"
            return Told(Outcome.BAD, str(dn), line, why, record)


def broken(problem: InvalidLDIF) -> str:
    # What was expected may quote the line, which may be a password.
    about = f"{problem.attribute}: " if problem.attribute else ""
    return f"{about}expected {problem.expected}"
