"""The command line, asked without a shell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from attrs import frozen

from mailpolicy.cli import main

EXAMPLES = Path(__file__).parents[3] / "ldif/examples"
SOURCES = {"ACME": str(EXAMPLES / "acme.ldif"), "CARBONIO": str(EXAMPLES / "carbonio.ldif")}


@frozen
class Answer:
    exit: int
    out: str
    err: str


Ask = Callable[[str | Iterable[str]], Answer]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Ask in the words of a shell; ACME and CARBONIO are the examples."""
    monkeypatch.setenv("COLUMNS", "80")

    def ask(words: str | Iterable[str]) -> Answer:
        arguments = words.split() if isinstance(words, str) else words
        try:
            exit_code = main([SOURCES.get(each, each) for each in arguments])
        except SystemExit as left:
            exit_code = int(str(left.code))
        captured = capsys.readouterr()
        return Answer(exit_code, captured.out, captured.err)

    return ask
