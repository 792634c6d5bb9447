"""Which folder spam is filed into, as the milter says it: for all recipients, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from mailpolicy.decision import Delivery
from mailpolicy.errors import InvalidValue
from mailpolicy.mta.transaction import SpamHeader
from tests.filing import FLAG, FORGED, POLICY, SPAM_HEADER, WILE, Filed, address, cases, filing
from tests.milters import END, Connection, header, mail, rcpt

ANN, BOB, EVE = map(address, ("ann", "bob", "eve"))
FORGED_NAME = b"x-mailpolicy-folder\0\0"


def connection(**said: Any) -> Connection:
    return Connection(**{"policy": POLICY, "source": filing(), "spam_header": SPAM_HEADER, **said}).begin()


def headers(lines: tuple[str, ...]) -> list[bytes]:
    """As Postfix tells them: without what is blank before and behind a name."""
    said = (each.replace("\r\n", "\n").partition(":") for each in lines)
    return [header(name.strip(), value) for name, _, value in said]


def at_end(asked: Connection, sender: str, recipients: tuple[str, ...], *lines: str, login: str = "") -> Any:
    asked.say(mail(sender, login=login), *map(rcpt, recipients), *headers(lines))
    return asked.say(END)


def folders(said: list[tuple[str, bytes]]) -> list[str]:
    """The folders that inserted headers say."""
    start = b"\0\0\0\0X-Mailpolicy-Folder\0"
    return [
        each[len(start) : -1].decode() for letter, each in said if letter == "i" and each.startswith(start)
    ]


@cases
def test_spam_is_filed_as_all_of_its_recipients_want(case: Filed) -> None:
    asked = connection()
    said = at_end(asked, case.sender, case.recipients, *case.headers)
    assert folders(said) == ([case.folder] if case.folder else [])
    assert said[-1][0] == "c"


def test_the_folder_is_all_that_is_changed() -> None:
    assert at_end(connection(), WILE, (EVE,), FLAG) == [
        ("i", b"\0\0\0\0X-Mailpolicy-Folder\0Inbox\0"),
        ("c", b""),
    ]


def test_rules_know_of_spam_once_the_headers_are_there() -> None:
    asked = connection()
    at_end(asked, WILE, (ANN, EVE), FLAG)
    assert [each.spam for each in asked.asked] == [False, False, True, True]


def test_spam_may_be_refused_for_all() -> None:
    said = at_end(connection(), "lateeve@customer.example", (EVE,), FLAG, *FORGED)
    assert [letter for letter, _ in said] == ["y"]


def test_what_is_held_says_nothing() -> None:
    said = at_end(connection(), "heldeve@customer.example", (EVE,), FLAG, *FORGED)
    assert [letter for letter, _ in said] == [*"mmmmm", "q", "c"]


def test_forwards_that_are_added_are_nobody_who_was_asked() -> None:
    for recipients in ((address("copy"),), (address("copy"), EVE), (address("away"), EVE)):
        assert folders(at_end(connection(forwards=True), WILE, recipients, FLAG)) == []
    assert folders(at_end(connection(forwards=True), WILE, (EVE,), FLAG)) == ["Inbox"]


REMOVED = [("m", bytes((0, 0, 0, place)) + FORGED_NAME) for place in range(len(FORGED), 0, -1)]


@pytest.mark.parametrize("lines", [(), (FLAG,)])
def test_what_the_sender_writes_is_taken_out(lines: tuple[str, ...]) -> None:
    own = [("i", b"\0\0\0\0X-Mailpolicy-Folder\0Junk\0")] if lines else []
    assert at_end(connection(), WILE, (ANN,), *FORGED, *lines) == [*REMOVED, *own, ("c", b"")]
    assert at_end(connection(), WILE, (ANN, EVE), *lines, *FORGED) == [*REMOVED, ("c", b"")]


def test_it_does_not_hide_behind_many_headers() -> None:
    many = tuple(f"X-{number}: x" for number in range(600))
    assert at_end(connection(), WILE, (ANN,), *many, *FORGED) == [*REMOVED, ("c", b"")]


def test_of_who_has_logged_in_it_is_taken_out_too() -> None:
    """And what a filter says of her mail is not asked about."""
    asked = connection()
    said = at_end(asked, ANN, (BOB,), f"From: {ANN}", FLAG, *FORGED, login=ANN)
    assert said == [*REMOVED, ("c", b"")]
    assert not any(isinstance(each, Delivery) for each in asked.asked)


def test_of_one_message_nothing_is_known_in_the_next() -> None:
    asked = connection()
    at_end(asked, WILE, (EVE,), FLAG, *FORGED)
    assert at_end(asked, WILE, (EVE,), "Subject: x") == [("c", b"")]


def test_without_a_filter_nothing_is_read_or_taken_out() -> None:
    asked = connection(spam_header=None)
    assert at_end(asked, WILE, (EVE,), FLAG, *FORGED) == [("c", b"")]
    assert not any(each.spam for each in asked.asked)


@pytest.mark.parametrize("text", ["X-Spam: Yes", "x-spam:yes", "X-Spam:  YES  "])
def test_a_header_that_is_one(text: str) -> None:
    assert SpamHeader.parse(text) == SpamHeader("x-spam", "yes")


@pytest.mark.parametrize("text", ["", "YES", ":YES", "X-Spam:", "X-Spam: ", "X Spam: Yes", "X-Späm: Yes"])
def test_a_header_that_is_none(text: str) -> None:
    with pytest.raises(InvalidValue, match="X-Spam-Flag: YES"):
        SpamHeader.parse(text)
