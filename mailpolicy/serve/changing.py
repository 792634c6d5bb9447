"""What another configuration may change while a process runs, and what stays until it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ..config.fields import Configuration

__all__ = ["LASTING_KEYS", "SOURCE_KEYS", "differs", "settled"]

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
