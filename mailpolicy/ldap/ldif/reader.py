"""Read LDIF (RFC 2849), a record at a time, and keep what cannot be read.

Nearly every record of a real file is plain: a DN and `name: value` lines. `_Reader.plain` takes
those apart with one comprehension; whatever it stumbles over, `_Reader.exact` reads by the
grammar, and that is where errors come from. So there is one judge, and a fast way round it.
"""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Iterator
from pathlib import Path
from sys import intern
from urllib.parse import unquote, urlsplit

from ...errors import InvalidLDIF
from ..dn import DN
from .blocks import Stream, blocks
from .changes import read_change, read_controls
from .lines import Lines, OpenUrl
from .records import Attribute, ChangeRecord, ContentRecord, Record

__all__ = ["contents_of_file", "read"]

MOST_NAMES = 10_000
KEYWORDS = frozenset({"changetype", "control", "dn"})


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
            record = None
        if record is None:
            record = reader.exact(block, line)
        if record is not None:
            yield record


class _Reader:
    def __init__(self, urls: OpenUrl | None) -> None:
        self._urls = urls
        self._names: dict[bytes, str] = {}

    def plain(self, block: bytes, number: int) -> ContentRecord:
        """The entry in `block`, or a KeyError or ValueError if splitting lines does not tell."""
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n")
        if b"\n " in block:
            if b"\n#" in block:
                raise ValueError
            block = block.replace(b"\n ", b"")
        if b":  " in block or block[:4] != b"dn: ":
            raise ValueError
        first, *rest = block.rstrip(b"\n").split(b"\n")
        if b":: " in block:
            attributes = self._with_base64(rest)
        else:
            names = self._names
            attributes = [(names[name], value) for name, value in [line.split(b": ", 1) for line in rest]]
        if not attributes:
            raise ValueError
        return ContentRecord(DN.parse(first[4:].decode()), tuple(attributes), number)

    def _with_base64(self, lines: list[bytes]) -> list[Attribute]:
        """Lines with known names and values that are plain or base64; else a ValueError."""
        names = self._names
        attributes = []
        for line in lines:
            name, colon, value = line.partition(b": ")
            description = names.get(name)
            if description is None:
                description = names.get(name[:-1])
                if description is None or name[-1:] != b":":
                    raise ValueError
                value = a2b_base64(value.strip(b" "), strict_mode=True)
            if not colon:
                raise ValueError
            attributes.append((description, value))
        return attributes

    def exact(self, block: bytes, line: int) -> Record | InvalidLDIF | None:
        """What `block` holds by the grammar; None when that is comments or a version only."""
        lines = Lines(block, line, self._urls)
        try:
            record = self._record(lines)
        except InvalidLDIF as error:
            return error.with_traceback(None)
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
                self._names[name.encode()] = intern(name)


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
