"""One process that serves: it listens, reads its configuration anew when told to, and ends politely."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Container
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from ..errors import MailPolicyError, Unavailable
from ..freshness import Freshness, State
from ..model.held import Held
from ..mta.desk import Desk
from ..mta.session import Opened
from .adapters import Adapters
from .changing import LASTING_KEYS, SOURCE_KEYS, differs, settled, stays
from .observers import observers_in_time
from .places import Handed, Place, Served, allow_files, endpoints, places_of
from .rules import policy_of
from .source import Source, awaited, closed, live_of, opened, prepare, settle_down
from .stores import Stores, counters_of

if TYPE_CHECKING:
    from ..config.fields import Configuration
    from ..metrics.metrics import Metrics

__all__ = ["Process", "Reread", "Word"]

log: Final = logging.getLogger(__name__)

DRAIN_SECONDS: Final = 30.0
"""How long connections that are in the middle of something may go on when the process ends."""
QUIET_SECONDS: Final = 2.0
"""Who has asked nothing for so long then is let go: at worst a mail server asks again a second later."""
FIRST_SECONDS: Final = 5.0
"""How long a process that starts waits for the directory before it lets anybody in."""
NEXT_SECONDS: Final = 30.0
"""How long one that serves waits for another directory, while it goes on with the one it has."""
SHOWN_EVERY: Final = 5.0
"""Seconds between two looks at what the metrics show."""
GONE: Final = Freshness(State.STALE)

Reread = Callable[[], "Configuration"]


@runtime_checkable
class Lingering(Protocol):
    """Something that ends only after it was closed: a connection."""

    async def closed(self) -> None:
        """Wait for that."""


class Word(StrEnum):
    """What a process tells whoever has started it."""

    READY = "ready"
    RELOADING = "reloading"
    STAYS = "stays"
    """It is ready, but a new configuration was no good, and it goes by the old one."""
    STOPPING = "stopping"


class Process:
    """Everything that is served, in one event loop.

    `handed` are sockets that are open already. `reread` reads the configuration anew. `say` is told how
    things stand.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        reread: Reread,
        say: Callable[[Word], None],
        handed: Handed | None = None,
        metrics: Metrics | None = None,
        worker: int = 0,
    ) -> None:
        self._configuration = configuration
        self._reread = reread
        self._say = say
        self._handed = dict(handed or {})
        self._metrics = metrics
        self._worker = worker
        self._places: dict[str, Place] = {}
        self._left: list[Place] = []
        self._stop = asyncio.Event()
        self._reloads = asyncio.Lock()
        self._reloading: set[asyncio.Task[None]] = set()
        self._closing: list[Callable[[], None]] = []
        self._ended: list[Callable[[], Awaitable[None]]] = []

    async def run(self) -> None:
        """Serve until somebody says stop; Misconfigured and OSError where that cannot begin."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.reload_soon)
        try:
            async with self._reloads:
                await self._start()
            self._say(Word.READY)
            showing = loop.create_task(self._show())
            await self._stop.wait()
            self._say(Word.STOPPING)
            showing.cancel()
        finally:
            await self._end()

    def stop(self) -> None:
        """Begin to end."""
        self._stop.set()

    def reload_soon(self, handed: Handed | None = None) -> None:
        """Begin to reload. `handed` are the files that are open now, in place of those there were."""
        if handed is not None:
            self._let_go()
            self._handed |= handed
        task = asyncio.get_running_loop().create_task(self._reload())
        self._reloading.add(task)
        task.add_done_callback(self._reloading.discard)

    async def _start(self) -> None:
        configuration = self._configuration
        allow_files(configuration)
        policy = policy_of(configuration)
        self.observers = await observers_in_time(configuration, self._metrics, self._worker)
        self._closing.append(lambda: self.observers.close())
        counters = counters_of(configuration)
        self._closing.append(counters.close)
        if isinstance(counters, Lingering):
            self._ended.append(counters.closed)
        held = await asyncio.to_thread(opened, configuration)
        self.source = Source(held)
        self._closing.append(self.source.close)
        self.stores = Stores(counters)
        self._closing.append(self.stores.close)
        self.stores.read(configuration)
        self.desk = Desk(self.source, counters, policy, self.observers.told())
        self.adapters = Adapters(self.desk, self.source, self.stores)
        self._closing.append(self.adapters.close)
        made = await self.adapters.made(configuration, self.source.live)
        # Whoever asks before the directory is there is deferred; who knocks waits.
        await awaited(held, FIRST_SECONDS)
        await asyncio.to_thread(prepare, held)
        settle_down()
        for served in places_of(configuration):
            self._places[served.place] = await self._listening(served, made.opened[served.name])

    async def _end(self) -> None:
        """Let nobody in any more, let those who are in finish, and close everything."""
        for task in self._reloading:
            task.cancel()
        await asyncio.gather(*self._reloading, return_exceptions=True)
        places = [*self._places.values(), *self._left]
        self._let_go()
        await asyncio.gather(*(each.drain(DRAIN_SECONDS, QUIET_SECONDS) for each in places))
        for close in reversed(self._closing):
            close()
        for ended in self._ended:
            await ended()

    # Another configuration

    async def _reload(self) -> None:
        """Go on by what the configuration says now, all of it or nothing; connections stay.

        The source is opened anew where it is a file or another one. Counts stay where they are: another
        store takes another process.
        """
        async with self._reloads:
            if self._stop.is_set():
                return
            self._say(Word.RELOADING)
            try:
                configuration = await asyncio.to_thread(self._reread)
                await self._exchange(configuration)
            except Exception as problem:  # noqa: BLE001 - whatever it is, who serves goes on serving
                stays(problem)
                self._say(Word.STAYS)
                return
            log.info("the configuration was read anew")
            self._say(Word.READY)

    async def _exchange(self, configuration: Configuration) -> None:
        asked, configuration = configuration, settled(configuration, self._configuration)
        if lasting := [key for key in LASTING_KEYS if differs(asked, configuration, (key,))]:
            log.warning("%s: what is new there counts from the next start on", ", ".join(lasting))
        wanted = {served.place: served for served in places_of(configuration)}
        policy = policy_of(configuration)
        held = await self._another_source(configuration)
        new: dict[str, Place] = {}
        try:
            live = self.source.live if held is None else live_of(held)
            made = await self.adapters.made(configuration, live)
            for place, served in wanted.items():
                if place not in self._places:
                    new[place] = await self._listening(served, made.opened[served.name])
                else:
                    self._places[place].refit(served)
            await asyncio.to_thread(self.stores.read, configuration)
            observers = await observers_in_time(configuration, self._metrics, self._worker)
        except BaseException:
            for each in new.values():
                await each.close()
            with suppress(MailPolicyError, OSError):
                for known in self._places.values():
                    known.refit(known.served)
            if held is not None:
                await asyncio.to_thread(closed, held)
            raise
        # Nothing can fail from here on.
        self._configuration = configuration
        allow_files(configuration)
        self.desk.policy = policy
        before, self.observers = self.observers, observers
        self.desk.observers = observers.told()
        old = None if held is None else self.source.exchange(held)
        self.adapters.exchange(made)
        for place in [*self._places]:
            if place not in wanted:
                left = self._places.pop(place)
                left.stop_accepting()
                self._left.append(left)
        for place, known in self._places.items():
            known.go_by(wanted[place], made.opened[wanted[place].name])
        self._places |= new
        self._let_go(but=wanted)
        self._left = [each for each in self._left if each.connections]
        await asyncio.to_thread(before.close)
        if old is not None:
            await asyncio.to_thread(closed, old)
            del old, held
            settle_down()

    async def _another_source(self, configuration: Configuration) -> Held | None:
        """The source of the configuration, if it is to be opened; Unavailable where it does not answer."""
        if self.source.live is not None and not differs(configuration, self._configuration, SOURCE_KEYS):
            return None
        held = await asyncio.to_thread(opened, configuration)
        try:
            if not await awaited(held, NEXT_SECONDS, ends=False):
                live = live_of(held)
                raise Unavailable(str(configuration.source), why="" if live is None else live.freshness.why)
            await asyncio.to_thread(prepare, held)
        except BaseException:
            await asyncio.to_thread(closed, held)
            raise
        return held

    # Listening

    def _let_go(self, but: Container[str] = ()) -> None:
        """Close files that were handed over; what listens there has a descriptor of its own.

        While any is open, who connects where nobody listens any more waits, instead of being told.
        """
        for place in [*self._handed]:
            if place.startswith("unix:") and place not in but:
                for each in self._handed.pop(place):
                    os.close(each)

    async def _listening(self, served: Served, opened: Opened) -> Place:
        place = Place(served, opened, endpoints(served, self._handed, shared=self._configuration.workers > 1))
        await place.start()
        log.info("%s at %s", served.name, ", ".join(place.addresses))
        return place

    async def _show(self) -> None:
        while self._metrics is not None:
            try:
                freshness = self.source.directory.freshness
            except Unavailable:
                freshness = GONE
            connections: dict[str, int] = {}
            for each in (*self._places.values(), *self._left):
                name = each.served.name
                connections[name] = connections.get(name, 0) + each.connections
            dropped = self.observers.journal.dropped if self.observers.journal else 0
            self._metrics.show(freshness, connections, dropped)
            await asyncio.sleep(SHOWN_EVERY)
