"""The thread that keeps on disk what is followed, so that the next start need not wait for a server."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from ..cache import restore, save
from ..ldap.definitions import Definitions
from .board import Board
from .following import Following, Seed

__all__ = ["Keeping", "restored"]

LOG: Final = logging.getLogger(__name__)
INTERVAL: Final = 300.0
"""Seconds between two writes: what is lost if the process dies is asked of the server again."""


class Keeping(threading.Thread):
    """Writes what is published to a file, now and then, if it has changed."""

    def __init__(self, path: Path, board: Board, following: Following, interval: float = INTERVAL) -> None:
        super().__init__(name=f"mailpolicy {path.name}", daemon=True)
        self._path, self._board, self._following, self._interval = path, board, following, interval
        self._closing = threading.Event()
        self._kept: object = None

    def run(self) -> None:
        self._board.wait(lambda: bool(self._board.freshness()))
        while not self._closing.is_set():
            self._keep()
            self._closing.wait(self._interval)

    def _keep(self) -> None:
        state, base = self._board.state(), self._following.base
        if state is None or base is None or state.snapshot is self._kept:
            return
        notes = {
            "base": base,
            "cookies": str(state.cookies),
            "subschema": self._following.subschema,
            "at": state.heard.isoformat(),
        }
        try:
            save(self._path, state.snapshot, notes)
            self._kept = state.snapshot
        except OSError as problem:
            LOG.warning("%s cannot be written: %s", self._path, problem)

    def close(self) -> None:
        """End it, after what it is just writing."""
        self._closing.set()
        if self.is_alive():
            self.join()


def restored(path: Path, base: str | None, schema: Definitions | None, board: Board) -> Seed | None:
    """Publish what an earlier run has kept, and give it to go on from; a file that is refused is named."""
    try:
        found = restore(path, schema=schema)
    except FileNotFoundError:
        return None
    except OSError as problem:  # Unavailable, as a damaged one is, is one too
        LOG.warning("starting without a cache: %s", problem)
        return None
    notes = found.notes
    at = moment_of(notes)
    if at is None or base not in (None, notes.get("base")):
        LOG.warning("starting without a cache: %s is of another directory", path)
        return None
    board.restored(found.snapshot, at)
    return Seed(found.snapshot, notes.get("cookies", ""), notes["base"], notes.get("subschema", ""))


def moment_of(notes: Mapping[str, str]) -> datetime | None:
    try:
        return datetime.fromisoformat(notes["at"])
    except (KeyError, ValueError):
        return None
