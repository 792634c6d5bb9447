"""A replica holds what the server holds, whatever happened there, and says exactly what has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from hypothesis import given, settings, strategies as st

from mailpolicy.ldap.dn import DN
from mailpolicy.live.replica import Cookies, EntryChange
from mailpolicy.live.replica.changing import Changing
from mailpolicy.live.replica.content import Content, changes, differences
from mailpolicy.live.replica.loading import Language, loaded
from mailpolicy.live.replica.reading import COMPUTED, uuid_of
from mailpolicy.live.replica.refresh import Refresh, full
from tests.drawn_servers import Server, operations

Shown = Mapping[bytes, tuple[str, str]]

LANGUAGE = Language("native")


def read(server: Server, random: Random) -> Content:
    return loaded(full(server.everything(random), []), LANGUAGE)


def shown(content: Content) -> Shown:
    """What is in the snapshot, which is the same by UUID."""
    by_uuid = {}
    for entry in content.snapshot:
        uuid = uuid_of(entry)
        assert uuid is not None
        assert content.entry(uuid) is entry
        assert not COMPUTED & entry.raw.keys()
        by_uuid[uuid] = str(entry.dn), str(entry.first("description"))
    assert set(content) == set(by_uuid)
    return by_uuid


def canonical(of: Shown) -> Shown:
    return {uuid: (str(DN(dn)), text) for uuid, (dn, text) in of.items()}


def assert_equal(content: Content, server: Server) -> None:
    assert shown(content) == canonical(server.shown())
    assert content.snapshot.revision == read(server, Random(0)).snapshot.revision
    assert not content.doubtful
    assert not content.left_out


def assert_told(told: Sequence[EntryChange], before: Shown, after: Shown) -> None:
    """Every difference is told once, and nothing else."""
    found = {}
    for change in told:
        old, new = change.before, change.after
        uuid = uuid_of(new or old)  # type: ignore[arg-type]
        assert uuid is not None
        assert uuid not in found
        assert old != new
        found[uuid] = before.get(uuid), after.get(uuid)
        assert (old is None, new is None) == (uuid not in before, uuid not in after)
        assert old is None or str(old.dn) == before[uuid][0]
        assert change.dn == (after.get(uuid) or before[uuid])[0]
    differing = {uuid for uuid in {*before, *after} if before.get(uuid) != after.get(uuid)}
    assert differing <= set(found)


@settings(max_examples=150, deadline=None)
@given(operations, st.lists(operations, max_size=4), st.lists(st.booleans(), max_size=40), st.integers())
def test_changes_as_they_happen(
    start: list[tuple[str, int, int, str]],
    rounds: list[list[tuple[str, int, int, str]]],
    cuts: list[bool],
    seed: int,
) -> None:
    server = Server.new()
    for each in start:
        server.perform(*each)
    content = read(server, Random(seed))
    assert_equal(content, server)
    cutting = iter(cuts)
    for happening in rounds:
        changing, before = Changing(content), shown(content)
        for each in happening:
            event = server.perform(*each)
            if event is not None:
                changing.take(event)
            if next(cutting, False):
                after = changing.done()
                assert_equal(content, server)
                assert_told(changes(after, content), before, shown(content))
                changing, before = Changing(content), shown(content)
        assert_told(changes(changing.done(), content), before, shown(content))
        assert_equal(content, server)


@settings(max_examples=200, deadline=None)
@given(operations, st.lists(operations, min_size=1, max_size=4), st.integers())
def test_resumed_refreshes(
    start: list[tuple[str, int, int, str]], rounds: list[list[tuple[str, int, int, str]]], seed: int
) -> None:
    random = Random(seed)
    server = Server.new()
    for each in start:
        server.perform(*each)
    content = read(server, random)
    for happening in rounds:
        clock, known, before = server.clock, list(server.nodes), shown(content)
        for each in happening:
            server.perform(*each)
        refresh = Refresh(content)
        refresh.take(server.since(clock, known, random))
        touched = refresh.apply()
        assert_equal(content, server)
        assert not refresh.unknown
        assert refresh.cookies == Cookies.parse(server.cookie)
        assert_told(changes(touched, content), before, shown(content))


@settings(max_examples=50, deadline=None)
@given(operations, operations, st.integers())
def test_a_reload_tells_the_difference(
    start: list[tuple[str, int, int, str]], happening: list[tuple[str, int, int, str]], seed: int
) -> None:
    random, server = Random(seed), Server.new()
    for each in start:
        server.perform(*each)
    before = read(server, random)
    for each in happening:
        server.perform(*each)
    after = read(server, random)
    assert_equal(after, server)
    assert_told(differences(before, after), shown(before), shown(after))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=12))
def test_cookies_keep_the_last_change_of_each_server(numbers: list[tuple[int, int]]) -> None:
    texts = [f"2024010100000{clock}.000000Z#000000#00{server}#000000" for clock, server in numbers]
    cookies = Cookies()
    for text in texts:
        cookies |= Cookies.parse(f"rid=000,csn={text}".encode())
    last: dict[int, str] = {}
    for (_, server), text in zip(numbers, texts, strict=True):
        last[server] = max(text, last.get(server, ""))
    assert cookies.latest == last
    assert Cookies.parse(str(cookies)) == cookies
    assert bool(cookies) is bool(numbers)
