"""What a verb of the command line is, and what most of them have in common."""

from __future__ import annotations

import errno
import sys
import zlib
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from gzip import BadGzipFile
from typing import Final

from attrs import frozen

from ..model import Directory
from ..schema import DIALECTS
from ..show import Screen
from ..source import STANDARD_INPUT, open as open_directory
from ..status.table import TABLES
from .exits import Exit
from .servers import is_server, opened_server, server_arguments

__all__ = ["SELECTORS", "Verb", "opened", "source_arguments", "whole"]

SELECTORS: Final = """\
An address is that of an account, list or resource, also an alias or one in an
alias domain. Other objects are named cos:NAME, domain:NAME, server:NAME,
alias:ADDRESS, config, or by their DN.
"""


@frozen
class Verb:
    """A question: its name, how it is asked, and what answers it."""

    name: str
    summary: str
    description: str
    examples: str
    arguments: Callable[[ArgumentParser], None]
    answer: Callable[[Namespace, Screen], Exit]


def source_arguments(parser: ArgumentParser) -> None:
    """The arguments of every verb that asks a directory: the source first, and how to read it."""
    parser.add_argument(
        "source",
        metavar="SOURCE",
        help="an LDIF file, also .gz; - for standard input; an LDAP URL; @NAME of the configuration file",
    )
    reading = parser.add_argument_group("reading the source")
    reading.add_argument(
        "--dialect",
        default="auto",
        choices=("auto", *DIALECTS),
        help="how the directory stores settings; recognised by default",
    )
    reading.add_argument("--schema", metavar="FILE", help="the definitions the server has: LDIF or .schema")
    reading.add_argument(
        "--statuses", choices=tuple(TABLES), help="the status table; by default that of the dialect"
    )
    reading.add_argument(
        "--strict", action="store_true", help="refuse a source with errors instead of reading the rest"
    )
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    server_arguments(parser)


def opened(asked: Namespace) -> Directory:
    """The directory that `source_arguments` describe; OSError where the source cannot be read."""
    if is_server(asked.source):
        return opened_server(asked)
    with whole(asked.source):
        return open_directory(
            asked.source,
            dialect=asked.dialect,
            schema=asked.schema,
            statuses=asked.statuses,
            strict=asked.strict,
        )


@contextmanager
def whole(path: str) -> Iterator[None]:
    """Read a file, or standard input; OSError where it is closed, or compressed and damaged."""
    if path == STANDARD_INPUT and sys.stdin is None:
        raise OSError(errno.EBADF, "standard input is closed", STANDARD_INPUT)
    try:
        yield
    except (BadGzipFile, EOFError, zlib.error) as damage:
        raise OSError(errno.EIO, str(damage), path) from damage
