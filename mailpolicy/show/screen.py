"""Where people read: a terminal with colours if it has any, plain text everywhere else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import Final, TextIO

from attrs import field, frozen

from ..tables import Cell, Line, Style, Table, laid_out, wrapped
from ..trees import Tree
from .streamed import json_pieces

__all__ = ["Screen"]

USUAL_WIDTH: Final = 80
USUAL_HEIGHT: Final = 24
COMMENT: Final = Cell("# ", Style.NOTE)

Painter = Callable[[Line], str]


def plainly(line: Line) -> str:
    return "".join(piece.text for piece in line)


@frozen
class Screen:
    """A stream that people read, its width in columns, and how a piece of a line looks on it.

    >>> import sys
    >>> Screen(sys.stdout).show(Table("", (), [("john@acme.example", Cell("10 GiB", "own"))]))
    john@acme.example  10 GiB
    """

    stream: TextIO
    width: int = USUAL_WIDTH
    paint: Painter = field(default=plainly, repr=False)

    @classmethod
    def of(cls, stream: TextIO) -> Screen:
        """The screen behind a stream: as wide as the terminal, or as COLUMNS says, or 80 columns.

        Colours need a terminal that has them and the `cli` extra, and that nobody set NO_COLOR
        (https://no-color.org).
        """
        width = shutil.get_terminal_size((USUAL_WIDTH, USUAL_HEIGHT)).columns
        if not has_colours(stream):
            return cls(stream, width)
        from .colours import painted

        return cls(stream, width, painted)

    def show(self, table: Table) -> None:
        """Print a table."""
        self._print(laid_out(table, self.width))

    def draw(self, tree: Tree) -> None:
        """Print a tree, a line for each branch."""
        self._print(tree.lines())

    def remark(self, table: Table) -> None:
        """Print a table below LDIF, in lines that are comments there: other tools still read the rest."""
        lines = laid_out(table, self.width - len(COMMENT.text))
        self._print((COMMENT, *line) for line in lines)

    def say(self, text: str, style: Style = Style.PLAIN) -> None:
        """Print a sentence, in as many lines as it takes."""
        self._print((Cell(line, style),) for line in wrapped(text, self.width))

    def print_json(self, value: object) -> None:
        """Print a JSON value; characters beyond ASCII as they are, if the stream is in UTF-8.

        An iterator in it is printed as an array, item by item as they come.
        """
        is_unicode = (self.stream.encoding or "").lower() in ("utf-8", "utf8")
        self.stream.writelines(json_pieces(value, is_unicode=is_unicode))
        self.stream.write("\n")

    def _print(self, lines: Iterable[Line]) -> None:
        for line in lines:
            print(self.paint(line).rstrip(), file=self.stream)


def has_colours(stream: TextIO) -> bool:
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") not in (None, "", "dumb")
    return wanted and stream.isatty() and find_spec("rich") is not None
