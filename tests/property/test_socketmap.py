"""Whatever is sent, in whatever pieces: answers or the end, and never more kept than one query."""

from __future__ import annotations

import re

from hypothesis import given, strategies as st

import mailpolicy as mp
from mailpolicy.errors import NotFound
from mailpolicy.mta.session import ProtocolError
from mailpolicy.mta.tables import MAPS, SocketmapSession, Tables, TcpTableSession, Word, ask
from mailpolicy.mta.tables.ladders import access_keys, address_of, split, transport_keys, virtual_keys
from mailpolicy.mta.tables.socketmap import LONGEST_QUERY
from tests.unit.mta.outlet import Kept
from tests.unit.mta.test_maps import account, directory, mailing_list, said

ACME = mp.open("ldif/examples/acme.ldif")
CARBONIO = mp.open("ldif/examples/carbonio.ldif")

REPLY = re.compile(rb"(OK [^\x00\n]+|NOTFOUND |TEMP [ -~]+|PERM [ -~]+)", re.DOTALL)

keys = st.one_of(
    st.text(st.sampled_from('john+@acme.exmpl"\\ -<>[]ü*='), max_size=40),
    st.from_regex(r"[a-zA-Z.+\" ]{1,8}(\+[a-z]{0,3})?@(acme|ACME|retired|other)\.example", fullmatch=True),
    st.text(max_size=30),
)
queries = st.tuples(st.sampled_from([*MAPS, "passwd", ""]), keys).map(
    lambda pair: f"{pair[0]} {pair[1]}".encode("utf-8", "surrogatepass")
)


def netstring(octets: bytes) -> bytes:
    return b"%d:%b," % (len(octets), octets)


def taken_apart(octets: bytes) -> list[bytes]:
    found = []
    while octets:
        length, _, rest = octets.partition(b":")
        found.append(rest[: int(length)])
        assert rest[int(length) :][:1] == b","
        octets = rest[int(length) + 1 :]
    return found


@given(st.lists(st.one_of(st.binary(max_size=60), queries.map(netstring)), max_size=12), st.data())
def test_any_octets(pieces: list[bytes], data: st.DataObject) -> None:
    source = data.draw(st.sampled_from([ACME, CARBONIO]))
    outlet = Kept()
    session = SocketmapSession(outlet, source)
    try:
        for piece in pieces:
            session.receive(piece)
            assert len(session._rest) <= LONGEST_QUERY + len("131072:")
    except ProtocolError:
        pass
    assert all(REPLY.fullmatch(reply) for reply in taken_apart(outlet.sent))


@given(st.lists(queries, max_size=8), st.lists(st.integers(1, 50), max_size=30))
def test_one_reply_for_each_query_wherever_they_are_cut(asked: list[bytes], sizes: list[int]) -> None:
    whole, outlet = b"".join(map(netstring, asked)), Kept()
    session = SocketmapSession(outlet, ACME)
    for size in sizes:
        session.receive(whole[:size])
        whole = whole[size:]
    session.receive(whole)
    one_by_one = Kept()
    for query in asked:
        SocketmapSession(one_by_one, ACME).receive(netstring(query))
    assert outlet.sent == one_by_one.sent
    assert len(taken_apart(outlet.sent)) == len(asked)


lines = keys.map(lambda key: f"get {key}\n".encode("utf-8", "surrogatepass"))


@given(st.lists(st.one_of(st.binary(max_size=60), lines)))
def test_any_lines(pieces: list[bytes]) -> None:
    outlet = Kept()
    session = TcpTableSession(outlet, ACME, "alias")
    try:
        for piece in pieces:
            session.receive(piece)
            assert len(session._rest) < 3 * LONGEST_QUERY
    except ProtocolError:
        pass
    for line in outlet.sent.split(b"\n")[:-1]:
        assert re.fullmatch(rb"(200|400|500) [!-~]+", line)


@given(st.sampled_from([*MAPS]), keys, st.sampled_from([ACME, CARBONIO]))
def test_case_makes_no_difference(name: str, key: str, of: mp.Directory) -> None:
    upper = key.upper()
    if upper.lower() == key.lower():
        assert ask(of, name, upper).word is ask(of, name, key).word


@given(keys, st.sampled_from(["", "+", "+-", "."]))
def test_ladders_begin_with_the_key_and_never_repeat_one(key: str, delimiters: str) -> None:
    address = address_of(key)
    if address is None:
        return
    for ladder in (virtual_keys, access_keys, transport_keys):
        tried = [*ladder(address, delimiters)]
        assert tried[0] == address
        assert len(set(tried)) == len(tried)
    bare, detail = split(address.local, delimiters)
    assert not detail or detail[0] in delimiters
    assert bare


# Where mail goes, in directories in which everybody forwards to everybody

NAMES = ("a", "b", "c", "d", "l1", "l2", "l3")
TARGETS = (
    *(f"{name}@acme.example" for name in NAMES),
    "x@other.example",
    "gone@acme.example",
    "a+x@alias.example",
)


some = st.lists(st.sampled_from(TARGETS), max_size=3, unique=True)
tangles = st.tuples(st.fixed_dictionaries(dict.fromkeys(NAMES, some)), st.sets(st.sampled_from(NAMES[:4])))
"""Who sends mail to whom, and which of the mailboxes keep no copy."""

Tangle = tuple[dict[str, list[str]], set[str]]


def built(tangle: Tangle) -> mp.Directory:
    sends, keep_none = tangle
    people = [
        account(
            name,
            mpForwardingAddresses=tuple(sends[name]),
            mpLocalDeliveryEnabled="FALSE" if name in keep_none else "TRUE",
        )
        for name in NAMES[:4]
    ]
    return directory(*people, *(mailing_list(name, *sends[name]) for name in NAMES[4:]))


def cleanup(of: mp.Directory, address: str) -> list[str] | None:
    """What Postfix makes of an address (cleanup_map1n.c); None where it gives up."""
    argv, been = [address], set()
    place = 0
    while place < len(argv):
        if len(argv) > 1000:
            return None
        for _ in range(1000):
            if argv[place] in been:
                break
            found = said(of, "alias", argv[place])
            if not isinstance(found, list):
                break
            if argv[place] in found:
                been.add(argv[place])
            argv[place] = found[0]
            argv += found[1:]
        else:
            return None
        place += 1
    return argv


def closure(of: mp.Directory, start: str) -> set[str]:
    """Everybody to whom mail for somebody is sent on, worked out another way."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        address = waiting.pop()
        if address not in seen:
            seen.add(address)
            waiting += onward(of, address)
    return seen


def keepers(of: mp.Directory, start: str) -> set[str]:
    """Who keeps it: whoever says so, and mailboxes from which nobody is reached who does."""
    return {
        each
        for each in closure(of, start)
        if rests(of, each) or (is_mailbox(of, each) and not any(rests(of, far) for far in closure(of, each)))
    }


def is_mailbox(of: mp.Directory, address: str) -> bool:
    return isinstance(of.find(address), mp.Account)


def onward(of: mp.Directory, address: str) -> list[str]:
    try:
        found = of.find(address)
    except NotFound:
        return []
    if isinstance(found, mp.MailingList):
        return [str(each) for each in found.settings.member_addresses or ()]
    return [str(each) for each in found.settings.forwarding_addresses or ()]


def rests(of: mp.Directory, address: str) -> bool:
    try:
        found = of.find(address)
    except NotFound:
        return True
    return isinstance(found, mp.Account) and (
        found.settings.local_delivery_enabled or not onward(of, address)
    )


@given(tangles)
def test_postfix_never_goes_round_and_nobody_is_left_out(tangle: Tangle) -> None:
    of = built(tangle)
    for name in NAMES:
        start = f"{name}@acme.example"
        ends = cleanup(of, start)
        assert ends is not None, "it goes round"
        expected = {each.replace("a+x@alias.example", "a@acme.example") for each in keepers(of, start)}
        if said(of, "alias", start) is Word.ABSENT:  # a list that comes to nobody
            assert not expected
        else:
            assert {each.replace("+x", "") for each in ends} == expected


@given(tangles, st.integers(1, 12))
def test_what_is_counted_is_what_postfix_counts(tangle: Tangle, most: int) -> None:
    of = built(tangle)
    for name in NAMES:
        start = f"{name}@acme.example"
        found = said(of, "alias", start, Tables(most_results=most))
        ends = cleanup(of, start)
        assert ends is not None
        if isinstance(found, list):
            assert len(ends) <= most
        elif found is Word.UNKNOWN and not tangle[1]:
            # Some of whom keep no copy may come to the same: then it is said of fewer, too.
            assert len(ends) > most
