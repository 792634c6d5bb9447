"""How old an answer may be, what is told of its age, and what a server says that is not the directory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import ldap
import pytest
from attrs import frozen

import mailpolicy as mp
from mailpolicy.errors import MailPolicyError, NotFound, Unavailable
from mailpolicy.freshness import State
from mailpolicy.live.asking import Asking, asking
from mailpolicy.live.asking.asking import REMEMBERED
from mailpolicy.live.backend import Backend, Found
from mailpolicy.live.bind import Bind
from mailpolicy.live.servers import Servers
from tests.live.asking_servers import FILES, Counted, counted, schema_of, with_example
from tests.slapd import PASSWORD, Slapd, StartSlapd

JOHN = "john@acme.example"
NEW = "new@acme.example"
MOMENT = 0.3
"""Seconds for which the directories here remember."""
PROMPT = 3.0


def add_new(slapd: Slapd) -> None:
    attributes = {
        "objectClass": [b"inetOrgPerson", b"mpAccount"],
        "uid": [b"new"],
        "cn": [b"new"],
        "sn": [b"new"],
        "mail": [NEW.encode()],
    }
    slapd.connect().add_s("uid=new,ou=people,dc=acme.example,o=mail", list(attributes.items()))


# How old an answer may be


def test_what_was_not_there_is_asked_again_after_a_moment(start_slapd: StartSlapd) -> None:
    slapd = with_example(start_slapd, "native")
    with counted(slapd).open(remembered=MOMENT) as acme:
        with pytest.raises(NotFound):
            acme.account(NEW)
        add_new(slapd)
        time.sleep(MOMENT)
        assert acme.account(NEW).address == NEW


def test_what_was_there_is_asked_again_after_a_moment_and_what_is_held_goes_on(
    start_slapd: StartSlapd,
) -> None:
    slapd = with_example(start_slapd, "native")
    with counted(slapd).open(remembered=MOMENT) as acme:
        john, state = acme.account(JOHN), acme.snapshot
        with pytest.raises(NotFound):
            state.account(NEW)
        add_new(slapd)
        slapd.connect().modify_s(john.dn, [(ldap.MOD_REPLACE, "mpMailboxQuota", [b"7 GiB"])])
        time.sleep(MOMENT)
        assert str(acme.account(JOHN).settings.mailbox_quota) == "7 GiB"
        assert str(john.settings.mailbox_quota) == "25 GiB"
        assert john.domain is not None  # which it has not asked for before
        with pytest.raises(NotFound):
            state.account(NEW)
        assert acme.is_member("staff@acme.example", john) == state.is_member("staff@acme.example", john)


def test_the_documentation_says_for_how_long() -> None:
    assert REMEMBERED == 5.0
    assert "five seconds" in (Asking.__doc__ or "")


# What is told of it


def test_the_age_is_that_of_the_question(start_slapd: StartSlapd) -> None:
    with counted(with_example(start_slapd, "native")).open() as acme:
        john = acme.account(JOHN)
        time.sleep(MOMENT)
        for told in (acme.freshness, john.freshness, acme.snapshot.freshness):
            assert (told.state, told.method) == (State.FRESH, "search")
            assert MOMENT <= told.age < PROMPT
            assert told.since is not None
        acme.account("jane@acme.example")
        assert acme.freshness.age < MOMENT <= john.freshness.age


def test_after_the_end_it_is_stale(start_slapd: StartSlapd) -> None:
    with counted(with_example(start_slapd, "native")).open() as acme:
        john = acme.account(JOHN)
    for told in (acme.freshness, john.freshness, acme.account(JOHN).freshness):
        assert (told.state, told.why) == (State.STALE, "is closed")
    with pytest.raises(Unavailable):
        acme.account("nobody@acme.example")


def test_where_no_server_answers_it_is_stale_until_one_does(start_slapd: StartSlapd) -> None:
    slapd = with_example(start_slapd, "native")
    with counted(slapd).open() as acme:
        with pytest.raises(NotFound):
            acme.account("nobody@acme.example")
        john = acme.account(JOHN)
        slapd.stop()
        assert acme.freshness  # nobody has tried
        with pytest.raises(Unavailable):
            acme.account("jane@acme.example")
        for told in (acme.freshness, john.freshness):
            assert told.state is State.STALE
            assert "cannot be reached" in told.why
        with pytest.raises(Unavailable, match="is stale and shows no account"):
            acme.account("nobody@acme.example")
        slapd.start()
        assert acme.account("jane@acme.example").freshness
        assert acme.freshness


# A server that has not got the directory


@pytest.fixture
def pair(start_slapd: StartSlapd) -> Iterator[tuple[Slapd, Asking]]:
    """A server with the directory, and a directory that asks it, and after it one that has nothing."""
    slapd = with_example(start_slapd, "native")
    empty = start_slapd(suffix="o=mail", extra_schema=[schema_of("native")])
    servers = Servers((slapd.uri, empty.uri), "o=mail", Bind(slapd.root_dn, PASSWORD))
    with asking(servers) as acme:
        yield slapd, acme


@pytest.mark.parametrize("question", [
    lambda acme: acme.account("jane@acme.example"),
    lambda acme: acme.find("nobody@acme.example"),
    lambda acme: acme.select("uid=jane,ou=people,dc=acme.example,o=mail"),
    lambda acme: acme.search("o=mail", filter="(uid=jane)"),
    lambda acme: acme.search("ou=people,dc=acme.example,o=mail"),
    lambda acme: acme.accounts(),
    lambda acme: acme.revision,
])  # fmt: skip
def test_a_server_without_the_directory_does_not_answer(
    pair: tuple[Slapd, Asking], question: Callable[[Asking], Any]
) -> None:
    slapd, acme = pair
    with pytest.raises(NotFound):
        acme.search("ou=nowhere,o=mail")
    slapd.stop()
    with pytest.raises(Unavailable, match="no entries at all at o=mail"):
        question(acme)
    assert not acme.freshness


def test_any_other_base_may_be_missing(start_slapd: StartSlapd) -> None:
    for dialect, base in (("native", "ou=nowhere,o=mail"), ("carbonio", "dc=nowhere")):
        with counted(with_example(start_slapd, dialect)).open() as acme:
            for name in (base, f"{base[:2]}={'x' * 9},{base}"):
                with pytest.raises(NotFound):
                    acme.search(name)
                with pytest.raises(NotFound):
                    acme.select(name)


# A name that nobody can read


class Garbled:
    """A backend that gives one of the entries under a name that is none."""

    def __init__(self, backend: Backend, victim: str) -> None:
        self._backend, self._victim = backend, victim

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    def search(self, *rest: Any, **options: Any) -> Iterator[Found]:
        for dn, attributes in self._backend.search(*rest, **options):
            yield ("=nobody,,=" if dn.startswith(self._victim) else dn), attributes


@frozen
class Garbling:
    """Servers of which all connections are such."""

    servers: Servers
    victim: str

    def connected(self) -> Backend:
        return cast("Backend", Garbled(self.servers.connected(), self.victim))

    def base_of(self, backend: Backend) -> str:
        return self.servers.base_of(backend)


def test_an_entry_with_an_unreadable_name_is_left_out_and_the_others_count(start_slapd: StartSlapd) -> None:
    slapd = with_example(start_slapd, "native")
    people = "ou=people,dc=acme.example,o=mail"
    with counted(slapd).open() as acme:
        everybody = {each.dn for each in acme.search(people, "one")}
        whole = len(acme.accounts())
    with asking(Garbling(counted(slapd).servers, "uid=jane")) as acme:
        assert acme.account(JOHN).address == JOHN
        found = {each.dn for each in acme.search(people, "one")}
        assert found == {each for each in everybody if not each.startswith("uid=jane")}
        assert len(acme.accounts()) == whole - 1
        assert_doubted(acme.snapshot)


def assert_doubted(state: mp.Directory) -> None:
    """Before everything has been fetched, and after that."""
    for _ in range(2):
        assert state.search("ou=people,dc=acme.example,o=mail", filter="(uid=*)")
        assert state.snapshot.lost == 1
        [finding] = state.snapshot.problems
        assert (finding.id, finding.dn) == ("broken-record", "=nobody,,=")
        for name in ("jane@acme.example", "nobody@acme.example"):
            with pytest.raises(Unavailable, match="one record could not be used"):
                state.account(name)
        assert state.revision  # of everything that can be read
        assert state.with_changes(mp.set(JOHN, mailbox_quota="1 GiB")).snapshot.lost == 1


def test_a_dialect_is_told_by_entries_whatever_their_names(start_slapd: StartSlapd) -> None:
    schemas = [schema_of("native"), schema_of("carbonio")]  # so that the schema does not tell
    slapd = start_slapd(suffix="", extra_schema=schemas, data=FILES["carbonio"].read_bytes())
    with asking(Garbling(counted(slapd).servers, "cn=")) as acme:
        assert acme.dialect.name == "carbonio"


# The end


@frozen
class Outcome:
    """What a question in another thread has come to, and when."""

    thread: threading.Thread
    found: list[Any]


def asked(acme: Asking, name: str) -> Outcome:
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(acme.account(name))
        except MailPolicyError as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(MOMENT)
    assert not found
    return Outcome(thread, found)


@pytest.mark.parametrize("client", ["python-ldap", "ldap3"])
def test_the_end_does_not_wait_for_a_silent_server(start_slapd: StartSlapd, client: str) -> None:
    slapd = with_example(start_slapd, "native")
    servers = Servers((slapd.uri,), "o=mail", Bind(slapd.root_dn, PASSWORD), client=client)
    connections: list[Backend] = []

    @frozen
    class Noting(Counted):
        def connected(self) -> Backend:
            connections.append(super().connected())
            return connections[-1]

    acme = Noting(servers).open()
    slapd.pause()
    questions = [asked(acme, name) for name in (JOHN, "jane@acme.example")]
    start = time.monotonic()
    acme.close()
    acme.close()
    assert time.monotonic() - start < PROMPT
    for question in questions:
        question.thread.join()
        [error] = question.found
        assert isinstance(error, Unavailable)
    assert time.monotonic() - start < PROMPT
    slapd.resume()
    assert len(connections) == 1
    with pytest.raises(Unavailable):
        connections[0].root_dse()


def test_the_end_comes_under_a_connection_that_is_being_made(start_slapd: StartSlapd) -> None:
    slapd = with_example(start_slapd, "native")
    connections: list[Backend] = []
    go_on = threading.Event()

    @frozen
    class Late(Counted):
        def connected(self) -> Backend:
            if connections:
                assert go_on.wait(10)
            connections.append(super().connected())
            return connections[-1]

    servers = Late(counted(slapd).servers)
    acme = servers.open()
    connections[0].abort()
    question = asked(acme, JOHN)
    start = time.monotonic()
    acme.close()
    assert time.monotonic() - start < PROMPT
    go_on.set()
    question.thread.join()
    [error] = question.found
    assert isinstance(error, Unavailable)
    assert len(servers.searches) == 1  # the one on the connection that broke
    with pytest.raises(Unavailable):
        connections[1].root_dse()
