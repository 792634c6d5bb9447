"""What a site writes about its tables, as people write it."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.mta.tables import Answer, Tables, Word, ask

NOTHING = mp.loads("dn: o=mail\nobjectClass: organization\no: mail\n", dialect="native")


@pytest.mark.parametrize("written", ["partner.example", "Partner.EXAMPLE", "partner.example."])
def test_domains_to_relay_for_in_any_letters(written: str) -> None:
    tables = Tables(relay_domains=frozenset({written}))
    for key in ("partner.example", "PARTNER.example", "x@mx.partner.example"):
        assert ask(NOTHING, "relay", key, tables) == Answer(Word.FOUND, "OK")


def test_domains_to_relay_for_as_they_are_spelled() -> None:
    tables = Tables(relay_domains=frozenset({"bücher.example"}))
    assert ask(NOTHING, "relay", "x@xn--bcher-kva.example", tables) == Answer(Word.FOUND, "OK")
    assert ask(NOTHING, "relay", "x@bucher.example", tables).word is Word.ABSENT


@pytest.mark.parametrize("written", [".partner.example", "*.partner.example", "john@partner.example", ""])
def test_what_no_question_would_find_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="relay_domains: "):
        Tables(relay_domains=frozenset({written}))


def test_transports_as_they_are_spelled() -> None:
    tables = Tables(
        transports={"Bücher.example": "one:", ".BÜCHER.example": "two:", "Jo@bücher.example": "three:"}
    )
    for key, said in (
        ("x@xn--bcher-kva.example", "one:"),
        ("x@mx.bücher.example", "two:"),
        ("jo@bücher.example", "three:"),
    ):
        assert ask(NOTHING, "transport", key, tables) == Answer(Word.FOUND, said)
