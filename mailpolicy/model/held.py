"""Whatever has a directory to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .directory import Directory

__all__ = ["Held"]


class Held(Protocol):
    """A directory, or what holds one: a live one gives the one of this moment.

    A question takes it once, at its beginning, so that all of its answer is of one state.
    """

    @property
    def directory(self) -> Directory:
        """The directory as it is now, which never changes."""
        ...
