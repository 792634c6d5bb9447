"""Expectations: decisions that must hold, written as data by whoever runs a site.

A file `*.expect.toml` has a request and what must come of it for each::

    [[expect]]
    name = "outsiders may not write to the board"
    request = { kind = "delivery", sender = "a@elsewhere.example", recipient = "board@acme.example" }
    verdict = "reject"
    rule = "lists.posting"

`mailpolicy test SOURCE FILE...` holds them against a directory, and so does pytest, to which each is a test.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .expectation import Expectation as Expectation, Outcome as Outcome
    from .file import InvalidExpectation as InvalidExpectation, expectations as expectations

HOMES: Final = {
    "Expectation": "expectation",
    "InvalidExpectation": "file",
    "Outcome": "expectation",
    "expectations": "file",
}
"""Loaded when they are first used: every run of pytest comes by here, for the plug-in."""


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"mailpolicy.expect.{HOMES[name]}"), name)
