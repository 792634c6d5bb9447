"""What a server sends in a synchronisation, and where the refresh in it ends."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Final

from ...errors import Unavailable
from ..backend import SyncEvent, SyncPhase

__all__ = ["Stream"]

PATIENCE: Final = 120.0
"""Seconds that a refresh may be silent: a server may search long, with the connection standing, and so may
one that will never come back."""


class Stream:
    """The batches of one synchronisation: event by event while it refreshes, and then as they come."""

    def __init__(self, source: str, batches: Iterator[Sequence[SyncEvent]]) -> None:
        self._source = source
        self._batches = batches
        self._rest: Sequence[SyncEvent] = ()

    def refresh(self) -> Iterator[SyncEvent]:
        """The events up to the one that completes the refresh; Unavailable if that never comes."""
        heard = time.monotonic()
        for batch in self._batches:
            if batch:
                heard = time.monotonic()
            elif time.monotonic() - heard > PATIENCE:
                break
            if SyncPhase not in map(type, batch):
                yield from batch  # as nearly all are, and each of them is a large part of the whole
                continue
            for place, event in enumerate(batch, 1):
                yield event
                if isinstance(event, SyncPhase) and event.done:
                    self._rest = batch[place:]
                    return
        raise Unavailable(self._source, why="has stopped in the middle of telling what there is")

    def changes(self) -> Iterator[Sequence[SyncEvent]]:
        """What comes after the refresh, in batches; an empty one where nothing comes for a while."""
        if self._rest:
            yield self._rest
        yield from self._batches
        raise Unavailable(self._source, why="has stopped telling what changes")
