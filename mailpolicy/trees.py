"""Trees for people, as data: what is below what, printed on a terminal or folded in a notebook.

A tree is a run of branches in the order in which they are read, each with its depth, so that no depth is
too deep. What a cell is, and what makes it harmless, is the business of `mailpolicy.tables`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from typing import Final

from attrs import field, frozen

from .tables import Cell, Line, clean_lines, html_piece

__all__ = ["Branch", "Tree"]

GAP: Final = Cell("  ")
BELOW: Final = '<div style="margin-left:1.5em">'

FOLDED_FROM: Final = 2
"""Branches at this depth and below are folded in a notebook, until somebody opens them."""


@frozen
class Branch:
    """Some text with what it is, below the last branch that is less deep."""

    depth: int
    cells: tuple[Cell, ...]


def as_branches(branches: Iterable[Branch]) -> tuple[Branch, ...]:
    return tuple(branches)


@frozen
class Tree:
    """Branches in the order in which they are read; none is two deeper than the one before.

    >>> print(Tree([
    ...     Branch(0, (Cell("staff"),)), Branch(1, (Cell("sales"),)), Branch(2, (Cell("john"),)),
    ...     Branch(1, (Cell("jane"),)),
    ... ]))
    staff
    ├─ sales
    │  └─ john
    └─ jane
    """

    branches: tuple[Branch, ...] = field(converter=as_branches)

    def lines(self) -> Iterator[Line]:
        """The lines of the tree on a terminal, in pieces that say what they are."""
        for branch, stem in zip(self.branches, self._stems(), strict=True):
            pieces = [Cell(" ".join(clean_lines(cell.text)), cell.style) for cell in branch.cells]
            yield (Cell(stem), *chain.from_iterable((piece, GAP) for piece in pieces[:-1]), *pieces[-1:])

    def _stems(self) -> list[str]:
        """What is drawn before each branch: found from the end, where it is known what still follows."""
        stems = []
        follows: list[bool] = []
        for branch in reversed(self.branches):
            depth = branch.depth
            follows = follows[: depth + 1] + [False] * (depth + 1 - len(follows))
            if depth:
                bars = "".join("│  " if each else "   " for each in follows[1:depth])
                stems.append(bars + ("├─ " if follows[depth] else "└─ "))
            else:
                stems.append("")
            follows[depth] = True
        return stems[::-1]

    def html(self) -> str:
        """The tree as one HTML element: branches that have others below fold."""
        pieces = []
        open_depths: list[int] = []
        for branch, after in pairwise(chain(self.branches, [None])):
            assert branch is not None
            while open_depths and open_depths[-1] >= branch.depth:
                open_depths.pop()
                pieces.append("</div></details>")
            text = " ".join(map(html_piece, branch.cells))
            if after is not None and after.depth > branch.depth:
                is_open = " open" if branch.depth < FOLDED_FROM else ""
                pieces.append(f"<details{is_open}><summary>{text}</summary>{BELOW}")
                open_depths.append(branch.depth)
            else:
                pieces.append(f"<div>{text}</div>")
        return f"<div>{''.join(pieces)}{'</div></details>' * len(open_depths)}</div>"

    def __str__(self) -> str:
        return "\n".join("".join(piece.text for piece in line).rstrip() for line in self.lines())

    def _repr_html_(self) -> str:
        return self.html()
