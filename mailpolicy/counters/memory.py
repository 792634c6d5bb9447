"""Counts in the memory of one process, saved to a file when it ends."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Any, Final

from ..cache.disk import own_file, write_whole
from ..decision import Charge, Counter, Usage
from ..errors import Unavailable
from .ledger import Ledger
from .protocol import Glance, Reserved, Told

__all__ = ["MemoryCounters"]

LOG: Final = logging.getLogger(__name__)

BEGINS: Final = b"mailpolicy counts 1\n"
BROKEN: Final = ".broken"


class MemoryCounters:
    """Counts in memory: the fastest, for a site with one process.

    With a `path` they are read from a file at the start and written to it by `close`; what happened since is
    lost if the process is killed. A file that cannot be read is set aside, and counting begins anew: mail
    does not wait for somebody to mend it.

    >>> from mailpolicy.decision import Charge, Counter
    >>> counters, sent = MemoryCounters(), Counter("messages", "john@acme.example", 86400)
    >>> counters.reserve("a message", (Charge(sent, 1),), 0.0, print)
    None
    >>> counters.settle("a message", 0.0)
    >>> counters.read("", (sent,), 1.0, lambda usage: print(usage.of(sent)))
    1
    """

    def __init__(self, path: Path | None = None) -> None:
        self._ledger = Ledger()
        self._lock = threading.Lock()
        self._path = path
        if path is not None:
            self._ledger = restored(path)

    def read(self, message: str, wanted: tuple[Counter, ...], at: float, then: Told) -> None:
        """Tell how much is used, apart from what this message holds."""
        with self._lock:
            used = [(counter, self._ledger.used(counter, at, message)) for counter in wanted]
        then(Usage({counter: count for counter, count in used if count is not None}))

    def glance(self, message: str, at: float) -> Glance | None:
        """What tells one count, at once."""
        return partial(self._used, message, at)

    def _used(self, message: str, at: float, counter: Counter) -> int | None:
        with self._lock:
            return self._ledger.used(counter, at, message)

    def reserve(self, message: str, charges: tuple[Charge, ...], at: float, then: Reserved) -> None:
        """Let the message hold exactly this; or tell the first charge over its limit, and change nothing."""
        with self._lock:
            over = self._ledger.reserve(message, charges, at)
        then(over)

    def settle(self, message: str, at: float) -> None:
        """Count what the message holds: it was taken."""
        with self._lock:
            self._ledger.settle(message, at)

    def release(self, message: str) -> None:
        """Forget what the message holds: it was not taken."""
        with self._lock:
            self._ledger.release(message)

    def set(self, counter: Counter, value: int) -> None:
        """Say what a gauge shows."""
        with self._lock:
            self._ledger.set(counter, value)

    def close(self) -> None:
        """Write the counts to the file, if there is one; what is held ends."""
        if self._path is None:
            return
        with self._lock:
            try:
                write_whole(self._path, lines(self._ledger), BEGINS)
            except OSError as problem:
                LOG.error("the counts are not saved: %s", problem)


def lines(ledger: Ledger) -> Iterator[bytes]:
    """A ledger as lines of JSON, and at the end how many, for a file that is cut short is broken."""
    yield BEGINS
    count = 0
    for counter, events in ledger.counted():
        yield json.dumps([str(counter), list(events)]).encode() + b"\n"
        count += 1
    for gauge, value in ledger.gauges():
        yield json.dumps([str(gauge), value]).encode() + b"\n"
        count += 1
    yield json.dumps(count).encode() + b"\n"


def restored(path: Path) -> Ledger:
    """The ledger of a file; an empty one where there is none, or none that can be read."""
    try:
        with own_file(path) as file:
            return ledger_of(file.readall())
    except FileNotFoundError:
        return Ledger()
    except (OSError, Unavailable, ValueError, TypeError, OverflowError, RecursionError) as problem:
        # Unavailable is a ConnectionError, and with it an OSError: a file that others may write.
        LOG.error("the counts of %s are not read, and begin anew: %s", path, problem)
    try:
        path.replace(path.with_name(path.name + BROKEN))
    except OSError as problem:
        LOG.error("%s stays where it is: %s", path, problem)
    return Ledger()


def ledger_of(raw: bytes) -> Ledger:
    """Read what `lines` gives; ValueError, TypeError and the like where it is something else."""
    if not raw.startswith(BEGINS):
        raise ValueError("it holds no counts")
    *rows, count, end = raw[len(BEGINS) :].split(b"\n")
    if end or json.loads(count) != len(rows):
        raise ValueError("it is cut short")
    ledger = Ledger()
    for row in rows:
        name, value = json.loads(row)
        counter = Counter.parse(text(name))
        if counter.window:
            for at, amount in value:
                ledger.count(counter, time(at), whole(amount))
        else:
            ledger.set(counter, whole(value))
    return ledger


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no name of a counter")
    return value


def time(value: Any) -> float:
    if not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(f"{value!r} is no time")
    return value


def whole(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no amount")
    return value
