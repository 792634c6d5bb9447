"""Reading journals back: a line that is broken is told of, and the next one is read."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from ..decision import Counter, Usage, Verdict
from ..errors import InvalidValue
from ..forms import InvalidForm, request_from_json
from .concealing import Concealing
from .maillog import from_maillog
from .record import Record

__all__ = ["Broken", "parsed", "read"]

EXPECTED: Final = "a line of the journal"


@frozen
class Broken:
    """A line that cannot be read: where it stands, counted from 1, and why."""

    source: str
    line: int
    why: str


def read(paths: Iterable[str | Path], concealing: Concealing | None = None) -> Iterator[Record | Broken]:
    """Give the decisions of journals in their order; `.gz` is unpacked.

    Addresses that were hidden come back as far as `concealing` has been told of them. A file may also be the
    log of a Postfix: see `from_maillog`. OSError for a file that cannot be read.
    """
    for path in map(Path, paths):
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            if not is_journal(file.peek(1)):
                yield from from_maillog(line.decode("utf-8", "surrogateescape") for line in file)
                continue
            for number, line in enumerate(file, start=1):
                try:
                    yield parsed(line, concealing)
                except (InvalidForm, InvalidValue) as problem:
                    yield Broken(str(path), number, str(problem))


def is_journal(beginning: bytes) -> bool:
    """Whether a file is a journal: lines of objects; an empty one is as good as one."""
    return not beginning or beginning.lstrip().startswith(b"{")


def parsed(line: bytes, concealing: Concealing | None = None) -> Record:
    """Read one line; InvalidValue or InvalidForm says what is wrong with it.

    >>> parsed(b'{"at": "2026-11-21T12:00:00+00:00"')
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: ... expected a line of the journal: ...
    """
    try:
        text = line.decode()
        found = json.loads(concealing.reveal(text) if concealing else text)
    except UnicodeDecodeError:
        raise InvalidValue(repr(line), f"{EXPECTED}: UTF-8") from None
    except json.JSONDecodeError as problem:
        raise InvalidValue(text.strip(), f"{EXPECTED}: {problem.msg} at character {problem.pos}") from None
    if not isinstance(found, dict):
        raise InvalidValue(text.strip(), f"{EXPECTED}: an object")
    return record_of(found)


def record_of(found: dict[str, Any]) -> Record:
    at = moment(found.get("at"))
    counts = {}
    for name, count in mapping(found, "counts").items():
        counts[Counter.parse(name)] = number(count, f"counts.{name}")
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
    if not isinstance(value, int):
        raise InvalidValue(repr(value), "a whole number", attribute=name)
    return value
