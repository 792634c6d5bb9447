"""Mail servers that ask `mailpolicy serve`, against a server that decides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Final

from bench.figure import Figure, Goal, Result, at_least, at_most
from bench.measure import in_turns, ratio
from bench.policy_client import Answered, ask
from bench.policy_directory import populated
from bench.policy_requests import REFUSED, each_once, lookups, mixed, posts
from bench.policy_servers import Server, deciding, idle
from bench.scale import Scale

__all__ = ["FIGURES", "NOTHING", "Asked", "most"]

NOTHING: Final = "a server on uvloop that makes a dict of each request and always says DUNNO"
KEPT: Final = '[journal]\npath = "{folder}/journal"\n[metrics]\nlisten = "inet:127.0.0.1:{port}"\n'
CPU: Final = "the same in seconds of processor for each request, ours against the other's"
DUNNO: Final = b"action=DUNNO"


def most(scale: Scale) -> int:
    """Requests in a round."""
    return scale.asked // 2


class Asked:
    """One server and what it was asked, round after round."""

    def __init__(self, server: Server, requests: Sequence[bytes], ending: bytes = b"\n\n") -> None:
        self.server, self.requests, self.ending = server, requests, ending
        self.rounds: list[Answered] = []
        self.worked: list[float] = []

    def __call__(self) -> float:
        """Ask everything once, and give the seconds that took."""
        before = self.server.worked()
        answered = ask(self.server.port, self.requests, ending=self.ending)
        self.rounds.append(answered)
        self.worked.append(self.server.worked() - before)
        return answered.seconds

    def warmed(self) -> Asked:
        """Ask everything once and forget about it."""
        self()
        del self.rounds[:], self.worked[:]
        return self

    def p(self, percent: int) -> list[float]:
        """A percentile of the waits of each round."""
        return [each.p(percent) for each in self.rounds]

    def refused(self) -> float:
        """The share of requests that was not answered with DUNNO."""
        replies = Counter(reply.startswith(DUNNO) for each in self.rounds for reply in each.replies)
        return replies[False] / replies.total()

    def told(self) -> str:
        """How many a second, for a note."""
        return f"{median(len(self.requests) / each.seconds for each in self.rounds):,.0f}"

    def busy(self) -> str:
        """How busy the client and the server were, for a note."""
        client = median(each.busy for each in self.rounds)
        server = median(worked / each.seconds for worked, each in zip(self.worked, self.rounds, strict=True))
        return f"{server:.0%} of a core, its client {client:.0%}"


def compared(scale: Scale, ours: Asked, theirs: Asked, what: str, goal: Goal) -> Iterator[Result]:
    """Let both take their turns."""
    turns = in_turns(scale.rounds, gc_enabled=False, ours=ours, theirs=theirs)
    yield Result(
        f"throughput, {what}",
        ratio(turns["theirs"], turns["ours"]),
        goal,
        note=f"{ours.told()} against {theirs.told()} requests/s; ours takes {ours.busy()}, "
        f"the other {theirs.busy()}",
    )


def waits(ours: Asked, theirs: Asked, goal: Goal | None) -> Iterator[Result]:
    """What it is to wait, and what a processor has to do for it."""
    yield Result(
        "p99 of the wait for an answer",
        ratio(ours.p(99), theirs.p(99)),
        goal,
        note=f"{median(ours.p(99)) / 1e6:.2f} against {median(theirs.p(99)) / 1e6:.2f} ms",
    )
    if all(theirs.worked):
        yield Result(CPU, ratio(ours.worked, theirs.worked), note=each_takes(ours))


def each_takes(asked: Asked) -> str:
    microseconds = median(asked.worked) / len(asked.requests) * 1e6
    return f"{microseconds:.1f} µs"


def policy(scale: Scale) -> Iterator[Result]:
    people = populated(scale.few)
    requests = mixed(people, most(scale))
    with deciding(people.path) as server, idle() as nothing:
        ours, theirs = Asked(server, requests).warmed(), Asked(nothing, requests).warmed()
        yield from compared(scale, ours, theirs, "mixed requests", at_least(0.6))
        assert abs(ours.refused() - REFUSED) < 0.03, ours.refused()
        yield from waits(ours, theirs, at_most(2))
    once = each_once(people)
    cold, warm = [], []
    for _ in range(max(1, scale.rounds // 2)):
        with deciding(people.path) as server, idle() as nothing:
            theirs = Asked(nothing, once).warmed()
            cold.append(Asked(server, once)())
            warm.append(theirs())
    yield Result(
        "throughput of a process just started, each account, alias, list and sender once",
        ratio(warm, cold),
        note=f"{len(once) / median(cold):,.0f} requests/s",
    )


def kept(scale: Scale) -> Iterator[Result]:
    people = populated(scale.few)
    requests = mixed(people, most(scale))
    with deciding(people.path, more=KEPT) as server, idle() as nothing:
        ours, theirs = Asked(server, requests).warmed(), Asked(nothing, requests).warmed()
        yield from compared(scale, ours, theirs, "mixed requests", at_least(0.45))
        yield from waits(ours, theirs, None)


def members(scale: Scale) -> Iterator[Result]:
    people = populated(scale.few)
    requests = posts(people, [people.nested], most(scale))
    with deciding(people.path) as server, idle() as nothing:
        ours, theirs = Asked(server, requests).warmed(), Asked(nothing, requests).warmed()
        what = f"members who write to a list of {scale.few // 2:,}"
        yield from compared(scale, ours, theirs, what, at_least(0.5))
        assert not ours.refused(), ours.refused()
        yield from waits(ours, theirs, None)


def socketmap(scale: Scale) -> Iterator[Result]:
    people = populated(scale.few)
    requests = lookups(people, most(scale))
    with deciding(people.path, section="socketmap") as server, idle("socketmap") as nothing:
        ours = Asked(server, requests, b",").warmed()
        theirs = Asked(nothing, requests, b",").warmed()
        yield from compared(scale, ours, theirs, "mailboxes and aliases in turn", at_least(0.6))
        yield from waits(ours, theirs, None)
        found = Counter(b":OK " in reply for each in ours.rounds for reply in each.replies)
        assert found[True] > found[False], found


def figure(name: str, what: str, run: Callable[[Scale], Iterator[Result]], against: str = NOTHING) -> Figure:
    return Figure(name, what, against, "as servers have it", run)


FIGURES = (
    figure("policy", "policy requests to `mailpolicy serve`, over 8 connections", policy),
    figure("policy-kept", "the same with a journal and metrics", kept),
    figure("policy-members", "posts to a list for members only, nested two deep", members),
    figure(
        "socketmap",
        "socketmap lookups of `mailpolicy serve`, over 8 connections",
        socketmap,
        "a server on uvloop that takes each lookup apart and always says NOTFOUND",
    ),
)
