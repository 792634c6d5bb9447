"""The tcp_table protocol of Postfix (tcp_table(5)): a line `get key` each, answered in order."""

from __future__ import annotations

import re
from typing import Final

from ...model.held import Held
from ..session import Outlet, ProtocolError
from .answer import Answer, Word, unknown
from .known import Replies
from .maps import MAPS
from .options import Tables

__all__ = ["LONGEST_LINE", "LONGEST_QUERY", "TcpTableSession"]

LONGEST_LINE: Final = 4_096
"""Octets of a reply, with the end of the line."""

LONGEST_QUERY: Final = 3 * 131_072
"""Octets of a query. Postfix asks for what is longer than a reply may be, too: for an address in a header, of
which each octet may be coded as three."""

CODED: Final = re.compile(rb"%([0-9a-fA-F]{2})")
TO_CODE: Final = re.compile(rb"[\x00-\x20%\x7f-\xff]")

CODE: Final = {Word.FOUND: b"200 ", Word.ABSENT: b"500 ", Word.UNKNOWN: b"400 ", Word.WRONG: b"400 "}
"""What will never be answered is a failed lookup here too: `500` would say that there is nothing."""


class TcpTableSession:
    """One connection of a client of one map: this protocol has no names for several."""

    def __init__(self, outlet: Outlet, source: Held, name: str, tables: Tables = Tables()) -> None:  # noqa: B008
        if name not in MAPS:
            raise ValueError(f"there is no map {name}: expected one of {', '.join(MAPS)}")
        self._outlet = outlet
        self._name = name
        self._replies = Replies(source, tables, f"tcp_table {name}", self._read, render)
        self._rest = b""

    def receive(self, chunk: bytes) -> None:
        """Answer all lines that are whole."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        queries: list[bytes] = []
        try:
            queries.extend(map(asked, lines))
            if len(self._rest) >= LONGEST_QUERY:
                raise ProtocolError(f"a line of more than {LONGEST_QUERY} octets")
        finally:
            if queries:
                self._outlet.send(self._replies.to(queries))

    def _read(self, query: bytes) -> tuple[str, str]:
        return self._name, decoded(query).decode("utf-8", "surrogateescape")

    def at_end(self) -> None:
        """Everything asked is answered already; what is left is half a line."""
        self._outlet.close()

    def lost(self) -> None:
        """Let go of half a line."""
        self._rest = b""

    @property
    def is_busy(self) -> bool:
        """Never: answers do not wait."""
        return False


def asked(line: bytes) -> bytes:
    """The key of a query, still coded."""
    verb, _, key = line.removesuffix(b"\r").partition(b" ")
    if len(line) >= LONGEST_QUERY:
        raise ProtocolError(f"a line of more than {LONGEST_QUERY} octets")
    if verb.lower() != b"get":
        raise ProtocolError("expected `get` and a key")
    return key


def decoded(text: bytes) -> bytes:
    """Octets as they are meant.

    >>> decoded(b"a%20b@acme.example")
    b'a b@acme.example'
    """
    return CODED.sub(lambda code: bytes([int(code[1], 16)]), text)


def coded(text: bytes) -> bytes:
    """Octets as they can stand in a line."""
    return TO_CODE.sub(lambda octet: b"%%%02X" % octet[0][0], text)


def render(answer: Answer) -> bytes:
    """One reply.

    >>> render(Answer(Word.FOUND, "a b")), render(Answer(Word.ABSENT))
    (b'200 a%20b\\n', b'500 not%20found\\n')
    """
    text = coded((answer.text or "not found").encode("utf-8", "surrogateescape"))
    reply = CODE[answer.word] + text + b"\n"
    if len(reply) <= LONGEST_LINE:
        return reply
    return render(unknown(f"the answer is longer than {LONGEST_LINE} octets: use a socketmap"))
