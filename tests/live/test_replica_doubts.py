"""What is not seen is not taken for missing while it is doubtful that a server shows all there is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from mailpolicy.errors import Unavailable
from mailpolicy.live.backend import Found, RefreshRequired, SyncEntry, SyncIds, SyncPhase
from mailpolicy.live.replica import Pace, Replica, Step, doubts, follow
from tests.live.scripted import Scripted, cookie, done, entry, uuid

TOP = entry(1, "o=mail")
A = entry(2, "ou=a,o=mail", "a")
C = entry(3, "ou=c,ou=a,o=mail", "c")
FIRST = (TOP, A, C, done(1))
REFUSED = RefreshRequired("too new")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Confirm without waiting what is gone."""
    monkeypatch.setattr(doubts, "CONFIRM_AFTER", 0.0)
    monkeypatch.setattr(doubts, "LONGEST_LAG", 0.0)


def following(backend: Scripted, replica: Replica, **pace: float) -> Iterator[Step]:
    return follow(backend, replica, Pace(**{"heartbeat": 0.001, "audit_every": 1e9, **pace}))  # type: ignore[arg-type]


def acquainted() -> Replica:
    """A replica that knows what server one has."""
    replica = Replica("o=mail")
    assert not next(following(Scripted([FIRST]), replica)).doubt
    return replica


def another(*sessions: Any, entries: tuple[SyncEntry, ...] = (TOP, A, C), clock: int = 1) -> Scripted:
    """Server two, which knows changes up to a moment."""
    backend = Scripted(*sessions, url="ldap://two")
    backend.entries = list(entries)
    backend.contexts = [cookie(clock).removeprefix(b"rid=000,csn=")]
    return backend


def believed(steps: Iterator[Step]) -> Step:
    """The first step that is not doubted, which must come soon."""
    end = time.monotonic() + 5
    for step in steps:
        if not step.doubt:
            return step
        assert time.monotonic() < end, step.doubt
    raise AssertionError


def names(step: Step) -> list[str]:
    return [str(each.dn) for each in step.snapshot]


def test_another_server_is_doubted_until_it_has_been_compared() -> None:
    first, second = islice(following(another([[done(1)]]), acquainted()), 2)
    assert "not yet compared" in first.doubt
    assert not second.doubt


def test_a_comparison_that_a_broken_connection_has_prevented_is_made_by_the_next() -> None:
    replica = acquainted()
    assert next(following(another([[done(1)]]), replica)).doubt
    missed = entry(4, "ou=missed,o=mail", clock=0)
    first, second = islice(following(another([[done(1)]], entries=(TOP, A, C, missed)), replica), 2)
    assert first.doubt
    assert "ou=missed,o=mail" in names(second)
    assert not second.doubt


def test_a_comparison_that_breaks_is_made_again() -> None:
    replica = Replica("o=mail")
    steps = following(Scripted([FIRST]), replica, audit_every=0.0)  # finds nothing: not even the base
    with pytest.raises(Unavailable):
        list(steps)
    backend = Scripted([[done(1)]])
    backend.entries, backend.contexts = [TOP, A, C], [cookie(1).removeprefix(b"rid=000,csn=")]
    assert next(following(backend, replica)).doubt


def test_what_was_kept_on_disk_is_doubted_until_it_has_been_compared() -> None:
    kept = acquainted()
    assert kept.snapshot is not None
    replica = Replica.restored(kept.snapshot, str(kept.cookies), "o=mail")
    assert [bool(step.doubt) for step in islice(following(another([[done(1)]]), replica), 2)] == [True, False]


def test_a_server_that_is_behind_is_doubted_until_it_brings_what_it_had_not() -> None:
    backend = another([REFUSED], [(TOP, A, done(0)), (), (C,)], entries=(TOP, A), clock=0)
    first, *_, last = islice(following(backend, acquainted(), heartbeat=0.0), 4)
    assert names(first) == ["o=mail", "ou=a,o=mail"]
    assert "is behind" in first.doubt
    assert len(names(last)) == 3
    assert not last.doubt


def test_an_older_state_of_an_entry_is_no_less_doubted() -> None:
    replica = acquainted()
    old = entry(2, "ou=a,o=mail", "before a", clock=0)
    assert (
        "is behind" in next(following(another([REFUSED], [(TOP, old, C, done(0))], clock=0), replica)).doubt
    )


def test_who_is_behind_and_lacks_nothing_is_believed() -> None:
    # One that was killed has forgotten when it last removed something.
    assert not next(following(another([REFUSED], [FIRST], clock=0), acquainted())).doubt


@pytest.mark.usefixtures("at_once")
def test_what_a_server_lacks_for_long_is_gone() -> None:
    backend = another([REFUSED], [(TOP, A, done(0))], entries=(TOP, A), clock=0)
    steps = following(backend, acquainted())
    assert next(steps).doubt
    assert len(names(believed(steps))) == 2


def test_who_is_behind_is_not_believed_for_having_said_it_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doubts, "CONFIRM_AFTER", 0.0)
    backend = another([REFUSED], [(TOP, A, done(0))], entries=(TOP, A), clock=0)
    steps = following(backend, acquainted())
    assert all(step.doubt for step in islice(steps, 20))
    backend.contexts = [cookie(1).removeprefix(b"rid=000,csn=")]
    assert len(names(believed(steps))) == 2


def test_what_a_comparison_takes_away_is_doubted_until_another_one_agrees(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doubts, "CONFIRM_AFTER", 0.1)
    backend = another([[done(2)]], entries=(TOP, A), clock=2)
    steps = following(backend, acquainted())
    next(step for step in steps if step.changes)
    start = time.monotonic()
    assert "no longer has an entry" in next(steps).doubt
    assert not next(step for step in steps if not step.doubt).changes
    assert 0.05 < time.monotonic() - start < 5


def test_the_doubt_is_longer_while_entries_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doubts, "CONFIRM_AFTER", 0.2)
    filling = [[entry(number, f"ou={number},o=mail")] for number in range(10, 20)]
    many = [batch[0] for batch in filling]
    replica = Replica("o=mail")
    next(following(Scripted([(TOP, *many, entry(99, "ou=gone,o=mail"), done(1))]), replica))
    backend = another([[done(2)], *filling], entries=(TOP,), clock=2)
    seen = []
    for step in following(backend, replica):
        backend.entries += [change.after and many.pop(0) for change in step.changes if change.after]  # type: ignore[misc]
        seen.append((time.monotonic(), bool(step.doubt)))
        time.sleep(0.03)
        if not step.doubt:
            break
    assert seen[-1][0] - seen[0][0] > 0.4


def test_what_a_server_says_to_be_deleted_is_gone() -> None:
    replica = acquainted()
    step = next(following(another([[SyncIds([uuid(3)], True, None), done(2)]], clock=2), replica))
    assert len(names(step)) == 2
    assert "not yet compared" in step.doubt
    replica = Replica("o=mail")
    steps = following(Scripted([FIRST, [SyncIds([uuid(3)], True, cookie(2))]]), replica)
    assert [step.doubt for step in islice(steps, 2)] == ["", ""]


@pytest.mark.parametrize("is_same", [True, False])
def test_what_is_not_mentioned_is_gone_where_it_was(is_same: bool) -> None:
    replica = acquainted()
    present = [SyncIds([uuid(1), uuid(2)], False, None), SyncPhase(False, False, None), done(2)]
    backend = another([present], entries=(TOP, A), clock=2)
    backend.url = "ldap://one" if is_same else "ldap://two"
    *_, last = islice(following(backend, replica), 2)
    assert len(names(last)) == 2
    assert bool(last.doubt) is not is_same


def test_signs_of_life_come_while_a_comparison_goes_on() -> None:
    backend = Slow([FIRST])
    backend.entries = [TOP, A, C]
    steps = following(backend, Replica("o=mail"), audit_every=0.0)
    next(steps)
    seen = {backend.given for _ in islice(steps, 4)}
    assert seen & {1, 2}


class Slow(Scripted):
    """It takes its time for each entry that is found."""

    given = 0

    def search(self, *arguments: Any, **options: Any) -> Iterator[Found]:
        for self.given, found in enumerate(super().search(*arguments, **options)):
            time.sleep(0.005)
            yield found


def test_an_entry_that_shows_no_uuid_any_more_is_not_taken_for_gone() -> None:
    backend = Scripted([FIRST])
    backend.entries = [TOP, A, entry(3, C.dn, entryUUID=[])]
    with pytest.raises(Unavailable, match="ou=c,ou=a,o=mail has no entryUUID"):
        list(following(backend, Replica("o=mail"), audit_every=0.0))


def test_an_entry_that_never_showed_a_uuid_prevents_no_comparison() -> None:
    hidden = entry(4, "ou=hidden,o=mail", entryUUID=[])
    backend = Scripted([(hidden, *FIRST)])
    backend.entries = [TOP, A, C, hidden, entry(5, "ou=missed,o=mail")]
    *_, last = islice(following(backend, Replica("o=mail"), audit_every=0.0), 4)
    assert "ou=missed,o=mail" in names(last)
