"""The socketmap protocol: netstrings in, netstrings out."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.errors import Unavailable
from mailpolicy.model import Directory
from mailpolicy.mta.session import ProtocolError
from mailpolicy.mta.tables import SocketmapSession, Tables
from mailpolicy.mta.tables.socketmap import LONGEST_QUERY
from tests.unit.mta.outlet import Kept

ACME = mp.open("ldif/examples/acme.ldif")


def netstring(text: str | bytes) -> bytes:
    octets = text.encode() if isinstance(text, str) else text
    return b"%d:%b," % (len(octets), octets)


def session(source: object = ACME, tables: Tables | None = None) -> tuple[SocketmapSession, Kept]:
    outlet = Kept()
    held: Directory = source  # type: ignore[assignment]
    return SocketmapSession(outlet, held, Tables() if tables is None else tables), outlet


def reply_to(query: str | bytes, source: object = ACME) -> bytes:
    asking, outlet = session(source)
    asking.receive(netstring(query))
    return outlet.sent


JOHN = (netstring("mailbox john@acme.example"), netstring("OK john@acme.example"))


def test_what_is_found() -> None:
    assert reply_to("mailbox john@acme.example") == b"20:OK john@acme.example,"


def test_what_is_not_found_says_so_with_a_space() -> None:
    assert reply_to("mailbox nobody@acme.example") == b"9:NOTFOUND ,"
    assert reply_to("mailbox ") == b"9:NOTFOUND ,"


def test_no_such_map() -> None:
    assert reply_to("mailboxes john@acme.example") == netstring("PERM there is no map mailboxes")
    assert reply_to("") == netstring("PERM there is no map ")


def test_two_have_the_address() -> None:
    of = mp.loads(
        "".join(
            f"dn: uid={name},o=mail\nobjectClass: inetOrgPerson\nobjectClass: mpAccount\nuid: {name}\n"
            "cn: x\nsn: x\nmail: a@b.example\n\n"
            for name in ("one", "two")
        ),
        dialect="native",
    )
    assert (
        reply_to("mailbox a@b.example", of).partition(b":")[2].startswith(b"TEMP 'a@b.example' belongs to 2")
    )


class Away:
    """A source that does not answer and has nothing."""

    @property
    def directory(self) -> Directory:
        raise Unavailable("ldap1\nldap2 ü")


def test_nobody_can_tell() -> None:
    assert reply_to("mailbox john@acme.example", Away()) == netstring(
        "TEMP ldap1 ldap2 \\xfc has not answered"
    )


def test_queries_at_once_are_answered_in_order() -> None:
    asking, outlet = session()
    asking.receive(JOHN[0] + netstring("mailbox x@y.example") + JOHN[0])
    assert outlet.sent == JOHN[1] + b"9:NOTFOUND ," + JOHN[1]
    assert not asking.is_busy


def test_a_query_may_come_in_two_pieces_cut_anywhere() -> None:
    whole = JOHN[0] + netstring("alias staff+x@acme.example") + JOHN[0]
    asking, outlet = session()
    asking.receive(whole)
    expected = outlet.sent
    for cut in range(1, len(whole)):
        asking, outlet = session()
        asking.receive(whole[:cut])
        asking.receive(whole[cut:])
        assert outlet.sent == expected
    asking, outlet = session()
    for octet in whole:
        asking.receive(bytes([octet]))
    assert outlet.sent == expected


@pytest.mark.parametrize(
    "wrong",
    [b"x", b":", b"-1:", b" 3:abc,", b"03:abc,", b"3 :abc,", b"3:abcd,", b"131073:", b"999999:", b"1000000:",
     b"3:abc\n", b"GET / HTTP/1.1\r\n"],
)  # fmt: skip
def test_what_is_no_netstring_ends_it_after_the_replies(wrong: bytes) -> None:
    asking, outlet = session()
    with pytest.raises(ProtocolError):
        asking.receive(JOHN[0] + wrong)
    assert outlet.sent == JOHN[1]


def test_the_longest_query() -> None:
    asking, outlet = session()
    asking.receive(netstring("mailbox " + "x" * (LONGEST_QUERY - len("mailbox "))))
    assert outlet.sent == b"9:NOTFOUND ,"


def test_octets_that_are_no_text() -> None:
    assert reply_to(b"mailbox \xff\xfe@acme.example") == b"9:NOTFOUND ,"
    assert reply_to(b"\xff \xff") == b"27:PERM there is no map \\udcff,"


def test_the_end() -> None:
    asking, outlet = session()
    asking.receive(JOHN[0][:5])
    asking.at_end()
    assert outlet.is_closed
    asking.lost()


def test_an_answer_that_is_too_long_is_none() -> None:
    people = "".join(f"mpMemberAddresses: {'x' * 150}{number}@other.example\n" for number in range(700))
    of = mp.loads(
        "dn: dc=b.example,o=mail\nobjectClass: domain\nobjectClass: mpDomain\ndc: b.example\n"
        "associatedDomain: b.example\n\n"
        f"dn: cn=l,o=mail\nobjectClass: groupOfURLs\nobjectClass: mpList\ncn: l\nmail: l@b.example\n{people}",
        dialect="native",
    )
    assert b"TEMP mail for l@b.example comes to" in reply_to("alias l@b.example", of)


# What is kept


def test_what_is_kept_goes_with_the_state_of_the_directory() -> None:
    class Holding:
        directory = ACME

    held = Holding()
    asking, outlet = session(held)
    asking.receive(JOHN[0] * 2)
    held.directory = ACME.with_changes(mp.set("john@acme.example", mail_status="disabled"))
    asking.receive(JOHN[0])
    held.directory = ACME
    asking.receive(JOHN[0])
    assert outlet.sent == JOHN[1] * 2 + b"9:NOTFOUND ," + JOHN[1]


def test_options_do_not_share_what_is_kept() -> None:
    of = mp.open("ldif/examples/acme.ldif")
    query = netstring("transport acme.example")
    first, outlet = session(of)
    second, other = session(of, Tables(transport="lmtp:"))
    for each in (first, second, first):
        each.receive(query)
    assert outlet.sent == b"9:NOTFOUND ," * 2
    assert other.sent == netstring("OK lmtp:")


def test_what_is_kept_is_bounded() -> None:
    of = mp.open("ldif/examples/acme.ldif")
    asking, _ = session(of)
    for number in range(5000):
        asking.receive(netstring(f"mailbox x{number}@acme.example") + netstring(f"passwd {number}"))
    memory = of.snapshot.memory(("socketmap", "absent", Tables()))
    assert 0 < len(memory) <= 4096
    assert not of.snapshot.memory(("socketmap", "known", Tables()))
    asking.receive(netstring("mailbox " + "x" * 5000))
    assert all(len(query) < 1025 for query in memory)
