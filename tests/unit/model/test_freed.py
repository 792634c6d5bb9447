"""A directory that nobody holds any more is freed at once: nothing that was asked of it keeps it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import suppress
from weakref import ref

import pytest

import mailpolicy as mp
from mailpolicy.errors import Ambiguous, InvalidValue, NotFound

JOHN = "john@acme.example"


def find_everybody(acme: mp.Directory) -> None:
    everybody = [account.name for account in acme.accounts()]
    for address in (*everybody, "nobody@acme.example", "no@where", "bad@@"):
        with suppress(Ambiguous, InvalidValue, NotFound):
            acme.find(address)


QUESTIONS: dict[str, Callable[[mp.Directory], object]] = {
    "find": find_everybody,
    "search": lambda acme: acme.search("", filter="(&(hasSubordinates=FALSE)(cn:caseExactMatch:=x))"),
    "plan": lambda acme: acme.search("", filter="(&(ou=Sales)(!(l=Paris)))", explain=True).plan,
    "settings": lambda acme: [dict(account.settings) for account in acme.accounts()],
    "explain": lambda acme: [account.explain("mailbox_quota").reasons for account in acme.accounts()],
    "effective": lambda acme: acme.effective("mailbox_quota").counts(),
    "status": lambda acme: [account.status.reasons for account in acme.accounts()],
    "findings": lambda acme: list(acme.findings),
    "revision": lambda acme: acme.revision,
    "changes": lambda acme: acme.with_changes(mp.set(JOHN, mailbox_quota="2 GiB")).account(JOHN).settings,
}


@pytest.fixture
def without_collector() -> Iterator[None]:
    """Only what is in no cycle is freed."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_collector")
@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=QUESTIONS)
def test_a_directory_is_freed_when_nobody_holds_it(asked: Callable[[mp.Directory], object]) -> None:
    acme = mp.open("ldif/examples/acme.ldif")
    snapshot = ref(acme.snapshot)
    asked(acme)
    del acme
    assert snapshot() is None
