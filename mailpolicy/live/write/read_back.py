"""What an entry is like right after it was written.

Between a write and the look at it somebody else may write, too. An operation that is still to come for that
entry would then be held to their state instead of ours, and go over it; so the values are compared as well.
"""

from __future__ import annotations

from ...edit.values import missing
from ...errors import MailPolicyError, StalePlan, Unavailable
from ...ldap.entry import Entry
from ...schema import Dialect
from ...snapshot.revision import is_operational
from ..backend import Backend
from ..stamps import Stamp, stamp_at
from .operations import Operation
from .shown import Shown, absent_at, shown_at

__all__ = ["read_back"]


def read_back(
    backend: Backend, operation: Operation, left: Entry | None, dialect: Dialect
) -> tuple[Stamp, MailPolicyError | None]:
    """The state of an entry after it was written, and what keeps us from writing it once more.

    `left` is what we have made of it, if it is to be written once more.
    """
    try:
        if left is None:
            return stamp_at(backend, operation.target) or Stamp(), None
        shown = shown_at(backend, operation.target, dialect.definitions)
        if shown is not None and is_ours(backend, operation, left, shown, dialect):
            return shown.stamp, None
        return Stamp() if shown is None else shown.stamp, StalePlan((operation.target,))
    except Unavailable as error:
        return Stamp(), None if left is None else error  # it is written all the same


def is_ours(backend: Backend, operation: Operation, left: Entry, shown: Shown, dialect: Dialect) -> bool:
    """Whether the entry is still the one that we have written, as far as it is shown.

    Servers may spell values in another way, and they store passwords as hashes.
    """
    definitions = dialect.definitions
    if Stamp(uuid=shown.stamp.uuid).contradicts(Stamp(uuid=operation.subject.stamp.uuid)):
        return False

    def is_compared(name: str) -> bool:
        return not (dialect.is_secret(name) or is_operational(name, definitions))

    for name in filter(is_compared, shown.values):
        ours, theirs = left.raw.get(name, ()), shown.values[name]
        if missing(definitions, name, ours, theirs) or missing(definitions, name, theirs, ours):
            return False
    silent = [name for name in filter(is_compared, left.raw) if name not in shown.values]
    return not absent_at(backend, operation.target, silent)
