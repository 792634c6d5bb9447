"""A directory travels as a pickle: at any age, and between those with compressed bitmaps and without."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

import mailpolicy as mp
from mailpolicy.errors import MailPolicyError
from mailpolicy.model import Directory
from mailpolicy.snapshot import version
from tests.examples import ACME, CARBONIO
from tests.without_roaring import python

PROTOCOLS = range(2, pickle.HIGHEST_PROTOCOL + 1)
FILTERS = ("(mail=*@acme.example)", "(uid=*o*)", "(!(cn=john))", "(&(objectClass=*)(hasSubordinates=TRUE))")


def answers(directory: Directory) -> list[object]:
    """Some of all that can be asked; asking makes indexes and fills the memory."""
    accounts = directory.accounts()
    return [
        directory.revision,
        directory.statuses,
        [found(directory, f"{account.address}") for account in accounts],
        [found(directory, f"x{account.address}") for account in accounts],
        [list(directory.search("", filter=filter)) for filter in FILTERS],
        [[dict(entry.raw) for entry in directory.search("", "one", filter=filter)] for filter in FILTERS],
        directory.effective("mailbox_quota").values(),
        [account.status.name for account in accounts],
        [str(finding) for finding in directory.findings],
        *answers_about_lists(directory),
    ]


def answers_about_lists(directory: Directory) -> list[object]:
    """The same for lists, rights and the address book."""
    accounts, lists = directory.accounts(), directory.lists()
    domains = [domain.name for domain in directory.domains()]
    return [
        [(directory.expand(each).addresses, directory.expand(each).loops) for each in lists],
        [[str(found.list.dn) for found in directory.lists_of(account)] for account in accounts],
        [
            str(directory.preview(filter, effective=True).as_table())
            for filter in ("(status=active)", "(cn=j*)")
        ],
        [[str(found) for found in directory.gal(domain, "j")] for domain in domains],
        [mp.holds(directory, account, "sendAs", accounts[0]).answer for account in accounts],
        [mp.may_post(directory, each, sender=f"{accounts[0].address}").verdict for each in lists],
    ]


def found(directory: Directory, address: str) -> str:
    try:
        return str(directory.find(address).dn)
    except MailPolicyError as error:
        return str(error)


def changed(directory: Directory) -> Directory:
    """One that has both a base and entries before it, some of which are gone."""
    first, second, *_, last = directory.accounts()
    return directory.with_changes(
        mp.set(first, mailbox_quota="9 GiB"),
        mp.set(second, aliases="new@acme.example"),
        mp.create("cos:silver", mailbox_quota="1 GiB"),
        mp.delete(last),
    )


def unused(directory: Directory, more: str = "") -> Directory:
    return mp.loads(mp.dumps(directory) + more, statuses=directory.statuses)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("example", [ACME, CARBONIO], ids=["native", "carbonio"])
def test_it_answers_as_before_whenever_it_is_pickled(example: Directory, protocol: int) -> None:
    broken = unused(example, "\ndn: o=broken\nno value\n")
    for directory in (unused(example), changed(unused(example)), broken):
        early = pickle.loads(pickle.dumps(directory, protocol))
        expected = answers(directory)
        late = pickle.loads(pickle.dumps(directory, protocol))
        assert answers(early) == answers(late) == expected


@pytest.mark.parametrize("example", [ACME, CARBONIO], ids=["native", "carbonio"])
def test_one_that_has_travelled_can_be_changed(example: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = changed(example)
    answers(directory)
    change = mp.add_value(directory.accounts()[2], aliases="more@acme.example")
    for bound in (version.SMALLEST_BOUND, -100):
        monkeypatch.setattr(version, "SMALLEST_BOUND", bound)
        after = pickle.loads(pickle.dumps(directory)).with_changes(change)
        assert answers(after) == answers(directory.with_changes(change))


ELSEWHERE = """
import pickle, sys
from mailpolicy.snapshot.rows import Rows
from tests.unit.model.test_pickling import answers
assert Rows.__name__ == "PlainRows"
directory = pickle.load(sys.stdin.buffer)
sys.stdout.buffer.write(pickle.dumps((answers(directory), directory)))
"""


@pytest.mark.parametrize("example", [ACME, CARBONIO], ids=["native", "carbonio"])
def test_it_travels_to_those_without_compressed_bitmaps_and_back(example: Directory) -> None:
    directory = changed(example)
    expected = answers(directory)
    there, back = pickle.loads(python(ELSEWHERE, given=pickle.dumps(directory)))
    assert there == expected
    assert answers(back) == expected


ANSWERS: dict[str, Callable[[Directory], object]] = {
    "expansion": lambda acme: acme.expand("staff@acme.example"),
    "members": lambda acme: [*acme.expand("staff@acme.example")],
    "lists": lambda acme: acme.lists_of("john@acme.example"),
    "preview": lambda acme: acme.preview("(ou=Sales)", against="sales@acme.example"),
    "effective preview": lambda acme: acme.preview("(&(status=active)(kind=account))", effective=True),
    "preview of the tree": lambda acme: acme.preview("(hasSubordinates=FALSE)"),
    "address book": lambda acme: acme.gal("acme.example", "jo"),
    "right": lambda acme: mp.holds(acme, "jane@acme.example", "sendAs", "john@acme.example"),
    "posting": lambda acme: mp.may_post(acme, "staff@acme.example", sender="x@y.z"),
    "owners": lambda acme: acme.list("all@acme.example").owners,
}


@pytest.mark.parametrize("ask", ANSWERS.values(), ids=ANSWERS)
def test_what_is_answered_travels_too(ask: Callable[[Directory], object]) -> None:
    answer = ask(ACME)
    for protocol in PROTOCOLS:
        assert repr(pickle.loads(pickle.dumps(answer, protocol))) == repr(answer)
