"""Counts in a file that several processes of one host share, and that a killed process leaves whole."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from ..decision import Charge, Counter, Usage
from ..errors import Unavailable
from . import sqlite_tables as tables
from .protocol import Glance, Reserved, Told
from .sqlite_bringing import Known
from .sqlite_opening import PATIENCE, PATIENCE_APART, be_patient, mark, opened, transaction
from .standing_in import Call, StandIn, charges_of

__all__ = ["SqliteCounters"]

LOG: Final = logging.getLogger(__name__)

AGAIN: Final = 1.0
"""Seconds until a file that could not be used is tried again."""
TO_DISK: Final = 2.0
"""Seconds between two times that what was written is brought to the disk, and the file is looked for."""
AT_ONCE: Final = 500
"""Calls that a file is told in one go after it could not be used: some milliseconds."""
PRUNING: Final = 256
"""Messages from one look for counters that are over to the next."""


class SqliteCounters:
    """Counts in a file of SQLite, which must lie on a disk of this host.

    What is settled survives the death of the process at once; a loss of power may take the last seconds.
    Nobody waits for the disk: writing ends in the memory of the system, and a thread brings it to the disk.
    What a killed process held is let go of by the next that opens the file.

    A file that is damaged is set aside, and counting begins anew; Unavailable where there can be no file.
    One that is taken away or replaced while we count is noticed within seconds: counting goes on in the one
    that is there then, or is made anew, with what this process has counted.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._stand_in = StandIn(str(path))
        self._owner = tables.owner()
        self._until_pruning = PRUNING
        self._again = 0.0
        self._ending = threading.Event()
        self._is_missed = False
        try:
            self._opened = opened(path)
        except (OSError, sqlite3.Error) as problem:
            raise Unavailable(str(path), why=f"cannot hold the counts: {problem}") from problem
        self._file = self._opened.file
        self._to_disk = threading.Thread(target=self._bring_to_disk, name=f"counts {path.name}", daemon=True)
        self._to_disk.start()

    def read(self, message: str, wanted: tuple[Counter, ...], at: float, then: Told) -> None:
        """Tell how much is used, apart from what this message holds."""
        then(self._usage(message, wanted, at))

    def glance(self, message: str, at: float) -> Glance | None:
        """None: to ask for all counts together costs one question instead of several."""
        return None

    def reserve(self, message: str, charges: tuple[Charge, ...], at: float, then: Reserved) -> None:
        """Let the message hold exactly this; or tell the first charge over its limit, and change nothing."""
        then(self._reserved(message, charges, at))

    def settle(self, message: str, at: float) -> None:
        """Count what the message holds: it was taken."""
        with self._lock:
            hold = self._stand_in.ledger.settle(message, at)
            if hold is not None:
                self._write(Call("settle", message, charges_of(hold), at))

    def release(self, message: str) -> None:
        """Forget what the message holds: it was not taken."""
        with self._lock:
            hold = self._stand_in.ledger.release(message)
            if hold is not None:
                self._write(Call("release", message, ()))

    def set(self, counter: Counter, value: int) -> None:
        """Say what a gauge shows."""
        with self._lock:
            self._stand_in.ledger.set(counter, value)
            self._write(Call("set", "", (Charge(counter, value),)))

    def close(self) -> None:
        """Let go of what is held here, and close the file."""
        self._ending.set()
        with self._lock:
            for hold in self._stand_in.ledger.holds:
                self._stand_in.ledger.release(hold.message)
                self._write(Call("release", hold.message, ()))
            if self._stand_in.is_owing:
                with suppress(sqlite3.Error):
                    be_patient(self._file, PATIENCE_APART)
                self._again = 0.0
                while not self._is_there() and not self._again:
                    pass  # there is more to tell
                if self._stand_in.doubt:
                    LOG.error("%s was not told of all that was counted: %s", self._path, self._stand_in.doubt)
            self._file.close()
        self._to_disk.join()

    # With the lock held

    def _usage(self, message: str, wanted: tuple[Counter, ...], at: float) -> Usage:
        with self._lock:
            if self._is_there():
                try:
                    with transaction(self._file, "BEGIN"):
                        used = [(each, tables.in_use(self._file, each, at, message)) for each in wanted]
                except sqlite3.Error as problem:
                    self._away(problem)
                else:
                    known = {each: count for each, count in used if count is not None}
                    return self._stand_in.seen(message, known, at)
            return self._stand_in.usage(message, wanted, at)

    def _reserved(self, message: str, charges: tuple[Charge, ...], at: float) -> Charge | None:
        with self._lock:
            if self._is_there():
                try:
                    with transaction(self._file):
                        over = tables.hold(self._file, message, charges, at, self._owner)
                except sqlite3.Error as problem:
                    self._away(problem)
                else:
                    if over is None:
                        self._stand_in.held(message, charges, at)
                    return over
            return self._stand_in.ledger.reserve(message, charges, at)

    def _write(self, call: Call) -> None:
        if self._is_there():
            try:
                with transaction(self._file):
                    self._carry_out(call)
            except sqlite3.Error as problem:
                self._away(problem)
            else:
                return
        self._stand_in.owes(call)

    def _carry_out(self, call: Call) -> None:
        match call.verb:
            case "settle":
                tables.let_go(self._file, call.message)
                tables.count(self._file, call.charges, call.at)
                self._until_pruning -= 1
                if self._until_pruning <= 0:
                    self._until_pruning = PRUNING
                    tables.prune(self._file, call.at)
            case "release":
                tables.let_go(self._file, call.message)
            case "reserve":
                tables.hold(self._file, call.message, call.charges, call.at, self._owner)
            case "set":
                for counter, value, _ in call.charges:
                    tables.set_gauge(self._file, counter, value)

    def _away(self, problem: sqlite3.Error) -> None:
        self._stand_in.away(str(problem))
        self._again = time.monotonic() + AGAIN

    def _is_there(self) -> bool:
        """Whether the file can be used: one that could not is told first what was counted here."""
        if not self._stand_in.doubt:
            return True
        if time.monotonic() < self._again:
            return False
        owed = self._stand_in.first_owed(AT_ONCE)
        is_last = len(owed) < AT_ONCE
        calls = self._stand_in.to_tell() if is_last else owed
        try:
            with transaction(self._file):
                for call in calls:
                    self._carry_out(call)
        except sqlite3.Error as problem:
            self._away(problem)
            return False
        if is_last:
            self._stand_in.told(calls)
        else:
            self._stand_in.told_first(calls)  # the rest when somebody asks next
        return is_last

    def _bring_to_disk(self) -> None:
        """Copy what was written into the file proper, which waits for the disk, beside all that goes on."""
        file: sqlite3.Connection | None = None
        while not self._ending.wait(TO_DISK):
            with suppress(sqlite3.Error, OSError):  # tried again in a moment
                if mark(self._path) != self._opened.mark:
                    if file is not None:
                        file.close()
                        file = None
                    self._open_anew()
                elif file is None:
                    file = sqlite3.connect(self._path, timeout=PATIENCE)
                else:
                    file.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        if file is not None:
            file.close()

    # Another file

    def _open_anew(self) -> None:
        """Go on in the file that is there now. Until there is one all goes on in that which is gone."""
        try:
            now = opened(self._path, self._opened.log)
        except (OSError, sqlite3.Error) as problem:
            if not self._is_missed:
                LOG.error("%s is gone, and nobody else counts with us: %s", self._path, problem)
            self._is_missed = True
            return
        self._is_missed = False
        with self._lock:
            if self._ending.is_set():
                now.file.close()
                return
            before, self._file, self._opened = self._file, now.file, now
            known = Known.of(self._stand_in)
            with suppress(sqlite3.Error):
                before.close()
            try:
                known.hold_in(now.file, self._owner)
            except sqlite3.Error as problem:
                self._away(problem)  # back, it is told what is held then
        LOG.error("%s was taken away or replaced: counting goes on in the file that is there now", self._path)
        known.bring_to(self._path)
