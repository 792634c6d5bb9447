"""What is not found is denied only where everything could be read."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.errors import NotFound, SchemaError, Unavailable
from mailpolicy.types import Change
from tests.examples import EXAMPLES

WHOLE = (EXAMPLES / "acme.ldif").read_text("utf-8")
DAMAGED = WHOLE.replace("dn: uid=jane,", "dxn: uid=jane,")
JANE, JOHN = "jane@acme.example", "john@acme.example"


def test_an_address_that_may_stand_in_a_broken_record_is_unknown() -> None:
    acme = mp.loads(DAMAGED)
    for question in (acme.account, acme.find, acme.list, acme.select):
        with pytest.raises(Unavailable, match="one record could not be used"):
            question(JANE)
    with pytest.raises(Unavailable):
        acme.search("uid=jane,ou=people,dc=acme.example,o=mail")


def test_what_is_known_is_answered_all_the_same() -> None:
    acme = mp.loads(DAMAGED)
    assert acme.find("John+news@alias.example") == acme.account(JOHN)


def test_no_catch_all_takes_mail_that_may_be_somebodys() -> None:
    assert mp.loads(WHOLE).find("nobody.here@acme.example").name == "lostandfound@acme.example"
    with pytest.raises(Unavailable):
        mp.loads(DAMAGED).find("nobody.here@acme.example")


def test_an_entry_left_out_for_its_name_may_have_been_the_one() -> None:
    again = WHOLE + "\ndn: uid=john,ou=people,dc=acme.example,o=mail\nmail: johnny@acme.example\n"
    with pytest.raises(Unavailable):
        mp.loads(again).find("johnny@acme.example")


def test_a_source_with_nothing_in_it_knows_nothing() -> None:
    for text in ("", "rubbish", "# a comment\n"):
        with pytest.raises(Unavailable):
            mp.loads(text).find(JOHN)


def test_a_directory_stays_partial_after_a_change() -> None:
    acme = mp.loads(DAMAGED).with_changes(mp.set(JOHN, job_title="CEO"))
    with pytest.raises(Unavailable):
        acme.find(JANE)


def test_where_all_was_read_there_is_none() -> None:
    with pytest.raises(NotFound):
        mp.loads(WHOLE).account("nobody.here@acme.example")


@pytest.mark.parametrize(
    "change",
    [
        mp.add_value(JOHN, aliases=JANE),
        mp.set(JOHN, aliases=["john.d@acme.example", JANE]),
        mp.create(f"account:new.{JANE}", aliases=JANE),
        mp.add_value(JOHN, catch_all_addresses="@acme.example"),
    ],
)
def test_a_change_gives_nobody_what_another_has(change: Change) -> None:
    with pytest.raises(SchemaError, match="has it as well"):
        mp.loads(WHOLE).with_changes(change)


def test_a_clash_from_before_is_no_reason_to_refuse_another_change() -> None:
    acme = mp.loads(WHOLE)
    assert acme.with_changes(mp.set("account:sybil@acme.example", job_title="Seer"))
