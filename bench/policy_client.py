"""Mail servers that ask: on each connection one question, its answer, then the next, as Postfix does.

The sockets are used directly: an event loop around them would be busier than what is measured.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from statistics import quantiles
from time import perf_counter, perf_counter_ns
from typing import Final

from attrs import frozen

__all__ = ["CONNECTIONS", "Answered", "ask", "flooding", "pace"]

CONNECTIONS: Final = 8
LARGEST: Final = 2**18
SECONDS: Final = 30.0
"""How long to wait for an answer before giving up."""


@frozen
class Answered:
    """What came back: how long all took, how long each did, in nanoseconds, and what was said."""

    seconds: float
    waits: list[int]
    replies: list[bytes]
    busy: float = 0.0
    """The share of a core that asking took."""

    def p(self, percent: int) -> float:
        """A percentile of the waits."""
        return quantiles(self.waits, n=100, method="inclusive")[percent - 1]


def connected(port: int, stack: ExitStack) -> socket.socket:
    link = stack.enter_context(socket.create_connection(("127.0.0.1", port), SECONDS))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def ask(
    port: int,
    requests: Sequence[bytes],
    *,
    ending: bytes = b"\n\n",
    connections: int = CONNECTIONS,
    until: Event | None = None,
) -> Answered:
    """Ask all of it as fast as it is answered, on several connections at a time; stop early at the event."""
    with ExitStack() as stack:
        links = [connected(port, stack) for _ in range(min(connections, len(requests)))]
        by_number = {link.fileno(): link for link in links}
        poll = select.epoll()
        stack.callback(poll.close)
        waiting, rest = iter(requests), dict.fromkeys(by_number, b"")
        waits: list[int] = []
        replies: list[bytes] = []
        sent: dict[int, int] = {}
        started, worked = perf_counter(), time.process_time()
        for number, link in by_number.items():
            poll.register(number, select.EPOLLIN)
            sent[number] = perf_counter_ns()
            link.send(next(waiting))
        outstanding = len(links)
        while outstanding:
            ready = poll.poll(SECONDS)
            assert ready, "no answer"
            if until is not None and until.is_set():
                waiting = iter(())
            for number, _ in ready:
                link = by_number[number]
                reply = link.recv(LARGEST)
                if not reply.endswith(ending) or rest[number]:
                    assert reply, "the server has closed the connection"
                    rest[number] += reply
                    if not rest[number].endswith(ending):
                        continue
                    reply, rest[number] = rest[number], b""
                now = perf_counter_ns()
                waits.append(now - sent[number])
                replies.append(reply)
                following = next(waiting, None)
                if following is None:
                    outstanding -= 1
                else:
                    sent[number] = now
                    link.send(following)
        seconds = perf_counter() - started
        return Answered(seconds, waits, replies, (time.process_time() - worked) / seconds)


def pace(port: int, requests: Sequence[bytes], rate: float) -> Answered:
    """Ask so many times a second, on one connection.

    A wait begins when the question is sent. Where the answer before came so late that the question could not
    be sent in time, it begins when it should have been.
    """
    with ExitStack() as stack:
        link = connected(port, stack)
        waits: list[int] = []
        replies: list[bytes] = []
        started = perf_counter_ns()
        for number, request in enumerate(requests):
            due = started + round(number * 1e9 / rate)
            pause = due - perf_counter_ns()
            if pause > 0:
                time.sleep(pause / 1e9)
                due = perf_counter_ns()
            link.sendall(request)
            reply = link.recv(LARGEST)
            while not reply.endswith(b"\n\n"):
                more = link.recv(LARGEST)
                assert more, "the server has closed the connection"
                reply += more
            waits.append(perf_counter_ns() - due)
            replies.append(reply)
        return Answered((perf_counter_ns() - started) / 1e9, waits, replies)


@contextmanager
def flooding(port: int, requests: Sequence[bytes], connections: int) -> Iterator[None]:
    """Let another process ask, again and again and as fast as it is answered, while the block runs."""
    context = get_context("spawn")
    begun, stop = context.Event(), context.Event()
    process = context.Process(target=flood, args=(port, list(requests), connections, begun, stop))
    process.start()
    try:
        assert begun.wait(SECONDS), "nobody floods"
        yield
        assert process.is_alive(), "the flood has ended"
    finally:
        stop.set()
        process.join()


def flood(port: int, requests: Sequence[bytes], connections: int, begun: Event, stop: Event) -> None:
    ask(port, requests, connections=connections)
    begun.set()
    while not stop.is_set():
        ask(port, requests, connections=connections, until=stop)
