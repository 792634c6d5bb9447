"""A terminal gets colours if it has any; whoever does not, gets the same text without."""

from __future__ import annotations

import io
import os
import pty
import re
from collections.abc import Iterator
from typing import TextIO

import pytest

from mailpolicy.show import Screen
from mailpolicy.show.screen import plainly
from mailpolicy.tables import Cell, Style, Table, columns_of, plain_text

SEQUENCE = re.compile(r"\x1b\[[0-9;]*m")
STORY = Table(
    "quota of Zoë, 東京",
    ("value", "from", "because"),
    [
        [Cell("10 GiB", "own"), "account", Cell("the nearest " * 12, "note")],
        [Cell("5 GiB", "shadowed"), "cos premium", Cell("overridden", "bad")],
        [Cell("1 GiB", "inherited"), "global", Cell("fine", "good")],
    ],
)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[TextIO]:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)
    owner, seen = pty.openpty()
    with os.fdopen(seen, "w", encoding="utf-8") as stream:
        yield stream
    os.close(owner)


def shown(screen: Screen) -> str:
    stream = io.StringIO()
    Screen(stream, screen.width, screen.paint).show(STORY)
    return stream.getvalue()


def test_a_terminal_gets_colours_and_the_same_text(terminal: TextIO) -> None:
    screen = Screen.of(terminal)
    coloured = shown(screen)
    assert "\x1b[1m10 GiB\x1b[0m" in coloured
    assert SEQUENCE.sub("", coloured) == plain_text(STORY, 60) + "\n"
    assert screen.width == 60


def test_every_style_looks_different(terminal: TextIO) -> None:
    paint = Screen.of(terminal).paint
    assert len({paint((Cell("text", style),)) for style in Style}) == len(Style)


def test_spaces_are_never_struck_through(terminal: TextIO) -> None:
    assert not re.search(r"\x1b\[[1-9][0-9;]*m +\x1b", shown(Screen.of(terminal)))


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb"), ("TERM", "")])
def test_the_environment_can_refuse_colours(
    terminal: TextIO, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    assert Screen.of(terminal).paint is not plainly
    monkeypatch.setenv(name, value)
    assert Screen.of(terminal).paint is plainly


def test_an_empty_no_color_refuses_nothing(terminal: TextIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    assert Screen.of(terminal).paint is not plainly


def test_without_the_extra_there_are_no_colours(terminal: TextIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailpolicy.show.screen.find_spec", lambda name: None)
    assert Screen.of(terminal).paint is plainly


def test_a_pipe_gets_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("COLUMNS", raising=False)
    assert Screen.of(io.StringIO()).paint is plainly


@pytest.mark.parametrize("width", [30, 40, 60, 80, 200])
def test_no_line_is_wider_than_the_screen(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    screen = Screen.of(io.StringIO())
    screen.say("A sentence that goes on " * 5)
    assert isinstance(screen.stream, io.StringIO)
    lines = (shown(screen) + screen.stream.getvalue()).splitlines()
    assert max(map(columns_of, lines)) <= width


def test_control_characters_reach_no_terminal(terminal: TextIO) -> None:
    stream = io.StringIO()
    screen = Screen(stream, 80, Screen.of(terminal).paint)
    screen.show(Table("\x1b]0;title\x07", ("\x1b[2J",), [[Cell("\x1b[31mred\r", style)] for style in Style]))
    screen.say("\x1b[8mhidden")
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", SEQUENCE.sub("", stream.getvalue()))
    assert "[31mred" in stream.getvalue()


@pytest.mark.parametrize(("encoding", "text"), [("utf-8", "Zoë"), ("latin-1", r"Zo\u00eb")])
def test_json_is_what_the_stream_can_carry(encoding: str, text: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    Screen(stream).print_json({"name": "Zoë"})
    stream.seek(0)
    assert text in stream.read()
