"""Whether somebody holds a right, with the story."""

from __future__ import annotations

from attrs import field, frozen

from ..errors import Unavailable
from ..reasons import Reason

__all__ = ["Holding", "certain"]


@frozen
class Holding:
    """Whether somebody holds a right, and why: `answer` is True, False, or None where nobody can tell.

    As a truth value it is its answer; asking that of one that nobody can tell raises Unavailable, so
    that nothing is refused, or allowed, because a part of the directory could not be read.

    >>> bool(Holding("sendAs", True)), bool(Holding("sendAs", False))
    (True, False)
    >>> bool(Holding("sendAs", None))
    Traceback (most recent call last):
    mailpolicy.errors.Unavailable: the directory cannot tell who holds sendAs
    """

    right: str
    answer: bool | None
    reasons: tuple[Reason, ...] = field(default=(), repr=False)

    @property
    def deciding(self) -> tuple[Reason, ...]:
        """The reasons that had an effect."""
        return tuple(reason for reason in self.reasons if reason.matched)

    def __bool__(self) -> bool:
        return certain(self.answer, f"who holds {self.right}")


def certain(answer: bool | None, asked: str) -> bool:
    """The answer as a yes or no; Unavailable where nobody can tell."""
    if answer is None:
        raise Unavailable("the directory", why=f"cannot tell {asked}")
    return answer
