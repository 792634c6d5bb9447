"""Whether a replica has seen what was written."""

from __future__ import annotations

from ...snapshot import Snapshot
from ..stamps import stamp_of
from .send import Written

__all__ = ["shows"]


def shows(snapshot: Snapshot, written: Written) -> bool:
    """Tell whether a snapshot of the server has this write in it, or one of the same entry after it.

    Where the server shows no entryCSN, an entry that is there counts as written.
    """
    entry = snapshot.entry(written.dn)
    if entry is None:
        # Modified was what the snapshot had: where it is missing, it has been deleted since.
        return written.gone or written.operation == "modify"
    stamp = stamp_of(entry)
    if written.gone:
        # Unless another entry stands there by now, the one that is gone still does.
        return None not in (stamp.uuid, written.uuid) and stamp.uuid != written.uuid
    return written.csn is None or stamp.csn is None or stamp.csn >= written.csn
