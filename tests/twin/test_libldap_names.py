"""Distinguished names as libldap reads them: the same names refused, the same parts in the others."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from mailpolicy.errors import InvalidDN
from mailpolicy.ldap.dn import AVA, DN
from tests.odd_text import any_text, check_position, corpus, pieces
from tests.twin import libldap
from tests.twin.libldap_differences import deliberate

pytestmark = [pytest.mark.twin, libldap.needed]

Parsed = list[list[tuple[bytes, bytes, bool]]]


def our_dn(text: str) -> Parsed | InvalidDN:
    try:
        dn = DN(text)
    except InvalidDN as error:
        check_position(error)
        return error
    return [[(ava.attribute.encode(), ava.value, ava.encoded) for ava in rdn] for rdn in dn.rdns]


def same_dn(text: str) -> None:
    ours, theirs = our_dn(text), libldap.dn(text.encode())
    if isinstance(ours, InvalidDN):
        assert theirs is None or deliberate(ours)
    else:
        assert ours == theirs


DNS = corpus("dns")


@pytest.mark.parametrize("text", DNS)
def test_dn_corpus(text: str) -> None:
    same_dn(text)


DN_PIECES = (
    "cn", "ou", "=", "=", ",", ";", "+", "\\", "\\2c", "\\,", "\\ ", "\\é", " ", "\t", "\n", "\r",
    '"', '"a"', "#", "#04", "0a", "1.2", "3", "é", "a", "b", "<", ">", "\\\\", "dc=x", "x=y", ";lang-de",
    "-", "_", "\x01", "\x7f", "\u212a", ", ", " + ",
)  # fmt: skip


@given(pieces(*DN_PIECES) | pieces(*DN_PIECES).map("cn={}".format))
def test_odd_names(text: str) -> None:
    same_dn(text)


@given(any_text)
def test_any_text_as_a_name(text: str) -> None:
    same_dn(text)
    same_dn(f"cn={text}")
    same_dn(f'cn="{text}",o=mail')


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(["cn", "1.2.3"]), st.binary(max_size=6)), min_size=1, max_size=2),
        max_size=3,
    )
)
def test_libldap_reads_the_names_we_print(rdns: list[list[tuple[str, bytes]]]) -> None:
    dn = DN.build(*(tuple(AVA(*ava) for ava in rdn) for rdn in rdns))
    expected = [[(attribute.encode(), value, False) for attribute, value in rdn] for rdn in rdns]
    assert libldap.dn(dn.encode()) == expected
