"""One process that serves: it listens, reads its configuration anew when told to, and ends politely."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from ..config.file import Misconfigured
from ..errors import MailPolicyError, Unavailable
from ..freshness import Freshness, State
from ..mta.desk import Desk
from ..mta.listening import Endpoint, endpoint
from ..mta.server import Serving
from ..mta.session import Outlet, Session
from .adapters import Adapter, adapters_of
from .rules import policy_of
from .source import Source, opened
from .stores import Observers, counters_of, observers_of

if TYPE_CHECKING:
    from ..config.fields import Configuration
    from ..metrics.metrics import Metrics

__all__ = ["Process"]

log: Final = logging.getLogger(__name__)

DRAIN_SECONDS: Final = 30.0
"""How long connections that are in the middle of something may go on when the process ends."""
SHOWN_EVERY: Final = 5.0
"""Seconds between two looks at what the metrics show."""
GONE: Final = Freshness(State.STALE)

Reread = Callable[[], "Configuration"]


class Process:
    """Everything that is served, in one event loop.

    `handed` are sockets that are open already, by the place that the configuration has for them. `reread`
    reads the configuration anew; what is wrong with the new one is logged, and the old one goes on.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        reread: Reread,
        handed: dict[str, int] | None = None,
        metrics: Metrics | None = None,
        worker: int = 0,
    ) -> None:
        self._configuration = configuration
        self._reread = reread
        self._handed = handed or {}
        self._metrics = metrics
        self._worker = worker
        self._servings: dict[str, Serving] = {}
        self._adapters: dict[str, Adapter] = {}
        self._stop = asyncio.Event()
        self._observers = Observers()
        self.source: Source | None = None
        self.desk: Desk | None = None

    @property
    def addresses(self) -> dict[str, str]:
        """Where it listens, by the place that the configuration has for it."""
        return {place: serving.addresses[0] for place, serving in self._servings.items()}

    async def start(self) -> None:
        """Open everything and listen; Misconfigured and OSError where that cannot be."""
        configuration = self._configuration
        policy = policy_of(configuration)
        self._observers = observers_of(configuration, self._metrics, self._worker)
        self.source = Source(opened(configuration))
        self.desk = Desk(self.source, counters_of(configuration), policy, self._observers.told())
        with suppress(Unavailable):
            _ = self.source.directory.revision  # worked out once, and not while the first message waits
        await self._listen(configuration)

    async def run(self, ready: Callable[[], None]) -> None:
        """Serve until somebody says stop; `ready` is called once everything listens."""
        await self.start()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        reloading: set[asyncio.Task[None]] = set()

        def reload() -> None:
            task = loop.create_task(self.reload())
            reloading.add(task)
            task.add_done_callback(reloading.discard)

        loop.add_signal_handler(signal.SIGHUP, reload)
        showing = loop.create_task(self._show())
        ready()
        try:
            await self._stop.wait()
        finally:
            showing.cancel()
            await self.drain()

    def stop(self) -> None:
        """Begin to end."""
        self._stop.set()

    async def drain(self, seconds: float = DRAIN_SECONDS) -> None:
        """Let nobody in any more, let those who are in finish, and close everything."""
        servings = [*self._servings.values()]
        self._servings.clear()
        await asyncio.gather(*(each.drain(seconds) for each in servings))
        if self.desk is not None:
            self.desk.counters.close()
        if self.source is not None:
            self.source.close()
        self._observers.close()

    # Another configuration

    async def reload(self) -> None:
        """Go on by what the configuration says now; connections stay.

        Rules, the journal, the log and the places to listen change. The source is opened anew where it is a
        file or another one. Counts stay where they are: another store takes another process.
        """
        assert self.desk is not None
        assert self.source is not None
        try:
            configuration = self._reread()
            policy = policy_of(configuration)
            held = None
            if self.source.live is None or differs(configuration, self._configuration, SOURCE_KEYS):
                held = opened(configuration)
            observers = observers_of(configuration, self._metrics, self._worker)
        except (MailPolicyError, OSError) as problem:
            log.error("the configuration stays as it was: %s", problem)
            return
        if differs(configuration, self._configuration, ("counters", "workers", "metrics")):
            log.warning("counters, workers and metrics change with the next start, not with a reload")
        self.desk.policy = policy
        before, self._observers = self._observers, observers
        self.desk.observers = observers.told()
        before.close()
        if held is not None:
            self.source.exchange(held)
        self._configuration = configuration
        try:
            await self._listen(configuration)
        except (MailPolicyError, OSError) as problem:
            log.error("not everything listens: %s", problem)
        log.info("the configuration was read anew")

    # Listening

    async def _listen(self, configuration: Configuration) -> None:
        """Listen where the configuration says, and nowhere else; what listens already goes on."""
        assert self.desk is not None
        assert self.source is not None
        adapters = {
            place: adapter
            for adapter in adapters_of(configuration, self.desk, self.source)
            for place in adapter.places
        }
        for place in [*self._servings]:
            if place not in adapters:
                self._servings.pop(place).stop_accepting()
        self._adapters = adapters
        for place, adapter in adapters.items():
            if place not in self._servings:
                serving = Serving(
                    self._endpoint(place, adapter),
                    self._opener(place),
                    idle=adapter.listener.idle_seconds,
                    most=adapter.listener.max_connections,
                )
                await serving.start()
                self._servings[place] = serving
                log.info("%s at %s", adapter.name, ", ".join(serving.addresses))

    def _opener(self, place: str) -> Callable[[Outlet], Session]:
        # Looked up at each connection: a reload may have changed what makes sessions.
        return lambda outlet: self._adapters[place].opened(outlet)

    def _endpoint(self, place: str, adapter: Adapter) -> Endpoint:
        handed = self._handed.get(place)
        if handed is not None:
            return endpoint(f"fd:{handed}")
        if place.startswith("fd:"):
            raise Misconfigured("", (f"{adapter.name}: nobody has handed over a socket {place}",))
        listener = adapter.listener
        mode = 0o660 if listener.mode is None else int(listener.mode, 8)
        shared = self._configuration.workers > 1
        return endpoint(place, mode=mode, owner=listener.owner or "", shared_port=shared)

    async def _show(self) -> None:
        while self._metrics is not None:
            assert self.source is not None
            try:
                freshness = self.source.directory.freshness
            except Unavailable:
                freshness = GONE
            connections: dict[str, int] = {}
            for place, serving in self._servings.items():
                name = self._adapters[place].name
                connections[name] = connections.get(name, 0) + serving.connections
            dropped = self._observers.journal.dropped if self._observers.journal else 0
            self._metrics.show(freshness, connections, dropped)
            await asyncio.sleep(SHOWN_EVERY)


SOURCE_KEYS: Final = ("source", "dialect", "statuses", "cache", "servers")


def differs(one: Configuration, other: Configuration, keys: tuple[str, ...]) -> bool:
    """Whether two configurations say different things under some keys."""
    return any(getattr(one, key) != getattr(other, key) for key in keys)
