"""A directory from LDIF text, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from gzip import GzipFile
from pathlib import Path

from attrs import evolve

from ..check import findings
from ..errors import InvalidLDIF, SchemaError
from ..ldap.definitions import Definitions
from ..ldap.ldif import ContentRecord, Record, read, write
from ..snapshot import Severity, Snapshot, concealed, load

__all__ = ["ldif_lines", "snapshot_of", "write_ldif"]


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
            text = concealed(record.text)
            raise record if text == record.text else evolve(record, text=text, position=None)
        yield record


def ldif_lines(snapshot: Snapshot) -> Iterator[bytes]:
    """Write the entries of a snapshot, those above before those below them."""
    entries = sorted(snapshot, key=lambda entry: entry.dn.depth)
    return write(
        ContentRecord(entry.dn, tuple((name, each) for name, values in entry.raw.items() for each in values))
        for entry in entries
    )


def write_ldif(snapshot: Snapshot, path: Path) -> None:
    """Write a snapshot beside `path` first, so that what was there stays whole until the end."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            if path.suffix == ".gz":
                # No name and no time in its header: equal content is an equal file.
                with GzipFile("", "wb", fileobj=file, mtime=0) as compressed:
                    compressed.writelines(ldif_lines(snapshot))
            else:
                file.writelines(ldif_lines(snapshot))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
