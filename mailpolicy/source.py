"""Where directories come from and go to: the one place that opens files."""

from __future__ import annotations

import gzip
import io
import re
import sys
import zlib
from os import PathLike, fspath
from pathlib import Path
from typing import IO, Final

from .errors import InvalidUrl, NotFound
from .freshness import Freshness
from .ldap.definitions import Definitions
from .model import Directory
from .model.text import ldif_lines, snapshot_of
from .snapshot import Snapshot
from .status.table import TABLES

__all__ = ["dumps", "loads", "open"]

STANDARD_INPUT: Final = "-"
URL: Final = re.compile(r"ldap[is]?://", re.IGNORECASE)


def open(
    path: str | PathLike[str],
    *,
    dialect: str = "auto",
    schema: str | PathLike[str] | None = None,
    statuses: str | None = None,
    strict: bool = False,
    cache: str | PathLike[str] | None = None,
) -> Directory:
    """Open a directory: an LDIF file, one compressed with gzip (`.gz`), or standard input (`-`).

    >>> acme = open("ldif/examples/acme.ldif")
    >>> acme.account("john@acme.example").settings.mailbox_quota
    Size('25 GiB')

    `dialect` is `native`, `carbonio` or `zimbra`, or `auto` to recognise it. `schema` is a file with
    the definitions a server really has: its subschema as LDIF, its `cn=config` or a `.schema` file.
    `statuses` chooses the status table, `documented` or `server`; without it the dialect does.
    What is wrong with the source becomes a finding and the rest loads; with `strict` it is raised.
    `cache` is a file to keep what was read in: as long as the LDIF file stays as it is, opening it again
    takes a fraction of the time. A cache that cannot be used or written is a warning, and costs no more.
    OSError for a file that cannot be read, also for one whose compression is damaged.
    """
    text = fspath(path)
    if URL.match(text):
        raise InvalidUrl(text, "the path of a file; directories on servers cannot be opened yet", 0)
    site = None if schema is None else Definitions.read(schema)

    def read() -> Snapshot:
        return read_file(text, dialect=dialect, schema=site, strict=strict)

    if cache is None or text == STANDARD_INPUT:
        snapshot = read()
    else:
        from .cache.of_files import cached  # which a mail filter that starts for every message need not read

        snapshot = cached(text, cache, read, dialect=dialect, schema=site, strict=strict)
    snapshot = snapshot.as_fresh_as(Freshness(source=text))
    return Directory(snapshot, table_for(statuses, snapshot.dialect.statuses))


def read_file(path: str, *, dialect: str, schema: Definitions | None, strict: bool) -> Snapshot:
    try:
        with source(path) as stream:
            return snapshot_of(stream, dialect=dialect, schema=schema, strict=strict)
    except (EOFError, zlib.error) as damage:
        raise gzip.BadGzipFile(f"{path}: {damage}") from damage


def source(path: str) -> IO[bytes]:
    if path == STANDARD_INPUT:
        return io.BufferedReader(io.FileIO(sys.stdin.fileno(), closefd=False))
    if path.endswith(".gz"):
        return io.BufferedReader(gzip.GzipFile(path))
    return Path(path).open("rb")


def loads(
    text: str | bytes,
    *,
    dialect: str = "auto",
    schema: Definitions | None = None,
    statuses: str | None = None,
    strict: bool = False,
) -> Directory:
    """Read a directory from LDIF text; the arguments are those of `open`.

    >>> tiny = loads("dn: cn=basic,o=mail\\nobjectClass: mpClassOfService\\ncn: basic\\n")
    >>> tiny.cos("basic")
    <ClassOfService basic>
    """
    content = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    snapshot = snapshot_of([content], dialect=dialect, schema=schema, strict=strict)
    return Directory(snapshot, table_for(statuses, snapshot.dialect.statuses))


def dumps(directory: Directory) -> str:
    """Write a directory as LDIF text: reading it again gives the same revision.

    >>> text = "dn: cn=basic,o=mail\\nobjectClass: mpClassOfService\\ncn: basic\\n"
    >>> dumps(loads(text)) == text
    True
    """
    return b"".join(ldif_lines(directory.snapshot)).decode("ascii")


def table_for(statuses: str | None, usual: str) -> str:
    if statuses is not None and statuses not in TABLES:
        raise NotFound("status table", statuses, tuple(TABLES))
    return statuses or usual
