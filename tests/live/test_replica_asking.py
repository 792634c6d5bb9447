"""Following servers that do not say what changes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice

import ldap
import pytest
from ldap.controls import RequestControl

from mailpolicy.errors import Unavailable
from mailpolicy.live.replica import Pace, Replica, Step, doubts, follow
from tests.live.backends import Client
from tests.live.scripted import Scripted, entry
from tests.live.test_replica_openldap import DATA, until
from tests.slapd import StartSlapd

TOP = entry(1, "o=mail")
PACE = Pace(heartbeat=0.05, poll_every=0.1, sweep_every=1e9)


def asked(replica: Replica, *entries: object, pace: Pace = PACE) -> tuple[Scripted, Iterator[Step]]:
    backend = Scripted(offered=False)
    backend.entries = [*entries]  # type: ignore[list-item]
    return backend, follow(backend, replica, pace)


def test_an_entry_without_a_time_of_change_cannot_be_followed() -> None:
    _, steps = asked(Replica("o=mail"), TOP, entry(2, "ou=a,o=mail", modifyTimestamp=[]))
    with pytest.raises(Unavailable, match="ou=a,o=mail has no modifyTimestamp"):
        next(steps)


@pytest.mark.parametrize("mark", ["modifyTimestamp", "entryUUID"])
def test_an_entry_that_hides_what_it_is_known_by_is_not_taken_for_gone(mark: str) -> None:
    backend, steps = asked(Replica("o=mail"), TOP, entry(2, "ou=a,o=mail"))
    next(steps)
    backend.entries[1] = entry(2, "ou=a,o=mail", "", **{mark: []})  # type: ignore[arg-type]
    with pytest.raises(Unavailable, match=f"ou=a,o=mail has no {mark}"):
        list(islice(steps, 5))


def test_a_step_comes_when_the_server_was_asked_what_has_changed_and_else_not() -> None:
    backend, steps = asked(Replica("o=mail"), TOP)
    searches = [len(backend.searches) for _ in islice(steps, 5)]
    assert searches == sorted(set(searches))


def test_who_wants_more_signs_of_life_asks_more_often() -> None:
    _, steps = asked(Replica("o=mail"), TOP, pace=Pace(heartbeat=0.05, poll_every=1e9))
    start = time.monotonic()
    list(islice(steps, 4))
    assert time.monotonic() - start < 5


def test_what_a_server_that_takes_over_lacks_is_doubted_and_what_is_deleted_later_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doubts, "CONFIRM_AFTER", 0.2)
    replica = Replica("o=mail")
    more = [entry(number, f"ou={number},o=mail") for number in (2, 3)]
    next(asked(replica, TOP, *more)[1])
    backend, steps = asked(replica, TOP, more[0], pace=Pace(heartbeat=0.05, poll_every=0.1, sweep_every=0.1))
    assert "no longer has an entry" in next(steps).doubt
    until(steps, lambda step: not step.doubt)
    backend.entries = [TOP]
    step = until(steps, lambda step: bool(step.changes))
    assert not step.doubt
    assert len(step.snapshot) == 1


class Relax(RequestControl):  # type: ignore[misc]
    """Lets operational attributes be given, as a server that copies another one does."""

    def __init__(self) -> None:
        super().__init__("1.3.6.1.4.1.4203.666.5.12", True, None)

    def encodeControlValue(self) -> None:  # noqa: N802
        return None


def test_a_change_that_comes_by_replication_is_seen_at_the_next_question(
    client: Client, start_slapd: StartSlapd
) -> None:
    slapd = start_slapd(suffix="o=mail", data=DATA)
    connection = slapd.connect()
    with client.opened(slapd) as backend:
        steps = follow(backend, Replica("o=mail"), Pace(heartbeat=0.2, poll_every=0.2, sweep_every=1e9))
        next(steps)
        connection.modify_s("o=mail", [(ldap.MOD_REPLACE, "description", [b"now"])])
        until(steps, lambda step: bool(step.changes))
        old = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() - 20)).encode()
        connection.add_ext_s("ou=late,o=mail", [
            ("objectClass", b"organizationalUnit"), ("ou", b"late"), ("modifyTimestamp", old),
        ], serverctrls=[Relax()])  # fmt: skip
        step = until(steps, lambda step: bool(step.changes))
        assert [change.dn for change in step.changes] == ["ou=late,o=mail"]


@pytest.mark.parametrize("many", [3, 80])
def test_few_changes_are_read_singly_and_many_together(
    client: Client, start_slapd: StartSlapd, many: int
) -> None:
    slapd = start_slapd(suffix="o=mail", data=DATA)
    connection = slapd.connect()
    with client.opened(slapd) as backend:
        steps = follow(backend, Replica("o=mail"), Pace(heartbeat=0.2, poll_every=0.2, sweep_every=1e9))
        next(steps)
        for number in range(many):
            connection.add_s(f"ou={number},o=mail", [("objectClass", b"organizationalUnit")])
        until(steps, lambda step: len(step.snapshot) == 7 + many)
