"""What rules want to know of the headers of a message, taken in one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ...decision import Header
from .addresses import addresses_in
from .filing import FOLDER, SpamHeader

__all__ = ["MOST_AUTHORS", "Headers", "fields_of", "unambiguous", "without", "written"]

MOST_ADDRESSED: Final = 200
"""Addresses that are kept of To: and Cc:, which tell whether an automatic reply is due."""

MOST_AUTHORS: Final = 20
"""Addresses of From: that rules are asked about."""

MOST_NAMES: Final = 500
"""Names of headers that are counted."""

REPLACED: Final = frozenset({"sender", "reply-to", "list-id", "x-zimbra-dl", FOLDER.lower()})
"""Those that we replace or take out are counted however many others come before them."""

MOST_READ: Final = 65_536
"""Characters that are read of all From: of a message, and of all To: and Cc:. It takes everybody's time."""

BULK: Final = frozenset({"bulk", "junk", "list"})

END: Final = re.compile(rb"(?:\A|(?<=\n))\r?\n")
"""The empty line behind the headers."""

BARE_CR: Final = re.compile(rb"\r(?!\n)")


class Headers:
    """The headers of one message, as far as rules go by them.

    >>> headers = Headers()
    >>> headers.add("From", "John <john@acme.example>")
    >>> headers.add("Precedence", "bulk")
    >>> headers.authors, headers.automatic, headers.addressed
    (('john@acme.example',), True, ())

    `spam_header` is what a filter has added to spam.
    """

    def __init__(self, spam_header: SpamHeader | None = None) -> None:
        self.automatic = False
        """Whether a program has written it: an answer to an automatic answer would never end."""
        self.spam = False
        """Whether a filter takes it for spam; one header that says so is enough."""
        self._spam_header = spam_header
        self._left = {"authors": MOST_READ, "addressed": MOST_READ}
        self._has_unseen = False
        self._times: dict[str, int] = {}
        self._authors: dict[str, None] = {}
        self._addressed: dict[str, None] = {}

    def add(self, name: str, value: str) -> None:
        """Take in a header; most are only counted."""
        plain = name.strip().lower()
        if plain in self._times or plain in REPLACED or len(self._times) < MOST_NAMES:
            self._times[plain] = self._times.get(plain, 0) + 1
        if self._spam_header is not None:
            self.spam |= self._spam_header.is_it(name, value)
        match plain:
            case "from":
                self._author(value)
            case "to" | "cc":
                for address in self._addresses("addressed", value):
                    if len(self._addressed) < MOST_ADDRESSED:
                        self._addressed[address] = None
            case "auto-submitted":
                self.automatic |= word(value) not in ("", "no")
            case "precedence":
                self.automatic |= word(value) in BULK
            case "content-type":
                self.automatic |= word(value) == "multipart/report"

    def _addresses(self, whose: str, value: str) -> tuple[str, ...]:
        read = value[: self._left[whose]]
        self._left[whose] -= len(read)
        return addresses_in(read)

    def _author(self, value: str) -> None:
        unseen = len(value) > self._left["authors"]
        found = dict.fromkeys(self._addresses("authors", value))
        unseen |= not found
        for address in found:
            if len(self._authors) < MOST_AUTHORS:
                self._authors[address] = None
            else:
                unseen |= address not in self._authors
        if unseen and not self._has_unseen:
            # Mail programs show something all the same: let the rules see text that is no address, once.
            self._has_unseen = True
            self._authors[f"{value.strip()[:100]} …"] = None

    def times(self, name: str) -> int:
        """How many headers of that name there are."""
        return self._times.get(name.lower(), 0)

    @property
    def authors(self) -> tuple[str, ...]:
        """The addresses of From:, each once; text where there is no address."""
        return tuple(self._authors)

    @property
    def addressed(self) -> tuple[str, ...]:
        """The addresses of To: and Cc:, each once."""
        return tuple(self._addressed)


def word(value: str) -> str:
    """What stands before the parameters of a value."""
    return value.partition(";")[0].partition("(")[0].strip().lower()


def written(header: Header) -> tuple[bytes, bytes]:
    """The name and the value of a header as they stand in a message.

    No line of a value begins another header, and none ends them all: further lines are folded.

    >>> written(Header("Sender", "jane@acme.example\\r\\n\\r\\nBuy!"))
    (b'Sender', b'jane@acme.example\\n\\tBuy!')
    """
    name = "".join(each for each in header.name if "!" <= each <= "~" and each != ":")
    lines = (line.strip() for line in header.value.replace("\0", "").splitlines())
    value = "\n\t".join(line for line in lines if line)
    return name.encode(), value.encode("utf-8", "replace")


def fields_of(content: bytes) -> Iterator[tuple[str, str]]:
    """The headers of a message, name and value, each value with its lines.

    >>> list(fields_of(b"To: jane@acme.example,\\r\\n bob@acme.example\\r\\n\\r\\nHello: no header"))
    [('To', 'jane@acme.example,\\n bob@acme.example')]
    """
    field: list[str] = []
    for each in lines_of(content):
        line = each.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
        if line[:1] in (" ", "\t") and field:
            field.append(line)
            continue
        yield from split(field)
        field = [line]
    yield from split(field)


def without(content: bytes, name: str) -> bytes:
    """The message without headers of that name.

    >>> without(b"Sender: a\\n b\\nTo: c\\n\\nSender: text", "sender")
    b'To: c\\n\\nSender: text'
    """
    kept: list[bytes] = []
    wanted = name.lower().encode()
    end = 0
    leaves = False
    for line in lines_of(content):
        end += len(line)
        if line[:1] not in b" \t":
            leaves = line.partition(b":")[0].strip().lower() == wanted
        if not leaves:
            kept.append(line)
    return b"".join(kept) + content[end:]


def lines_of(content: bytes) -> Iterator[bytes]:
    """The lines of the headers, each with its end."""
    start = 0
    while start < len(content):
        end = content.find(b"\n", start) + 1 or len(content)
        line = content[start:end]
        if not line.strip(b"\r\n"):
            return
        yield line
        start = end


def unambiguous(content: bytes) -> bytes:
    """The message without a CR alone in its headers: a space instead, as Postfix has it.

    For some programs it ends a line, and for others not: both would have to be judged.

    >>> unambiguous(b"Subject: x\\rFrom: a@b.example\\r\\n\\r\\na\\rb")
    b'Subject: x From: a@b.example\\r\\n\\r\\na\\rb'
    """
    end = END.search(content)
    head = content[: end.start() if end else len(content)]
    return BARE_CR.sub(b" ", head) + content[len(head) :]


def split(field: list[str]) -> Iterator[tuple[str, str]]:
    name, colon, value = "\n".join(field).partition(":")
    if colon:
        yield name, value.strip()
