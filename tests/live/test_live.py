"""A live directory on a real server, as a service uses it."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.errors import InvalidUrl, NotFound, ReadOnly, SchemaError, StalePlan, Unavailable
from mailpolicy.live import Live
from mailpolicy.live.board import Board
from mailpolicy.live.replica import Cookies, Step
from mailpolicy.schema.emit import emit
from tests.examples import EXAMPLES
from tests.live.servers import Served, acme_server
from tests.slapd import CONFIG, PASSWORD, Slapd

JOHN = "john@acme.example"
JOHNS_DN = "uid=john,ou=people,dc=acme.example,o=mail"
NOBODY = "no.one@nowhere.example"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with acme_server() as running:
        yield running


@pytest.fixture
def live(server: Served) -> Iterator[Live]:
    with opened(server) as following:
        yield following


def opened(server: Served, **options: Any) -> Live:
    options.setdefault("bind", mp.Bind(server.policy, PASSWORD))
    return mp.open(f"{server.uri}/o=mail", heartbeat=0.5, **options)


def writer(server: Served) -> mp.Bind:
    return mp.Bind(server.writer, PASSWORD)


def modified(server: Served, dn: str, name: str, value: str) -> None:
    """Somebody else changes an attribute."""
    import ldap

    server.connect().modify_s(dn, [(ldap.MOD_REPLACE, name, [value.encode()])])


def test_it_answers_as_soon_as_it_is_open(live: Live) -> None:
    assert live.find(JOHN).name == JOHN
    assert live.account(JOHN).status.login
    assert live.freshness.state == "fresh"
    assert live.freshness.method == "syncrepl"
    assert live.account(JOHN).freshness.age < 5
    with pytest.raises(NotFound):
        live.find(NOBODY)


def title(directory: mp.Directory) -> Any:
    return directory.account(JOHN).entry.first("title")


def test_a_snapshot_stays_as_it_is(live: Live, server: Served) -> None:
    before = live.snapshot
    modified(server, JOHNS_DN, "title", "Later")
    assert live.wait_for(lambda now: title(now) == "Later", 10).revision != before.revision
    assert title(before) != "Later"


def test_whoever_watches_sees_all_that_changes(live: Live, server: Served) -> None:
    watch = live.watch()
    last = title(live.snapshot)
    for number in range(20):
        modified(server, JOHNS_DN, "title", f"number {number}")
    while last != "number 19":  # changes that follow at once may come as one
        change = watch.next_within(10)
        assert change is not None
        assert change.before is not None
        assert change.after is not None
        assert change.before.first("title") == last
        last = change.after.first("title")
    assert watch.next_within(0.1) is None


def test_waiting_for_a_change_that_somebody_else_makes(live: Live, server: Served) -> None:
    change = mp.set(JOHN, title="Waited For")
    threading.Timer(0.2, modified, (server, JOHNS_DN, "title", "Waited For")).start()
    assert live.wait_for(change, 10).account(JOHN).entry.first("title") == "Waited For"
    assert live.wait_for(change, 0)
    with pytest.raises(Unavailable, match="has not shown it in time"):
        live.wait_for(mp.set(JOHN, title="Never"), 0.1)


def test_waiting_for_a_number(live: Live, server: Served) -> None:
    modified(server, JOHNS_DN, "title", "Numbered")
    [(_, found)] = server.connect().search_s("o=mail", 0, attrlist=["contextCSN"])
    [number] = found["contextCSN"]
    assert live.wait_for(number.decode(), 10).account(JOHN).entry.first("title") == "Numbered"
    later = number.decode().replace("20", "30", 1)
    with pytest.raises(Unavailable):
        live.wait_for(later, 0.1)
    with pytest.raises(mp.errors.InvalidValue, match="a CSN such as"):
        live.wait_for("tomorrow", 0.1)


def test_what_is_written_shows_when_apply_returns(live: Live, server: Served) -> None:
    applied = live.apply(
        mp.create("list:new@acme.example", member_addresses=[JOHN]),
        mp.set(JOHN, mailbox_quota="3 GiB"),
        bind=writer(server),
    )
    assert [each.operation for each in applied.entries] == ["add", "modify"]
    assert live.account(JOHN).settings.mailbox_quota == mp.Size("3 GiB")
    assert live.is_member("new@acme.example", JOHN)
    live.apply(mp.delete("list:new@acme.example"), mp.unset(JOHN, "mailbox_quota"), bind=writer(server))
    with pytest.raises(NotFound):
        live.list("new@acme.example")


def test_nothing_is_written_that_is_wrong_stale_or_not_allowed(live: Live, server: Served) -> None:
    before = live.revision
    with pytest.raises(SchemaError) as wrong:
        live.apply(
            mp.set(JOHN, mailbox_quota="5GB?"), mp.set("cos:none", mailbox_quota="1 GiB"), bind=writer(server)
        )
    assert len(wrong.value.problems) == 2
    with pytest.raises(ReadOnly, match="cn=policy"):
        live.apply(mp.set(JOHN, mailbox_quota="5 GiB"))
    assert live.revision == before


def test_a_conflict_is_found(server: Served) -> None:
    with opened(server) as live:
        directory = live.snapshot
        modified(server, JOHNS_DN, "title", "Meanwhile")
        behind = Board("ldap://behind", None, 60, 60)
        behind.published("ldap://behind", Step(directory.snapshot, (), "syncrepl"), Cookies())
        stale = Live(live._servers, behind, live._following)
        with pytest.raises(StalePlan, match="uid=john"):
            stale.apply(mp.set(JOHN, mailbox_quota="7 GiB"), bind=writer(server))


def test_it_is_stale_while_the_server_is_gone_and_fresh_again_after(server: Served) -> None:
    with opened(server) as live:
        server.stop()
        try:
            assert live._board.bell.wait(lambda: not live.freshness, 10)
            assert live.find(JOHN).freshness.state == "stale"
            with pytest.raises(Unavailable):
                live.find(NOBODY)
            with pytest.raises(Unavailable, match="nothing is written"):
                live.apply(mp.set(JOHN, mailbox_quota="5 GiB"))
        finally:
            server.start()
        live.ready(10)
        with pytest.raises(NotFound):
            live.find(NOBODY)


def test_past_its_time_nothing_is_answered(server: Served) -> None:
    with opened(server, stale_for="1s") as live:
        server.stop()
        try:
            live._board.bell.wait(lambda: not live.freshness, 10)
            assert live.find(JOHN)
            time.sleep(1.1)
            with pytest.raises(Unavailable, match="cannot be reached"):
                live.find(JOHN)
            with pytest.raises(Unavailable):
                live.accounts()
        finally:
            server.start()


def test_a_start_without_any_server(server: Served, tmp_path: Path) -> None:
    cache = tmp_path / "replica"
    with opened(server, cache=cache) as live:
        revision = live.revision
        assert until_there(cache)
    server.stop()
    try:
        with opened(server, cache=cache) as live:
            assert (live.freshness.state, live.freshness.method) == ("stale", "cache")
            assert live.revision == revision
            assert live.find(JOHN)
            with pytest.raises(Unavailable):
                live.find(NOBODY)
            server.start()
            live.ready(10)
            assert live.freshness.method == "syncrepl"
            with pytest.raises(NotFound):
                live.find(NOBODY)
        server.stop()
        with pytest.raises(Unavailable, match="cannot be reached"):
            opened(server)
        with opened(server, wait=None) as live:
            assert live.freshness.state == "starting"
            with pytest.raises(Unavailable):
                live.find(JOHN)
            server.start()
            assert live.ready(10).find(JOHN)
    finally:
        if server.pid is None:
            server.start()


def test_a_damaged_cache_is_named_and_made_anew(
    server: Served, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = tmp_path / "replica"
    with opened(server, cache=cache):
        assert until_there(cache)
    cache.write_bytes(cache.read_bytes()[:-100])
    with opened(server, cache=cache) as live:
        assert live.find(JOHN)
        assert live.freshness
        assert f"{cache} is damaged" in caplog.text


def until_there(path: Path, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    return path.exists()


def test_definitions_that_only_the_server_has_are_learnt() -> None:
    own = (
        "dn: cn=own,cn=schema,cn=config\nobjectClass: olcSchemaConfig\ncn: own\n"
        "olcAttributeTypes: ( 2.25.77 NAME 'shoeSize' EQUALITY integerMatch ORDERING integerOrderingMatch "
        "SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )\n"
        "olcObjectClasses: ( 2.25.78 NAME 'walker' AUXILIARY MAY shoeSize )\n"
    )
    first = f"dn: {JOHNS_DN}\n"
    data = (EXAMPLES / "acme.ldif").read_text().replace(first, f"{first}shoeSize: 43\nobjectClass: walker\n")
    with acme_server(data=data, extra_schema=[emit("native", "ldif"), own]) as server, opened(server) as live:
        assert [each.first("uid") for each in live.search("", filter="(shoeSize>=7)")] == ["john"]
        assert live.apply(mp.set(JOHN, {"shoeSize": "44"}), bind=writer(server))


def test_a_server_that_cannot_be_followed_is_passed_over(server: Served, tmp_path: Path) -> None:
    with Slapd(tmp_path / "other", suffix="o=mail") as other:
        urls = f"{other.uri} {server.uri}/o=mail"
        bind = mp.Bind(f"cn=admin,{other.suffix}", PASSWORD)
        with mp.open(urls, bind=bind, heartbeat=0.5) as live:
            assert live.find(JOHN).freshness.source == server.uri
        server.stop()
        try:
            with pytest.raises(Unavailable, match=r"shows no entry o=mail.*cannot be reached"):
                mp.open(urls, bind=bind)
        finally:
            server.start()


def test_whoever_watches_misses_nothing_while_the_schema_changes(tmp_path: Path) -> None:
    import ldap

    with acme_server() as server, opened(server) as live:
        watch = live.watch()
        server.stop()
        live._board.bell.wait(lambda: not live.freshness, 10)
        added = "( 2.25.79 NAME 'hatSize' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )"
        server.start()
        # Both may come before we are back, or after: each is told once.
        configuration = server.connect(CONFIG)
        [(own, _)] = configuration.search_s("cn=schema,cn=config", 1, "(cn=*mailpolicy)")
        configuration.modify_s(own, [(ldap.MOD_ADD, "olcAttributeTypes", [added.encode()])])
        server.connect().delete_s("uid=jane,ou=people,dc=acme.example,o=mail")
        first = watch.next_within(10)
        server.restart()
        live.wait_for(lambda now: now.snapshot.definitions.attribute("hatSize") is not None, 10)
        rest = list(iter(lambda: watch.next_within(0.5), None))
        gone = [each.dn for each in (first, *rest) if each and each.after is None]
        assert gone == ["uid=jane,ou=people,dc=acme.example,o=mail"]


def test_a_cache_is_for_whom_it_was_made(
    server: Served, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = tmp_path / "replica"
    with opened(server, cache=cache):
        assert until_there(cache)
    for other in ({"bind": mp.Bind(server.root_dn, PASSWORD)}, {"dialect": "native"}):
        caplog.clear()
        with opened(server, cache=cache, **other) as live:
            assert live.freshness.method == "syncrepl"
            assert "another view of it" in caplog.text


def test_a_cache_is_as_old_as_the_last_word_of_the_server(server: Served, tmp_path: Path) -> None:
    cache = tmp_path / "replica"
    with opened(server, cache=cache):
        assert until_there(cache)
        time.sleep(3)
    server.stop()
    try:
        with opened(server, cache=cache, stale_for="60s") as live:
            assert live.freshness.age < 2.5
        saved = cache.with_name("replica.heard").read_text()
        cache.with_name("replica.heard").write_text(saved.replace("2", "3"))  # of another cache
        with opened(server, cache=cache, stale_for="60s") as live:
            assert live.freshness.age > 2.9
    finally:
        server.start()


@pytest.mark.parametrize("end", ["", "/", "/o=mail"])
def test_a_cache_is_used_whether_the_base_is_named_or_asked_for(
    server: Served, tmp_path: Path, end: str
) -> None:
    def again() -> Live:
        return mp.open(
            f"{server.uri}{end}", bind=mp.Bind(server.policy, PASSWORD), cache=tmp_path / "replica"
        )

    with again():
        assert until_there(tmp_path / "replica")
    server.stop()
    try:
        with again() as live:
            assert live.freshness.method == "cache"
    finally:
        server.start()


def test_what_is_written_after_a_start_from_a_cache_waits_for_the_server(
    server: Served, tmp_path: Path
) -> None:
    cache = tmp_path / "replica"
    with opened(server, cache=cache):
        assert until_there(cache)
    with opened(server, cache=cache) as live:
        assert live.apply(mp.set(JOHN, title="After a start"), bind=writer(server))


def test_who_waits_keeps_nobody_waiting(live: Live, server: Served) -> None:
    def slow(now: mp.Directory) -> bool:
        time.sleep(2.5)
        return False

    waiting = threading.Thread(target=pytest.raises, args=(Unavailable, live.wait_for, slow, 3.0))
    waiting.start()
    time.sleep(0.1)
    modified(server, JOHNS_DN, "title", "Not kept waiting")
    began = time.monotonic()
    live.wait_for(lambda now: title(now) == "Not kept waiting", 10)
    assert time.monotonic() - began < 2
    waiting.join()


def test_what_would_never_show_is_not_waited_for(live: Live) -> None:
    with pytest.raises(mp.errors.InvalidValue, match="which a secret does not"):
        live.wait_for(mp.set(JOHN, {"userPassword": "x"}))


def test_who_is_let_go_is_closed(server: Served) -> None:
    before = threading.active_count()
    live = opened(server)
    watch = live.watch()
    del live
    gc.collect()
    assert threading.active_count() == before + 1  # the watch holds it
    del watch
    gc.collect()
    assert threading.active_count() == before


def test_closing_in_the_middle_of_anything(live: Live) -> None:
    with live._board._writing, live._board.bell._changed:
        live.close()  # as the handler of a signal may
    assert live.freshness.why == "is closed"


def test_loops_that_end_with_somebody_waiting_do_no_harm(live: Live, server: Served) -> None:
    loops = [asyncio.new_event_loop() for _ in range(3)]
    for loop in loops:
        loop.create_task(live.asynchronous.wait_for(lambda now: False))
        loop.run_until_complete(asyncio.sleep(0))
        for task in asyncio.all_tasks(loop):
            task._log_destroy_pending = False  # type: ignore[attr-defined]
        loop.close()
    modified(server, JOHNS_DN, "title", "Unharmed")
    assert live.wait_for(lambda now: title(now) == "Unharmed", 10)
    assert live.freshness


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_the_child_of_a_fork_knows_that_nothing_is_followed(live: Live, server: Served) -> None:
    assert live.find(JOHN)
    child = os.fork()
    if child == 0:
        right = live.freshness.state == "stale" and "after the fork" in live.freshness.why
        live.close()
        os._exit(0 if right and live.find(JOHN) else 1)
    assert os.waitpid(child, 0)[1] == 0
    modified(server, JOHNS_DN, "title", "In the parent")
    assert live.wait_for(lambda now: title(now) == "In the parent", 10)
    assert live.freshness


def test_closing_leaves_nothing_behind(server: Served, tmp_path: Path) -> None:
    before = threading.active_count()
    live = opened(server, cache=tmp_path / "replica")
    waiting = threading.Thread(target=list, args=(live.watch(),))
    waiting.start()
    began = time.monotonic()
    live.close()
    live.close()
    waiting.join(5)
    assert time.monotonic() - began < 2
    assert threading.active_count() == before
    assert live.find(JOHN).freshness.why == "is closed"


def test_a_wrong_password_is_told_at_once(server: Served) -> None:
    began = time.monotonic()
    with pytest.raises(Unavailable, match="wrong name or password") as caught:
        opened(server, bind=mp.Bind(server.policy, "hunter2"))
    assert time.monotonic() - began < 5
    assert "hunter2" not in repr(caught.value)
    assert "hunter2" not in str(caught.value)


def test_what_is_for_servers_is_refused_of_files() -> None:
    with pytest.raises(InvalidUrl, match="the URL of an LDAP server, which bind is for"):
        mp.open("ldif/examples/acme.ldif", bind=mp.Bind("cn=x", "y"))


def test_from_asyncio(server: Served) -> None:
    async def main() -> None:
        async with opened(server) as live:
            assert live.find(JOHN).name == JOHN
            assert (await live.ready(10)).freshness
            watch = live.watch()
            await live.apply(mp.set(JOHN, title="Asynchronous"), bind=writer(server))
            assert (await anext(watch)).dn == JOHNS_DN
            assert await live.wait_for(mp.set(JOHN, title="Asynchronous"), 10)
            with pytest.raises(Unavailable):
                await live.wait_for(lambda now: False, 0.05)
        assert live.freshness.why == "is closed"

    asyncio.run(main())


def test_a_notebook_shows_how_things_stand(server: Served) -> None:
    with opened(server) as live:
        assert "fresh (ldapi" in live._repr_html_()
        server.stop()
        try:
            live._board.bell.wait(lambda: not live.freshness, 10)
            assert "stale for 0 s" in live._repr_html_()
            with opened(server, wait=None) as starting:
                assert "starting" in starting._repr_html_()
                assert repr(starting).startswith("<Live ldapi")
        finally:
            server.start()
    with opened_once(server) as asking:
        assert "fresh (ldapi" in asking._repr_html_()


def opened_once(server: Served) -> Any:
    return mp.open(f"{server.uri}/o=mail", live=False, bind=mp.Bind(server.policy, PASSWORD))
