"""Requests that are read in one sweep, laid out as the first of a connection, are read as any other."""

from __future__ import annotations

from hypothesis import given, strategies as st

from mailpolicy.mta.postfix.request import Asked, Requests, attributes, layout_of
from mailpolicy.mta.session import ProtocolError

NAMES = st.sampled_from(
    ["request", "sender", "recipient", "size", "instance", "helo_name", "stress", "Odd-1"]
)
VALUES = st.sampled_from(
    ["", "a=b@acme.example", "smtpd_access_policy", "request=x", "ä", "\udcff", "\r", "="]
)
LINES = st.one_of(
    st.builds("{}={}".format, NAMES, VALUES), st.sampled_from(["sender", "no equals", "=", " "])
)
KIND = st.just("request=smtpd_access_policy")
EVERY = ["request=smtpd_access_policy", *(f"{name}=" for name in Asked._fields[1:])]
"""A line of each name that is of use."""


@st.composite
def requests(draw: st.DrawFn) -> list[str]:
    """A few requests; most have the same names in the same order."""
    more = draw(st.lists(LINES, max_size=5))
    if draw(st.booleans()):
        first = draw(st.permutations([*EVERY, *more]))
    else:
        first = [*more, draw(KIND), *draw(st.lists(LINES, max_size=5))]
    others = [first]
    for _ in range(draw(st.integers(1, 4))):
        again = [
            f"{line.partition('=')[0]}={draw(VALUES)}" if draw(st.booleans()) else line
            for line in draw(st.sampled_from(others))
        ]
        others.append(draw(st.permutations(again)) if draw(st.booleans()) else again)
    return ["\n".join(lines) for lines in others]


@given(requests())
def test_they_are_read_as_any_other(asked: list[str]) -> None:
    reading = Requests()
    for request in asked:
        octets = request.encode("utf-8", "surrogateescape")
        try:
            expected = [attributes(request)]
        except ProtocolError:
            expected = []
        assert reading.of(octets + b"\n\n") == expected
        assert (reading.problem is None) == bool(expected)
        reading.problem = None


def test_what_does_not_tell_which_counts_is_not_laid_out() -> None:
    plain = [*EVERY, "stress="]
    assert reads("\n".join(plain))
    assert not reads("\n".join(plain[:-2]))
    for more in ["sender=c@d.example"], ["Odd-1=x"], [f"name{'e' * number}=x" for number in range(64)]:
        assert not reads("\n".join([*more, *plain]))


def reads(request: str) -> bool:
    """Whether the layout of a request reads it."""
    return layout_of(f"{request}\n").attributes(f"{request}\n") is not None
