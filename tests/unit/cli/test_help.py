"""The help says what can be asked, and its examples can."""

from __future__ import annotations

import shlex

import pytest

from mailpolicy.cli import Exit
from mailpolicy.cli.command import command_parser
from mailpolicy.cli.verbs import VERBS
from mailpolicy.schema import DIALECTS

from .conftest import Ask

EXAMPLES = [line for verb in VERBS for line in verb.examples.splitlines()]


def test_the_help_lists_every_verb_and_exit_code(ask: Ask) -> None:
    text = ask("--help").out
    assert all(f"    {verb.name} " in text and verb.summary in text for verb in VERBS)
    assert all(f"  {code.value}  " in text for code in Exit if code < Exit.INTERRUPTED)


@pytest.mark.parametrize("words", ["--help", *(f"{verb.name} --help" for verb in VERBS)])
def test_it_fits_the_screen(ask: Ask, words: str) -> None:
    assert max(map(len, ask(words).out.splitlines())) <= 80


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_each_verb_shows_its_examples(ask: Ask, verb: object) -> None:
    name, examples = verb.name, verb.examples  # type: ignore[attr-defined]
    assert examples in ask(f"{name} --help").out


@pytest.mark.parametrize("line", EXAMPLES, ids=str.strip)
def test_an_example_can_be_asked(line: str) -> None:
    command, *arguments = shlex.split(line.partition(" > ")[0])
    assert command == "mailpolicy"
    command_parser().parse_args(arguments)


def test_the_dialects_are_offered(ask: Ask) -> None:
    assert all(name in ask("schema --help").out for name in DIALECTS)
