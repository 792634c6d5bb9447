"""The pieces of a line in the colours of a terminal. Needs rich, which comes with the `cli` extra."""

from __future__ import annotations

from typing import Final

from rich.color import ColorSystem
from rich.style import Style as Look

from ..tables import Line, Style

__all__ = ["painted"]

# No look names black, white or a background, so that light and dark terminals both work; and no
# look is all that tells two cells apart, because the marks of plain text stay.
LOOKS: Final = {
    Style.PLAIN: Look(),
    Style.OWN: Look(bold=True),
    Style.INHERITED: Look(dim=True),
    Style.SHADOWED: Look(dim=True, strike=True),
    Style.NOTE: Look(dim=True, italic=True),
    Style.GOOD: Look(color="green"),
    Style.BAD: Look(color="red"),
}


def painted(line: Line) -> str:
    """A line with the control sequences that colour it; the pieces themselves hold none."""
    return "".join(LOOKS[piece.style].render(piece.text, color_system=ColorSystem.STANDARD) for piece in line)
