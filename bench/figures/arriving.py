"""Changes on a server, until they are seen; and what it is to ask meanwhile."""

from __future__ import annotations

import gc
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from random import Random
from statistics import quantiles
from time import monotonic_ns, perf_counter, perf_counter_ns
from typing import TYPE_CHECKING, Any, Final

from bench.accounts import address, ldif_file
from bench.figure import Figure, Result, at_most
from bench.measure import collector, ratio
from bench.scale import Scale
from bench.servers import Account, followed
from bench.writer import STAMP, Flow, writing
from mailpolicy.ldap.url import Scope

if TYPE_CHECKING:
    import mailpolicy as mp

__all__ = ["FIGURES"]

ABSORBED: Final = (
    "Every some 660 changes among 100,000 accounts, those that stand before the base go into it. That takes "
    "some 25 ms, in which others arrive and wait. Two cores are few for slapd, the writer and us, too."
)
WOKEN: Final = (
    "slapd, the writer and the thread that follows keep two cores busy. A thread that wakes up waits for "
    "one of them, and for Python's interpreter lock, which is asked back after 5 ms. Reading itself is not "
    "slower: see the reader without a pause."
)
CALM: Final = 100.0
"""Changes in a second, of which each is seen long before the next one."""
BUSY: Final = 500.0
FLOOD: Final = 2000.0
OUTSTANDING: Final = 32
SILENCE: Final = 5.0
"""Seconds without a change after which none is expected."""
SETTLED: Final = 0.5
"""Seconds without a change after which all have come."""
MOST_ASKED: Final = 20_000
PAUSE_NS: Final = 1_000_000

Waits = list[float]
"""Nanoseconds, one for each change or question."""


def arrive(scale: Scale) -> Iterator[Result]:
    """How long a change takes to be seen."""
    with followed(ldif_file(scale.some).read_bytes()) as server:
        watched = Watched(server, scale)
        for number in range(scale.rounds):
            sides = [watched.live, watched.consumer]
            for side in sides if number % 2 == 0 else reversed(sides):
                with collector(enabled=True):
                    side()
    waits = watched.waits
    yield Result(
        f"p50 at {CALM:.0f} changes/s among {scale.some:,} accounts",
        ratio(waits["live", CALM, 50], waits["consumer", CALM, 50]),
        at_most(2),
        note=f"{told(waits['live', CALM, 50])} after the writer has sent it",
    )
    yield Result(
        f"p99 at {BUSY:.0f} changes/s, against its own p50 at that rate",
        ratio(waits["live", BUSY, 99], waits["live", BUSY, 50]),
        at_most(10),
        why=ABSORBED,
    )
    yield Result(
        f"p99 at {BUSY:.0f} changes/s, against its own p50 at {CALM:.0f} changes/s",
        ratio(waits["live", BUSY, 99], waits["live", CALM, 50]),
    )
    yield Result(
        f"the same of the consumer: p99 at {BUSY:.0f} changes/s, against its p50 at that rate",
        ratio(waits["consumer", BUSY, 99], waits["consumer", BUSY, 50]),
    )


@contextmanager
def frozen() -> Iterator[None]:
    """As hosts are advised to: what has been loaded is never looked through for garbage again."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def told(waits: Waits) -> str:
    return f"{sorted(waits)[len(waits) // 2] / 1e6:.2f} ms"


class Watched:
    """How long changes took on either side: percentiles of each round."""

    def __init__(self, server: Account, scale: Scale) -> None:
        self._server = server
        self._accounts = scale.some
        self._seed = 0
        self.seconds = 5.0 * min(1.0, scale.patience / 60)
        self.waits: dict[tuple[str, float, int], Waits] = {}

    def live(self) -> None:
        """One thread waits for changes and asks for the account of each."""
        with self._server.opened() as live, frozen():
            time.sleep(self.seconds / 5)  # It looks for references that lead nowhere first.
            for rate in (CALM, BUSY):
                watch = live.watch()
                self._measure("live", rate, partial(seen, live, watch))

    def consumer(self) -> None:
        """The function is called that python-ldap calls for each entry."""
        for rate in (CALM, BUSY):
            self._measure("consumer", rate, self._called())

    def _called(self) -> Callable[[int], Waits]:
        import ldap

        from bench.consumer import Consumer

        waits: Waits = []

        def arrived(dn: str, attributes: dict[str, list[bytes]], uuid: str) -> None:
            waits.append(monotonic_ns() - int(attributes[STAMP][0]))

        consumer = Consumer(self._server, arrived, cookie_of(self._server))
        while not consumer.is_refreshed:
            consumer.poll()

        def all_of(count: int) -> Waits:
            try:
                while len(waits) < count:
                    consumer.poll(SILENCE)
            except ldap.TIMEOUT:
                pass
            consumer.unbind_ext()
            return waits

        return all_of

    def _measure(self, side: str, rate: float, waits_of: Callable[[int], Waits]) -> None:
        self._seed += 1
        flow = Flow(round(rate * self.seconds), rate)
        with writing(self._server, self._accounts, flow, self._seed):
            waits = waits_of(flow.changes)
        assert len(waits) == flow.changes, f"{side} has seen {len(waits)} of {flow.changes} changes"
        for percent in (50, 99):
            self.waits.setdefault((side, rate, percent), []).append(percentile(waits, percent))


def seen(live: mp.Live, watch: Any, count: int) -> Waits:
    """Wait for changes; each is seen when a question for its account has been answered accordingly."""
    waits: Waits = []
    while len(waits) < count and (change := watch.next_within(SILENCE)) is not None:
        [mail] = change.after.get("mail")
        [stamp] = live.find(mail).entry.get(STAMP)
        waits.append(monotonic_ns() - int(stamp))
    return waits


def cookie_of(server: Account) -> str:
    """A cookie that says that everything is known up to now."""
    backend = server.connected()
    [(_, attributes)] = backend.search(server.base, Scope.BASE, attributes=("contextCSN",))
    backend.close()
    return f"rid=000,csn={attributes['contextCSN'][0].decode()}"


def percentile(waits: Waits, percent: int) -> float:
    return quantiles(waits, n=100, method="inclusive")[percent - 1]


def ask(scale: Scale) -> Iterator[Result]:
    """How long questions take while changes pour in."""
    with followed(ldif_file(scale.some).read_bytes()) as server, server.opened() as live, frozen():
        asking = Asking(server, live, scale)
        for number in range(scale.rounds):
            sides = [asking.idle, asking.flooded]
            for side in sides if number % 2 == 0 else reversed(sides):
                with collector(enabled=True):
                    side()
    for reader, told in (
        ("at once", "a reader that asks without a pause"),
        ("pausing", "a reader that sleeps 1 ms before each question, from when it should wake up"),
    ):
        for percent in (99, 50):
            yield Result(
                f"p{percent} of {told}",
                ratio(asking.waits["flooded", reader, percent], asking.waits["idle", reader, percent]),
                at_most(3) if percent == 99 else None,
                why=WOKEN if reader == "pausing" else "",
                note=f"{min(asking.rates):,.0f} to {max(asking.rates):,.0f} changes/s"
                if percent == 99
                else "",
            )


class Asking:
    """How long questions took: percentiles of each round."""

    def __init__(self, server: Account, live: mp.Live, scale: Scale) -> None:
        self._server, self._live, self._accounts = server, live, scale.some
        self._seed = 0
        self.seconds = 5.0 * min(1.0, scale.patience / 60)
        self.waits: dict[tuple[str, str, int], Waits] = {}
        self.rates: list[float] = []

    def idle(self) -> None:
        """While nothing changes."""
        for reader, ask in READERS.items():
            self._note("idle", reader, ask(self._live, self._accounts, self.seconds))

    def flooded(self) -> None:
        """While as much changes as the server takes, up to a bound."""
        for reader, ask in READERS.items():
            self._seed += 1
            # More than there is time for, so that it does not end before the reader.
            flow = Flow(round(FLOOD * self.seconds * 1.2), FLOOD, OUTSTANDING)
            watch = self._live.watch()
            with writing(self._server, self._accounts, flow, self._seed) as done:
                waits = ask(self._live, self._accounts, self.seconds)
            self._note("flooded", reader, waits)
            self.rates.append(done.rate)
            while watch.next_within(SETTLED) is not None:
                pass

    def _note(self, side: str, reader: str, waits: Waits) -> None:
        for percent in (50, 99):
            self.waits.setdefault((side, reader, percent), []).append(percentile(waits, percent))


def at_once(live: mp.Live, accounts: int, seconds: float) -> Waits:
    """Ask for one account after the other."""
    waits, asked, end = array("Q"), drawn(accounts), perf_counter() + seconds
    while perf_counter() < end:
        one = next(asked)
        started = perf_counter_ns()
        live.find(one)
        waits.append(perf_counter_ns() - started)
    return list(waits)


def pausing(live: mp.Live, accounts: int, seconds: float) -> Waits:
    """Ask as somebody who is asked himself now and then.

    It counts from the moment for which the question is due: where others keep a thread from waking
    up, that is part of the wait.
    """
    waits, asked, end = array("Q"), drawn(accounts), perf_counter() + seconds
    while perf_counter() < end:
        one = next(asked)
        due = perf_counter_ns() + PAUSE_NS
        time.sleep(PAUSE_NS / 1e9)
        live.find(one)
        waits.append(perf_counter_ns() - due)
    return list(waits)


READERS: Final[dict[str, Callable[[mp.Live, int, float], Waits]]] = {"at once": at_once, "pausing": pausing}


def drawn(accounts: int) -> Iterator[str]:
    random = Random(0)
    return cycle([address(random.randrange(accounts)) for _ in range(MOST_ASKED)])


FIGURES = (
    Figure(
        "arrive",
        "a change on the server until `live.find` shows it",
        "the function that python-ldap's `SyncreplConsumer` calls for it",
        "on, the host has frozen what it has loaded",
        arrive,
    ),
    Figure(
        "flood",
        "`live.find` while changes pour in",
        "the same while nothing changes",
        "on, the host has frozen what it has loaded",
        ask,
    ),
)
