"""Entries for people: as LDIF, which other tools read too, or some attributes of each as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..ldap.entry import Entry
from ..ldap.ldif import ContentRecord, write
from ..model.display import SECRET, values_row
from ..schema import Dialect
from ..schema.public import public_values
from ..tables import Table

__all__ = ["attributes_table", "ldif_text"]


def ldif_text(entries: Iterable[Entry], dialect: Dialect) -> Iterator[str]:
    """The records of entries; what is secret leaves a comment behind, so that nobody takes it for absent."""
    for entry in entries:
        found = {name: public_values(entry, name, dialect) for name in entry}
        attributes = [
            (name, value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape"))
            for name, values in found.items()
            for value in values or ()
        ]
        yield b"".join(write([ContentRecord(entry.dn, tuple(attributes))])).decode("ascii")
        for name, values in found.items():
            if values is None:
                yield f"# {name}: {SECRET}\n"
            elif values != entry.get(name):
                yield f"# {name}: (without its secrets)\n"
        yield "\n"


def attributes_table(entries: Sequence[Entry], names: Sequence[str], dialect: Dialect) -> Table:
    """A line per entry with the values of some attributes."""
    return Table("", ("dn", *names), [values_row(entry, names, dialect) for entry in entries])
