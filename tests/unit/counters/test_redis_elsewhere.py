"""Counts in a Redis that is far away, behind TLS and a password, none at all, or that loses something."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis as redis_library

from mailpolicy.counters.redis import RedisCounters
from mailpolicy.decision import Charge, Counter, Usage
from tests.certificates import Authority
from tests.counting import Asked
from tests.live.proxy import Proxy
from tests.redis import Redis, require

AT = 1_700_000_000.0
DAY = Counter("messages", "ann@acme.example", 86400)
MAILBOX = Counter("mailbox", "ann@acme.example")


@pytest.fixture(autouse=True)
def with_redis() -> None:
    require()


PATIENCE = 5.0
"""Seconds for an answer where it does not matter how long it takes."""
BRIEF = 0.1


def opened(url: str, again: float = 0.5, budget: float = PATIENCE) -> Asked:
    return Asked(lambda: RedisCounters(url, again=again, budget=budget))


def sent(asked: Asked, message: str) -> None:
    assert asked.reserve(message, [Charge(DAY, 1)], AT) is None
    asked.settle(message, AT)


def back(asked: Asked) -> None:
    deadline = time.monotonic() + 5
    while asked.usage(DAY, at=AT).doubt:
        assert time.monotonic() < deadline
        asked.wait(0.05)


def test_one_that_is_far_away_is_used_though_connecting_takes_long(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """To connect takes several ways to and fro: more time than any request has."""
    with Redis(tcp=True, password="secret") as server, Proxy(f"tcp://127.0.0.1:{server.port}") as proxy:
        proxy.slow_down(delay=0.02)
        far = proxy.url.replace("ldap://", "redis://:secret@")
        asked, near = opened(far, budget=BRIEF), opened(f"redis://:secret@127.0.0.1:{server.port}")
        sent(asked, "m")
        assert asked.usage(DAY, at=AT).doubt
        back(asked)
        for _ in range(10):
            assert asked.used(DAY, AT) == 1
        assert near.used(DAY, AT) == 1
        asked.close()
        near.close()
    assert "secret" not in caplog.text


def test_one_that_is_too_slow_does_not_come_back(caplog: pytest.LogCaptureFixture) -> None:
    """It answers, but always too late: to try it each time would keep everybody waiting."""
    with Redis(tcp=True) as server, Proxy(f"tcp://127.0.0.1:{server.port}") as proxy:
        asked = opened(proxy.url.replace("ldap://", "redis://"), 1.0, BRIEF)
        sent(asked, "m")
        proxy.slow_down(delay=0.06)
        assert asked.usage(DAY, at=AT).doubt
        for _ in range(25):
            asked.wait(0.1)
            assert asked.usage(DAY, at=AT).doubt
        assert "answers again" not in caplog.text
        proxy.heal()
        back(asked)
        asked.close()


def refused(asked: Asked, why: str) -> None:
    """It is away for that reason, though the first time it may have taken too long."""
    deadline = time.monotonic() + 5
    while not (doubt := asked.usage(DAY, at=AT).doubt) or why not in doubt:
        assert time.monotonic() < deadline, doubt
        asked.wait(0.05)
    asked.close()


def test_tls_and_a_password(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    authority = Authority(tmp_path)
    with Redis(tls=authority.issue("redis"), password="secret") as server:
        where = f"127.0.0.1:{server.port}/0"
        trusted = f"?ssl_ca_certs={authority.file}"
        asked = opened(f"rediss://:secret@{where}{trusted}", 0.05, BRIEF)
        sent(asked, "m")
        back(asked)
        assert asked.used(DAY, AT) == 1
        asked.close()
        for wrong, why in (
            (f"rediss://:secret@{where}", "certificate"),
            (f"rediss://:geheim@{where}{trusted}", "password"),
            (f"redis://:secret@{where}", ""),
        ):
            refused(opened(wrong, 0.2, BRIEF), why)
    assert "secret" not in caplog.text
    assert "geheim" not in caplog.text


def test_a_certificate_of_another_host_is_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with Redis(tls=authority.issue("elsewhere", hosts=["DNS:redis.example"])) as server:
        asked = opened(f"rediss://127.0.0.1:{server.port}?ssl_ca_certs={authority.file}", 0.2, BRIEF)
        refused(asked, "certificate")


@contextmanager
def saying(answer: bytes) -> Iterator[str]:
    """A program that says the same to everything, and the URL of it."""

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=repeat, args=(client,), daemon=True).start()

    def repeat(client: socket.socket) -> None:
        with client, suppress(OSError):
            while client.recv(65_536):
                client.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"redis://127.0.0.1:{listener.getsockname()[1]}?protocol=2"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize(
    "answer",
    [
        b"$-1\r\n",
        b"*0\r\n",
        b":5\r\n",
        b"+OK\r\n",
        b"*2\r\n$1\r\n1\r\n$1\r\n\xff\r\n",
        b"*2\r\n$1\r\n1\r\n:0\r\n",
        b"*2\r\n$1\r\n1\r\n*1\r\n$1\r\nx\r\n",
        b"*2\r\n$1\r\n1\r\n*2\r\n$1\r\n1\r\n$1\r\n2\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ],
)
def test_whoever_answers_nonsense_is_away_and_everybody_has_an_answer(answer: bytes) -> None:
    with saying(answer) as url:
        asked = opened(url, 0.02, BRIEF)  # some of it looks as if more were to come
        for each in range(3):
            sent(asked, str(each))
            asked.wait(0.05)
        usage = asked.usage(DAY, at=AT)
        assert usage.of(DAY) == 3
        assert usage.doubt
        asked.close()


def test_one_that_may_not_write_stays_away(caplog: pytest.LogCaptureFixture) -> None:
    """It answers a ping: a replica after a failover, or one whose disk is full."""
    with Redis() as server, redis_library.Redis.from_url(server.url) as other:
        asked = opened(server.url, 0.02)
        sent(asked, "m")
        other.replicaof("127.0.0.1", "1")
        for _ in range(10):
            asked.wait(0.05)
            assert "read only" in asked.usage(DAY, at=AT).doubt
        assert "answers again" not in caplog.text
        other.replicaof("no", "one")
        back(asked)
        asked.close()


def test_events_that_are_lost_are_in_no_sum() -> None:
    """A server that is short of memory throws whole keys away."""
    with Redis() as server, redis_library.Redis.from_url(server.url) as other:
        asked = opened(server.url)
        for each in range(3):
            sent(asked, str(each))
        assert other.delete(f"{{mailpolicy}} events {DAY}") == 1
        assert asked.used(DAY, AT) == 0
        sent(asked, "after")
        assert asked.used(DAY, AT) == 1
        asked.close()


def test_nobody_waits_behind_a_crowd_of_gauges() -> None:
    """All mailboxes of a site come at the start, and after an absence."""
    with Redis() as server, redis_library.Redis.from_url(server.url) as other:
        asked = Asked(lambda: RedisCounters(server.url, budget=PATIENCE))
        assert asked.used(DAY, AT) == 0
        mailboxes = [Counter("mailbox", f"{number}@acme.example") for number in range(20_000)]

        async def crowd() -> int:
            for number, each in enumerate(mailboxes):
                asked.counters.set(each, number)
            for each in mailboxes[::2_000]:
                asked.counters.set(each, 7)
            answered = asyncio.Event()
            asked.counters.read("", (DAY,), AT, lambda usage: answered.set())
            await answered.wait()
            asked.counters.set(mailboxes[-1], 5)  # while another value of it is still to be told
            return int(other.dbsize())

        assert asked._loop.run_until_complete(crowd()) < 2_000
        deadline = time.monotonic() + 10
        while other.dbsize() < len(mailboxes):
            assert time.monotonic() < deadline
            asked.wait(0.05)
        while asked.used(mailboxes[-1], AT) != 5:
            assert time.monotonic() < deadline
            asked.wait(0.05)
        assert [asked.used(each, AT) for each in mailboxes[::2_000]] == [7] * 10
        asked.close()


def test_another_thread_may_be_the_first_to_call() -> None:
    """As Dovecot is, which tells of mailboxes beside the loop."""

    async def made() -> None:
        counters = RedisCounters(server.url, budget=PATIENCE)
        await asyncio.to_thread(counters.set, MAILBOX, 7)
        answered: asyncio.Future[Usage] = asyncio.get_running_loop().create_future()
        counters.read("", (MAILBOX,), AT, answered.set_result)
        assert await answered == Usage({MAILBOX: 7})
        counters.close()
        await counters.closed()

    with Redis() as server:
        asyncio.run(made())
