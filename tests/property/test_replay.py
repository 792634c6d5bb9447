"""A journal replayed at the same revision, time and usage gives every verdict again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from hypothesis import given, settings, strategies as st

import mailpolicy as mp
from mailpolicy.decision import Counter, counters_for
from mailpolicy.decision.requests import PasswordIs
from mailpolicy.journal import Record, replayed
from mailpolicy.journal.reading import parsed
from mailpolicy.journal.record import line_of

ACME = mp.open("ldif/examples/acme.ldif")
CARBONIO = mp.open("ldif/examples/carbonio.ldif")
ADDRESSES = {
    directory: sorted(
        {
            *(
                str(each.address)
                for each in (*directory.accounts(), *directory.lists(), *directory.resources())
            ),
            "nobody@nowhere.example",
            "",
            "no address",
            *(f"unknown@{domain.name}" for domain in directory.domains()),
        }
    )
    for directory in (ACME, CARBONIO)
}
SERVICES = ("imap", "smtp", "webmail", "admin", "telnet")
MOMENTS = st.integers(0, 10**8).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def drawn(directory: mp.Directory) -> st.SearchStrategy[Any]:
    address = st.sampled_from(ADDRESSES[directory])
    client = st.sampled_from(["", "192.0.2.7", "2001:db8::1", "nonsense"])
    size = st.sampled_from([0, 1000, 30 * 2**20, 2**40])
    flag = st.booleans()
    spans = st.lists(st.tuples(MOMENTS, MOMENTS), max_size=3).map(tuple)
    return st.one_of(
        st.builds(mp.Delivery, address, address, client=client, size=size, spam=flag, automatic=flag),
        st.builds(
            mp.Submission, address, address, address, client=client, size=size, recipients=st.integers(1, 600)
        ),
        st.builds(mp.Post, address, address, login=address, client=client),
        st.builds(
            mp.Login,
            address,
            st.sampled_from(SERVICES),
            client=client,
            second_factor=flag,
            secure=flag,
            application_password=flag,
            actor=st.just("") | address,
            password_is=st.sampled_from(get_args(PasswordIs)),
        ),
        st.builds(mp.Recovery, address, client=client, code_age=st.none() | st.floats(0, 1e5)),
        st.builds(
            mp.Edit,
            address,
            address,
            st.sampled_from(["modify", "create", "delete", "rename"]),
            st.sampled_from(["auto_reply_text", "mailbox_quota", "account_status", "nonsense"]),
            as_admin=flag,
        ),
        st.builds(
            mp.Device, address, st.just("dev1"), state=st.sampled_from(["", "wipe", "allowed", "blocked"])
        ),
        st.builds(mp.Booking, address, address, spans, busy=spans, recurring=flag),
    )


def replays(directory: mp.Directory, request: Any, at: datetime, used: int) -> None:
    wanted = counters_for(directory, request, at=at)
    for usage in (None, mp.Usage(dict.fromkeys(wanted, used)), mp.Usage(doubt="it is away")):
        decision = mp.decide(directory, request, at=at, usage=usage)
        assert not decision.errors, decision.errors
        record = parsed(line_of(decision, "policy", "m1", 0.001, None).encode())
        assert isinstance(record, Record)
        assert record.request == request
        again = replayed(directory, [record])
        if not decision.unknown:
            assert again.same == 1, again.flips
            assert again.other_revision == 0
        # The trail comes to the same end as the decision, and never to a fault.
        assert decision.reasons
        spoke = tuple(dict.fromkeys(each.id for each in decision.reasons if each.id in decision.said))
        assert spoke == decision.said


@settings(max_examples=300, deadline=None)
@given(drawn(ACME), MOMENTS, st.sampled_from([0, 1, 499, 10**12]))
def test_of_a_native_directory(request_: Any, at: datetime, used: int) -> None:
    replays(ACME, request_, at, used)


@settings(max_examples=300, deadline=None)
@given(drawn(CARBONIO), MOMENTS, st.sampled_from([0, 1, 499, 10**12]))
def test_of_a_deployed_directory(request_: Any, at: datetime, used: int) -> None:
    replays(CARBONIO, request_, at, used)


def test_what_would_be_refused_now_comes_first() -> None:
    def line(request: Any) -> Record:
        return parsed(line_of(mp.decide(ACME, request), "policy", "", 0, None).encode())

    reached = mp.Delivery("a@b.example", "john@acme.example")
    unknown = mp.Delivery("a@b.example", "nobody@globex.example")
    closed = ACME.with_changes(
        mp.set("john@acme.example", account_status="closed"),
    )
    again = replayed(closed, [line(unknown), line(reached), line(reached)])
    assert (again.total, again.same, again.other_revision) == (3, 1, 3)
    assert [tuple(map(str, kind)) for kind in again.counts] == [("accept", "reject")]
    assert len(again.flips) == 2
    assert "accept → reject" in str(again.as_table())


def test_counters_are_names_that_can_be_read_back() -> None:
    for counter in (
        Counter("messages", "a b@x", 60),
        Counter("mailbox", "x@y"),
        Counter("replied", "a@b c@d", 7),
    ):
        assert Counter.parse(str(counter)) == counter
