"""A request of the policy delegation protocol: lines of `name=value`, and an empty line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from ..session import ProtocolError

__all__ = ["LONGEST", "Asked", "Requests", "number"]

LONGEST: Final = 65_536
"""Octets of a request. Postfix sends about a thousand."""

POLICY: Final = "smtpd_access_policy"
LONGEST_NUMBER: Final = 18


class Asked(NamedTuple):
    """The attributes of a request that are of use here; empty where it has none of that name."""

    request: str = ""
    protocol_state: str = ""
    instance: str = ""
    queue_id: str = ""
    sender: str = ""
    recipient: str = ""
    client_address: str = ""
    size: str = ""
    sasl_username: str = ""
    recipient_count: str = ""


NAMES: Final = Asked._fields
OF_USE: Final = re.compile(rf"\n({'|'.join(NAMES)})=([^\n]*)")
NAME: Final = re.compile("[a-z_]{1,64}")
MOST_NAMES: Final = 64
MOST_LAYOUTS: Final = 64
ANY: Final = r"[^\n]*"
VALUES: Final = {"request": POLICY}
"""What has one value only."""


class Requests:
    """Takes requests out of what comes in, in pieces of any size.

    >>> requests = Requests()
    >>> requests.of(b"request=smtpd_access_policy\\nsender=a=b@acme.exam")
    []
    >>> [each.sender for each in requests.of(b"ple\\n\\n")]
    ['a=b@acme.example']
    """

    __slots__ = ("_layout", "_rest", "problem")

    def __init__(self) -> None:
        self._rest = bytearray()
        self._layout: Layout | None = None
        self.problem: ProtocolError | None = None
        """Why nothing after the last request makes sense any more."""

    def of(self, chunk: bytes) -> list[Asked]:
        """The requests that are complete by now, in order; look at `problem` after answering them."""
        asked: list[Asked] = []
        try:
            if not self._rest and chunk.find(b"\n\n") == len(chunk) - 2 and 2 < len(chunk) <= LONGEST:
                asked.append(self._attributes(chunk[:-1]))
            else:
                self._take(chunk, asked)
        except ProtocolError as problem:
            self.problem = problem
        return asked

    def _take(self, chunk: bytes, asked: list[Asked]) -> None:
        rest = self._rest
        # The empty line may begin in what came before.
        start = max(len(rest) - 1, 0)
        rest += chunk
        begin = 0
        while (end := rest.find(b"\n\n", start)) >= 0 and end - begin <= LONGEST:
            asked.append(self._attributes(bytes(rest[begin : end + 1])))
            begin = start = end + 2
        del rest[:begin]
        if len(rest) > LONGEST:
            raise ProtocolError(f"a request of more than {LONGEST} octets")
        if rest.startswith(b"\n"):
            raise ProtocolError("a request without attributes")
        if rest.endswith(b"\r\n\r\n"):
            raise ProtocolError("lines end in CR LF, not in LF")

    def _attributes(self, request: bytes) -> Asked:
        """The attributes of use; bytes that are no UTF-8 are kept as lone surrogates."""
        text = request.decode("utf-8", "surrogateescape")
        if self._layout is None:
            self._layout = layout_of(text)
        return self._layout.attributes(text) or attributes(text)


def attributes(request: str) -> Asked:
    """The attributes of a request that are of use here, without the empty line at its end.

    Of two with one name the first counts. Other names are nobody's business, and neither are lines that are
    none; what is no request of this protocol is ProtocolError.
    """
    # A search for a few names costs half of what it takes to split thirty lines.
    found = OF_USE.findall("\n" + request)
    found.reverse()  # a dictionary keeps the last of a name
    asked = Asked(**dict(found))
    if asked.request != POLICY:
        raise ProtocolError(f"a request of the kind {asked.request!a:.100}, not {POLICY}")
    return asked


class Layout:
    """The names of a request in their order: on one connection that of the first is that of nearly all.

    To go through such a request in one sweep costs a third of what it takes to look for a few names. The
    sweep ends with the last of them: of two with one name the first counts, and all have been seen by then.
    """

    def __init__(self, names: Sequence[str]) -> None:
        """Each name that is of use is among them once."""
        used = [name for name in names if name in NAMES]
        swept = names[: names.index(used[-1]) + 1]
        lines = (
            f"{name}=({VALUES.get(name, ANY)})\n" if name in NAMES else f"{name}={ANY}\n" for name in swept
        )
        self._match = re.compile("".join(lines)).match
        self._places = tuple(used.index(name) + 1 for name in NAMES)

    def attributes(self, request: str) -> Asked | None:
        """As the function of that name has them; None where the request is laid out otherwise."""
        found = self._match(request)
        return None if found is None else Asked._make(found.group(*self._places))


def layout_of(request: str) -> Layout:
    """How a request is laid out; some other layout, where it has not each name once that is of use."""
    names = tuple([line.partition("=")[0] for line in request.split("\n", MOST_NAMES)])[:-1]
    is_plain = len(names) < MOST_NAMES and all(map(NAME.fullmatch, names))
    has_all = sorted(name for name in names if name in NAMES) == sorted(NAMES)
    return laid_out(names if is_plain and has_all else NAMES)


laid_out = lru_cache(MOST_LAYOUTS)(Layout)


def number(text: str) -> int:
    """A count or a size; what is missing, empty or no number is 0."""
    if not text or len(text) > LONGEST_NUMBER or not (text.isascii() and text.isdecimal()):
        return 0
    return int(text)
