"""`mailpolicy dump`: write the entries of a server as LDIF."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from gzip import GzipFile
from pathlib import Path

from ...show import Screen
from ..exits import Exit, Usage
from ..servers import access, backend_of, base_of, server_arguments, servers_of
from ..verb import Verb

__all__ = ["VERB"]


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("server", metavar="URL", help="an LDAP URL, or @NAME of the configuration file")
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="write to this file, all or nothing; .gz is compressed"
    )
    parser.add_argument(
        "--operational", action="store_true", help="with what the server itself says of each entry"
    )
    parser.add_argument("--json", action="store_true", help="with --output: say as JSON what was written")
    server_arguments(parser)


def answer(asked: Namespace, screen: Screen) -> Exit:
    from ...live.transfer import Dump

    if asked.json and not asked.output:
        raise Usage("--json says what was written to a file: it goes with --output")
    servers = servers_of(access(asked, asked.server))
    backend = backend_of(asked, servers)
    dump = Dump(backend, base_of(servers, backend), operational=asked.operational)
    if asked.output is None:
        screen.stream.writelines(piece.decode("ascii") for piece in dump.lines())
        return Exit.YES
    write(dump.lines(), asked.output)
    if asked.json:
        screen.print_json({"server": dump.backend.url, "output": str(asked.output), "entries": dump.entries})
    else:
        print(f"mailpolicy: {dump.entries:,} entries in {asked.output}", file=sys.stderr)
    return Exit.YES


def write(pieces: Iterable[bytes], path: Path) -> None:
    """Write a file for its owner alone, for it has passwords in it; what was there stays until the end."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            if path.suffix == ".gz":
                with GzipFile("", "wb", fileobj=file, mtime=0) as compressed:
                    compressed.writelines(pieces)
            else:
                file.writelines(pieces)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


VERB = Verb(
    "dump",
    "write the entries of a server as LDIF",
    """\
Write everything below the base as LDIF, those above before those below them, as
this account sees it: passwords too, if it may read them. It is written when the
server has given all of it, so a dump is whole or not there at all. What load
makes of it has the same revision.
""",
    """\
  mailpolicy dump @acme --output acme.ldif.gz
  mailpolicy dump ldapi:///o=mail --external --operational > acme.ldif
""",
    arguments,
    answer,
)
