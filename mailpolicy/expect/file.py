"""Reading expectations: every mistake of a file is told at once, each with its place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from attrs import define, evolve, fields

from ..decision import Counter, Usage, Verdict
from ..decision.display import subject
from ..errors import InvalidValue, MailPolicyError
from ..forms import InvalidForm, request_from_json
from ..forms.writing import plain
from .expectation import Expectation

__all__ = ["InvalidExpectation", "expectations"]

KEYS: Final = tuple(each.name for each in fields(Expectation) if each.name != "source")
TEXTS: Final = ("rule", "reply")
LISTS: Final = ("reasons", "silent")


@define(slots=False, eq=False)
class InvalidExpectation(MailPolicyError, ValueError):
    """A file of expectations that cannot be read: `problems` lists everything that is wrong with it.

    >>> raise InvalidExpectation("acme.expect.toml", ("the 2nd: verdict: expected one of accept, reject",))
    Traceback (most recent call last):
    mailpolicy.expect.file.InvalidExpectation: acme.expect.toml: the 2nd: verdict: expected one of ...
    """

    source: str
    problems: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.source}: {'; '.join(self.problems)}"


def expectations(path: str | Path) -> tuple[Expectation, ...]:
    """Read a file; InvalidExpectation where it makes no sense, OSError where it cannot be read.

    What stands above the first `[[expect]]` holds for all of them: `at`, `usage`.
    """
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise InvalidExpectation(str(path), ("expected UTF-8",)) from None
    except tomllib.TOMLDecodeError as problem:
        raise InvalidExpectation(str(path), (f"expected TOML: {problem}",)) from None
    stated = content.pop("expect", [])
    problems = [f"{key}: unknown; expected at, usage or [[expect]]" for key in set(content) - {"at", "usage"}]
    if not isinstance(stated, list) or not stated:
        problems.append("expected a section [[expect]] for each request")
        stated = []
    found = []
    for place, each in enumerate(stated, start=1):
        try:
            found.append(expectation(each, content))
        except InvalidExpectation as problem:
            name = each.get("name") if isinstance(each, dict) else None
            problems += [
                f"expectation {place}{f' ({name})' if name else ''}: {why}" for why in problem.problems
            ]
    if problems:
        raise InvalidExpectation(str(path), tuple(problems))
    return tuple(evolve(each, source=str(path)) for each in found)


def expectation(stated: Any, shared: dict[str, Any]) -> Expectation:
    if not isinstance(stated, dict):
        raise InvalidExpectation("", ("expected a section",))
    problems = list(unknown(stated))
    said = {**shared, **stated}
    values: dict[str, Any] = {}
    readers = {
        "request": request,
        "verdict": verdict,
        "at": moment,
        "usage": usage,
        "name": text,
        **dict.fromkeys(TEXTS, text),
        **dict.fromkeys(LISTS, texts),
    }
    for key, read in readers.items():
        if key in said:
            try:
                values[key] = read(said[key])
            except (InvalidForm, InvalidValue) as problem:
                problems.append(f"{key}: {problem}")
    if "request" not in said:
        problems.append("request: missing")
    elif not any(key in said for key in ("verdict", *TEXTS, *LISTS)):
        problems.append("nothing is expected: say verdict, rule, reply, reasons or silent")
    if problems:
        raise InvalidExpectation("", tuple(problems))
    values.setdefault("name", subject(values["request"]))
    return Expectation(**values)


def unknown(stated: dict[str, Any]) -> Iterator[str]:
    for key in stated:
        if key not in KEYS:
            near = get_close_matches(key, KEYS, 1)
            hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(KEYS)}"
            yield f"{key}: unknown; {hint}"


def request(value: Any) -> Any:
    if not isinstance(value, dict):
        raise InvalidValue(repr(value), "a table with a kind")
    return request_from_json(plain(value))


def verdict(value: Any) -> Verdict:
    try:
        return Verdict(value)
    except ValueError:
        raise InvalidValue(str(value), f"one of {', '.join(Verdict)}") from None


def moment(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise InvalidValue(str(value), "a date and time, such as 2026-11-21T12:00:00Z")
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def usage(value: Any) -> Usage:
    if not isinstance(value, dict):
        raise InvalidValue(str(value), "a table of counters")
    counts = {}
    for name, count in value.items():
        if not isinstance(count, int) or isinstance(count, bool):
            raise InvalidValue(str(count), "a whole number", attribute=name)
        try:
            counts[Counter.parse(name)] = count
        except ValueError:
            expected = "a counter such as 'messages/86400 john@acme.example'"
            raise InvalidValue(name, expected) from None
    return Usage(counts, counts_unseen=True)


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValue(str(value), "a text, in quotes")
    return value


def texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise InvalidValue(str(value), "a list of texts")
    return tuple(value)
