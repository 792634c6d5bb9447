"""The generated files say what the code says today, and nothing else lies among them."""

from __future__ import annotations

import pytest

from docs.generate import GENERATED, ROOT

FOLDERS = ("docs/reference", "ldif/schema")

WRITTEN = {"docs/reference/predicates.md"}
"""What people write there: a page whose examples are run, which is what holds it to the code."""


@pytest.mark.parametrize("path", GENERATED)
def test_it_is_up_to_date(path: str) -> None:
    stored = (ROOT / path).read_text(encoding="utf-8")
    # Compared here, not in the assert: a diff of such texts takes pytest minutes and shows nothing.
    is_current = stored == GENERATED[path]()
    assert is_current, f"{path} is out of date: run `make docs`"


def test_every_other_file_of_their_folders_is_generated() -> None:
    present = {path.relative_to(ROOT).as_posix() for folder in FOLDERS for path in (ROOT / folder).iterdir()}
    assert present - WRITTEN == set(GENERATED)


@pytest.mark.parametrize("path", sorted(WRITTEN))
def test_a_written_one_has_examples_that_run(path: str) -> None:
    assert "\n>>> " in (ROOT / path).read_text(encoding="utf-8")
