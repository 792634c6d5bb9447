"""How far an answer can be taken for one of now."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import field, frozen

__all__ = ["AS_READ", "Freshness", "State"]


class State(StrEnum):
    """Whether the source of an answer still answers."""

    FRESH = "fresh"
    """What the source says, or as good as that."""
    STALE = "stale"
    """What it said when it last answered. What is not seen there may exist all the same."""
    STARTING = "starting"
    """Nothing yet."""


@frozen
class Freshness:
    """How far an answer can be taken for one of now: of a file it is as good as the file.

    `age` counts seconds from the last word of the source to the question, `since` is the moment of that word.
    `method` says how changes arrive: ``file`` (not at all), ``syncrepl``, ``polling``, ``cache`` (what was
    left by an earlier run), ``search`` (asked each time). `why` says what keeps it from being better.

    >>> import mailpolicy as mp
    >>> print(mp.open("ldif/examples/acme.ldif").freshness)
    fresh (ldif/examples/acme.ldif)
    """

    state: State = State.FRESH
    source: str = ""
    method: str = "file"
    age: float = 0.0
    since: datetime | None = field(default=None)
    why: str = ""

    def __bool__(self) -> bool:
        """Whether what is not seen does not exist."""
        return self.state is State.FRESH

    def __str__(self) -> str:
        """In one line, for people."""
        age = f" for {seconds(self.age)}" if self.state is State.STALE else ""
        source = f" ({self.source})" if self.source else ""
        why = f": {self.why}" if self.why else ""
        return f"{self.state}{age}{source}{why}"


AS_READ: Final = Freshness()
"""Of what is read once and for all."""


def seconds(age: float) -> str:
    """A length of time as people say it.

    >>> seconds(4.2), seconds(250), seconds(7300)
    ('4 s', '4 min', '2 h')
    """
    if age < 120:
        return f"{age:.0f} s"
    return f"{age / 60:.0f} min" if age < 7200 else f"{age / 3600:.0f} h"
