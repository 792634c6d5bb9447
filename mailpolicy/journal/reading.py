"""Reading journals back: a line that is broken is told of, and the next one is read."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from gzip import BadGzipFile
from io import BufferedReader
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from ..decision import Counter, Usage, Verdict
from ..errors import InvalidValue
from ..forms import InvalidForm, request_from_json
from .concealing import Concealing
from .maillog import MailLog
from .record import Record

__all__ = ["Broken", "parsed", "read"]

EXPECTED: Final = "a line of the journal"
LONGEST: Final = 2**20
"""Bytes of a line: no decision takes more, and a file without lines is not read into memory."""
SHOWN: Final = 60
"""Characters of a broken line that are told."""
DAMAGE: Final = (EOFError, BadGzipFile, zlib.error)
LOOKED_AT: Final = 4096
LOG: Final = re.compile(rb"(?m)^(?:<\d+>)?(?:\d{4}-\d\d-\d\d[T ]|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)")
"""How lines of a log begin, and no line of the journal."""


@frozen
class Broken:
    """A line that cannot be read: where it stands, counted from 1, and why."""

    source: str
    line: int
    why: str


def read(paths: Iterable[str | Path], concealing: Concealing | None = None) -> Iterator[Record | Broken]:
    """Give the decisions of journals in their order; `.gz` is unpacked.

    Names that were hidden come back as far as `concealing` has been told of them. A file may also be the
    log of a Postfix: see `from_maillog`. OSError for a file that cannot be read.
    """
    log = MailLog()
    for path in map(Path, paths):
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            yield from of_file(file, str(path), log, concealing)


def of_file(
    file: BufferedReader | gzip.GzipFile, source: str, log: MailLog, concealing: Concealing | None
) -> Iterator[Record | Broken]:
    number = 0
    try:
        tells = partial(told, log) if is_log(file.peek(LOOKED_AT)) else partial(parsed, concealing=concealing)
        for number, line in enumerate(iter(partial(file.readline, LONGEST), b""), start=1):
            if len(line) == LONGEST and not line.endswith(b"\n"):
                yield Broken(source, number, f"{beginning(line)!r}: longer than {LONGEST:,} bytes")
                while (rest := file.readline(LONGEST)) and not rest.endswith(b"\n"):
                    pass
                continue
            try:
                found = tells(line)
            except (InvalidForm, InvalidValue) as problem:
                yield Broken(source, number, str(problem))
            else:
                if found is not None:
                    yield found
    except DAMAGE as damage:
        if isinstance(damage, OSError) and damage.errno is not None:
            raise  # the disk's, not the file's
        yield Broken(source, number + 1, f"the file is damaged from here on: {damage}")


def is_log(start: bytes) -> bool:
    """Whether a file is the log of a mail server: no line of those at its start is an object."""
    return LOG.search(start) is not None and re.search(rb"(?m)^\{", start) is None


def told(log: MailLog, line: bytes) -> Record | None:
    return log.told(line.decode("utf-8", "surrogateescape"))


def beginning(line: bytes) -> str:
    """As much of a broken line as helps to find it."""
    text = line[: 4 * SHOWN].decode("utf-8", "replace").strip()
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def parsed(line: bytes, concealing: Concealing | None = None) -> Record:
    """Read one line; InvalidValue or InvalidForm says what is wrong with it.

    >>> parsed(b'{"at": "2026-11-21T12:00:00+00:00"')
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: ... expected a line of the journal: ...
    """
    try:
        found = json.loads(line)
    except UnicodeDecodeError:
        why = "UTF-8"
    except json.JSONDecodeError as problem:
        why = f"{problem.msg.removesuffix(' at')} at character {problem.pos}"
    except (RecursionError, ValueError) as problem:
        why = str(problem)
    else:
        if isinstance(found, dict):
            return record_of(concealing.revealed(found) if concealing else found)
        why = "an object"
    raise InvalidValue(beginning(line), f"{EXPECTED}: {why}")


def record_of(found: dict[str, Any]) -> Record:
    at = moment(found.get("at"))
    counts = {}
    for name, count in mapping(found, "counts").items():
        counts[counter(name)] = number(count, f"counts.{name}")
    return Record(
        at=at,
        request=request_from_json(mapping(found, "request")),
        usage=Usage(counts, text(found, "doubt"), found.get("counts_unseen") is True),
        revision=text(found, "revision") or None,
        verdict=verdict(found.get("verdict")),
        rule=text(found, "rule") or None,
        reply=text(found, "reply"),
        said=texts(found, "said"),
        observed=texts(found, "observed"),
        errors=texts(found, "errors"),
        unknown=text(found, "unknown"),
        adapter=text(found, "adapter"),
        message=text(found, "message"),
        microseconds=number(found.get("microseconds", 0), "microseconds"),
    )


def counter(name: str) -> Counter:
    try:
        return Counter.parse(name)
    except ValueError:
        raise InvalidValue(name, "a counter such as 'messages/86400 john@acme.example'") from None


def moment(value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidValue(repr(value), "a moment with its zone", attribute="at")
    return found


def verdict(value: Any) -> Verdict:
    try:
        return Verdict(value)
    except ValueError:
        raise InvalidValue(repr(value), f"one of {', '.join(Verdict)}", attribute="verdict") from None


def mapping(found: dict[str, Any], name: str) -> dict[str, Any]:
    value = found.get(name, {})
    if not isinstance(value, dict):
        raise InvalidValue(repr(value), "an object", attribute=name)
    return value


def text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidValue(repr(value), "a text", attribute=name)
    return value or ""


def texts(found: dict[str, Any], name: str) -> tuple[str, ...]:
    value = found.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise InvalidValue(repr(value), "a list of texts", attribute=name)
    return tuple(value)


def number(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidValue(repr(value), "a whole number", attribute=name)
    return value
