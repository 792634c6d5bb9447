"""Read LDIF (RFC 2849), a record at a time, and keep what cannot be read.

Nearly every record of a real file is plain: a DN and `name: value` lines. `_Reader.plain` takes
those apart by cutting the whole record at once; whatever it stumbles over, `_Reader.exact` reads by
the grammar, and that is where errors come from. So there is one judge, and a fast way round it.
"""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from ...errors import InvalidLDIF, kept
from ..dn import DN
from .blocks import Stream, blocks
from .changes import read_change, read_controls
from .lines import Lines, OpenUrl
from .records import ChangeRecord, ContentRecord, Record

__all__ = ["contents_of_file", "read"]

Layout: TypeAlias = tuple[tuple[str, ...], tuple[int, ...]]
"""The attribute descriptions of an entry, line for line, and which of the values are base64."""

MOST_NAMES = 10_000
MOST_LAYOUTS = 10_000
LONGEST_LAYOUT = 1024
"""Bytes of the descriptions together: entries of so many lines are seldom alike."""

KEYWORDS = frozenset({"changetype", "control", "dn"})
CARRIAGE_RETURN = 0x0D
"""As a number: bytes are searched for one of those several times faster than for other bytes."""


def read(stream: Stream, *, urls: OpenUrl | None = None) -> Iterator[Record | InvalidLDIF]:
    """Yield the records of `stream`, which is a file opened for bytes or an iterable of bytes.

    A record that cannot be read is yielded as the `InvalidLDIF` that tells why: `.line` is the
    line at fault, counted in the source as it stands, `.attribute` what it is about, `.text` the whole
    record, `.position` where in it that line begins. The next blank line ends it, and reading goes on.
    Values behind URLs (`jpegPhoto:< file:///…`) are errors unless `urls` is given, a function that
    fetches one.

    >>> for record in read([b"dn: o=mail\\no: mail\\nwhat is this\\n\\ndn: o=post\\no: post\\n"]):
    ...     print(record)
    line 3: expected 'name: value'
    ContentRecord(dn='o=post', attributes=(('o', b'post'),), line=5)
    """
    reader = _Reader(urls)
    for line, block in blocks(stream):
        record: Record | InvalidLDIF | None
        try:
            record = reader.plain(block, line)
        except (KeyError, ValueError):
            record = reader.exact(block, line)
        if record is not None:
            yield record


class _Reader:
    def __init__(self, urls: OpenUrl | None) -> None:
        self._urls = urls
        self._names: dict[bytes, str] = {}
        self._layouts: dict[bytes, Layout] = {}

    def plain(self, block: bytes, number: int) -> ContentRecord:
        """The entry in `block`, or a KeyError or ValueError if cutting it does not tell."""
        if CARRIAGE_RETURN in block:
            block = block.replace(b"\r\n", b"\n")
        described, values = _halves(block)
        names, encoded = self._layouts.get(described) or self._layout(described)
        dn = DN(values.pop(0).decode())
        for place in encoded:
            values[place] = a2b_base64(values[place], strict_mode=True)
        # Strict: with as many values as line feeds before names, no line was taken for a value.
        return ContentRecord(dn, tuple(zip(names, values, strict=True)), number)

    def _layout(self, described: bytes) -> Layout:
        """What the first halves of lines say; a KeyError or ValueError if it is not all known."""
        first, *lines = described.split(b"\n")
        if first != b"dn" or not lines:
            raise ValueError
        names = tuple([self._names[line.removesuffix(b":")] for line in lines])
        encoded = tuple([place for place, line in enumerate(lines) if line.endswith(b":")])
        if len(described) <= LONGEST_LAYOUT and len(self._layouts) < MOST_LAYOUTS:
            self._layouts[described] = names, encoded
        return names, encoded

    def exact(self, block: bytes, line: int) -> Record | InvalidLDIF | None:
        """What `block` holds by the grammar; None when that is comments or a version only."""
        lines = Lines(block, line, self._urls)
        try:
            record = self._record(lines)
        except InvalidLDIF as error:
            return kept(error)
        if isinstance(record, ContentRecord):
            self._learn(record)
        return record

    def _record(self, lines: Lines) -> Record | None:
        if lines.keyword() == "version" and lines.text() != "1":
            raise lines.expected("version: 1, the only one there is")
        if not lines:
            return None
        if lines.keyword() != "dn":
            raise lines.expected("'dn:' at the start of a record")
        number = lines.number
        dn = lines.dn()
        controls = read_controls(lines)
        if controls or lines.keyword() == "changetype":
            return ChangeRecord(dn, read_change(lines), controls, number)
        return ContentRecord(dn, lines.attributes(), number)

    def _learn(self, record: ContentRecord) -> None:
        """Let `plain` read the names of this record from now on."""
        for name, _ in record.attributes:
            if len(self._names) < MOST_NAMES and name.lower() not in KEYWORDS:
                self._names[name.encode()] = name


def _halves(block: bytes) -> tuple[bytes, list[bytes]]:
    """What stands before the first `: ` of every line, together, and what stands after each.

    A ValueError if that is not how to read them.
    """
    if b":  " in block:
        raise ValueError
    # All lines are cut at once, before line feeds as well. That is right if it gives two pieces for each
    # line, as it does where no value holds `: `; for every line but one, `marked` is longer by two.
    marked = block.replace(b"\n", b": \n")
    pieces = marked.split(b": ")
    if len(pieces) == len(marked) - len(block) + 2:
        return b"".join(pieces[::2]), pieces[1::2]
    if b"\n " in block:
        return _halves(block.replace(b"\n ", b""))
    lines = [line.split(b": ", 1) for line in block.rstrip(b"\n").split(b"\n")]
    return b"\n".join([before for before, _ in lines]), [after for _, after in lines]


def contents_of_file(url: str) -> bytes:
    """The bytes of a file on this machine, for `read(…, urls=contents_of_file)`.

    Only for LDIF you trust as much as a shell script: it may name any file you can read.

    >>> contents_of_file("http://acme.example/photo.jpg")
    Traceback (most recent call last):
    ValueError: only file:///… is read, not 'http://acme.example/photo.jpg'
    """
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise ValueError(f"only file:///… is read, not {url!r}")
    return Path(unquote(parts.path)).read_bytes()
