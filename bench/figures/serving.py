"""How a server shares its time: among several processes, and among those who ask it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from statistics import median
from typing import Final

from bench.figure import Figure, Result, at_least, at_most
from bench.figures.deciding import Asked, most
from bench.measure import collector, in_turns, ratio
from bench.policy_client import CONNECTIONS, flooding, pace
from bench.policy_directory import Population, populated
from bench.policy_requests import inbound, mixed, posts
from bench.policy_servers import Server, deciding
from bench.scale import Scale

__all__ = ["FIGURES"]

SHARED: Final = '[counters]\nstore = "sqlite"\npath = "{folder}/counts"\n'
RATE: Final = 500.0
SECONDS: Final = 5.0
HUGE: Final = 3
"""How many lists are posted to."""
POSTED: Final = 2_000
"""Different posts of the client that posts."""


def workers(scale: Scale) -> Iterator[Result]:
    people = populated(scale.few)
    requests = inbound(people, most(scale))
    with (
        deciding(people.path, more=SHARED) as one,
        deciding(people.path, more=SHARED, workers=2) as two,
    ):
        alone, together = Asked(one, requests).warmed(), Asked(two, requests)
        for _ in range(4):  # each of the two has to see everything
            together.warmed()
        turns = in_turns(scale.rounds, gc_enabled=False, alone=alone, together=together)
    yield Result(
        "throughput of two workers, mail from outside",
        ratio(turns["alone"], turns["together"]),
        at_least(1.3),
        note=f"{together.told()} against {alone.told()} requests/s; on its own one takes {alone.busy()}",
    )


def paced(scale: Scale) -> Iterator[Result]:
    people = populated(scale.few, huge=HUGE)
    requests = mixed(people, round(RATE * SECONDS * min(1.0, scale.patience / 60)))
    with deciding(people.path) as server:
        Asked(server, requests).warmed()
        Asked(server, posted(people, people.huge)).warmed()
        meanwhile: dict[str, list[float]] = {}
        for number in range(scale.rounds):
            order = FLOODS if number % 2 == 0 else {name: FLOODS[name] for name in reversed(FLOODS)}
            for name, connections in order.items():
                lists = () if name.endswith("trifles") else people.huge
                with collector(enabled=False):
                    wait = waited(server, requests, people, lists, connections)
                meanwhile.setdefault(name, []).append(wait)
    idle = meanwhile.pop("idle")
    for name, found in meanwhile.items():
        yield Result(
            f"p99 of {RATE:.0f} requests/s while {name.format(5 * scale.few)}",
            ratio(found, idle),
            at_most(3) if name == POSTING else None,
            note=f"{median(found) / 1e6:.2f} against {median(idle) / 1e6:.2f} ms",
        )


POSTING: Final = "another client posts to lists of {:,} members"
FLOODS: Final = {
    "idle": 0,
    POSTING: 1,
    f"another client posts to such lists over {CONNECTIONS - 1} connections": CONNECTIONS - 1,
    f"another client asks over {CONNECTIONS - 1} connections for mere trifles": CONNECTIONS - 1,
}
"""What goes on meanwhile, and over how many connections."""


def posted(people: Population, lists: Sequence[str]) -> list[bytes]:
    return posts(people, lists, POSTED) if lists else inbound(people, POSTED)


def waited(
    server: Server, requests: Sequence[bytes], people: Population, lists: Sequence[str], connections: int
) -> float:
    """The p99 of a client that asks at its pace."""
    with ExitStack() as stack:
        if connections:
            stack.enter_context(flooding(server.port, posted(people, lists), connections))
        return pace(server.port, requests, RATE).p(99)


FIGURES = (
    Figure(
        "policy-workers",
        "policy requests to two workers that share a port, over 8 connections",
        "the same to one, on the same cores, of which the client needs its share",
        "as servers have it",
        workers,
    ),
    Figure(
        "policy-paced",
        "paced policy requests while another client asks as fast as it is answered",
        "the same while nobody else asks",
        "as servers have it",
        paced,
    ),
)
