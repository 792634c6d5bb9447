"""Tables for people, as data: the same rows print on a terminal and show in a notebook.

A `Table` says what each cell *is* (an own value, an inherited one, a shadowed one …); how that
looks is the business of a renderer, a function from a table to text. Two are here, plain text and
HTML. Whatever stands in a directory may end up in a cell, so both make it harmless: markup is
escaped, control characters are replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from html import escape
from itertools import chain, islice, zip_longest
from typing import Final
from unicodedata import category, east_asian_width

from attrs import field, frozen

__all__ = ["Cell", "Style", "Table", "html_text", "markdown_table", "plain_text"]


class Style(StrEnum):
    """What a cell is, for renderers to show as they can."""

    PLAIN = "plain"
    OWN = "own"
    INHERITED = "inherited"
    SHADOWED = "shadowed"
    NOTE = "note"
    GOOD = "good"
    BAD = "bad"


@frozen
class Cell:
    """A piece of text and what it is."""

    text: str
    style: Style = field(default=Style.PLAIN, converter=Style)


Row = tuple[Cell, ...]
Line = tuple[Cell, ...]
"""Pieces of text that stand side by side."""


def as_columns(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(names)


def as_rows(rows: Iterable[Iterable[Cell | str]]) -> tuple[Row, ...]:
    return tuple(tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row) for row in rows)


@frozen
class Table:
    """A title, the names of the columns, and rows of cells; plain strings become plain cells.

    Without column names it is a definition list: one object, a line for each thing known of it.

    >>> print(Table("anna@acme.example", ["setting", "value", "from"], [
    ...     ["mailbox_quota", Cell("10 GiB", "own"), "account"],
    ...     ["imap_enabled", Cell("yes", "inherited"), "cos premium"],
    ... ]))
    anna@acme.example
    <BLANKLINE>
    setting          value   from
    mailbox_quota    10 GiB  account
    imap_enabled   ↑ yes     cos premium
    <BLANKLINE>
    ↑ inherited
    """

    title: str
    columns: tuple[str, ...] = field(converter=as_columns)
    rows: tuple[Row, ...] = field(converter=as_rows)

    @rows.validator
    def _same_length(self, attribute: object, rows: tuple[Row, ...]) -> None:
        lengths = {len(row) for row in rows} | ({len(self.columns)} if self.columns else set())
        if len(lengths) > 1:
            raise ValueError(f"rows of {sorted(lengths)} cells in a table of {len(self.columns)} columns")

    def plain(self, width: int = 80) -> str:
        return plain_text(self, width)

    def html(self) -> str:
        return html_text(self)

    def __str__(self) -> str:
        return plain_text(self)

    def _repr_html_(self) -> str:
        return html_text(self)


# -- HTML ------------------------------------------------------------------------------------------

FAINT: Final = "opacity:.6"

# Elements that keep their meaning where a viewer drops the style attribute. Nothing sets black, white
# or a background: text has the colour of the page, so light and dark themes both work.
ELEMENTS: Final = {
    Style.PLAIN: "{}",
    Style.OWN: "<b>{}</b>",
    Style.INHERITED: f'<span style="{FAINT}">{{}}</span>',
    Style.SHADOWED: f'<s style="{FAINT}">{{}}</s>',
    Style.NOTE: f'<i style="{FAINT}">{{}}</i>',
    Style.GOOD: '<span style="color:#2e9e5b">{}</span>',
    Style.BAD: '<span style="color:#dc5a50">{}</span>',
}
LEFT: Final = 'style="text-align:left;vertical-align:top;white-space:pre-wrap"'


def html_text(table: Table) -> str:
    """The table as one HTML element, quiet and without scripts or style sheets.

    >>> html_text(Table("", (), [["name", Cell("<script>", "own")]])).count("<b>&lt;script&gt;</b>")
    1
    """
    caption = f"<caption {LEFT}><b>{harmless_html(table.title)}</b></caption>" if table.title else ""
    names = "".join(f"<th {LEFT}>{harmless_html(name)}</th>" for name in table.columns)
    head = f"<thead><tr>{names}</tr></thead>" if table.columns else ""
    rows = "".join(f"<tr>{''.join(map(html_cell, row))}</tr>" for row in table.rows)
    return f"<table>{caption}{head}<tbody>{rows}</tbody></table>"


def html_cell(cell: Cell) -> str:
    return f"<td {LEFT}>{html_piece(cell)}</td>"


def html_piece(cell: Cell) -> str:
    return ELEMENTS[cell.style].format(harmless_html(cell.text))


def harmless_html(text: str) -> str:
    return escape("\n".join(clean_lines(text)))


# -- Markdown --------------------------------------------------------------------------------------


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows of ready Markdown as a table, for the pages that are written from the code.

    >>> print(markdown_table(["setting", "is at most"], [["`mailbox_quota`", "`max_mailbox_quota`"]]))
    | setting | is at most |
    | --- | --- |
    | `mailbox_quota` | `max_mailbox_quota` |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


# -- plain text ------------------------------------------------------------------------------------

MARKS: Final = {Style.INHERITED: "↑", Style.SHADOWED: "×", Style.BAD: "!"}
GAP: Final = "  "

NARROWEST: Final = 6
"""Columns are not squeezed below this, even if the table then is wider than asked for."""

TALLEST: Final = 4
"""Lines that one cell may take; of a longer text the rest is an ellipsis."""

BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that would reorder the line they stand in."""


def plain_text(table: Table, width: int = 80) -> str:
    """The table in lines of at most `width` columns of a terminal; long cells wrap, then end in `…`."""
    return "\n".join("".join(piece.text for piece in line).rstrip() for line in laid_out(table, width))


def laid_out(table: Table, width: int) -> Iterator[Line]:
    """The lines of a table on a terminal, in pieces that say what they are, for who can colour them.

    Without colours a mark says what a cell is, and a last line explains the marks that occur.
    """
    head = [tuple(Cell(name, Style.NOTE) for name in table.columns)] if table.columns else []
    rows = [*head, *table.rows]
    marked = [any(cell.style in MARKS for cell in column) for column in zip(*rows, strict=True)]
    widths = fitted([widest(column) for column in zip(*rows, strict=True)], marked, width)
    used = {cell.style for row in rows for cell in row}
    legend = GAP.join(f"{mark} {style}" for style, mark in MARKS.items() if style in used - {Style.BAD})
    parts: tuple[list[Line], ...] = (
        [(Cell(line, Style.OWN),) for line in wrapped(table.title, width)] if table.title else [],
        [line for row in rows for line in row_lines(row, widths, marked)],
        [(Cell(legend, Style.NOTE),)] if legend else [],
    )
    for number, part in enumerate(filter(None, parts)):
        yield from chain([()] if number else [], part)


def row_lines(row: Row, widths: Sequence[int], marked: Sequence[bool]) -> Iterator[Line]:
    columns = [wrapped(cell.text, width) for cell, width in zip(row, widths, strict=True)]
    for number, texts in enumerate(zip_longest(*columns, fillvalue="")):
        line: list[Cell] = []
        for cell, text, width, has_mark in zip(row, texts, widths, marked, strict=True):
            mark = MARKS.get(cell.style, " ") if number == 0 else " "
            line += [
                Cell(f"{mark} " if has_mark else ""),
                Cell(text, cell.style),
                Cell(" " * (width - columns_of(text)) + GAP),
            ]
        yield tuple(line)


def fitted(naturals: Sequence[int], marked: Sequence[bool], width: int) -> list[int]:
    """Column widths that fit: the widest columns give way first, down to the narrowest useful width.

    The first column, which says what each row is about, gives way only when it takes half of the room.
    """
    room = width - len(GAP) * (len(naturals) - 1) - 2 * sum(marked)
    widths = [min(natural, max(width, NARROWEST)) for natural in naturals]
    while sum(widths) > room and max(widths) > NARROWEST:
        head, *others = widths
        if others and head <= room // 2 and max(others) > NARROWEST:
            widths[1 + others.index(max(others))] -= 1
        else:
            widths[widths.index(max(widths))] -= 1
    return widths


def widest(column: Iterable[Cell]) -> int:
    return max(columns_of(line) for cell in column for line in clean_lines(cell.text))


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns, broken between words where that is possible."""
    pieces = (piece for line in clean_lines(text) for piece in broken(line, width))
    lines = list(islice(pieces, TALLEST + 1))
    if len(lines) <= TALLEST:
        return lines
    return [*lines[: TALLEST - 1], cut(lines[TALLEST - 1], width - 1) + "…"]


def broken(line: str, width: int) -> Iterator[str]:
    piece = cut(line, width)
    while piece != line:
        if line[len(piece)] != " ":
            piece = piece[: 1 + max(piece.rfind(" "), piece.rfind(","))] or piece
        yield piece.rstrip()
        line = line[len(piece) :].lstrip()
        piece = cut(line, width)
    yield line


def cut(line: str, width: int) -> str:
    """As much of the start of `line` as fits, but at least one character."""
    taken = 0
    for end, character in enumerate(line):
        taken += columns_of(character)
        if taken > width and end:
            return line[:end]
    return line


def columns_of(text: str) -> int:
    """How many columns of a terminal `text` takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if category(each) in ("Mn", "Me", "Cf") else 1 + (east_asian_width(each) in "WF") for each in text
    )


def clean_lines(text: str) -> list[str]:
    return [harmless(line) for line in text.split("\n")]


def harmless(line: str) -> str:
    """`line` without what a terminal or browser would obey instead of showing."""
    if line.isprintable():
        return line
    return "".join(
        "\ufffd" if each in BIDI or category(each) in ("Cc", "Cs", "Zl", "Zp") else each for each in line
    )
