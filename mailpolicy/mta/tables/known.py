"""Replies that were given a moment ago, kept with the snapshot that they are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ...errors import Unavailable
from ...model.held import Held
from ...snapshot.remembering import remember
from .answer import Answer, Word, unknown
from .maps import ask
from .options import Tables

__all__ = ["Replies"]

MOST_KNOWN: Final = 16_384
"""Short replies that a snapshot keeps, a few hundred bytes each."""
MOST_LONG: Final = 64
"""Long ones, of up to 100 kB."""
MOST_ABSENT: Final = 4_096
"""Keys of which it keeps that nothing is found: they can be anything, and are asked for on purpose."""
SHORT: Final = 1_024
"""Bytes of a reply that is short, and of a query that is worth keeping."""


class Replies:
    """Answers queries of one protocol, as bytes.

    `read` takes a query apart into map and key, and `render` writes an answer.
    """

    def __init__(
        self,
        source: Held,
        tables: Tables,
        protocol: str,
        read: Callable[[bytes], tuple[str, str]],
        render: Callable[[Answer], bytes],
    ) -> None:
        self._source = source
        self._tables = tables
        self._read = read
        self._render = render
        self._places = tuple((protocol, place, tables) for place in ("known", "long", "absent"))

    def to(self, queries: list[bytes]) -> bytes:
        """The replies to some queries, all by the same state of the directory."""
        try:
            directory = self._source.directory
        except Unavailable as problem:
            return self._render(unknown(problem)) * len(queries)
        memory = directory.snapshot.memory
        known, long, absent = map(memory, self._places)
        replies = []
        for query in queries:
            reply: bytes | None = known.get(query) or absent.get(query) or long.get(query)
            if reply is None:
                answer = ask(directory, *self._read(query), self._tables)
                reply = self._render(answer)
                if len(query) > SHORT or answer.word is Word.WRONG:
                    pass
                elif answer.word is Word.ABSENT:
                    remember(absent, query, reply, MOST_ABSENT)
                elif len(reply) > SHORT:
                    remember(long, query, reply, MOST_LONG)
                else:
                    remember(known, query, reply, MOST_KNOWN)
            replies.append(reply)
        return b"".join(replies)
