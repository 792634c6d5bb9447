"""Threads may ask one directory at once: what it works out and keeps on the way is the same for all."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

import mailpolicy as mp
from mailpolicy.errors import MailPolicyError
from mailpolicy.model import Directory
from mailpolicy.snapshot import version
from tests.examples import ACME, CARBONIO, EXAMPLES

THREADS = 6
ROUNDS = 5
FILTERS = (
    "(mail=*@acme.example)", "(createTimestamp>=20200101000000Z)", "(!(cn=*a*))",
    "(|(uid=*o*)(description=*))", "(&(hasSubordinates=TRUE)(objectClass=*))", "(cn~=jon)",
)  # fmt: skip
SETTINGS = ("mailbox_quota", "mail_status", "imap_enabled", "display_name")

Question = Callable[[Directory], object]
QUESTIONS: tuple[Question, ...] = (
    *(lambda directory, filter=filter: dns(directory.search("", filter=filter)) for filter in FILTERS),
    lambda directory: [dns(directory.search(base, "one", limit=2)) for base in ("", "o=mail", "dc=example")
                       if not base or directory.snapshot.entry(base)],
    lambda directory: [found(directory, str(account.address)) for account in directory.accounts()],
    lambda directory: [found(directory, f"x{account.address}") for account in directory.accounts()],
    lambda directory: [account.settings[name] for account in directory.accounts() for name in SETTINGS],
    lambda directory: [directory.effective(name).values() for name in SETTINGS],
    lambda directory: [account.status.name for account in directory.accounts()],
    lambda directory: [str(account.cos) for account in directory.accounts()],
    lambda directory: directory.revision,
    lambda directory: [dns(cos.accounts) for cos in directory.classes_of_service()],
    lambda directory: len(directory.findings),
    lambda directory: len(pickle.loads(pickle.dumps(directory)).snapshot),
)  # fmt: skip


def dns(found: object) -> list[str]:
    return [str(each.dn) for each in found]


def found(directory: Directory, address: str) -> str:
    try:
        return str(directory.find(address).dn)
    except MailPolicyError as error:
        return repr(error)


@pytest.fixture(autouse=True)
def _impatient() -> Iterator[None]:
    """Threads take turns so often that they meet in the middle of things."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def answers(directory: Directory, first: int = 0) -> list[object]:
    """The answers to all questions, in their order, asked from one of them on."""
    first %= len(QUESTIONS)
    asked = [*range(first, len(QUESTIONS)), *range(first)]
    given = {number: QUESTIONS[number](directory) for number in asked}
    return [given[number] for number in range(len(QUESTIONS))]


def asked_at_once(directories: list[Directory]) -> list[list[object]]:
    """The answers of each directory to a thread of its own, all of them starting together."""
    ready = Barrier(len(directories))

    def ask(number: int) -> list[object]:
        ready.wait()
        return answers(directories[number], 3 * number)

    with ThreadPoolExecutor(len(directories)) as threads:
        return list(threads.map(ask, range(len(directories))))


@pytest.mark.parametrize("example", ["acme", "carbonio"])
def test_a_fresh_directory_answers_many_as_it_does_one(example: str) -> None:
    path = EXAMPLES / f"{example}.ldif"
    expected = answers(mp.open(path))
    for _ in range(ROUNDS):
        directory = mp.open(path)
        for given in asked_at_once([directory] * THREADS):
            assert given == expected


@pytest.mark.parametrize("example", [ACME, CARBONIO], ids=["native", "carbonio"])
def test_new_versions_are_made_meanwhile(example: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread changes what the others ask; each version answers as it does when it is alone."""
    monkeypatch.setattr(version, "SMALLEST_BOUND", 4)
    monkeypatch.setattr(version, "RARELY", 1)
    text = mp.dumps(example)
    expected = answers(mp.loads(text))
    for _ in range(ROUNDS):
        directory = mp.loads(text)
        with ThreadPoolExecutor(THREADS) as threads:
            writer = threads.submit(versions_of, directory)
            readers = [threads.submit(answers, directory, 3 * number) for number in range(1, THREADS)]
            assert [reader.result() for reader in readers] == [expected] * len(readers)
            versions = writer.result()
    several = [versions[1], *versions[-THREADS:]]
    assert asked_at_once(several) == [answers(mp.loads(mp.dumps(version))) for version in several]


def versions_of(directory: Directory) -> list[Directory]:
    """Version after version, beyond the first base."""
    versions, names = [directory], [account.dn for account in directory.accounts()]
    for number in range(60):
        change = mp.set(names[number % len(names)], mailbox_quota="9 GiB", description=str(number))
        versions.append(versions[-1].with_changes(change))
    assert versions[-1].snapshot.base is not directory.snapshot.base
    return versions
