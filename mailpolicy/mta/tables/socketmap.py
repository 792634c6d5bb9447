"""The socketmap protocol of Postfix (socketmap_table(5)): netstrings of `map key`, answered in order."""

from __future__ import annotations

import re
from typing import Final

from ...model.held import Held
from ..session import Outlet, ProtocolError
from .answer import Answer, Word
from .known import Replies
from .options import Tables

__all__ = ["LONGEST_QUERY", "SocketmapSession"]

LONGEST_QUERY: Final = 131_072
"""Octets. In headers Postfix takes anything up to `header_size_limit`, 102400, for an address, and where
nobody answers it takes no mail with such a header."""

HEAD: Final = re.compile(rb"(0|[1-9][0-9]{0,5}):")
UNFINISHED_HEAD: Final = re.compile(rb"(0|[1-9][0-9]{0,5})?")

STATUS: Final = {
    # Each with its space: without one Postfix takes even `OK` for "not found".
    Word.FOUND: b"OK ",
    Word.ABSENT: b"NOTFOUND ",
    Word.UNKNOWN: b"TEMP ",
    Word.WRONG: b"PERM ",
}


class SocketmapSession:
    """One connection of a socketmap client.

    A netstring is a length in decimal, a colon, so many octets and a comma. What is none, or is longer
    than Postfix would ever send, ends the connection; what came before it is answered.
    """

    def __init__(self, outlet: Outlet, source: Held, tables: Tables = Tables()) -> None:  # noqa: B008
        self._outlet = outlet
        self._replies = Replies(source, tables, "socketmap", read, render)
        self._rest = b""

    def receive(self, chunk: bytes) -> None:
        """Answer all queries that are whole."""
        queries: list[bytes] = []
        try:
            self._rest = cut(self._rest + chunk if self._rest else chunk, queries)
        finally:
            if queries:
                self._outlet.send(self._replies.to(queries))

    def at_end(self) -> None:
        """Everything asked is answered already; what is left is half a query."""
        self._outlet.close()

    def lost(self) -> None:
        """Let go of half a query."""
        self._rest = b""

    @property
    def is_busy(self) -> bool:
        """Never: answers do not wait."""
        return False


def cut(octets: bytes, queries: list[bytes]) -> bytes:
    """Cut whole netstrings off, and give what is left."""
    start = 0
    while start < len(octets):
        head = HEAD.match(octets, start)
        if head is None:
            if UNFINISHED_HEAD.fullmatch(octets, start):
                break
            raise ProtocolError("not a netstring: expected a length and a colon")
        length = int(head[1])
        if length > LONGEST_QUERY:
            raise ProtocolError(f"a query of {length} octets: expected at most {LONGEST_QUERY}")
        end = head.end() + length
        if end >= len(octets):
            break
        if octets[end] != ord(","):
            raise ProtocolError("not a netstring: expected a comma at its end")
        queries.append(octets[head.end() : end])
        start = end + 1
    return octets[start:]


def read(query: bytes) -> tuple[str, str]:
    """The map and the key; a key may have spaces."""
    name, _, key = query.decode("utf-8", "surrogateescape").partition(" ")
    return name, key


def render(answer: Answer) -> bytes:
    """One reply.

    >>> render(Answer(Word.FOUND, "john@acme.example")), render(Answer(Word.ABSENT))
    (b'20:OK john@acme.example,', b'9:NOTFOUND ,')
    """
    reply = STATUS[answer.word] + answer.text.encode("utf-8", "surrogateescape")
    return b"%d:%b," % (len(reply), reply)
