"""Saying that something is not there, and only where that is known."""

from __future__ import annotations

from ..errors import NotFound, Unavailable, quote
from ..snapshot import Snapshot

__all__ = ["absent", "is_partial"]


def is_partial(snapshot: Snapshot) -> bool:
    """Whether something that is not found may stand in the source all the same.

    So it is if no entry could be made of some records, if the source no longer answers, and if there are no
    entries at all: an export that failed is likelier than a directory with nothing in it.
    """
    return snapshot.lost > 0 or not snapshot.freshness or not snapshot


def absent(snapshot: Snapshot, kind: str, name: str) -> NotFound | Unavailable:
    """Give the error to raise where nothing was found: there is none, or nobody can tell.

    Whoever refuses mail on NotFound must not do so because of a record that nobody could read.
    """
    if not is_partial(snapshot):
        return NotFound(kind, name)
    freshness = snapshot.freshness
    if not freshness:
        why = f"is {freshness.state} and shows no {kind} {quote(name)}"
        return Unavailable(freshness.source, freshness.since, why=why)
    records = "one record" if snapshot.lost == 1 else f"{snapshot.lost} records"
    unread = f"{records} could not be used" if snapshot.lost else "there are no entries at all"
    return Unavailable("the source", why=f"shows no {kind} {quote(name)}, but {unread}")
