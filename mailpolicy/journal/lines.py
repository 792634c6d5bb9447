"""Lines that are written in batches: nobody waits for a disk, and a disk that fails stops no mail.

Lines are collected and written in one go by a thread of their own, some times a second. Where what is behind
does not keep up, is full or gone, lines are dropped and counted, never piled up without end.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import Final, Protocol

__all__ = ["Lines", "Sink"]

logger: Final = logging.getLogger(__name__)

PAUSE: Final = 0.2
"""Seconds between two writes: what a crash of the machine may cost."""
LONGEST_PAUSE: Final = 2.0
"""Seconds between two tries where the sink fails; each pause is twice the one before."""
LAST_SECONDS: Final = 2.0
"""How long an end waits for a disk that does not answer."""
MOST_WAITING: Final = 50_000
"""Lines that wait for the disk, some 20 MB."""
AT_ONCE: Final = 2_000
"""Lines that are written in one go: to put them together holds up the other threads for a millisecond."""


class Sink(Protocol):
    """Where the lines go."""

    name: str

    def write(self, chunk: bytes) -> int:
        """Write, and tell how many bytes it were; OSError where that fails."""
        ...

    def begin(self, size: int) -> None:
        """So many bytes are about to come, in whole lines; OSError where they cannot."""
        ...

    def shut(self) -> None:
        """Let go of what is open; what comes next opens it again."""
        ...


class Lines:
    """Lines on their way to a sink. Safe in threads; `dropped` counts those that were lost."""

    def __init__(self, sink: Sink) -> None:
        self.dropped = 0
        self._sink = sink
        self._lines: deque[str] = deque()
        # What is being written, or could not be, with its lines: those that wait behind it stay as they are.
        self._begun = b""
        self._lines_begun = 0
        self._is_failing = False
        self._ended = threading.Event()
        self._writes = threading.Lock()
        self._counts = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="mailpolicy-lines", daemon=True)
        self._thread.start()

    def add(self, line: str) -> None:
        """Take in a line, with its line break; it is written a little later."""
        if len(self._lines) + self._lines_begun >= MOST_WAITING:
            self._lost(1)
        else:
            self._lines.append(line)

    def flush(self) -> None:
        """Write what waits; what cannot be written waits for the next time."""
        with self._writes:
            self._write_all()

    def reopen(self, seconds: float = LAST_SECONDS) -> bool:
        """Write what waits, and open the sink anew for what comes; False where the disk does not answer."""
        if not self._writes.acquire(timeout=seconds):
            return False
        try:
            self._write_all()
            self._sink.shut()
        finally:
            self._writes.release()
        return True

    def close(self, seconds: float = LAST_SECONDS) -> None:
        """Write what is left, and end; what a disk that does not answer has not taken by then is lost."""
        self._ended.set()
        self._thread.join(seconds)
        if self._thread.is_alive():
            left = len(self._lines)
            logger.error("%s does not answer: %d lines and more are lost", self._sink.name, left)
            self._lost(left)

    def _work(self) -> None:
        pause = PAUSE
        while not self._ended.wait(pause):
            self.flush()
            pause = min(pause * 2, LONGEST_PAUSE) if self._is_failing else PAUSE
        with self._writes:
            self._write_all()
            self._sink.shut()
            self._lost(len(self._lines) + self._lines_begun)

    def _lost(self, lines: int) -> None:
        with self._counts:
            self.dropped += lines

    def _write_all(self) -> None:
        """Write what waits by now, in order, as far as the sink takes it."""
        left = len(self._lines)
        while self._begun or left:
            if not self._begun:
                lines = [self._lines.popleft() for _ in range(min(left, AT_ONCE))]
                left -= len(lines)
                self._begun, self._lines_begun = encoded("".join(lines)), len(lines)
            if not self._write(self._begun):
                return
            self._begun, self._lines_begun = b"", 0

    def _write(self, chunk: bytes) -> bool:
        written = 0
        try:
            self._sink.begin(len(chunk))
            while written < len(chunk):
                written += self._sink.write(chunk[written:] if written else chunk)
        except OSError as problem:
            # What is there stays; a line that is there in part is written once more, whole.
            self._begun = chunk[chunk.rfind(b"\n", 0, written) + 1 :]
            self._lines_begun = self._begun.count(b"\n")
            self._failed(problem)
            return False
        if self._is_failing:
            logger.warning("%s is written again; %d lines are lost", self._sink.name, self.dropped)
        self._is_failing = False
        return True

    def _failed(self, problem: OSError) -> None:
        self._sink.shut()
        if not self._is_failing:
            logger.error("%s cannot be written, mail goes on without: %s", self._sink.name, problem)
        self._is_failing = True


def encoded(text: str) -> bytes:
    """Text as it goes out; what was no UTF-8 when it came in is so again."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace")
