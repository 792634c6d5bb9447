"""What a replica makes of what servers rarely say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest

from mailpolicy.errors import Unavailable
from mailpolicy.live.backend import RefreshRequired, SyncCookie, SyncEntry, SyncEvent, SyncIds, SyncPhase
from mailpolicy.live.replica import Cookies, Pace, Replica, Step, echoes, follow, session
from tests.live.scripted import Scripted, cookie, done, entry, uuid

TOP = entry(1, "o=mail")
FIRST = (TOP, entry(2, "ou=a,o=mail", "a"), entry(3, "ou=c,ou=a,o=mail", "c"), done(1))


def following(backend: Scripted, replica: Replica, **pace: float) -> Iterator[Step]:
    return follow(backend, replica, Pace(**{"heartbeat": 0.001, "audit_every": 1e9, **pace}))  # type: ignore[arg-type]


def texts(replica: Replica) -> dict[str, str]:
    assert replica.snapshot is not None
    return {str(each.dn): str(each.first("description")) for each in replica.snapshot}


def after(*events: SyncEvent, **options: float) -> tuple[Replica, Step]:
    """A replica that knows the first entries, and to which these changes happen at once."""
    replica = Replica("o=mail")
    steps = following(Scripted([FIRST, events]), replica, **options)
    next(steps)
    return replica, next(steps)


def resumed(*events: SyncEvent, backend: Scripted | None = None) -> tuple[Replica, Step]:
    """A replica that knows the first entries, and comes back to hear this."""
    replica = Replica("o=mail")
    next(following(Scripted([FIRST]), replica))
    backend = backend or Scripted()
    backend.sessions.append([[*events, done(9)]])
    return replica, next(following(backend, replica))


def told(step: Step) -> dict[str, tuple[str | None, str | None]]:
    return {
        change.dn: tuple(
            each and f"{each.dn} {each.first('description')}" for each in (change.before, change.after)
        )  # type: ignore[misc]
        for change in step.changes
    }


def test_nothing_is_served_before_a_refresh_is_complete() -> None:
    replica = Replica("o=mail")
    steps = following(Scripted([FIRST[:1], (), FIRST[1:3], Unavailable("ldap://one")]), replica)
    with pytest.raises(Unavailable):
        next(steps)
    assert replica.snapshot is None
    assert not replica.cookies


def test_a_resumed_refresh_that_breaks_leaves_no_trace() -> None:
    replica = Replica("o=mail")
    next(following(Scripted([FIRST]), replica))
    before, known = replica.snapshot, replica.cookies
    broken = [SyncIds([uuid(3)], True, cookie(7)), entry(2, "ou=x,o=mail", clock=7, state="modify")]
    with pytest.raises(Unavailable):
        next(following(Scripted([broken, Unavailable("ldap://one")]), replica))
    assert replica.snapshot is before
    assert replica.cookies == known


def test_what_follows_the_refresh_in_the_same_batch_is_not_lost() -> None:
    replica = Replica("o=mail")
    steps = following(
        Scripted([[*FIRST, entry(2, "ou=a,o=mail", "later", clock=2, state="modify")]]), replica
    )
    assert next(steps).changes == ()
    assert told(next(steps)) == {"ou=a,o=mail": ("ou=a,o=mail a", "ou=a,o=mail later")}
    assert replica.cookies == Cookies.parse(cookie(2))


def test_a_renamed_entry_takes_along_what_stands_below_it() -> None:
    _, step = after(entry(2, "ou=b,o=mail", "a", clock=2, state="modify"))
    assert told(step) == {
        "ou=b,o=mail": ("ou=a,o=mail a", "ou=b,o=mail a"),
        "ou=c,ou=b,o=mail": ("ou=c,ou=a,o=mail c", "ou=c,ou=b,o=mail c"),
    }


def test_a_name_in_another_case_is_another_name_for_what_stands_below_it() -> None:
    replica, _ = after(entry(2, "ou=A,o=mail", "a", clock=2, state="modify"))
    assert set(texts(replica)) == {"o=mail", "ou=A,o=mail", "ou=c,ou=A,o=mail"}


def test_a_child_that_changes_before_its_parent_is_renamed_moves_along() -> None:
    replica, _ = after(
        entry(3, "ou=c,ou=a,o=mail", "changed", clock=2, state="modify"),
        entry(4, "ou=new,ou=a,o=mail", "new", clock=3),
        entry(2, "ou=b,o=mail", "a", clock=4, state="modify"),
    )
    assert texts(replica) == {
        "o=mail": "", "ou=b,o=mail": "a", "ou=c,ou=b,o=mail": "changed", "ou=new,ou=b,o=mail": "new",
    }  # fmt: skip


@pytest.mark.parametrize("order", [1, -1])
def test_a_new_entry_under_the_old_name_of_a_renamed_one_has_its_children_apart(order: int) -> None:
    events = [
        SyncEntry("present", uuid(3), "", {}, None),
        entry(2, "ou=b,o=mail", "a", clock=2, state="modify"),
        entry(4, "ou=a,o=mail", "new", clock=3),
        entry(5, "ou=c,ou=a,o=mail", "new", clock=4),
        TOP,
    ][::order]
    replica, _ = resumed(*events, SyncPhase(deletes=False, done=False, cookie=None))
    assert texts(replica) == {
        "o=mail": "", "ou=b,o=mail": "a", "ou=c,ou=b,o=mail": "c",
        "ou=a,o=mail": "new", "ou=c,ou=a,o=mail": "new",
    }  # fmt: skip


def test_names_may_be_swapped() -> None:
    replica, step = resumed(
        entry(2, "ou=c,o=mail", "a", clock=2, state="modify"),
        entry(3, "ou=a,o=mail", "c", clock=2, state="modify"),
    )
    assert texts(replica) == {"o=mail": "", "ou=c,o=mail": "a", "ou=a,o=mail": "c"}
    assert len(step.changes) == 2


def test_what_is_not_mentioned_in_a_present_phase_is_gone() -> None:
    replica, step = resumed(SyncIds([uuid(1)], False, None), SyncPhase(False, False, None))
    assert set(texts(replica)) == {"o=mail"}
    assert {change.after for change in step.changes} == {None}


def test_an_entry_may_go_and_another_come_under_its_name_at_once() -> None:
    replica, step = after(
        SyncEntry("delete", uuid(3), "ou=c,ou=a,o=mail", {}, cookie(2)),
        entry(4, "ou=c,ou=a,o=mail", "other", clock=3),
    )
    assert texts(replica)["ou=c,ou=a,o=mail"] == "other"
    assert len(step.changes) == 2


def test_an_older_state_than_the_one_we_have_does_not_count() -> None:
    replica, _ = after(entry(2, "ou=a,o=mail", "new", clock=5, state="modify"),
                       entry(2, "ou=a,o=mail", "old", clock=4, state="modify"))  # fmt: skip
    assert texts(replica)["ou=a,o=mail"] == "new"


@pytest.mark.parametrize("bad", [
    entry(4, "no name", "x"),
    entry(4, "ou=x,o=mail", "x", entryUUID=[]),
    entry(4, "ou=x,o=mail", "x", entryUUID=[b"4"]),
    SyncEntry("add", uuid(4), "ou=x,o=mail", {}, None),
])  # fmt: skip
def test_an_entry_that_cannot_be_read_is_left_out_and_said(bad: SyncEntry) -> None:
    for replica in (after(bad)[0], resumed(bad)[0], first(bad)):
        snapshot = replica.snapshot
        assert snapshot is not None
        assert len(snapshot) == 3
        assert [(each.id, each.dn) for each in snapshot.problems] == [("broken-record", bad.dn)]
        assert snapshot.lost == 1


def first(*more: SyncEvent) -> Replica:
    replica = Replica("o=mail")
    next(following(Scripted([[*more, *FIRST]]), replica))
    return replica


def test_an_entry_that_can_be_read_again_is_back() -> None:
    replica = Replica("o=mail")
    steps = following(Scripted([FIRST, [entry(4, "no name")], [entry(4, "ou=x,o=mail", "x")]]), replica)
    counts = [(step.snapshot.lost, len(step.snapshot)) for step in islice(steps, 3)]
    assert counts == [(0, 3), (1, 3), (0, 4)]
    assert replica.snapshot is not None
    assert replica.snapshot.problems == ()


def test_two_entries_with_one_name_are_one_and_a_finding() -> None:
    for replica in (first(entry(4, "OU=A,o=mail", "x")), after(entry(4, "OU=A,o=mail", "x"))[0]):
        assert replica.snapshot is not None
        assert len(replica.snapshot) == 3
        assert [each.id for each in replica.snapshot.problems] == ["duplicate-entry"]


def test_cookies_are_kept_for_each_server() -> None:
    replica, _ = after(SyncCookie(cookie(5, server=2)), SyncIds([uuid(3)], True, cookie(6, server=3)))
    assert set(replica.cookies.latest) == {1, 2, 3}
    backend = Scripted()
    backend.sessions.append([[done(9)]])
    next(following(backend, replica))
    assert backend.asked[0] is not None
    assert backend.asked[0].count(b"#") == 9


REFUSALS = [
    RefreshRequired("too old"),
    Unavailable("ldap://one", why="refuses: not willing (consumer state is newer than provider!)"),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=["refresh required", "not willing"])
def test_a_cookie_that_is_refused_means_everything_anew(refusal: Exception) -> None:
    replica = Replica("o=mail")
    next(following(Scripted([FIRST]), replica))
    backend = Scripted([refusal], [(TOP, entry(2, "ou=a,o=mail", "new"), done(3))])
    step = next(following(backend, replica))
    assert backend.asked == [cookie(1), None]
    assert told(step) == {
        "ou=a,o=mail": ("ou=a,o=mail a", "ou=a,o=mail new"),
        "ou=c,ou=a,o=mail": ("ou=c,ou=a,o=mail c", None),
    }
    assert replica.cookies == Cookies.parse(cookie(3))


def test_a_refresh_may_be_required_at_any_time() -> None:
    replica = Replica("o=mail")
    backend = Scripted([FIRST, RefreshRequired("lost track")], [(TOP, done(4))])
    steps = following(backend, replica)
    next(steps)
    served = replica.snapshot
    assert {change.after for change in next(steps).changes} == {None}
    assert served is not None
    assert len(served) == 3


def test_entries_that_the_server_says_to_be_known_and_are_not_are_read() -> None:
    backend = Scripted()
    backend.entries = [TOP, *FIRST[1:3], entry(7, "ou=x,o=mail", "missed")]  # type: ignore[list-item]
    replica = Replica("o=mail")
    next(following(Scripted([FIRST]), replica))
    backend.sessions.append([[SyncIds(list(map(uuid, (1, 2, 3, 7))), False, None), done(9)]])
    first, *_, last = islice(following(backend, replica), 2)
    assert first.doubt
    assert told(last) == {"ou=x,o=mail": (None, "ou=x,o=mail missed")}
    assert not last.doubt


def test_another_database_that_takes_our_cookie_is_found_out() -> None:
    replica = Replica("o=mail")
    next(following(Scripted([FIRST]), replica))
    backend = Scripted([[done(1)]], url="ldap://two")
    backend.entries = [TOP, entry(2, "ou=a,o=mail", "older", clock=0), entry(8, "ou=y,o=mail", "only there")]
    steps = following(backend, replica)
    assert next(steps).changes == ()
    changed = [told(step) for step in islice(steps, 4) if step.changes]
    assert changed == [{"ou=y,o=mail": (None, "ou=y,o=mail only there"),
                        "ou=a,o=mail": ("ou=a,o=mail a", "ou=a,o=mail older"),
                        "ou=c,ou=a,o=mail": ("ou=c,ou=a,o=mail c", None)}]  # fmt: skip


def test_the_same_database_in_the_same_state_is_not_compared() -> None:
    replica = Replica("o=mail")
    next(following(Scripted([FIRST]), replica))
    backend = Scripted([[done(1)]])
    backend.contexts = [cookie(1).removeprefix(b"rid=000,csn=")]
    list(islice(following(backend, replica), 4))
    assert backend.searches == []


def test_large_batches_are_cut() -> None:
    replica = Replica("o=mail")
    many = [entry(number, f"ou={number},o=mail") for number in range(10, 35)]
    steps = following(Scripted([FIRST, many]), replica, step_size=10)
    assert [len(step.snapshot) for step in islice(steps, 4)] == [3, 13, 23, 28]


def test_a_silent_server_is_asked_and_every_answer_is_a_step() -> None:
    replica = Replica("o=mail")
    backend = Scripted([FIRST])
    steps = following(backend, replica)
    first = next(steps)
    assert [(step.snapshot, step.changes) for step in islice(steps, 3)] == [(first.snapshot, ())] * 3
    backend.is_down = True
    with pytest.raises(Unavailable):
        next(steps)


def test_a_server_that_stops_telling_is_left() -> None:
    replica = Replica("o=mail")
    backend = Scripted([FIRST])
    backend.entries = [TOP]
    backend.contexts = [cookie(5).removeprefix(b"rid=000,csn=")]
    seen: list[Step] = []
    with pytest.raises(Unavailable, match="stopped telling"):
        any(map(seen.append, following(backend, replica)))
    assert [bool(step.doubt) for step in seen] == [False] * 2 + [True] * (session.SILENCES - 2)


def test_a_server_that_knows_more_than_we_may_see_is_not_left() -> None:
    replica = Replica("o=mail")
    backend = Scripted([FIRST])
    backend.entries = [TOP, *FIRST[1:3]]  # type: ignore[list-item]
    backend.contexts = [cookie(5).removeprefix(b"rid=000,csn=")]
    assert len(list(islice(following(backend, replica), 100))) == 100
    assert 1 < len(backend.searches) < 8


def test_a_database_without_the_overlay_is_polled() -> None:
    replica = Replica("o=mail")
    backend = Scripted([Unavailable("ldap://one", why="refuses: a control is not supported")])
    backend.entries = [TOP, *FIRST[1:3]]  # type: ignore[list-item]
    step = next(following(backend, replica))
    assert (step.method, len(step.snapshot)) == ("polling", 3)
    assert "a control is not supported" in step.why


def test_a_server_without_uuids_cannot_be_followed() -> None:
    backend = Scripted(offered=False)
    backend.entries = [entry(1, "o=mail", entryUUID=[])]
    with pytest.raises(Unavailable, match="o=mail has no entryUUID"):
        next(following(backend, Replica("o=mail")))


def test_a_server_that_breaks_down_is_not_taken_for_one_without_syncrepl() -> None:
    backend = Scripted([(), Unavailable("ldap://one")])
    steps = following(backend, Replica("o=mail"))
    backend.breaks_down_when_refused = True
    with pytest.raises(Unavailable):
        next(steps)


def test_who_loses_its_name_to_another_is_looked_for() -> None:
    replica = Replica("o=mail")
    new = entry(4, "ou=c,ou=a,o=mail", "new", clock=2)
    backend = Scripted([FIRST, [new]])
    backend.entries = [TOP, *FIRST[1:2], new, entry(3, "ou=moved,o=mail", "c", clock=2)]  # type: ignore[list-item]
    steps = following(backend, replica)
    assert [(len(step.snapshot), step.snapshot.lost) for step in islice(steps, 3)] == [(3, 0), (3, 1), (4, 0)]
    assert texts(replica)["ou=moved,o=mail"] == "c"


GROUP = {"objectClass": [b"groupOfNames"]}


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at what a server may have rewritten without waiting for it."""
    monkeypatch.setattr(echoes, "DELAYS", (0.0,))


def members(step: Step) -> tuple[bytes, ...]:
    found = step.snapshot.entry("cn=group,o=mail")
    assert found is not None
    return tuple(found.stored("member"))


@pytest.mark.usefixtures("at_once")
def test_a_name_that_is_passed_on_the_way_to_another_is_looked_for() -> None:
    group = entry(5, "cn=group,o=mail", member=[b"ou=b,o=mail"], **GROUP)
    rewritten = entry(5, "cn=group,o=mail", member=[b"ou=d,o=mail"], **GROUP)
    renames = [entry(2, f"ou={name},o=mail", clock=2, state="modify") for name in "bd"]
    backend = Scripted([[group, *FIRST], (), (), renames])
    backend.entries = [group]
    steps = following(backend, Replica("o=mail"), heartbeat=0.0)
    assert [members(step) for step in islice(steps, 4)] == [(b"ou=b,o=mail",)] * 4
    assert len(backend.searches) == 1
    backend.entries = [rewritten]
    assert [members(step) for step in islice(steps, 2)] == [(b"ou=b,o=mail",), (b"ou=d,o=mail",)]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("name", ["ou=gone,o=mail", "ou=C, OU=A,o=mail"])
def test_values_that_lead_nowhere_are_looked_at_once_more(name: str) -> None:
    group = entry(5, "cn=group,o=mail", member=[name.encode(), b"cn=elsewhere"], **GROUP)
    rewritten = entry(5, "cn=group,o=mail", member=[b"cn=elsewhere"], **GROUP)
    for backend in (Scripted([[group, *FIRST]]), Scripted([FIRST, (), [group]])):
        backend.entries = [rewritten]
        steps = following(backend, Replica("o=mail"))
        found = [members(step) for step in islice(steps, 6) if len(step.snapshot) == 4]
        assert (found[-1] == (b"cn=elsewhere",)) is (name == "ou=gone,o=mail")
        if name != "ou=gone,o=mail":
            assert backend.searches == []


def test_a_server_that_is_never_quiet_is_compared_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "LATEST_AUDIT", 0.0)
    changes = [[entry(2, "ou=a,o=mail", str(clock), clock=clock, state="modify")] for clock in range(2, 9)]
    backend = Scripted([FIRST, *changes])
    backend.entries = [TOP, *FIRST[1:3], entry(7, "ou=missed,o=mail")]  # type: ignore[list-item]
    steps = following(backend, Replica("o=mail"), audit_every=0.0)
    assert "ou=missed,o=mail" in {change.dn for step in islice(steps, 6) for change in step.changes}
