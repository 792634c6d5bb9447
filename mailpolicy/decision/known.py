"""What is kept with a state of the directory, so that nothing is looked up or worked out twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from typing import Any, Final

from ..model import Directory, Object
from ..snapshot.remembering import remember
from ..values.address import LONGEST
from .outcome import Outcome
from .selection import MOST_SIDES, Party, Side

__all__ = ["Known", "known_of"]

MOST_OBJECTS: Final = 32_768
"""Objects, with the settings that were read: some kB each."""
MOST_NAMES: Final = 65_536
"""Names by which they were asked for, of each kind."""
MOST_ABSENT: Final = 8_192
"""Names of which is kept that nobody has them: they can be anything, and are asked for on purpose."""
MOST_OUTCOMES: Final = 65_536
"""Decisions that others are made like."""


class BySide(dict[Side, dict[str | None, Party]]):
    """Parties by the rules that go by them: a reload makes new rules, and those before are forgotten."""

    def __missing__(self, side: Side) -> dict[str | None, Party]:
        return remember(self, side, {}, MOST_SIDES)


class Known:
    """Objects by name, and what was decided of whom."""

    __slots__ = ("_absent", "_objects", "alike", "by", "outcomes", "parties", "strangers")

    def __init__(self) -> None:
        self.by: defaultdict[str, dict[str, Object]] = defaultdict(dict)
        """The objects that have been found, by how they were looked for, and by name."""
        self.outcomes: dict[tuple[Any, ...], Outcome] = {}
        """What like requests have come to; see `precedents`."""
        self.parties = BySide()
        """Those who have been found, by the rules that go by them, and by name."""
        self.strangers = BySide()
        """Nobody, by the names for which there is nobody."""
        self.alike: dict[tuple[Hashable, ...], Party] = {}
        """The same and others, by what is heeded of their names."""
        self._absent: dict[tuple[str, str], bool] = {}
        self._objects: dict[Any, Object] = {}

    def is_absent(self, how: str, name: str) -> bool:
        """Whether it is known that there is nobody of that name."""
        return (how, name) in self._absent

    def lacks(self, how: str, name: str) -> None:
        """There is nobody of that name. One longer than an address is not kept: there is no end to these."""
        if len(name) <= LONGEST:
            remember(self._absent, (how, name), True, MOST_ABSENT)

    def keep(self, how: str, name: str, found: Object) -> Object:
        """The one object of an entry that is kept, by whatever name it was found."""
        kept = self._objects.get(found.dn)
        if kept is None:
            found.settings.at_hand()
            kept = remember(self._objects, found.dn, found, MOST_OBJECTS)
        return remember(self.by[how], name, kept, MOST_NAMES)


def known_of(directory: Directory) -> Known:
    """What is kept with its snapshot; by another status table people are others."""
    memory = directory.snapshot.memory("decisions")
    found: Known | None = memory.get(directory.statuses)
    return memory.setdefault(directory.statuses, Known()) if found is None else found
