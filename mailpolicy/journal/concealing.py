"""Addresses that nobody can read who has not the key, and that stay the same for who counts them.

The local part becomes a keyed hash; the domain stays, for most questions are about domains. Whoever has the
key and the directory finds its own addresses again, and replays the journal.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from ..errors import InvalidValue
from ..values import folded

__all__ = ["Concealing"]

MARK: Final = "h."
"""Before a hidden local part."""
DIGITS: Final = 24
"""Of the hash in hex: 96 bits, of which no two addresses have the same."""
HIDDEN: Final = re.compile(rf"{re.escape(MARK)}([0-9a-f]{{{DIGITS}}})@")
SHORTEST_KEY: Final = 16
MOST_KNOWN: Final = 65_536
ADDRESS: Final = re.compile(r"\S+@\S+")


class Concealing:
    """Hides addresses with the key of a site, and finds those again that it is told of.

    >>> concealing = Concealing(b"sixteen bytes or more")
    >>> hidden = concealing.hide("John.Doe@acme.example")
    >>> hidden.endswith("@acme.example"), "john" in hidden.lower()
    (True, False)
    >>> hidden == concealing.hide("john.doe@ACME.example")
    True
    >>> concealing.learn(["john.doe@acme.example"])
    >>> concealing.reveal(f"{hidden} and others")
    'john.doe@acme.example and others'
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < SHORTEST_KEY:
            raise InvalidValue(f"{len(key)} bytes", f"a key of at least {SHORTEST_KEY} bytes")
        self._key = blake2b(key, digest_size=64).digest()
        self._known: dict[str, str] = {}
        self.hide = lru_cache(MOST_KNOWN)(self._hide)

    def _hide(self, text: str) -> str:
        """The text with every address in it hidden."""
        return ADDRESS.sub(lambda found: self._hidden(found.group()), text)

    def _hidden(self, address: str) -> str:
        if HIDDEN.match(address):
            return address
        try:
            plain = folded(address)
        except InvalidValue:
            plain = address
        local, _, domain = plain.rpartition("@")
        digest = hmac.digest(self._key, plain.encode("utf-8", "surrogatepass"), "sha256").hex()[:DIGITS]
        return f"{MARK}{digest}@{domain}" if local else plain

    def learn(self, addresses: Iterable[str]) -> None:
        """Remember addresses, to be found again."""
        for address in addresses:
            self._known[self._hidden(address).partition("@")[0]] = address

    def reveal(self, text: str) -> str:
        """The text with the addresses that it has been told of; others stay hidden."""

        def known(found: re.Match[str]) -> str:
            address = self._known.get(f"{MARK}{found.group(1)}")
            return found.group() if address is None else f"{address.rpartition('@')[0]}@"

        return HIDDEN.sub(known, text)
