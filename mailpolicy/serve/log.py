"""A line for each decision, as `key=value` that people and machines read."""

from __future__ import annotations

import logging
import os
import re
from typing import Final

from attrs import fields

from ..decision import Decision
from ..journal.lines import Lines

__all__ = ["DecisionLog", "LogLines", "line_of"]

PLAIN: Final = re.compile(r"[^\s\"=\\]+")
SAID: Final = ("account", "login", "sender", "recipient", "list", "resource", "actor", "target", "client")
"""What of a request a line tells; the journal has all of it."""


def line_of(decision: Decision, adapter: str, message: str, seconds: float) -> str:
    """A decision in one line, without its line break.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> decision = mp.decide(acme, mp.Delivery("", "nobody@globex.example"))
    >>> line_of(decision, "policy", "", 0.000_05)
    'reject rule=recipient.exists adapter=policy sender="" recipient=nobody@globex.example reply="550 ...
    """
    request = decision.request
    pairs = [("rule", decision.rule), ("adapter", adapter)]
    known = {field.name for field in fields(type(request))}
    pairs += [(name, getattr(request, name)) for name in SAID if name in known and shows(request, name)]
    pairs += [
        ("reply", None if decision.reply is None else str(decision.reply)),
        ("unknown", decision.unknown or None),
        ("errors", "; ".join(f"{each.rule}: {each.error}" for each in decision.errors) or None),
        ("observed", ",".join(each.rule for each in decision.observed) or None),
        ("message", message or None),
        ("ms", f"{seconds * 1000:.3f}"),
    ]
    said = (f"{name}={quoted(value)}" for name, value in pairs if value is not None)
    return f"{decision.verdict} {' '.join(said)}"


def shows(request: object, name: str) -> bool:
    """Whether there is something to say: an empty sender is the null sender."""
    return bool(getattr(request, name)) or name == "sender"


def quoted(value: str) -> str:
    """A value as it can stand in a line, whatever the other side has put into it."""
    if PLAIN.fullmatch(value) and value.isprintable():
        return value
    safe = "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in value)
    escaped = safe.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class DecisionLog:
    """Writes a line for each decision, or for each that refuses, to standard error, in batches."""

    def __init__(self, *, only_refused: bool, descriptor: int = 2) -> None:
        self._only_refused = only_refused
        self._lines = Lines(Descriptor(descriptor))

    def write(
        self, decision: Decision, *, adapter: str = "", message: str = "", seconds: float = 0.0
    ) -> None:
        """Take in a decision."""
        if self._only_refused and not (decision.is_refused or decision.observed or decision.errors):
            return
        self._lines.add(line_of(decision, adapter, message, seconds) + "\n")

    def close(self) -> None:
        """Write what is left, and end."""
        self._lines.close()


class LogLines(logging.Handler):
    """Writes what modules log to standard error, in batches too.

    Who reads there may have stopped, as a journal does on a disk that hangs: that must not stop mail.
    """

    def __init__(self, *, descriptor: int = 2) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._lines: Lines | None = None
        self._process = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Take in what is said."""
        line = self.format(record) + "\n"
        # No thread outlives a fork.
        if self._lines is None or self._process != os.getpid():
            self._lines, self._process = Lines(Descriptor(self._descriptor)), os.getpid()
        self._lines.add(line)

    def close(self) -> None:
        """Write what is left, and end."""
        if self._lines is not None and self._process == os.getpid():
            self._lines.close()
            self._lines = None
        super().close()


class Descriptor:
    """Something that is open already, and stays so."""

    name = "the log"

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def begin(self, size: int) -> None:
        """Nothing has to be done."""

    def write(self, chunk: bytes) -> int:
        """Write, and tell how many bytes it were."""
        return os.write(self._descriptor, chunk)

    def shut(self) -> None:
        """It is not ours to close."""
