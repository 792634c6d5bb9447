"""What following a server gives: one snapshot after the other, each with what has changed."""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import field, frozen

from ...ldap.entry import Entry
from ...snapshot import Snapshot

__all__ = ["EntryChange", "Method", "Step"]

Method: TypeAlias = Literal["syncrepl", "polling"]


@frozen
class EntryChange:
    """An entry that came, changed or went; one that was renamed has both, with different DNs.

    `dn` is its DN now, or the last one it had.
    """

    dn: str
    before: Entry | None = field(repr=False)
    after: Entry | None = field(repr=False)


@frozen
class Step:
    """A state of the server. One without changes says that it answers, and has said nothing new, or what is
    doubted no longer, or now.

    The first one of all has no changes either: there was nothing before it.
    """

    snapshot: Snapshot
    changes: tuple[EntryChange, ...]
    method: Method
    why: str = ""
    """What keeps it from being better, such as why changes are asked for rather than sent."""
    doubt: str = ""
    """Why what is not seen in this snapshot must not yet be taken for missing; nothing where it may."""
