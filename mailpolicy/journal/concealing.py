"""Addresses and other texts that nobody can read who has not the key, and that stay the same for counting.

The local part becomes a keyed hash; the domain stays, for most questions are about domains. Whoever has the
key and the directory finds its own addresses again, and replays the journal.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

from ..errors import InvalidValue
from ..values import folded

__all__ = ["DOMAIN", "HIDDEN", "WITHHELD", "Concealing"]

MARK: Final = "h."
"""Before what is hidden."""
DIGITS: Final = 24
"""Of the hash in hex: 96 bits, of which no two addresses have the same."""
HIDDEN: Final = re.compile(rf"{re.escape(MARK)}([0-9a-f]{{{DIGITS}}})(?![0-9a-f])")
WITHHELD: Final = "(withheld)"
"""In the place of what is in no journal: words that may name somebody, a password."""
SHORTEST_KEY: Final = 16
MOST_KNOWN: Final = 65_536
ADDRESS: Final = re.compile(r'(?<![^\s"])(?:"(?:[^"\\]|\\.)*"|[^\s"])+@[\w.:\[\]-]*')
"""In a text; a local part in quotes may have blanks."""
DOMAIN: Final = re.compile(r"[\w.:\[\]-]*")
"""What may stand behind the last @; where something else does, that is no domain and is hidden, too."""
LONGEST: Final = 1_000
"""Characters of a text that is looked through; of a longer one nothing stays."""


class Concealing:
    """Hides addresses with the key of a site, and finds those again that it is told of.

    >>> concealing = Concealing(b"sixteen bytes or more")
    >>> hidden = concealing.hide("sent by John.Doe@acme.example")
    >>> hidden.endswith("@acme.example"), "john" in hidden.lower()
    (True, False)
    >>> hidden == concealing.hide("sent by john.doe@ACME.example")
    True
    >>> concealing.learn(["john.doe@acme.example"])
    >>> concealing.reveal(f"{hidden} and others")
    'sent by john.doe@acme.example and others'
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < SHORTEST_KEY:
            raise InvalidValue(f"{len(key)} bytes", f"a key of at least {SHORTEST_KEY} bytes")
        self._key = blake2b(key, digest_size=64).digest()
        self._known: dict[str, str] = {}
        self.hide = lru_cache(MOST_KNOWN)(self._hide)
        self._short_name = lru_cache(MOST_KNOWN)(self._name)

    def name(self, name: str) -> str:
        """A name hidden: of an address all but the domain, of any other all of it.

        >>> hidden = Concealing(b"sixteen bytes or more").name("john")
        >>> len(hidden), "john" in hidden
        (26, False)
        """
        return self._short_name(name) if len(name) <= LONGEST else self._name(name)

    def whole(self, text: str) -> str:
        """A text hidden, all of it; whether it is a name that is known is not told either.

        >>> concealing = Concealing(b"sixteen bytes or more")
        >>> concealing.whole("John's iPhone") == concealing.whole("john's iphone")
        True
        >>> "acme" in concealing.whole("ask john@acme")
        False
        """
        return MARK + self._digest("\0" + spelled(text)) if text else text

    def _hide(self, text: str) -> str:
        """The text with every address in it hidden."""
        if len(text) > LONGEST:
            return self._name(text)
        return ADDRESS.sub(lambda found: self._name(found.group()), text)

    def _name(self, name: str) -> str:
        if not name or HIDDEN.fullmatch(halves(name)[0]):
            return name
        plain = spelled(name)
        local, domain = halves(plain)
        if domain and not local:
            return plain  # a whole domain
        return f"{MARK}{self._digest(plain)}{domain}"

    def _digest(self, text: str) -> str:
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), "sha256").hex()[:DIGITS]

    def learn(self, names: Iterable[str]) -> None:
        """Remember addresses and other names, to be found again."""
        for name in names:
            plain = spelled(name)
            self._known[self._name(plain).partition("@")[0]] = halves(plain)[0]

    def reveal(self, text: str) -> str:
        """The text with the names that it has been told of; others stay hidden."""
        return HIDDEN.sub(lambda found: self._known.get(found.group(), found.group()), text)

    def revealed(self, value: Any) -> Any:
        """The same of every text in a value of JSON."""
        match value:
            case str():
                return self.reveal(value)
            case list():
                return [self.revealed(each) for each in value]
            case dict():
                return {self.reveal(name): self.revealed(each) for name, each in value.items()}
        return value


def halves(name: str) -> tuple[str, str]:
    """What of a name is hidden, and the domain that stays, with its @."""
    local, at, domain = name.rpartition("@")
    return (local, at + domain) if at and DOMAIN.fullmatch(domain) else (name, "")


def spelled(name: str) -> str:
    """A name in the one spelling that is hidden."""
    try:
        return folded(name)
    except InvalidValue:
        return name.lower()
