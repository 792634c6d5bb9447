"""What a verb of the command line is, and what most of them have in common."""

from __future__ import annotations

import errno
import sys
import zlib
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from gzip import BadGzipFile
from typing import Final, TypeVar

from attrs import frozen

from ..errors import InvalidValue
from ..model import Directory
from ..schema import DIALECTS
from ..show import Screen
from ..source import STANDARD_INPUT, open as open_directory
from ..status.table import TABLES
from .exits import Exit

__all__ = ["SELECTORS", "Verb", "count", "is_url", "opened", "readable", "source_arguments"]

T = TypeVar("T")

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
    parser.add_argument("source", metavar="SOURCE", help="an LDIF file, also .gz, or - for standard input")
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


def opened(asked: Namespace) -> Directory:
    """The directory that `source_arguments` describe; OSError where the source cannot be read."""
    if asked.source == STANDARD_INPUT and sys.stdin is None:
        raise OSError(errno.EBADF, "standard input is closed", STANDARD_INPUT)
    try:
        return open_directory(
            asked.source,
            dialect=asked.dialect,
            schema=asked.schema,
            statuses=asked.statuses,
            strict=asked.strict,
        )
    except (BadGzipFile, EOFError, zlib.error) as damage:
        raise OSError(errno.EIO, str(damage), asked.source) from damage


def readable(parse: Callable[[str], T]) -> Callable[[str], T]:
    """`parse` as the type of an argument: what it refuses is a mistake in the question."""

    def read(text: str) -> T:
        try:
            return parse(text)
        except InvalidValue as problem:
            raise ArgumentTypeError(str(problem)) from problem

    return read


def count(text: str) -> int:
    """The type of an argument that is a number of things, and not none."""
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"{text!r}: expected a whole number from 1")
    return int(text)


def is_url(text: str) -> bool:
    """Tell a URL from a filter, which may have one inside."""
    return "://" in text.partition("(")[0].partition("=")[0]
