"""What a replica begins with: how entries are to be read, and what was there before."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from mailpolicy.errors import NotFound
from mailpolicy.ldap.definitions import Definitions
from mailpolicy.live.backend import SyncEntry
from mailpolicy.live.replica import Pace, Replica, Step, follow
from mailpolicy.schema import find_dialect
from tests.live.scripted import Scripted, cookie, csn, done, entry

TOP = entry(1, "o=mail")
FIRST = (TOP, entry(2, "ou=a,o=mail", "a"), entry(3, "ou=c,ou=a,o=mail", "c"), done(1))
PACE = Pace(heartbeat=0.5, audit_every=1e9)
MARKED: dict[str, Any] = {"objectClass": [b"zimbraAccount"], "carbonioFeatureChatsEnabled": [b"TRUE"]}
LIKELY: dict[str, Any] = {"objectClass": [b"zimbraAccount"]}


def following(backend: Scripted, replica: Replica) -> Iterator[Step]:
    return follow(backend, replica, PACE)


def schema_of(dialect: str) -> Definitions:
    return find_dialect(dialect).definitions


def spoken(step: Step) -> str:
    return step.snapshot.dialect.name


@pytest.mark.parametrize("dialect", ["native", "carbonio", "zimbra"])
def test_the_schema_tells_the_dialect_before_any_entry_does(dialect: str) -> None:
    replica = Replica("o=mail", schema=schema_of(dialect))
    assert spoken(next(following(Scripted([FIRST]), replica))) == dialect


def test_a_dialect_that_is_named_stays() -> None:
    replica = Replica("o=mail", dialect="native", schema=schema_of("carbonio"))
    assert spoken(next(following(Scripted([FIRST]), replica))) == "native"
    with pytest.raises(NotFound):
        Replica("o=mail", dialect="exchange")


def test_a_dialect_that_shows_later_is_recognised_then() -> None:
    account = entry(4, "uid=x,o=mail", clock=2, **MARKED)
    steps = following(Scripted([FIRST, [account]]), Replica("o=mail"))
    first, second = islice(steps, 2)
    assert (spoken(first), spoken(second)) == ("native", "carbonio")
    assert [change.dn for change in second.changes] == ["uid=x,o=mail"]
    assert len(second.snapshot) == 4


def test_what_follows_is_read_in_the_dialect_that_was_recognised() -> None:
    batches = [[entry(4, "uid=x,o=mail", clock=2, **LIKELY)], [entry(5, "uid=y,o=mail", clock=3, **LIKELY)]]
    replica = Replica("o=mail")
    *_, last = islice(following(Scripted([FIRST, *batches]), replica), 3)
    assert spoken(last) == "carbonio"
    assert len(last.snapshot) == 5
    assert replica.content is not None
    assert len(replica.content) == 5


def test_what_is_left_out_stays_so_in_another_dialect() -> None:
    bad = entry(9, "no name")
    batches = [[entry(4, "uid=x,o=mail", clock=2, **MARKED)], [entry(9, "ou=good,o=mail", clock=3)]]
    steps = following(Scripted([(bad, *FIRST), *batches]), Replica("o=mail"))
    counts = [(step.snapshot.lost, len(step.snapshot)) for step in islice(steps, 3)]
    assert counts == [(1, 3), (1, 4), (0, 5)]


@pytest.mark.parametrize("dialect", ["native", "carbonio"])
def test_the_first_step_tells_what_has_changed_since_the_snapshot_before(dialect: str) -> None:
    before = Replica("o=mail")
    next(following(Scripted([FIRST]), before))
    replica = Replica("o=mail", dialect=dialect, before=before.snapshot)
    assert replica.snapshot is before.snapshot
    now = (TOP, entry(2, "ou=a,o=mail", "changed", clock=2), entry(4, "ou=new,o=mail"), done(2))
    step = next(following(Scripted([now]), replica))
    assert {change.dn: (change.before is None, change.after is None) for change in step.changes} == {
        "ou=a,o=mail": (False, False), "ou=c,ou=a,o=mail": (False, True), "ou=new,o=mail": (True, False),
    }  # fmt: skip
    assert "no longer has an entry" in step.doubt
    assert spoken(step) == dialect


def test_a_kept_snapshot_in_a_dialect_that_turns_out_wrong_is_only_compared_with() -> None:
    kept = Replica("o=mail")
    next(following(Scripted([FIRST]), kept))
    assert kept.snapshot is not None
    replica = Replica.restored(kept.snapshot, str(kept.cookies), "o=mail", schema=schema_of("carbonio"))
    backend = Scripted([FIRST])
    step = next(following(backend, replica))
    assert backend.asked == [None]
    assert spoken(step) == "carbonio"
    assert step.changes == ()


@pytest.mark.parametrize("cookies", ["", "rid=000,csn=" + csn(1)])
def test_what_was_kept_does_not_stay_in_memory(cookies: str) -> None:
    kept = Replica("o=mail")
    next(following(Scripted([FIRST]), kept))
    assert kept.snapshot is not None
    replica = Replica.restored(kept.snapshot, cookies, "o=mail")
    old = weakref.ref(kept.snapshot)
    del kept
    change = entry(2, "ou=a,o=mail", "later", clock=2, state="modify")
    session: list[Any] = [[change, done(2)]] if cookies else [FIRST, [change]]
    backend = Scripted(session)
    backend.entries = [TOP, change, FIRST[2]]
    for _ in islice(following(backend, replica), 3):
        pass
    gc.collect()
    assert old() is None


def changed(*events: SyncEntry) -> str:
    replica = Replica("o=mail")
    list(islice(following(Scripted([FIRST, events]), replica), 2))
    assert replica.snapshot is not None
    found = replica.snapshot.entry("ou=a,o=mail")
    assert found is not None
    return str(found.first("description"))


def by(server: int, clock: int, text: str) -> SyncEntry:
    number = csn(clock, server).encode()
    return entry(2, "ou=a,o=mail", text, state="modify", entryCSN=[number])._replace(
        cookie=cookie(clock, server)
    )


def test_the_changes_of_two_servers_count_as_they_come() -> None:
    # The clock of the second one is late.
    assert changed(by(1, 9, "first"), by(2, 5, "second")) == "second"
    assert changed(by(1, 9, "first"), by(1, 5, "read before that")) == "first"
