"""The thread that keeps on disk what is followed, so that the next start need not wait for a server."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from ..cache import restore, save
from .board import Board
from .following import Following, Seed, Wanted
from .servers import Servers

__all__ = ["Keeping", "asked_of", "restored"]

LOG: Final = logging.getLogger(__name__)
INTERVAL: Final = 300.0
"""Seconds between two writes: what is lost if the process dies is asked of the server again."""


class Keeping(threading.Thread):
    """Writes what is published to a file, now and then, if it has changed; if not, that it still holds."""

    def __init__(
        self, path: Path, board: Board, following: Following, asked: Mapping[str, str],
        interval: float = INTERVAL,
    ) -> None:  # fmt: skip
        super().__init__(name=f"mailpolicy {path.name}", daemon=True)
        self._path, self._board, self._following, self._interval = path, board, following, interval
        self._asked = asked
        self._closing = threading.Event()
        self._kept: object = None
        self._at = ""

    def run(self) -> None:
        self._board.bell.wait(lambda: bool(self._board.freshness()))
        while not self._closing.is_set():
            self._keep()
            self._closing.wait(self._interval)
        self._say_when()

    def _keep(self) -> None:
        said, base = self._board.said, self._following.base
        if said.snapshot is None or base is None or not self._board.freshness():
            return
        if said.snapshot is self._kept:
            self._say_when()
            return
        at = said.since.isoformat()
        notes = {
            **self._asked,
            "base": base,
            "cookies": str(said.cookies),
            "subschema": self._following.subschema,
            "at": at,
        }
        try:
            save(self._path, said.snapshot, notes)
            self._kept, self._at = said.snapshot, at
        except OSError as problem:
            LOG.warning("%s cannot be written: %s", self._path, problem)

    def _say_when(self) -> None:
        """Note when the server last stood behind what is kept, if that is what it says now."""
        said = self._board.said
        if said.snapshot is not self._kept or self._kept is None:
            return
        beside, unfinished = moment_file(self._path), moment_file(self._path).with_suffix(".unfinished")
        try:
            unfinished.write_text(json.dumps([self._at, said.since.isoformat()]), "ascii")
            unfinished.replace(beside)
        except OSError as problem:
            LOG.warning("%s cannot be written: %s", beside, problem)

    def close(self) -> None:
        """End it, after what it is just writing."""
        self._closing.set()
        if self.is_alive() and threading.current_thread() is not self:
            self.join()


def asked_of(servers: Servers, wanted: Wanted) -> Mapping[str, str]:
    """Whose view of what a cache holds: another account may see more, or less."""
    bind = servers.bind
    who = "" if bind is None else f"{bind.mechanism}:{bind.dn}"
    if bind is not None and bind.mechanism != "simple":
        who += str(os.getuid())
    return {"who": who, "dialect": wanted.dialect, "urls": " ".join(servers.urls)}


def restored(
    path: Path, base: str | None, wanted: Wanted, asked: Mapping[str, str], board: Board
) -> Seed | None:
    """Publish what an earlier run has kept, and give it to go on from; a file that is refused is named."""
    try:
        found = restore(path, schema=wanted.schema)
    except FileNotFoundError:
        return None
    except OSError as problem:  # Unavailable, as a damaged one is, is one too
        LOG.warning("starting without a cache: %s", problem)
        return None
    notes = found.notes
    at = moment_of(path, notes)
    # Without a base the server is asked for it, and nobody knows it before.
    if at is None or (base and base != notes.get("base")) or not is_of(notes, asked):
        LOG.warning("starting without a cache: %s is of another directory, or of another view of it", path)
        return None
    board.restored(found.snapshot, at)
    return Seed(found.snapshot, notes.get("cookies", ""), notes["base"], notes.get("subschema", ""))


def is_of(notes: Mapping[str, str], asked: Mapping[str, str]) -> bool:
    """Whether a cache was made by who asks now, in the same dialect, of at least one of the servers."""
    same = all(notes.get(name) == asked[name] for name in ("who", "dialect"))
    return same and not set(notes.get("urls", "").split()).isdisjoint(asked["urls"].split())


def moment_file(path: Path) -> Path:
    """Beside a cache: when its source last stood behind it."""
    return path.with_name(f"{path.name}.heard")


def moment_of(path: Path, notes: Mapping[str, str]) -> datetime | None:
    """When the source last stood behind a cache; None where that cannot be told."""
    try:
        at = datetime.fromisoformat(notes["at"])
    except (KeyError, ValueError):
        return None
    try:
        of, heard = json.loads(moment_file(path).read_text("ascii"))
        return max(at, datetime.fromisoformat(heard)) if of == notes["at"] else at
    except (OSError, ValueError, TypeError):
        return at
