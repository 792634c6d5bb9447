"""Every notebook runs from top to bottom, and the outputs stored in it are those it gives now."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from docs.notebooks.execute import NOTEBOOKS, executed

Outputs = list[tuple[int, dict[str, str]]]


def outputs(notebook: nbformat.NotebookNode) -> Outputs:
    """What a reader sees: cell number, and each output by its kind."""
    return [
        (number, {"stream": output.text} if output.output_type == "stream" else dict(output.data))
        for number, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
        for output in cell.outputs
    ]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_shows_what_it_says(path: Path) -> None:
    stored = nbformat.read(path, as_version=4)
    nbformat.validate(stored)
    assert outputs(stored), "stored without outputs: run `make docs`"
    assert outputs(executed(path)) == outputs(stored), "stored outputs are old: run `make docs`"
