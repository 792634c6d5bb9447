"""Where directories come from and go to: the one place that opens files."""

from __future__ import annotations

import gzip
import io
import re
import sys
import zlib
from datetime import timedelta
from os import PathLike, fspath
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Literal, TypedDict, Unpack, overload

from .errors import InvalidUrl, NotFound
from .freshness import Freshness
from .ldap.definitions import Definitions
from .model import Directory
from .model.held import Held
from .model.text import ldif_lines, snapshot_of
from .snapshot import Snapshot
from .status.table import TABLES

if TYPE_CHECKING:
    from .live import Asking, Bind, Live

__all__ = ["Connection", "dumps", "is_url", "loads", "open"]

STANDARD_INPUT: Final = "-"
URL: Final = re.compile(r"ldap[is]?://", re.IGNORECASE)


class Connection(TypedDict, total=False):
    """How a server is reached: see `mailpolicy.live.servers.Servers`."""

    start_tls: bool
    ca_file: str | PathLike[str] | None
    plain: bool
    client: str
    network_timeout: float
    operation_timeout: float


def is_url(source: str) -> bool:
    """Whether a source is on servers."""
    return URL.match(source) is not None


@overload
def open(
    path: str | PathLike[str],
    *,
    dialect: str = ...,
    schema: str | PathLike[str] | None = ...,
    statuses: str | None = ...,
    strict: bool = ...,
    cache: str | PathLike[str] | None = ...,
) -> Directory: ...
@overload
def open(
    path: str,
    *,
    live: Literal[False],
    bind: Bind | None = ...,
    dialect: str = ...,
    schema: str | PathLike[str] | None = ...,
    statuses: str | None = ...,
    **connection: Unpack[Connection],
) -> Asking: ...
@overload
def open(
    path: str,
    *,
    bind: Bind | None,
    live: Literal[True] = ...,
    dialect: str = ...,
    schema: str | PathLike[str] | None = ...,
    statuses: str | None = ...,
    cache: str | PathLike[str] | None = ...,
    stale_for: str | int | timedelta = ...,
    wait: float | None = ...,
    heartbeat: float = ...,
    **connection: Unpack[Connection],
) -> Live: ...
def open(
    path: str | PathLike[str],
    *,
    dialect: str = "auto",
    schema: str | PathLike[str] | None = None,
    statuses: str | None = None,
    strict: bool = False,
    cache: str | PathLike[str] | None = None,
    **on_servers: Any,
) -> Directory | Live | Asking:
    """Open a directory: an LDIF file, also `.gz`, or standard input (`-`); or one on LDAP servers.

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

    The URLs of LDAP servers, with white space between them and a base after the last, give a `Live`, which
    follows every change. `bind` is the `Bind` to do so as, None for nobody. Then `cache` is where to keep
    what was seen for the next start, `stale_for` how long to answer from it while no server does (a day),
    `wait` how many seconds to wait for the first state (60; None returns at once), `heartbeat` after how
    many seconds of silence a server is asked whether it is there (5). With `live=False` nothing is followed:
    each question fetches the few entries it needs. `start_tls`, `ca_file`, `plain`, `client`,
    `network_timeout` and `operation_timeout` say how servers are reached. Unavailable where none answers.
    """
    text = fspath(path)
    site = None if schema is None else Definitions.read(schema)
    if is_url(text):
        if "bind" not in on_servers and on_servers.get("live", True):
            raise InvalidUrl(text, "bind=Bind(name, password) beside it, or bind=None to ask as nobody", 0)
        from .live import open_servers  # which those who read files need not

        return open_servers(text, dialect=dialect, schema=site, statuses=statuses, cache=cache, **on_servers)
    if on_servers:
        raise InvalidUrl(text, f"the URL of an LDAP server, which {', '.join(on_servers)} is for", 0)

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


def dumps(directory: Held) -> str:
    """Write a directory, or a live one as it is now, as LDIF text: reading it again gives the same revision.

    >>> text = "dn: cn=basic,o=mail\\nobjectClass: mpClassOfService\\ncn: basic\\n"
    >>> dumps(loads(text)) == text
    True
    """
    return b"".join(ldif_lines(directory.directory.snapshot)).decode("ascii")


def table_for(statuses: str | None, usual: str) -> str:
    if statuses is not None and statuses not in TABLES:
        raise NotFound("status table", statuses, tuple(TABLES))
    return statuses or usual
