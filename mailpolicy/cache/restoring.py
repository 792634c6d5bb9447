"""A snapshot to a file, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Final

from attrs import field, frozen

from .. import __version__
from ..errors import Unavailable
from ..ldap.definitions import Definitions
from ..ldap.entry import Entry
from ..ldap.matching import dn_key
from ..schema.dialects import DIALECTS, Dialect, find_dialect
from ..snapshot import Snapshot
from ..snapshot.load import without_collecting
from ..snapshot.segment import Base, Recent
from .disk import write_whole
from .envelope import MAGIC, Envelope, Header, opened, sealed
from .postings import FACETS, packed_facets, postings_in
from .sections import entries_in, keys_in, packed_base, packed_problems, problems_in

__all__ = ["Restored", "fingerprint", "restore", "save", "unpacked"]

SCHEMAS: Final = 8
"""How many fingerprints are remembered: a replica is saved again and again with the same schema."""


@frozen
class Restored:
    """A snapshot from a file, with the notes of whoever has saved it."""

    snapshot: Snapshot
    notes: Mapping[str, str] = field(repr=False)


def save(path: str | PathLike[str], snapshot: Snapshot, notes: Mapping[str, str]) -> None:
    """Write a snapshot to a file that only its owner may read, with small texts to go with it.

    What stood there stays whole until the new file is, and for good where it is no cache
    (FileExistsError). Of several writers at once the last one wins. OSError where it cannot be written.
    """
    header = Header(
        mailpolicy=__version__,
        dialect=snapshot.dialect.name,
        definitions=fingerprint(snapshot.definitions),
        lost=snapshot.lost,
        total=f"{snapshot._total[0]:x}" if snapshot._total else None,
        notes=dict(notes),
    )
    write_whole(Path(path), sealed(header, dict(packed(snapshot))), MAGIC)


def restore(path: str | PathLike[str], *, schema: Definitions | None = None) -> Restored:
    """Give the snapshot back that was saved in a file: equal entries, revision, problems and schema.

    `schema` is the site's own, as for `mailpolicy.open`; without it, the one that was saved is used.
    Unavailable, which names the file and the remedy, where it is damaged, was written by others or for
    another schema; OSError where it cannot be read.
    """
    envelope = opened(Path(path))
    return Restored(unpacked(envelope, str(path), schema), envelope.header.notes)


def packed(snapshot: Snapshot) -> Iterator[tuple[str, bytes]]:
    base, site = settled(snapshot), snapshot.dialect.site
    yield from packed_base(base)
    yield from packed_facets(base)
    yield "problems", packed_problems(snapshot.problems)
    yield "schema", b"" if site is None else written(site)


def settled(snapshot: Snapshot) -> Base:
    """All entries in one base, with no more ways to them than a cache keeps."""
    known, changed = snapshot.base, snapshot.recent
    facets = {facet: known.find(facet) for facet in FACETS.values()}
    base = Base(snapshot.dialect, known.entries, known.numbers, facets)
    if not changed.numbers:
        return base
    return base.changed({row: (key, changed.entries[row]) for key, row in changed.numbers.items()})


def unpacked(envelope: Envelope, source: str, schema: Definitions | None) -> Snapshot:
    """The snapshot in a cache that is whole."""
    header = envelope.header
    dialect = spoken(envelope, source, schema)
    with without_collecting():
        entries = entries_in(envelope, dialect.definitions)
        problems = problems_in(envelope["problems"])
        if header.mailpolicy != __version__:
            # Another version may compare names and addresses in another way.
            return Snapshot.of(dialect, named(entries, dialect), problems, header.lost)
        numbers = list(range(len(entries)))
        rows = dict(zip(keys_in(envelope), numbers, strict=True))
        base = Base(dialect, entries, rows, postings_in(envelope, numbers))
        total = [] if header.total is None else [int(header.total, 16)]
        return Snapshot(base, Recent(dialect, {}, {}), problems, header.lost, total=total)


def spoken(envelope: Envelope, source: str, schema: Definitions | None) -> Dialect:
    """The dialect of a cache; Unavailable where its attributes mean something else by now."""
    header = envelope.header
    if header.dialect not in DIALECTS:
        raise Unavailable(source, why=f"has the dialect {header.dialect!r}, which is not known: delete it")
    if schema is None and (text := str(envelope["schema"], "utf-8", "surrogateescape")):
        schema = Definitions.parse(text, strict=False)
    dialect = find_dialect(header.dialect)
    if schema is not None:
        dialect = dialect.using(schema)
    if fingerprint(dialect.definitions) != header.definitions:
        raise Unavailable(source, why="was made for another schema: delete it")
    return dialect


def named(entries: list[Entry | None], dialect: Dialect) -> dict[str, Entry]:
    return {dn_key(entry.dn, dialect.definitions): entry for entry in entries if entry is not None}


@lru_cache(maxsize=SCHEMAS)
def fingerprint(definitions: Definitions) -> str:
    """A name for what a schema says: equal definitions, equal fingerprint."""
    return sha256(written(definitions)).hexdigest()


def written(definitions: Definitions) -> bytes:
    return definitions.to_schema().encode("utf-8", "surrogateescape")
