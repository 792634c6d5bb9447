"""A directory from LDIF text, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..check import findings
from ..errors import InvalidLDIF, SchemaError
from ..ldap.definitions import Definitions
from ..ldap.ldif import ContentRecord, Record, read, write
from ..snapshot import Severity, Snapshot, load

__all__ = ["ldif_lines", "snapshot_of"]


def snapshot_of(
    stream: Iterable[bytes], *, dialect: str, schema: Definitions | None, strict: bool
) -> Snapshot:
    """Read a snapshot from LDIF. With `strict`, the first broken record is raised, and so are all
    errors among the findings together, as SchemaError.
    """
    records: Iterator[Record | InvalidLDIF] = read(stream)
    snapshot = load(unbroken(records) if strict else records, dialect=dialect, schema=schema)
    if strict:
        wrong = tuple(str(each) for each in findings(snapshot) if each.severity is Severity.ERROR)
        if wrong:
            raise SchemaError(wrong)
    return snapshot


def unbroken(records: Iterable[Record | InvalidLDIF]) -> Iterator[Record]:
    for record in records:
        if isinstance(record, InvalidLDIF):
            raise record
        yield record


def ldif_lines(snapshot: Snapshot) -> Iterator[bytes]:
    """Write the entries of a snapshot, those above before those below them."""
    entries = sorted(snapshot, key=lambda entry: entry.dn.depth)
    return write(
        ContentRecord(entry.dn, tuple((name, each) for name, values in entry.raw.items() for each in values))
        for entry in entries
    )
