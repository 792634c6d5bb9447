"""The reference page of the figures, written from their table."""

from __future__ import annotations

from typing import Final

from ..tables import markdown_table
from .figures import FIGURES, Figure

__all__ = ["metrics_markdown"]

PAGE: Final = """\
<!-- Generated from mailpolicy/metrics/figures.py: do not edit. -->

# The metrics

What Prometheus finds at `/metrics` where [`[metrics]`](configuration.md) says. With several workers each
figure is that of all of them together.

{table}
"""


def metrics_markdown() -> str:
    """Every figure, as a page in Markdown."""
    table = markdown_table(("name", "kind", "labels", "what it says"), map(row, FIGURES))
    return PAGE.format(table=table.rstrip())


def row(figure: Figure) -> tuple[str, ...]:
    suffix = "_total" if figure.kind == "counter" else ""
    labels = ", ".join(f"`{label}`" for label in figure.labels)
    return f"`{figure.name}{suffix}`", figure.kind, labels, figure.says
