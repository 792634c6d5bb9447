"""A password that somebody changes stands in no journal."""

from __future__ import annotations

import json

import pytest

import mailpolicy as mp
from mailpolicy.journal.concealing import WITHHELD
from mailpolicy.journal.reading import parsed
from mailpolicy.journal.record import Record, line_of
from mailpolicy.journal.replaying import replayed

JOHN = "john@acme.example"
ACME = mp.open("ldif/examples/acme.ldif")


@pytest.mark.parametrize("field", ["password", "userPassword", "ssl_private_key", "no.such.name"])
@pytest.mark.parametrize("operation", ["modify", "create"])
def test_what_a_secret_becomes_is_withheld(field: str, operation: str) -> None:
    decision = mp.decide(ACME, mp.Edit(JOHN, JOHN, operation, field, "a word"))
    line = line_of(decision, "", "", 0.0)
    assert "a word" not in line
    assert json.loads(line)["request"]["value"] == WITHHELD
    record = parsed(line.encode())
    assert isinstance(record, Record)
    assert replayed(ACME, [record]).hidden == 1


def test_what_is_no_secret_stays() -> None:
    decision = mp.decide(ACME, mp.Edit(JOHN, JOHN, field="auto_reply_text", value="Gone fishing"))
    record = parsed(line_of(decision, "", "", 0.0).encode())
    assert isinstance(record, Record)
    assert record.request == decision.request
    assert replayed(ACME, [record]).same == 1
