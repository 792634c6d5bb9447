"""What another configuration may change while a process runs, and what stays until it ends."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from ..errors import MailPolicyError

if TYPE_CHECKING:
    from ..config.fields import Configuration

__all__ = ["LASTING_KEYS", "SOURCE_KEYS", "differs", "said", "settled", "stays"]

log: Final = logging.getLogger(__name__)

SOURCE_KEYS: Final = ("source", "dialect", "statuses", "cache", "servers")
LASTING_KEYS: Final = ("counters", "stores", "workers", "metrics")


def settled(wanted: Configuration, now: Configuration) -> Configuration:
    """What is wanted, but for what lasts: that is as it is now.

    A worker that is started anew goes by this, too, and so keeps its counts where the others do. Of the
    stores it is the file that lasts, once there is one.
    """
    lasting = {key: getattr(now, key) for key in LASTING_KEYS}
    if now.stores is None:
        lasting["stores"] = wanted.stores
    elif wanted.stores is not None:
        lasting["stores"] = wanted.stores.model_copy(update={"path": now.stores.path})
    return wanted.model_copy(update=lasting)


def differs(one: Configuration, other: Configuration, keys: tuple[str, ...]) -> bool:
    """Whether two configurations say different things under some keys."""
    return any(getattr(one, key) != getattr(other, key) for key in keys)


def stays(problem: Exception) -> None:
    """Say why a new configuration is none; with all that is known where the mistake is not in it."""
    if isinstance(problem, MailPolicyError | OSError):
        log.error("the configuration stays as it was: %s", said(problem))
    else:
        log.error("the configuration stays as it was, for a fault of ours", exc_info=problem)


def said(problem: MailPolicyError | OSError) -> str:
    """What is wrong, in a line."""
    if isinstance(problem, OSError) and problem.filename and problem.strerror:
        return f"{problem.filename}: {problem.strerror}"
    return str(problem)
