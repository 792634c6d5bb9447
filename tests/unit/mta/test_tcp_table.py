"""The tcp_table protocol: lines in, lines out."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.mta.session import ProtocolError
from mailpolicy.mta.tables import Answer, TcpTableSession, Word
from mailpolicy.mta.tables.tcp_table import LONGEST_QUERY, render
from tests.unit.mta.outlet import Kept
from tests.unit.mta.test_socketmap import Away

ACME = mp.open("ldif/examples/acme.ldif")
JOHN = b"get john@acme.example\n"
FOUND = b"200 john@acme.example\n"


def session(name: str = "mailbox", source: object = ACME) -> tuple[TcpTableSession, Kept]:
    outlet = Kept()
    return TcpTableSession(outlet, source, name), outlet  # type: ignore[arg-type]


def replies(octets: bytes, name: str = "mailbox", source: object = ACME) -> bytes:
    asking, outlet = session(name, source)
    asking.receive(octets)
    return outlet.sent


def test_the_three_replies() -> None:
    assert replies(JOHN) == FOUND
    assert replies(b"get nobody@acme.example\n") == b"500 not%20found\n"
    assert replies(JOHN, source=Away()) == b"400 ldap1%20ldap2%20\\xfc%20has%20not%20answered\n"


def test_what_will_never_be_answered_is_no_answer_either() -> None:
    assert render(Answer(Word.WRONG, "why")) == b"400 why\n"


def test_what_is_coded() -> None:
    assert replies(b"get %6aohn%40acme.example\r\n") == FOUND
    assert replies(b"get john%2Bx@acme.example\n", "alias") == b"200 john+x@acme.example\n"
    assert replies(b"get john%zz\n") == b"500 not%20found\n"
    assert b"%20" in replies(b"get staff@acme.example\n", "alias").removeprefix(b"200 ")


def test_a_reply_is_one_line_of_at_most_4096_octets() -> None:
    people = "".join(f"mpMemberAddresses: {'x' * 50}{number}@other.example\n" for number in range(70))
    domain = "dn: dc=b.example,o=mail\nobjectClass: domain\nobjectClass: mpDomain\ndc: b.example\n"
    domain += "associatedDomain: b.example\n"
    members = "dn: cn=l,o=mail\nobjectClass: groupOfURLs\nobjectClass: mpList\ncn: l\nmail: l@b.example\n"
    of = mp.loads(f"{domain}\n{members}{people}", dialect="native")
    assert replies(b"get l@b.example\n", "alias", of).startswith(
        b"400 the%20answer%20is%20longer%20than%204096"
    )


def test_lines_may_be_cut_anywhere() -> None:
    whole = JOHN + b"get x@y.example\r\n" + JOHN
    expected = FOUND + b"500 not%20found\n" + FOUND
    assert replies(whole) == expected
    for cut in range(1, len(whole)):
        asking, outlet = session()
        asking.receive(whole[:cut])
        asking.receive(whole[cut:])
        assert outlet.sent == expected


TOO_LONG = b"x" * LONGEST_QUERY


def test_what_is_longer_than_any_address_is_not_found() -> None:
    for key in (b"x" * 5000 + b"@acme.example", b"%C3%BC" * 60_000 + b"@acme.example"):
        assert replies(b"get " + key + b"\n" + JOHN) == b"500 not%20found\n" + FOUND


@pytest.mark.parametrize("wrong", [b"put a b\n", b"\n", TOO_LONG, b"get " + TOO_LONG + b"\n"])
def test_what_is_no_query_ends_it_after_the_replies(wrong: bytes) -> None:
    asking, outlet = session()
    with pytest.raises(ProtocolError):
        asking.receive(JOHN + wrong)
    assert outlet.sent == FOUND


def test_the_end() -> None:
    asking, outlet = session()
    asking.receive(JOHN[:5])
    asking.at_end()
    assert outlet.is_closed
    assert not asking.is_busy
    asking.lost()


def test_a_map_that_is_none() -> None:
    with pytest.raises(ValueError, match="expected one of domains"):
        session("passwd")
