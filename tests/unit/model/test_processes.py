"""A directory in a process that forks, and what opening one leaves as it was."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import mailpolicy as mp
from mailpolicy.errors import InvalidLDIF
from tests.examples import ACME, CARBONIO, EXAMPLES
from tests.unit.model.test_pickling import answers

# Whoever runs the tests has threads of its own, of which the child has none; later Pythons warn of that.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")

BROKEN = "dn: o=mail\nobjectClass organization\n"


def exit_code(work: Callable[[], None]) -> int:
    """Do something in a child process; 0 where it comes to an end without an error."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        work()
        code = 0
    finally:
        # Not through pytest, which would report everything a second time.
        os._exit(code)


@pytest.mark.parametrize("example", ["acme", "carbonio"])
@pytest.mark.parametrize("is_asked_before", [True, False])
def test_a_child_gets_the_same_answers(example: str, is_asked_before: bool) -> None:
    path = EXAMPLES / f"{example}.ldif"
    expected, directory = answers(mp.open(path)), mp.open(path)
    if is_asked_before:
        answers(directory)

    def ask() -> None:
        assert answers(directory) == expected

    def change() -> None:
        first = directory.accounts()[0]
        assert answers(directory.with_changes(mp.set(first, mailbox_quota="9 GiB"))) != expected

    assert [exit_code(each) for each in (ask, change, ask)] == [0, 0, 0]
    assert answers(directory) == expected


def test_a_child_that_gets_other_answers_is_noticed() -> None:
    def ask() -> None:
        assert answers(ACME) == answers(CARBONIO)

    assert exit_code(ask) == 1


def of_the_process() -> dict[str, object]:
    """What everything in the process shares."""
    return {
        "collector": (gc.isenabled(), gc.get_threshold(), gc.get_debug(), list(gc.callbacks)),
        "frozen": gc.get_freeze_count(),
        "depth": sys.getrecursionlimit(),
        "interval": sys.getswitchinterval(),
        "digits": sys.get_int_max_str_digits(),
        "signals": {number: signal.getsignal(number) for number in signal.valid_signals()},
        "hooks": (sys.excepthook, sys.unraisablehook, sys.gettrace(), sys.getprofile()),
        "folder": Path.cwd(),
        "environment": dict(os.environ),
    }


def load_well() -> None:
    answers(mp.open(EXAMPLES / "acme.ldif"))


def load_strictly() -> None:
    with pytest.raises(InvalidLDIF):
        mp.loads(BROKEN, dialect="native", strict=True)


def load_from_nowhere() -> None:
    with pytest.raises(OSError, match="gone"):
        mp.open(EXAMPLES / "gone.ldif")


@pytest.mark.parametrize("load", [load_well, load_strictly, load_from_nowhere])
@pytest.mark.parametrize("collects", [True, False])
def test_opening_leaves_the_process_as_it_was(load: Callable[[], None], collects: bool) -> None:
    enabled = gc.isenabled()
    (gc.enable if collects else gc.disable)()
    try:
        before = of_the_process()
        load()
        assert of_the_process() == before
    finally:
        (gc.enable if enabled else gc.disable)()
