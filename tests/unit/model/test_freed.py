"""A directory that nobody holds any more is freed at once: nothing that was asked of it keeps it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import suppress
from weakref import ref

import pytest

import mailpolicy as mp
from mailpolicy.errors import Ambiguous, InvalidValue, MailPolicyError, NotFound

JOHN, STAFF = "john@acme.example", "staff@acme.example"


def find_everybody(acme: mp.Directory) -> None:
    everybody = [account.name for account in acme.accounts()]
    for address in (*everybody, "nobody@acme.example", "no@where", "bad@@"):
        with suppress(Ambiguous, InvalidValue, NotFound):
            acme.find(address)


def ask_of_lists(acme: mp.Directory) -> list[object]:
    staff = acme.expand(STAFF)
    return [
        [(member.via, member.receive) for member in staff],
        (staff.loops, staff.counts, staff.tree(), staff._repr_html_(), "x@elsewhere.example" in staff),
        [[found.via for found in acme.lists_of(account)] for account in acme.accounts()],
        [each.is_member(account) for each in acme.lists() for account in acme.accounts()],
        [acme.explain_member(each, account) for each in acme.lists() for account in acme.accounts()],
    ]


def preview(acme: mp.Directory) -> list[object]:
    asked = (("(&(ou=Sales)(hasSubordinates=FALSE))", False), ("(status=active)", True))
    seen = [acme.preview(text, against="sales@acme.example", effective=each) for text, each in asked]
    return [(each.cost, each._repr_html_(), each.why(JOHN), each.why_not(JOHN)) for each in seen]


def ask_for_rights(acme: mp.Directory) -> list[object]:
    accounts, lists = acme.accounts(), acme.lists()
    return [
        [mp.holds(acme, account, "sendAs", JOHN).reasons for account in accounts],
        [(account.owned_lists, account.lists, account.delegates) for account in accounts],
        [(each.owners, each.allowed_senders, each.members.addresses) for each in lists],
        [mp.may_post(acme, each, sender=f"{account.address}") for each in lists for account in accounts],
        [mp.may_subscribe(acme, each, account) for each in lists for account in accounts],
        mp.may_edit(acme, "jane@acme.example", JOHN, "mailbox_quota", as_admin=True),
    ]


def fail(acme: mp.Directory) -> None:
    wrong: tuple[Callable[[], object], ...] = (
        lambda: acme.expand("nobody@nowhere.example"),
        lambda: acme.expand(STAFF, depth=0),
        lambda: acme.preview("(x"),
        lambda: mp.holds(acme, JOHN, "nonsense", JOHN),
    )
    for ask in wrong:
        try:
            ask()
        except MailPolicyError:
            continue
        raise AssertionError("it is answered")


def follow_changes(acme: mp.Directory) -> None:
    ask_of_lists(acme)
    assert acme.gal("acme.example", "jo")
    url = "ldap:///o=mail??sub?(&(ou=Sales)(hasSubordinates=FALSE))"
    after = acme.with_changes(
        mp.set(JOHN, mailbox_quota="2 GiB"), mp.set("sales@acme.example", member_urls=[url])
    )
    ask_of_lists(after)
    assert after.gal("acme.example", "jo")


QUESTIONS: dict[str, Callable[[mp.Directory], object]] = {
    "find": find_everybody,
    "search": lambda acme: acme.search("", filter="(&(hasSubordinates=FALSE)(cn:caseExactMatch:=x))"),
    "plan": lambda acme: acme.search("", filter="(&(ou=Sales)(!(l=Paris)))", explain=True).plan,
    "settings": lambda acme: [dict(account.settings) for account in acme.accounts()],
    "explain": lambda acme: [account.explain("mailbox_quota").reasons for account in acme.accounts()],
    "effective": lambda acme: acme.effective("mailbox_quota").counts(),
    "status": lambda acme: [account.status.reasons for account in acme.accounts()],
    "findings": lambda acme: list(acme.findings),
    "lists": ask_of_lists,
    "preview": preview,
    "rights": ask_for_rights,
    "gal": lambda acme: [acme.gal("acme.example", text).as_table() for text in ("", "jo", "m")],
    "lists changed": follow_changes,
    "errors": fail,
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


@pytest.mark.usefixtures("without_collector")
def test_a_version_is_freed_while_the_next_is_held() -> None:
    acme = mp.open("ldif/examples/acme.ldif")
    snapshot = ref(acme.snapshot)
    ask_of_lists(acme)
    after = acme.with_changes(mp.set(JOHN, mailbox_quota="2 GiB"))
    ask_of_lists(after)
    del acme
    assert snapshot() is None
