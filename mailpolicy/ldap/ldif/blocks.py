"""Cut a stream of bytes into the records of an LDIF file, before anything in them is understood.

Records are separated by blank lines. That is all a reader needs to know to go on after a broken
record, and it is work that bytes methods do a record at a time rather than line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, TypeAlias

__all__ = ["Stream", "blocks", "unfold"]

Stream: TypeAlias = BinaryIO | Iterable[bytes]
"""A file opened for bytes, or any iterable of bytes, cut wherever it likes."""

CHUNK = 1 << 20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What Windows editors put before the text of a file; anywhere else these bytes are part of a line."""
BLANK_LINES = re.compile(rb"\A(?:\r?\n)+")
SEPARATOR = re.compile(rb"\r?\n\r?\n")


def _chunks(stream: Stream) -> Iterator[bytes]:
    """The stream in pieces of at least `CHUNK` bytes, save the last."""
    if hasattr(stream, "read"):
        while chunk := stream.read(CHUNK):
            yield chunk
        return
    pieces: list[bytes] = []
    size = 0
    for piece in stream:
        pieces.append(piece)
        size += len(piece)
        if size >= CHUNK:
            yield b"".join(pieces)
            pieces.clear()
            size = 0
    yield b"".join(pieces)


def _buffers(stream: Stream) -> Iterator[bytes]:
    """The stream in pieces that end where a record ends, save the last.

    What is left over waits until the buffer has doubled, so that a record of any length is
    copied a bounded number of times.
    """
    waiting: list[bytes] = []
    size = wanted = 0
    for chunk in _chunks(stream):
        waiting.append(chunk)
        size += len(chunk)
        if size < wanted:
            continue
        buffer = b"".join(waiting)
        end = max(buffer.rfind(b"\n\n") + 2, buffer.rfind(b"\n\r\n") + 3)
        if end > 2:
            yield buffer[:end]
            buffer = buffer[end:]
        waiting = [buffer]
        size = len(buffer)
        wanted = 2 * size
    yield b"".join(waiting)


def blocks(stream: Stream) -> Iterator[tuple[int, bytes]]:
    """The records of `stream` as they stand, each with the number of its first line.

    >>> list(blocks([b"dn: o=mail\\n", b"o: mail\\n\\n\\ndn: ", b"o=post"]))
    [(1, b'dn: o=mail\\no: mail'), (5, b'dn: o=post')]
    """
    line = 1
    mark = BYTE_ORDER_MARK
    for buffer in _buffers(stream):
        buffer, mark = buffer.removeprefix(mark), b""
        for piece in SEPARATOR.split(buffer) if b"\r" in buffer else buffer.split(b"\n\n"):
            if piece[:1] not in b"\r\n":
                yield line, piece
            elif block := BLANK_LINES.sub(b"", piece):
                yield line + piece.count(b"\n", 0, len(piece) - len(block)), block
            line += piece.count(b"\n") + 2
        line -= 2  # nothing separates the last piece from the next buffer


def unfold(block: bytes) -> list[tuple[int, bytes]]:
    """The lines of a record, folded ones put together and comments left out.

    Each comes with the number of its first line within the block, counted from 0. A comment may
    be folded as well, so it ends where the next line does not start with a space.

    >>> unfold(b"dn: o=mail\\n# a long\\n  comment\\no: ma\\n il")
    [(0, b'dn: o=mail'), (3, b'o: mail')]
    """
    folded: list[tuple[int, list[bytes]]] = []
    for number, line in enumerate(block.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n")):
        if line[:1] == b" " and folded:
            folded[-1][1].append(line[1:])
        else:
            folded.append((number, [line]))
    return [(number, b"".join(parts)) for number, parts in folded if parts[0][:1] != b"#"]
