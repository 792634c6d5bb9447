"""Text that names another entry."""

from __future__ import annotations

from ..errors import InvalidValue

__all__ = ["Reference"]


class Reference(str):
    """The DN, the id or the name of another entry; whoever follows it tries them in that order.

    >>> Reference("premium")
    Reference('premium')
    >>> Reference("")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: '' at character 0: expected the DN, the id or the name of an entry
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Reference:
        name = text.strip()
        if not name:
            raise InvalidValue(text, "the DN, the id or the name of an entry", position=0)
        return str.__new__(cls, name)

    def __repr__(self) -> str:
        return f"Reference({str(self)!r})"
