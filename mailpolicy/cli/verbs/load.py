"""`mailpolicy load`: put the entries of an LDIF file into a server."""

from __future__ import annotations

import os
import shutil
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TYPE_CHECKING, BinaryIO, Final, cast

from ...errors import Unavailable
from ...show import Screen
from ...source import STANDARD_INPUT, source
from ...tables import harmless
from ..exits import Exit, Usage
from ..progress import progress
from ..servers import access, backend_of, is_server, server_arguments, servers_of
from ..verb import Verb, whole

if TYPE_CHECKING:
    from ...live.transfer import Loading, Report, Source, Told

__all__ = ["VERB"]

MOST_TOLD: Final = 20
"""Entries about which the screen says why they are not there."""
MOST_IN_JSON: Final = 1000

AGAIN: Final = "the same command goes on where it stopped"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("source", metavar="SOURCE", help="an LDIF file, also .gz, or - for standard input")
    parser.add_argument("server", metavar="URL", help="an LDAP URL, or @NAME of the configuration file")
    parser.add_argument(
        "--rejects",
        metavar="FILE",
        type=Path,
        help="write what is not loaded to this file, as LDIF with the reasons",
    )
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    server_arguments(parser)


def answer(asked: Namespace, screen: Screen) -> Exit:
    from ...live.transfer import Loading, Report, Source

    if is_server(asked.source):
        raise Usage(f"{asked.source}: expected an LDIF file; mailpolicy dump writes one")
    backend = backend_of(asked, servers_of(access(asked, asked.server)))
    with whole(asked.source), readable_again(asked.source) as path:
        found = Source.read(partial(opened, path))
        report = Report()
        problems: list[Told] = []
        try:
            load(Loading.into(backend), found, report, problems, asked)
        except (KeyboardInterrupt, Unavailable):
            left = len(found) - report.done
            print(f"mailpolicy: {report}; not tried: {left:,}; {AGAIN}", file=sys.stderr)
            raise
    if asked.json:
        screen.print_json(as_json(asked.source, backend.url, report, problems))
    else:
        screen.say(f"{asked.source} → {backend.url}: {report}")
    return verdict(report)


def load(loading: Loading, found: Source, report: Report, problems: list[Told], asked: Namespace) -> None:
    from ...live.transfer.report import GOOD, rejected

    with rejects(asked) as file, progress(len(found), "loading") as advance:
        for told in loading.load(found):
            report.note(told.outcome)
            advance()
            if told.outcome in GOOD:
                continue
            if file is not None:
                file.writelines(rejected(told))
            tell(told, len(problems), quiet=asked.json)
            if len(problems) < MOST_IN_JSON:
                problems.append(told)


def tell(told: Told, before: int, *, quiet: bool) -> None:
    """Say on standard error why an entry is not there, the first times."""
    if quiet or before > MOST_TOLD:
        return
    text = str(told) if before < MOST_TOLD else "and more; --rejects FILE writes all of them with the reasons"
    print(f"mailpolicy: {harmless(text)}", file=sys.stderr)


@contextmanager
def readable_again(path: str) -> Iterator[str]:
    """A path that can be opened several times: standard input is put down in a file for that."""
    if path != STANDARD_INPUT:
        yield path
        return
    with NamedTemporaryFile(prefix="mailpolicy-", suffix=".ldif") as kept:
        with source(STANDARD_INPUT) as stream:
            shutil.copyfileobj(stream, kept)
        kept.flush()
        yield kept.name


def opened(path: str) -> BinaryIO:
    return cast(BinaryIO, source(path))


@contextmanager
def rejects(asked: Namespace) -> Iterator[IO[bytes] | None]:
    """The file for what is not loaded, which only its owner may read: it has passwords in it."""
    path: Path | None = asked.rejects
    if path is None:
        yield None
        return
    if path.exists() and asked.source != STANDARD_INPUT and path.samefile(asked.source):
        raise Usage(f"--rejects {path} is the source itself")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        yield file


def verdict(report: Report) -> Exit:
    from ...live.transfer import Outcome

    if report[Outcome.BAD]:
        return Exit.BAD
    there = report.done - report[Outcome.REFUSED] - report[Outcome.DIFFERENT]
    return Exit.YES if there == report.done > 0 else Exit.NO


def as_json(path: str, url: str, report: Report, problems: list[Told]) -> dict[str, object]:
    from ...live.transfer import Outcome

    return {
        "source": path,
        "server": url,
        **{outcome.value: report[outcome] for outcome in Outcome},
        "problems": [
            {"outcome": each.outcome, "dn": each.dn or None, "line": each.line, "text": each.why}
            for each in problems
        ],
    }


VERB = Verb(
    "load",
    "put the entries of an LDIF file into a server",
    f"""\
Put the entries of an LDIF file into a server, those above before those below
them, whatever their order in the file. What is there already with the same
content is passed over, so {AGAIN}.
What is there with other content stays as it is. What the server refuses is
named with the reason, and so are broken records; the rest goes on. Operational
attributes are left to the server.

The exit code is 0 if everything is there, 1 if some entries are not or differ,
3 if records are broken, 4 if the server is gone.
""",
    """\
  mailpolicy load acme.ldif ldapi:///o=mail --external
  mailpolicy load acme.ldif.gz @acme --rejects rejects.ldif
  mailpolicy load - ldaps://ldap1.acme.example --bind-dn cn=root,o=mail -W
""",
    arguments,
    answer,
)
