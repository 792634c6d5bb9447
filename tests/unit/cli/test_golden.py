"""The command line prints what it is known to print; `python -m tests.cli_golden` writes that anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailpolicy.tables import columns_of
from tests.cli_golden import CASES, GOLDEN, ROOT, answered, demonstrated

SCREEN = 80


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(SCREEN))
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("name", CASES)
def test_it_prints_what_it_is_known_to_print(name: str) -> None:
    assert answered(*CASES[name]) == (GOLDEN / name).read_text(encoding="utf-8")


def test_the_story_is_the_known_one() -> None:
    assert demonstrated() == (GOLDEN / "demo.txt").read_text(encoding="utf-8")


def test_the_story_fits_a_screen() -> None:
    assert len(demonstrated().splitlines()) <= 40


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.stem)
def test_every_line_fits_the_screen(path: Path) -> None:
    assert max(map(columns_of, path.read_text(encoding="utf-8").splitlines())) <= SCREEN


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_what_programs_read_is_json(path: Path) -> None:
    json.loads(path.read_text(encoding="utf-8"))


def test_no_answer_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {*CASES, "demo.txt"}


@pytest.mark.parametrize("width", [40, 60, 132])
def test_it_fits_other_screens_too(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for name in ("explain-account.txt", "explain-capped.txt", "status-locked-domain.txt"):
        assert max(map(columns_of, answered(*CASES[name]).splitlines())) <= width
