"""What is decided like a request before it is what would be decided anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis import given, settings, strategies as st

import mailpolicy as mp
from mailpolicy.decision import Policy, counters_for
from tests.precedents import (
    ACME,
    AFTER,
    BEFORE,
    DEPLOYED,
    KINDS,
    NATIVE,
    OUT,
    PASSING,
    PEOPLE,
    POLICIES,
    POSTING,
    STATES,
    Told,
    Twins,
)  # fmt: skip

SENDERS = (
    OUT, "", "<>", "john@acme.example", "x@customer.example",
    "JOHN@Acme.example", "j.doe@acme.example", "john+x@alias.example",
    "boss@acme.example", "out@acme.example", "gone@acme.example", "minute@acme.example", "small@acme.example",
    "full@acme.example", "sol@soylent.example", "x@globex.example", "x@hooli.example",
    "nobody@acme.example", "to-domain@acme.example", "trent@acme.example", "x@alias-unproved.example",
    "x@other-suspended.example", "no address", '"john"@acme.example', "john", "x@[192.0.2.1]",
    "\udc80@acme.example", "x@nowhere.example", "postmaster",
)  # fmt: skip
ODD = (
    "", "john", "postmaster", "Postmaster", "x@[192.0.2.1]", "x@[192.0.2.999]", "x y@nowhere.example",
    "no address", "\udc80@nowhere.example", "\udc80", "@acme.example", "a@b@nowhere.example",
    "x@nowhere.example",
    '"x y"@nowhere.example', "x@Nowhere.example", "x@postmaster", "post@postmaster", "x@globex.example",
    "x@GLOBEX.example", "x@hooli.example", "x" * 300 + "@nowhere.example", "x@" + "y" * 70 + ".example",
    "x@other-closed.example", "x%nowhere.example@nowhere.example", "x%acme.example@nowhere.example",
    '"x@acme.example"@nowhere.example', "acme.example!x@nowhere.example", "x%acme.example@[192.0.2.1]",
    "x@other-fine.example", '"@x:many"@other-fine.example', '"x:@x"@other-fine.example',
)  # fmt: skip
SAME = (
    "john",
    "JOHN",
    "j.doe",
    '"john"',
    "john+x",
    "John+Y",
    "fwd",
    "fwd+x",
    "FWD+X",
    "away",
    "away+y",
    "many",
)
DOMAINS = (ACME, "Acme.Example", "alias.example", *(f"alias-{state}.example" for state in STATES))
SPELLINGS = (
    *(f"{name}@{domain}" for domain in DOMAINS for name in SAME),
    *(f"many@other-{state}.example" for state in STATES),
    "zoe@acme.example", "zoe@globex.example", "boss@acme.example", "boss@globex.example",
)  # fmt: skip
NAMES = (*PEOPLE, *(f"to-{policy}" for policy in POSTING))
RECIPIENTS = (
    *(f"{name}@acme.example" for name in NAMES), "john@acme.example", "frank@acme.example",
    "quentin@acme.example", "peggy@acme.example", "everest@acme.example", "partners@acme.example",
    "one@crowd.example", "two@block.example",
    "hank@globex.example", "sol@soylent.example", "nobody@acme.example",
    "admins@acme.example", OUT, "",
)  # fmt: skip
LOGINS = (
    "john@acme.example", "j.doe@acme.example", "John@Acme.example", "john", "nobody@acme.example", "",
    "small@acme.example", "full@acme.example", "over@acme.example", "minute@acme.example",
    "hour@acme.example",
    "daily@acme.example", "shared@pool.example", "out@acme.example", "gone@acme.example",
    "trent@acme.example",
    "to-domain@acme.example", "peter@initech.example", "many@other-closed.example", "any@acme.example",
    "lent@acme.example", "bytes@acme.example", "atonce@acme.example",
    "one@crowd.example", "two@block.example",
    "nobody", "post@postmaster",
    "jane@acme.example",
)  # fmt: skip
SIZES = (0, 1, 2, 3, 4, 6, 11, 26214400, 26214401, 2**40)
FLAGS = (False, True)
FIELDS: dict[str, tuple[Any, ...]] = {
    "sender": SENDERS, "recipient": (*ODD, *SPELLINGS), "list": (*ODD, *SPELLINGS), "login": LOGINS,
    "size": SIZES, "spam": FLAGS, "automatic": FLAGS, "addressed": (None, (), ("john@acme.example",)),
    "recipients": (1, 2, 4, 5, 8, 9, 0, -1), "header_from": ("", *SENDERS[3:13]), "client": ("", "192.0.2.7"),
}  # fmt: skip
"""What is exchanged in a request, one at a time."""

MOMENTS = (AFTER, BEFORE, AFTER, datetime(2024, 8, 12, tzinfo=UTC))


COUNTS = (None, *range(13), 10**12)
TELLING = (
    *(Told(count, count) for count in COUNTS),
    *(Told(usual, other, kind) for usual in (0, None, 9) for other in (None, 2, 5) for kind in KINDS),
)

JOHN = "john@acme.example"
TO_EACH: tuple[Any, ...] = tuple(
    request
    for to in RECIPIENTS
    for request in (
        mp.Delivery(OUT, to), mp.Submission(JOHN, JOHN, to), mp.Post(to, OUT), mp.Post(to, JOHN, login=JOHN)
    )
)  # fmt: skip
FROM_EACH = tuple(mp.Submission(login, login, OUT) for login in LOGINS)
"""Requests of which one field after the other is exchanged."""


def varied(kind: type[Any]) -> Iterator[Any]:
    """Requests with each field exchanged, and then the other way round, so that each follows each."""
    for name, values in FIELDS.items():
        # Of whoever sends, what the recipient is called makes no difference.
        known = TO_EACH if name in ("recipient", "list") else (*TO_EACH, *FROM_EACH)
        if name in {each.name for each in fields(kind)}:
            for base in {evolve(each, **{name: values[0]}): None for each in known if type(each) is kind}:
                yield from (evolve(base, **{name: value}) for value in (*values, *reversed(values)))


@pytest.mark.parametrize("kind", [mp.Delivery, mp.Submission, mp.Post], ids=lambda each: each.__name__)
@pytest.mark.parametrize("directory", [NATIVE, DEPLOYED], ids=["native", "deployed"])
def test_requests_that_differ_in_one_field(directory: mp.Directory, kind: type[Any]) -> None:
    twins = Twins(directory)
    for request in varied(kind):
        twins.decide(request)
    assert twins.precedents > 20


@pytest.mark.parametrize("policy", [mp.DEFAULT_POLICY, PASSING], ids=["refusing", "passing"])
@pytest.mark.parametrize("directory", [NATIVE, DEPLOYED], ids=["native", "deployed"])
def test_requests_that_differ_in_what_is_used(directory: mp.Directory, policy: Policy) -> None:
    twins = Twins(directory, policy)
    for base in (*TO_EACH[::4], *FROM_EACH):
        if counters_for(directory, base, policy=twins.slow):
            for number, told in enumerate((*TELLING, *reversed(TELLING))):
                for size in (1, 11):  # a mailbox holds 10
                    twins.decide(evolve(base, size=size), told=told, glances=bool(number % 2))
    assert twins.precedents > 10


@pytest.mark.parametrize("directory", [NATIVE, DEPLOYED], ids=["native", "deployed"])
def test_requests_at_other_moments(directory: mp.Directory) -> None:
    twins = Twins(directory)
    for at in MOMENTS:
        for base in (*TO_EACH, *FROM_EACH):
            twins.decide(base, at)
        for sender in SENDERS:
            twins.decide(mp.Submission(JOHN, sender, OUT), at)


def exchanged(base: Any, drawn: Iterable[tuple[str, int]]) -> Any:
    """A request with some of its fields exchanged, those that it has."""
    known = {each.name for each in fields(type(base))}
    return evolve(
        base, **{name: FIELDS[name][place % len(FIELDS[name])] for name, place in drawn if name in known}
    )


CHANGES = st.lists(st.tuples(st.sampled_from(sorted(FIELDS)), st.integers(0, 200)), max_size=2)
STEPS = st.lists(
    st.tuples(CHANGES, st.sampled_from(MOMENTS), st.sampled_from(TELLING), st.booleans(), st.booleans()),
    min_size=3,
    max_size=14,
)


@pytest.mark.parametrize("directory", [NATIVE, DEPLOYED], ids=["native", "deployed"])
@settings(max_examples=80, deadline=None)
@given(st.sampled_from((*TO_EACH, *FROM_EACH)), STEPS, st.sampled_from(POLICIES))
def test_requests_in_any_order(directory: mp.Directory, base: Any, steps: Any, policy: Policy) -> None:
    """By either status table, for which the entries are the same."""
    one = Twins(directory, policy)
    tables = {"documented", "server"} - {directory.statuses}
    other = Twins(mp.Directory(directory.snapshot, tables.pop()), policy)
    other.directory = mp.Directory(one.directory.snapshot, other.other.statuses)
    for changes, at, told, glances, exchanges in steps:
        (other if exchanges else one).decide(exchanged(base, changes), at, told, glances)
