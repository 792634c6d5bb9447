"""Writing to a server: as little as will do, in an order that can be cut short, over nobody's head.

`written` checks changes as `mailpolicy.edit` does, before the first byte is sent. It sends for each entry
the smallest list of modifications, and holds the server to what the snapshot has seen. `shows` tells when
another snapshot has caught up.
"""

from __future__ import annotations

from .difference import difference
from .operations import Add, Delete, Modify, Operation, Rename, Subject
from .seen import shows
from .send import Applied, Written, written
from .sequence import Operations, operations_for

__all__ = [
    "Add",
    "Applied",
    "Delete",
    "Modify",
    "Operation",
    "Operations",
    "Rename",
    "Subject",
    "Written",
    "difference",
    "operations_for",
    "shows",
    "written",
]
