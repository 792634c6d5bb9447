"""The two example directories, opened once for all tests: nothing can change them."""

from __future__ import annotations

from pathlib import Path

import pytest

import mailpolicy as mp

EXAMPLES = Path(__file__).parents[1] / "ldif" / "examples"
ACME = mp.open(EXAMPLES / "acme.ldif")
CARBONIO = mp.open(EXAMPLES / "carbonio.ldif")
JOHN = "john@acme.example"
both = pytest.mark.parametrize("directory", [ACME, CARBONIO], ids=["native", "carbonio"])
