"""The way through nested lists, from one down to all that are on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import field, frozen

from .members import Direct
from .upkeep import Members

__all__ = ["Walk", "walk"]


@frozen
class Walk:
    """The lists that are opened, nearest first, each with the one that it was first met on."""

    opened: dict[int, int | None] = field(repr=False)
    members: list[Direct] = field(repr=False)
    """The direct members of each of them."""
    unopened: dict[int, int] = field(repr=False)
    """The lists too deep to be opened, each with the one that it was first met on."""
    elsewhere: dict[int, int] = field(repr=False)
    """Those that were not to be opened, likewise."""

    def way(self, row: int) -> Iterator[int]:
        """The lists from one of them up to the first."""
        above: int | None = row
        while above is not None:
            yield above
            above = self.opened[above]


def walk(members: Members, start: int, depth: int | None, admits: Callable[[int], bool]) -> Walk:
    """Go through the lists below one breadth first, so that each is met by a shortest way."""
    opened: dict[int, int | None] = {start: None}
    unopened: dict[int, int] = {}
    elsewhere: dict[int, int] = {}
    every: list[Direct] = []
    layer, level = [start], 1
    while layer:
        deeper = []
        for row in layer:
            members_here = members.of(row)
            every.append(members_here)
            for nested in members_here.lists:
                if nested in opened:
                    continue
                if not admits(nested):
                    elsewhere.setdefault(nested, row)
                elif level == depth:
                    unopened.setdefault(nested, row)
                else:
                    opened[nested] = row
                    deeper.append(nested)
        layer, level = deeper, level + 1
    return Walk(opened, every, unopened, elsewhere)
