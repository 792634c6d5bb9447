"""Regular expressions stored as settings."""

from __future__ import annotations

import re

from ..errors import InvalidValue

__all__ = ["Regex"]


class Regex(str):
    """A regular expression that compiles; its text is kept as it stands.

    >>> Regex("[a-z0-9]").compiled.fullmatch("x") is not None
    True
    >>> Regex("[a-z")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: '[a-z' at character 0: expected a regular expression (unterminated ...)
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Regex:
        try:
            re.compile(text)
        except re.error as problem:
            raise InvalidValue(text, f"a regular expression ({problem.msg})", position=problem.pos) from None
        except (RecursionError, OverflowError):
            raise InvalidValue(text, "a regular expression of reasonable nesting and counts") from None
        except FutureWarning as problem:  # where warnings are made errors
            raise InvalidValue(text, f"a regular expression that stays one ({problem})") from None
        return str.__new__(cls, text)

    @property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self)

    def __repr__(self) -> str:
        return f"Regex({str(self)!r})"
