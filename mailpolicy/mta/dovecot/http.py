"""As much of HTTP/1.1 (RFC 9112) as a program needs that posts a few lines and wants a few back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Final, TypeAlias

from attrs import frozen

from ..session import Outlet, ProtocolError

__all__ = ["Answered", "Called", "HttpSession", "Posted"]

LONGEST_HEAD: Final = 8_192
LONGEST_BODY: Final = 65_536

REQUEST: Final = re.compile(rb"([!-~]+) ([!-~]+) HTTP/1\.([01])")
NAME: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
NO_VALUE: Final = re.compile(rb"[\x00\r\n]")
LENGTH: Final = re.compile(r"[0-9]{1,9}")


@frozen
class Posted:
    """A request: its path with the query, its headers by names in small letters, its content."""

    target: str
    headers: Mapping[str, str]
    content: bytes


Answered: TypeAlias = Callable[[HTTPStatus, bytes], None]
Called: TypeAlias = Callable[[Posted, Answered], None]
"""Answers a request, now or later, once."""


@frozen
class Head:
    """A request without its content."""

    method: str
    target: str
    headers: Mapping[str, str]
    length: int
    stays: bool


class Wrong(Exception):
    """A request that is refused; what comes after it cannot be told from its content."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class HttpSession:
    """One connection of somebody who posts. Requests are answered one after the other."""

    def __init__(self, outlet: Outlet, called: Called) -> None:
        self._outlet = outlet
        self._called = called
        self._buffer = bytearray()
        self._head: Head | None = None
        self._is_asked = self._is_taking = self._ending = self._gone = False

    def receive(self, chunk: bytes) -> None:
        """Take in what has arrived; ProtocolError where it is more than anybody needs."""
        if self._gone:
            return
        self._buffer += chunk
        self._take()
        if len(self._buffer) > LONGEST_HEAD + LONGEST_BODY:
            raise ProtocolError("more comes in than is answered")

    def at_end(self) -> None:
        """Answer what was asked, then close."""
        self._ending = True
        if not self._is_asked:
            self._close()

    def lost(self) -> None:
        """Answer nobody any more."""
        self._gone = True
        self._buffer.clear()

    @property
    def is_busy(self) -> bool:
        """Whether a request waits for its answer."""
        return self._is_asked and not self._gone

    def _take(self) -> None:
        # An answer that comes at once would call this again from within.
        if self._is_taking:
            return
        self._is_taking = True
        try:
            while not (self._is_asked or self._gone) and self._take_one():
                pass
        except Wrong as wrong:
            self._reply(wrong.status, b"", stays=False)
        finally:
            self._is_taking = False

    def _take_one(self) -> bool:
        """Take one request out of the buffer; False where it is not all there."""
        if self._head is None:
            while self._buffer.startswith(b"\r\n"):  # allowed before a request (RFC 9112 2.2)
                del self._buffer[:2]
            end = self._buffer.find(b"\r\n\r\n", 0, LONGEST_HEAD)
            if end < 0:
                if len(self._buffer) >= LONGEST_HEAD:
                    raise Wrong(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
                return False
            self._head = head_of(bytes(self._buffer[:end]))
            del self._buffer[: end + 4]
            if self._head.headers.get("expect", "").lower() == "100-continue":
                self._outlet.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        head = self._head
        if len(self._buffer) < head.length:
            return False
        content = bytes(self._buffer[: head.length])
        del self._buffer[: head.length]
        self._head = None
        self._is_asked = True
        if head.method != "POST":
            self._reply(HTTPStatus.METHOD_NOT_ALLOWED, b"", stays=head.stays and head.method != "HEAD")
        else:
            self._called(Posted(head.target, head.headers, content), partial(self._reply, stays=head.stays))
        return True

    def _reply(self, status: HTTPStatus, content: bytes, *, stays: bool) -> None:
        if self._gone:
            return
        stays = stays and not self._ending
        lines = [f"HTTP/1.1 {status.value} {status.phrase}", f"Content-Length: {len(content)}"]
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            lines.append("Allow: POST")
        if status is HTTPStatus.UNAUTHORIZED:
            lines.append('WWW-Authenticate: Basic realm="policy"')
        if content:
            lines.append("Content-Type: application/json")
        lines.append(f"Connection: {'keep-alive' if stays else 'close'}")
        self._outlet.send("\r\n".join((*lines, "", "")).encode() + content)
        self._is_asked = False
        if stays:
            self._take()
        else:
            self._close()

    def _close(self) -> None:
        if not self._gone:
            self.lost()
            self._outlet.close()


def head_of(raw: bytes) -> Head:
    """Read the lines before the content. Whatever two readers could take for two things is refused."""
    first, *lines = raw.split(b"\r\n")
    found = REQUEST.fullmatch(first)
    if found is None:
        raise Wrong(HTTPStatus.BAD_REQUEST)
    headers: dict[str, str] = {}
    for line in lines:
        before, colon, value = line.partition(b":")
        if not (colon and NAME.fullmatch(before)) or NO_VALUE.search(value):
            raise Wrong(HTTPStatus.BAD_REQUEST)
        name = before.decode().lower()
        if name in headers and name in ("content-length", "transfer-encoding", "host", "authorization"):
            raise Wrong(HTTPStatus.BAD_REQUEST)
        headers[name] = value.strip(b" \t").decode("latin-1")
    if "transfer-encoding" in headers:
        raise Wrong(HTTPStatus.LENGTH_REQUIRED)
    method = found[1].decode()
    length = headers.get("content-length", "" if method == "POST" else "0")
    if not length:
        raise Wrong(HTTPStatus.LENGTH_REQUIRED)
    if not LENGTH.fullmatch(length):
        raise Wrong(HTTPStatus.BAD_REQUEST)
    if int(length) > LONGEST_BODY:
        raise Wrong(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    wishes = {each.strip() for each in headers.get("connection", "").lower().split(",")}
    stays = "close" not in wishes and (found[3] == b"1" or "keep-alive" in wishes)
    return Head(method, found[2].decode(), headers, int(length), stays)
