"""Requests that are read in one sweep, laid out as the first of a connection, are read as any other."""

from __future__ import annotations

from hypothesis import given, strategies as st

from mailpolicy.mta.postfix.request import Requests, attributes, layout_of
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


@st.composite
def requests(draw: st.DrawFn) -> list[str]:
    """A few requests; most have the same names in the same order."""
    first = [*draw(st.lists(LINES, max_size=5)), draw(KIND), *draw(st.lists(LINES, max_size=5))]
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


def test_what_does_not_tell_which_counts_has_no_layout() -> None:
    plain = "request=smtpd_access_policy\nsender=a@b.example"
    assert layout_of(plain).attributes(plain) is not None
    for request in (
        f"{plain}\nsender=c@d.example",
        f"{plain}\nOdd-1=x",
        "sender=a@b.example",
        "\n".join([plain, *(f"name{'e' * number}=x" for number in range(64))]),
    ):
        assert layout_of(request).attributes(request) is None
