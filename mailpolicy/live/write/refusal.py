"""What a server's refusal means to whoever wanted something written."""

from __future__ import annotations

from ...errors import MailPolicyError, NotFound, ReadOnly, SchemaError, StalePlan, Unavailable
from ..backend import Backend
from .locks import Locks
from .operations import Operation

__all__ = ["explained"]


def explained(
    error: MailPolicyError, operation: Operation, backend: Backend, locks: Locks
) -> MailPolicyError:
    """Give the error with what only the writer knows: which entry it was, and as whom we spoke."""
    dn = operation.dn
    match error:
        case StalePlan() | NotFound():
            return StalePlan((dn,))
        case ReadOnly():
            why = ", ".join(filter(None, (error.why, bound(backend))))
            return ReadOnly(error.source, dn, why)
        case Unavailable():
            why = f"{error.why}, and nobody knows whether {dn} is written"
            return Unavailable(error.source, error.since, error.retry_after, why)
        case SchemaError() if locks.are_broken(backend, operation):
            # It was right for the entry as it was: a second value of one that has only one, for example.
            return StalePlan((dn,))
    return error


def bound(backend: Backend) -> str:
    try:
        name = backend.whoami()
    except MailPolicyError:
        return ""
    return f"bound as {name.removeprefix('dn:')}" if name else "bound as nobody (anonymous)"
