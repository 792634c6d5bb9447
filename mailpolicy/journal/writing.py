"""The file of the journal: only we may read it, and when it is full the next one is begun."""

from __future__ import annotations

import os
from pathlib import Path
from stat import S_ISREG
from typing import Final

from ..decision import Decision
from .concealing import Concealing
from .lines import Lines
from .record import line_of

__all__ = ["Journal"]

LARGEST: Final = 256 * 2**20
"""Bytes of a file before the next is begun."""
KEPT: Final = 8
"""Old files that stay."""
READABLE: Final = 0o600
CLOSED: Final = -1


class Journal:
    """Lines of decisions in a file; full ones are kept as `FILE.1`, `FILE.2`, …, the newest first.

    It is safe in threads. `dropped` counts the lines that were lost to a disk that does not write; `close`
    writes what is left. OSError where the file cannot be written from the beginning.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        concealing: Concealing | None = None,
        largest: int = LARGEST,
        kept: int = KEPT,
    ) -> None:
        file = RotatingFile(Path(path), largest, kept)
        # Now, so that whoever configures it hears of a path that cannot be written.
        file.begin(0)
        self._lines = Lines(file)
        self._concealing = concealing

    @property
    def dropped(self) -> int:
        """How many lines were lost."""
        return self._lines.dropped

    def write(
        self, decision: Decision, *, adapter: str = "", message: str = "", seconds: float = 0.0
    ) -> None:
        """Take in a decision; it is on disk a little later."""
        self._lines.add(line_of(decision, adapter, message, seconds, self._concealing))

    def flush(self) -> None:
        """Write what waits."""
        self._lines.flush()

    def reopen(self) -> None:
        """Go on in the file of that path, whatever has become of the one that was open."""
        self._lines.reopen()

    def close(self) -> None:
        """Write what is left, and end."""
        self._lines.close()


class RotatingFile:
    """A file that others may not read, put aside when it is full. A pipe or a device only takes lines."""

    def __init__(self, path: Path, largest: int, kept: int) -> None:
        self.name = f"the journal {path}"
        self._path, self._largest, self._kept = path, largest, kept
        self._descriptor = CLOSED
        self._is_cut = False

    def begin(self, size: int) -> None:
        """Open the file where it is not, and begin the next where this one has no room for so many bytes."""
        self._open()
        stands = os.fstat(self._descriptor).st_size
        if stands and stands + size > self._largest:
            self._turn()

    def write(self, chunk: bytes) -> int:
        """Write, and tell how many bytes it were."""
        if self._is_cut:
            # Not where it is opened: a disk that is full may be the reason, and keeps nobody from starting.
            os.write(self._descriptor, b"\n")
            self._is_cut = False
        return os.write(self._descriptor, chunk)

    def shut(self) -> None:
        """Close the file."""
        if self._descriptor != CLOSED:
            os.close(self._descriptor)
            self._descriptor = CLOSED

    def _open(self) -> None:
        if self._descriptor != CLOSED:
            return
        # Nobody waits for who is to read a pipe: it is an error where there is nobody.
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK
        self._descriptor = os.open(self._path, flags, READABLE)
        os.set_blocking(self._descriptor, True)
        # A line that a crash cut in half is to end, so that the next one is whole.
        is_file = S_ISREG(os.fstat(self._descriptor).st_mode)
        self._is_cut = is_file and not ends_a_line(self._path)

    def _turn(self) -> None:
        self.shut()
        for number in range(self._kept, 0, -1):
            older = self._named(number - 1)
            if older.exists():
                older.replace(self._named(number))
        if not self._kept:
            self._path.unlink(missing_ok=True)
        self._open()

    def _named(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}") if number else self._path


def ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
