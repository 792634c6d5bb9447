"""What becomes of mail while the LDAP server is down, frozen or slow, asked of a process that serves.

Whatever it is, nobody who exists is refused for good, nothing is let through that the last known state
forbids, and every question has an answer within two seconds. `test_outages_counters` has Redis and the disk.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from attrs import frozen

from tests.live.proxy import Proxy
from tests.live.servers import PASSWORD, acme_server
from tests.mta.operated import Operated, Serve, plain
from tests.mta.outages import (
    DROPPED,
    LOGINS,
    QUESTIONS,
    WAITS,
    answers,
    are_away,
    are_calm,
    connecting,
    directory,
    logins,
    until,
)
from tests.postfix import ONE_OF_EACH, require as require_postfix
from tests.slapd import require as require_slapd

pytestmark = pytest.mark.twin
in_a_group = pytest.mark.xdist_group("outages")
long = pytest.mark.skipif(
    not os.environ.get("MAILPOLICY_LONG"), reason="takes half a minute: set MAILPOLICY_LONG"
)


@frozen
class Site:
    """A server, the network before it, and a process that follows it."""

    proxy: Proxy
    serve: Serve

    def knows_that_it_is_away(self) -> bool:
        return not QUESTIONS["unknown"].ask(self.serve).startswith("550")

    def knows_that_it_is_back(self) -> bool:
        return not are_calm(answers(self.serve))


@contextmanager
def following(*, begins: bool = True) -> Iterator[Site]:
    require_slapd()
    with acme_server(data=directory(), tcp=True) as server, Proxy(server.tcp_uri) as proxy:
        if not begins:
            proxy.refuse()
        more = 'passwords = ["bind"]\n' + connecting(proxy.url)
        with Serve("@acme", more=more) as serve:
            yield Site(proxy, serve)


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    with following() as site:
        yield site


@pytest.fixture
def site(running: Site) -> Iterator[Site]:
    until(running.knows_that_it_is_back)
    yield running
    running.proxy.hang_up()
    running.proxy.heal()


@in_a_group
def test_nothing_is_away(site: Site) -> None:
    assert logins(site.serve) == [*LOGINS.values()]


@in_a_group
def test_the_directory_is_down(site: Site) -> None:
    site.proxy.refuse()
    until(site.knows_that_it_is_away)
    assert are_away(answers(site.serve)) == []
    assert logins(site.serve) == DROPPED


@in_a_group
def test_the_directory_is_slow(site: Site) -> None:
    """A server that takes half a second for a word is as good as one that takes none, but for logins."""
    site.proxy.slow_down(delay=0.5)
    for _ in range(3):
        assert are_calm(answers(site.serve)) == []
    found = zip(logins(site.serve), LOGINS.values(), strict=True)
    assert all(each in ("", calm) for each, calm in found)


@in_a_group
def test_the_directory_is_frozen_and_nobody_knows_yet(site: Site) -> None:
    site.proxy.swallow()
    for _ in range(3):
        assert are_calm(answers(site.serve)) == []
    assert logins(site.serve)[:3] == DROPPED[:3]


@long
@in_a_group
def test_the_directory_is_frozen(site: Site) -> None:
    site.proxy.swallow()
    until(site.knows_that_it_is_away)
    assert are_away(answers(site.serve)) == []
    assert logins(site.serve) == DROPPED


@pytest.mark.xdist_group("outages-beginning")
def test_beginning_while_the_directory_is_down() -> None:
    """Without a cache nothing is known: everything waits, and nothing is refused or let through."""
    with following(begins=False) as site:
        for name, answer in answers(site.serve).items():
            assert answer.startswith("TEMP " if "mailbox" in name else WAITS)
        assert site.serve.table("domains", "acme.example").startswith("TEMP ")
        assert logins(site.serve) == DROPPED
        site.proxy.heal()
        until(site.knows_that_it_is_back)


@pytest.mark.xdist_group("outages-beginning")
def test_through_postfix() -> None:
    """Whoever exists is never refused for good, and what was taken arrives in the end."""
    require_postfix(ldap=False)
    require_slapd()
    people = [f"{name}@acme.example" for name in ("ann", "nobody", "closed")]
    with acme_server(data=directory(), tcp=True) as server, Proxy(server.tcp_uri) as proxy:
        more = 'passwords = ["bind"]\n' + connecting(proxy.url)
        with Operated("@acme", more=more, settings=ONE_OF_EACH) as site:
            until(lambda: not are_calm(answers(site.serve)))
            assert [each[:3] for each in site.rcpt(*people)] == ["250", "550", "550"]
            assert login(site) == 235
            proxy.refuse()
            until(lambda: not QUESTIONS["unknown"].ask(site.serve).startswith("550"))
            assert [each[:3] for each in site.rcpt(*people)] == ["250", "451", "550"]
            assert login(site) == 454
            assert site.send(*people).startswith("250")
            assert [each.recipients for each in site.arrived()] == [("ann@acme.example",)]
            site.serve.kill()
            assert {each[:2] for each in site.rcpt(*people)} == {"45"}
            assert login(site) == 454


def login(site: Operated) -> int:
    """The reply to a login of Ann."""
    with site.postfix.client() as client:
        return client.docmd("AUTH", f"PLAIN {plain('ann@acme.example', PASSWORD)}")[0]
