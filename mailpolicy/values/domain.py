"""Names of domains and hosts.

A name has two spellings, one in ASCII for machines (A-labels: `xn--bcher-kva.example`) and one
for people (U-labels: `bücher.example`). Only the first is kept, so that both spellings are one
value; `unicode` gives the second back.
"""

from __future__ import annotations

import re
from typing import Final

from ..errors import InvalidValue

__all__ = ["DOMAIN", "LONGEST_LABEL", "PLAIN_DOMAIN", "DomainName", "Hostname"]

LABEL: Final = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
DOMAIN: Final = rf"(?=[a-z0-9_.-]{{1,253}}\Z)(?:{LABEL}\.)*(?![0-9]+\Z){LABEL}"
"""A name in lower-case A-labels. A last label of digits alone would make it an IPv4 address."""

PLAIN_DOMAIN: Final = r"(?:[a-z0-9]+[.-])*[a-z]+"
"""Most names of at most 63 characters, which is as long as one label may be, matched in less time."""

PLAIN: Final = re.compile(PLAIN_DOMAIN)
LONGEST_LABEL: Final = 63
CANONICAL: Final = re.compile(DOMAIN)
FOREIGN: Final = re.compile(r"[^a-z0-9_.-]")
LONGEST: Final = 254
"""Characters of a name with its final dot; in A-labels none is longer, and U-labels are shorter."""


class DomainName(str):
    """A domain name in lower-case A-labels, without the final dot.

    Underscores are allowed, as the DNS allows them: mail does come from such domains.

    >>> DomainName("Bücher.EXAMPLE.")
    DomainName('xn--bcher-kva.example')
    >>> DomainName("xn--bcher-kva.example").unicode
    'bücher.example'
    >>> DomainName("acme..example")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: 'acme..example' at character 5: expected a domain name such as ...

    Labels of 1 to 63 octets, 253 in all (RFC 1035); U-labels by IDNA 2008 after the mapping of UTS 46.
    """

    __slots__ = ()
    _expected = "a domain name such as acme.example"

    def __new__(cls, text: str) -> DomainName:
        if type(text) is cls:
            return text
        if len(text) <= LONGEST_LABEL and PLAIN.fullmatch(text):
            return str.__new__(cls, text)
        name = text.strip().lower().removesuffix(".")
        if not name.isascii():
            name = a_labels(name, text, cls._expected)
        if not CANONICAL.fullmatch(name):
            raise InvalidValue(text, cls._expected, position=first_fault(text))
        return str.__new__(cls, name)

    @property
    def unicode(self) -> str:
        """The name in U-labels; a label that is no proper A-label stays as it is."""
        if "xn--" not in self:
            return str(self)
        return ".".join(map(u_label, self.split(".")))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class Hostname(DomainName):
    """The name of a machine: a domain name of letters, digits and hyphens only (RFC 1123).

    >>> Hostname("MX1.acme.example")
    Hostname('mx1.acme.example')
    """

    __slots__ = ()
    _expected = "a host name such as mx1.acme.example"

    def __new__(cls, text: str) -> Hostname:
        name = super().__new__(cls, text)
        if "_" in name:
            raise InvalidValue(text, cls._expected, position=text.find("_"))
        return name  # type: ignore[return-value]  # DomainName.__new__ builds a `cls`


def a_labels(name: str, text: str, expected: str) -> str:
    """`name` with its U-labels turned into A-labels; `text` is what the message shows."""
    import idna  # half a megabyte of tables, wanted only for names beyond ASCII

    if len(name) > LONGEST:
        raise InvalidValue(text, expected)
    try:
        labels = idna.uts46_remap(name, std3_rules=False, transitional=False).removesuffix(".").split(".")
        return ".".join(label if label.isascii() else idna.alabel(label).decode("ascii") for label in labels)
    except UnicodeError as problem:  # the base of every IDNAError
        raise InvalidValue(text, f"{expected} ({problem})") from None


def u_label(label: str) -> str:
    import idna

    try:
        return idna.ulabel(label)
    except UnicodeError:
        return label


def first_fault(text: str) -> int | None:
    """Where `text` stops being a domain name, if one place can be named."""
    start = len(text) - len(text.lstrip())
    foreign = FOREIGN.search(text.lower().rstrip(), start)
    if foreign and text.isascii():
        return foreign.start()
    empty = text.find("..", start)
    return empty + 1 if empty >= 0 else None
