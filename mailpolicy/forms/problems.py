"""What is wrong with something that was written for us, all of it at once."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from attrs import define

from ..errors import MailPolicyError

__all__ = ["InvalidForm", "instead_of"]


@define(slots=False, eq=False)
class InvalidForm(MailPolicyError, ValueError):
    """A request or a count that cannot be read: `problems` lists everything, each with its place.

    >>> raise InvalidForm(("recipient: missing; expected an address",))
    Traceback (most recent call last):
    mailpolicy.forms.problems.InvalidForm: recipient: missing; expected an address
    """

    problems: tuple[str, ...]

    def __str__(self) -> str:
        return "; ".join(self.problems)


def instead_of(name: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown name.

    >>> instead_of("sendr", ("sender", "recipient")), instead_of("x", ("sender", "recipient"))
    ('did you mean sender?', 'expected one of sender, recipient')
    """
    names = tuple(known)
    nearest = get_close_matches(name, names, 1)
    return f"did you mean {nearest[0]}?" if nearest else f"expected one of {', '.join(names)}"
