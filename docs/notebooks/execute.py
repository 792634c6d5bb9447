"""Run the notebooks, so that what they show is what the code says now."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = sorted(Path(__file__).parent.glob("*.ipynb"))
TIMEOUT_SECONDS = 120


def executed(path: Path) -> nbformat.NotebookNode:
    """The notebook with fresh outputs; an error in a cell raises `CellExecutionError`."""
    notebook = nbformat.read(path, as_version=4)
    # The kernel of this very interpreter, and none of the user's own startup files.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    with tempfile.TemporaryDirectory() as profile:
        os.environ["IPYTHONDIR"] = profile
        # Without timing: when a cell ran is no part of what it says.
        return NotebookClient(
            notebook,
            timeout=TIMEOUT_SECONDS,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": str(path.parent)}},
        ).execute()
