"""What would be different: the worst first, what cannot be told left out and said so."""

from __future__ import annotations

import pytest
from attrs import evolve

import mailpolicy as mp
from mailpolicy.decision import Verdict
from mailpolicy.journal import Broken, Concealing, Record, Replay, replayed
from mailpolicy.journal.reading import parsed
from mailpolicy.journal.record import line_of
from mailpolicy.journal.replaying import MOST_BROKEN

ACME = mp.open("ldif/examples/acme.ldif")
KEY = Concealing(b"a key of some length")
OUTSIDER = "wile.e@customer.example"
REACHED = mp.Delivery(OUTSIDER, "john@acme.example")
CLOSED = mp.Delivery(OUTSIDER, "judy@acme.example")
WAITING = mp.Delivery(OUTSIDER, "heidi@acme.example")
ELSEWHERE = mp.Delivery(OUTSIDER, "somebody@elsewhere.example")


def record(request: mp.Request, concealing: Concealing | None = None) -> Record:
    return parsed(line_of(mp.decide(ACME, request), "policy", "", 0, concealing).encode())


def kinds(replay: Replay) -> list[str]:
    return [f"{then} {now}" for then, now in replay.counts]


def test_the_worst_comes_first_however_few() -> None:
    then = [
        evolve(record(WAITING), verdict=Verdict.REJECT),
        *[evolve(record(REACHED), verdict=Verdict.REJECT)] * 3,
        *[evolve(record(WAITING), verdict=Verdict.ACCEPT)] * 2,
        evolve(record(CLOSED), verdict=Verdict.ACCEPT),
    ]
    replay = replayed(ACME, then)
    assert kinds(replay) == ["accept reject", "accept defer", "reject accept", "reject defer"]
    assert (replay.changed, replay.same, replay.total) == (7, 0, 7)
    assert [flip.kind for flip in replay.flips][:2] == [("accept", "reject"), ("accept", "defer")]


def test_the_newest_examples_are_kept_newest_first() -> None:
    then = [evolve(record(CLOSED), verdict=Verdict.ACCEPT, message=str(number)) for number in range(10)]
    replay = replayed(ACME, then, examples=2)
    assert [flip.record.message for flip in replay.flips] == ["9", "8"]
    assert replay.changed == 10


def test_what_nobody_could_tell_is_left_out_and_counted() -> None:
    replay = replayed(ACME, [record(mp.Delivery("", "trent@acme.example")), record(REACHED)])
    assert (replay.unknown, replay.same, replay.changed, replay.total) == (1, 1, 0, 2)
    assert [*replay.notes()] == ["left out: 1 that were deferred because nobody could tell"]


def test_whose_name_stays_hidden_is_left_out_where_it_is_one_of_ours() -> None:
    hidden = [record(each, KEY) for each in (REACHED, CLOSED, ELSEWHERE)]
    replay = replayed(ACME, hidden)
    assert (replay.hidden, replay.same, replay.changed) == (2, 1, 0)
    assert "2 about somebody of ours" in "".join(replay.notes())
    assert replayed(ACME, [record(mp.Login("john"), KEY)]).hidden == 1


def test_broken_lines_are_counted_and_the_first_of_them_kept() -> None:
    replay = replayed(ACME, [Broken("journal", number, "why") for number in range(1, 300)])
    assert (len(replay.broken), replay.unread, replay.total) == (MOST_BROKEN, 299, 0)


@pytest.mark.parametrize(
    ("then", "request_", "same"),
    [
        ("accept", ELSEWHERE, True),
        ("reject", ELSEWHERE, True),
        ("accept", REACHED, True),
        ("accept", CLOSED, False),
        ("reject", REACHED, False),
        ("defer", CLOSED, False),
        ("accept", mp.Device("john@acme.example", "x", state="wipe"), True),
        ("reject", mp.Device("john@acme.example", "x", state="wipe"), False),
    ],
)
def test_a_log_tells_what_postfix_made_of_it(then: str, request_: mp.Request, same: bool) -> None:
    told = evolve(record(request_), verdict=Verdict(then), adapter="maillog")
    assert replayed(ACME, [told]).same == same
    # A journal has our own words, and any other is a difference.
    if mp.decide(ACME, request_).verdict != then:
        assert replayed(ACME, [evolve(told, adapter="policy")]).changed == 1


def test_records_are_taken_one_by_one() -> None:
    """However long the journal: what was read is not kept."""
    seen = 0

    def endless() -> object:
        nonlocal seen
        for seen in range(1, 2001):
            yield record(REACHED) if seen % 500 == 0 else Broken("journal", seen, "why")

    replay = replayed(ACME, endless())  # type: ignore[arg-type]
    assert (seen, replay.total, replay.unread) == (2000, 4, 1996)
