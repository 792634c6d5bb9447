"""Mail addresses."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize

from ..errors import InvalidValue
from .domain import DOMAIN, LONGEST_LABEL, PLAIN_DOMAIN, DomainName

__all__ = ["LONGEST", "Address", "folded", "is_plain"]

EXPECTED: Final = "an address such as john@acme.example"

LONGEST: Final = 254
"""Octets of a whole address: what fits in the path of an SMTP command (RFC 5321, 4.5.3.1.3).

The 64 octets of a local part are not held against anybody: bounce addresses made by machines
are longer, and the RFC asks for implementations without such limits.
"""

MOST_PIECES: Final = 4
"""Characters of which NFC makes one: what is longer than so many addresses is none, and slow to compose."""

PLAIN: Final = re.compile(rf"[a-z0-9._+-]+@{PLAIN_DOMAIN}")
"""Addresses that are canonical as they stand, if no label can be too long: nearly all in a directory."""

COMMON: Final = re.compile(rf"[a-z0-9!#$%&'*+/=?^_`{{|}}~.-]+@{DOMAIN}")
QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
NEEDS_QUOTES: Final = re.compile(r'[\s()<>\[\]:;,@\\"]')


class Address(str):
    """A mail address in the one spelling that compares: `local@domain`.

    The last `@` splits. Case folds in both halves, because no mailbox of a directory differs from
    another by case alone; composed and decomposed characters meet (NFC), A-labels and U-labels meet,
    and a local part is quoted only where it must be.

    >>> Address("John.Doe@ACME.Example")
    Address('john.doe@acme.example')
    >>> Address("anna@bücher.example") == Address('"Anna"@xn--bcher-kva.example')
    True
    >>> Address('"John Doe"@acme.example').local
    '"john doe"'
    >>> Address("@acme.example")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: '@acme.example' at character 0: expected an address such as ...

    Display names, comments, address literals, white space outside quotes and control characters are
    InvalidValue, as is more than 254 octets. RFC 5321 section 4.1.2, RFC 6531 for text beyond ASCII.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Address:
        if type(text) is cls:
            return text
        if len(text) <= LONGEST_LABEL and PLAIN.fullmatch(text):
            return str.__new__(cls, text)
        address = text.strip().lower()
        if not COMMON.fullmatch(address):
            address = canonical(text)
        if len(address.encode("utf-8", "surrogatepass")) > LONGEST:
            raise InvalidValue(text, f"an address of at most {LONGEST} octets")
        return str.__new__(cls, address)

    @property
    def local(self) -> str:
        """What stands before the last `@`, with its quotes if it needs them."""
        return self[: self.rindex("@")]

    @property
    def domain(self) -> DomainName:
        return DomainName(self[self.rindex("@") + 1 :])

    @property
    def unicode(self) -> str:
        """The address as people write it: the domain in U-labels."""
        return f"{self.local}@{self.domain.unicode}"

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"


def is_plain(text: str) -> bool:
    """Whether text is an address as it stands, in its one spelling; what is not may still be one."""
    return len(text) <= LONGEST_LABEL and PLAIN.fullmatch(text) is not None


def folded(text: str) -> str:
    """The same text as `str(Address(text))`, for those who only compare it and have many.

    >>> folded("John@ACME.example")
    'john@acme.example'
    """
    if is_plain(text):
        return str(text)
    return str(Address(text))


def canonical(text: str) -> str:
    """The slow half: everything that is not plain ASCII in plain shape."""
    split = text.rfind("@")
    local = text[: max(split, 0)].lstrip()
    start = max(split, 0) - len(local)
    if split < 0:
        raise InvalidValue(text, EXPECTED, position=len(text))
    if not local:
        raise InvalidValue(text, EXPECTED, position=start)
    try:
        domain = DomainName(text[split + 1 :])
    except InvalidValue as problem:
        position = None if problem.position is None else split + 1 + problem.position
        raise InvalidValue(text, f"{problem.expected} after the @", position=position) from None
    meant = unquoted(local, text, start)
    if len(meant) > MOST_PIECES * LONGEST:
        raise InvalidValue(text, f"an address of at most {LONGEST} octets")
    folded = normalize("NFC", normalize("NFC", meant).lower())
    return f"{quoted(folded)}@{domain}"


def unquoted(local: str, text: str, start: int) -> str:
    """What `local` means, without quotes and backslashes; `start` is its place in `text`."""
    if not local.isprintable():
        fault = next(offset for offset, character in enumerate(local) if not character.isprintable())
        raise InvalidValue(text, f"{EXPECTED}, without control characters", position=start + fault)
    if QUOTED.fullmatch(local):
        return re.sub(r"\\(.)", r"\1", local[1:-1])
    special = NEEDS_QUOTES.search(local.replace("@", "a"))
    if special:
        raise InvalidValue(text, f"{EXPECTED}, special characters quoted", position=start + special.start())
    return local


def quoted(local: str) -> str:
    if local and not NEEDS_QUOTES.search(local):
        return local
    return '"' + re.sub(r'(["\\])', r"\\\1", local) + '"'
