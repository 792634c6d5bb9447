"""What an exit code says."""

from __future__ import annotations

from enum import IntEnum

from ..config.file import Misconfigured
from ..errors import MailPolicyError, NotFound

__all__ = ["FAILURES", "Exit", "Usage", "exit_for"]


class Exit(IntEnum):
    """The exit codes; `UNKNOWN` is never `NO`, because a mailbox that cannot be looked up may exist."""

    YES = 0
    """Yes; or an answer was given and nothing in it says no."""
    NO = 1
    """No: it may not, there is none, nothing was found."""
    USAGE = 2
    """The question itself is wrong: an unknown verb, option or setting; a filter or a configuration file that
    cannot be read."""
    BAD = 3
    """The answer could be wrong: records are broken, the schema is, an address has two owners."""
    UNKNOWN = 4
    """The source, or a part that may hold the answer, could not be read, or we have a bug."""
    INTERRUPTED = 130
    CLOSED = 141
    """Whoever read the output stopped reading. As a shell says it of other programs."""


class Usage(Exception):
    """A question that makes no sense; the text says what would."""


FAILURES = (Usage, MailPolicyError, OSError)
"""Everything that can go wrong on purpose."""


def exit_for(failure: BaseException) -> Exit:
    """The exit code for something that went wrong.

    >>> exit_for(NotFound("account", "jon@acme.example")), exit_for(FileNotFoundError())
    (<Exit.NO: 1>, <Exit.UNKNOWN: 4>)
    """
    match failure:
        case OSError():  # Unavailable is one, too
            return Exit.UNKNOWN
        case NotFound():
            return Exit.NO
        case Usage() | Misconfigured():
            return Exit.USAGE
        case _:
            return Exit.BAD
