"""Who was granted what."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from attrs import frozen

from ..errors import InvalidValue

__all__ = ["Grant", "Grantee", "Modifier"]

EXPECTED: Final = "a grant such as 'ann@acme.example usr sendAs'"


class Grantee(StrEnum):
    """What kind of name a grant is given to; the values are the codes stored in the directory."""

    USER = "usr"
    GROUP = "grp"
    EXTERNAL_GROUP = "egp"
    DOMAIN = "dom"
    EXTERNAL_DOMAIN = "edom"
    GUEST = "gst"
    KEY = "key"
    ADDRESS = "email"
    EVERYONE_HERE = "all"
    """Whoever has logged in."""
    PUBLIC = "pub"


class Modifier(StrEnum):
    """What the sign before the right changes; without one the right is simply given."""

    ALLOW = ""
    DENY = "-"
    DELEGATE = "+"
    """Given, and may be granted onward."""
    SUBDOMAINS = "*"
    """Given on the domains below, not on the domain that holds the grant."""
    DIRECT = "^"
    """On a list: not for the lists on it, and of accounts only for its direct members.

    So it narrows what the grant is about, not who has it: a list as grantee stands for all who are on it.
    """


HOLDS_SECRET: Final = frozenset({Grantee.GUEST, Grantee.KEY})


@frozen
class Grant:
    """One right given to, or withheld from, somebody: `<grantee> <kind> <modifier><right>`.

    The text is cut at its last two spaces, because a guest's name carries a password that may hold
    spaces. It is stored on the entry the right is about. The password is neither in the repr nor in errors.

    >>> Grant.parse("ann@acme.example usr -sendAs")
    Grant(ann@acme.example usr -sendAs)
    >>> Grant.parse("guest@example.org:pass word gst viewFreeBusy").secret
    'pass word'
    >>> Grant.parse("ann sendAs")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: 'ann sendAs': expected a grant such as 'ann@acme.example usr sendAs'
    """

    grantee: str
    kind: Grantee
    right: str
    modifier: Modifier = Modifier.ALLOW
    secret: str | None = None

    @classmethod
    def parse(cls, text: str) -> Grant:
        name, kind, right = ["", "", *text.strip().rsplit(" ", 2)][-3:]
        if not name:
            raise InvalidValue(unrevealed(text), EXPECTED)
        if kind not in set(Grantee):
            raise InvalidValue(
                unrevealed(text), f"{EXPECTED}, its kind one of {', '.join(Grantee)}", len(name) + 1
            )
        modifier = Modifier(right[0]) if right[0] in set(Modifier) else Modifier.ALLOW
        right = right.removeprefix(modifier)
        if not right.isidentifier():
            problem = f"{EXPECTED}, ending in the name of a right"
            raise InvalidValue(unrevealed(text), problem, text.rindex(" ") + 1)
        grantee, separator, secret = name.partition(":") if kind in HOLDS_SECRET else (name, "", "")
        return cls(grantee.strip(), Grantee(kind), right, modifier, secret if separator else None)

    @property
    def denies(self) -> bool:
        return self.modifier is Modifier.DENY

    def public(self) -> str:
        """The text without the secret."""
        return f"{self.grantee} {self.kind} {self.modifier}{self.right}"

    def __str__(self) -> str:
        """The text to store, with the secret."""
        name = self.grantee if self.secret is None else f"{self.grantee}:{self.secret}"
        return f"{name} {self.kind} {self.modifier}{self.right}"

    def __repr__(self) -> str:
        return f"Grant({self.public()})"


def unrevealed(text: str) -> str:
    """What is wrong may be a grant to a guest, whose password stands after a colon."""
    name, colon, _ = text.partition(":")
    return f"{name}:…" if colon else text
