"""What is kept from version to version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

from .segment import Changes

if TYPE_CHECKING:
    from .snapshot import Snapshot

__all__ = ["Follower"]


class Follower(Protocol):
    """Something worked out from a snapshot that can be kept up to date for less than it took.

    It holds no snapshot: one must be free to go when nobody else holds it.
    """

    def follow(self, before: Snapshot, after: Snapshot, changes: Changes) -> Self:
        """The same for the next version; what is there may be shared with it, but not changed."""
        ...
