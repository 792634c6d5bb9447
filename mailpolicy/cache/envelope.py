"""The file that holds a snapshot: what is in it, how long it is, and whether it is still what was written.

::

    16 bytes   "mailpolicy cache"
     4 bytes   the version of this format: 1
     4 bytes   how long the header is
     8 bytes   how long the sections are together
    ...        the header: JSON in UTF-8
    ...        the sections, one behind the other
    32 bytes   SHA-256 of all that stands before it

Numbers have no sign, and their lowest byte comes first. The header is an object:

- `mailpolicy`: the version that has written the file
- `dialect`: the name of the dialect, and `definitions`: a digest of the schema, the site's own included
- `lost`: how many records of the source are not among the entries
- `total`: the sum behind the revision in hexadecimal digits, null where nobody had asked for it
- `notes`: texts of whoever has saved it, such as a cookie
- `sections`: a list of names and lengths in bytes, in the order of the file

`sections` (the module) says what is in them. Nothing here is executed or looked up by name: a file that
is not what it says can be refused, and do nothing else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from struct import Struct
from typing import Any, Final

from attrs import asdict, field, frozen

from ..errors import Unavailable
from .columns import parts
from .disk import own_file

__all__ = ["MAGIC", "Envelope", "Header", "opened", "sealed"]

MAGIC: Final = b"mailpolicy cache"
FORMAT: Final = 1
"""To be raised with every change of what a file says; other formats are refused."""

START: Final = Struct("<16sIIQ")
DIGEST: Final = 32


@frozen
class Header:
    """What a cache says about itself; the names are those of the format."""

    mailpolicy: str
    dialect: str
    definitions: str
    lost: int
    total: str | None
    notes: Mapping[str, str] = field(repr=False)


@frozen
class Envelope:
    """A cache that is whole: what it says about itself, and its sections."""

    header: Header
    whole: bytes = field(repr=False)
    places: Mapping[str, slice] = field(repr=False)
    """Where in the whole each section stands: what is long is cut out of it without a copy between."""

    def __getitem__(self, section: str) -> memoryview:
        return memoryview(self.whole)[self.places[section]]


def sealed(header: Header, sections: Mapping[str, bytes]) -> Iterator[bytes]:
    """The pieces of the file, one behind the other."""
    listed = [[name, len(section)] for name, section in sections.items()]
    said = json.dumps(asdict(header) | {"sections": listed}).encode()
    start = START.pack(MAGIC, FORMAT, len(said), sum(map(len, sections.values())))
    digest = sha256()
    for piece in (start, said, *sections.values()):
        digest.update(piece)
        yield piece
    yield digest.digest()


def opened(path: Path) -> Envelope:
    """Read a cache, and believe nothing of it until its digest is right.

    Unavailable where it is not whole, of another format, or no cache; OSError if it cannot be read.
    """
    with own_file(path) as file:
        start = file.read(START.size) or b""
        header, length = lengths(path, start, os.fstat(file.fileno()).st_size)
        file.seek(0)
        whole = file.readall() or b""
    digest = sha256(start)
    digest.update(memoryview(whole)[START.size : length - DIGEST])
    if digest.digest() != whole[length - DIGEST :]:
        raise damaged(path, "its checksum is wrong")
    said: dict[str, Any] = json.loads(whole[START.size : START.size + header])
    names, sizes = zip(*said.pop("sections"), strict=True)
    cuts = parts(sizes, START.size + header)
    return Envelope(Header(**said), whole, {name: slice(*cut) for name, cut in zip(names, cuts, strict=True)})


def lengths(path: Path, start: bytes, found: int) -> tuple[int, int]:
    """How long a file says that its header is, and that it is as a whole: as long as the one `found`."""
    if not MAGIC.startswith(start[: len(MAGIC)]):
        raise Unavailable(str(path), why="is no cache: name another file")
    if len(start) < START.size:
        raise damaged(path, f"it ends after {found} bytes")
    _, version, header, sections = START.unpack(start)
    if version != FORMAT:
        raise Unavailable(str(path), why=f"has format {version}, and only {FORMAT} is known here; delete it")
    length = START.size + header + sections + DIGEST
    if found != length:
        raise damaged(path, f"it has {found} bytes instead of {length}")
    return header, length


def damaged(path: Path, why: str) -> Unavailable:
    return Unavailable(str(path), why=f"is damaged: {why}; delete it")
