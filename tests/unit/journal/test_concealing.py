"""Hidden addresses: nobody reads them without the key, and who has it finds those of the directory again."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from mailpolicy.errors import InvalidValue
from mailpolicy.journal import Concealing

KEY = b"a key of some length"
LOCALS = st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}", fullmatch=True)


def test_a_short_key_is_none() -> None:
    with pytest.raises(InvalidValue, match="16 bytes"):
        Concealing(b"short")


def test_other_keys_hide_otherwise() -> None:
    one, other = Concealing(KEY), Concealing(KEY + b"!")
    assert one.hide("john@acme.example") != other.hide("john@acme.example")


def test_counters_and_texts_keep_what_is_no_address() -> None:
    hidden = Concealing(KEY).hide("messages/86400 john@acme.example")
    assert hidden.startswith("messages/86400 h.")
    assert hidden.endswith("@acme.example")
    assert Concealing(KEY).hide("no address") == "no address"


def test_what_is_hidden_is_not_hidden_again() -> None:
    concealing = Concealing(KEY)
    hidden = concealing.hide("john@acme.example")
    assert concealing.hide(hidden) == hidden


def test_an_address_that_nobody_has_named_stays_hidden() -> None:
    concealing = Concealing(KEY)
    hidden = concealing.hide("john@acme.example")
    assert concealing.reveal(hidden) == hidden


@given(LOCALS)
def test_whoever_has_key_and_directory_finds_them_again(local: str) -> None:
    concealing = Concealing(KEY)
    address = f"{local}@acme.example"
    hidden = concealing.hide(address)
    # What is made of hexadecimal digits alone may stand in a hash by chance.
    assert local not in hidden.partition("@")[0] or set(local) <= set("h.0123456789abcdef")
    concealing.learn([address])
    assert concealing.reveal(f"to {hidden}, twice {hidden}") == f"to {address}, twice {address}"
