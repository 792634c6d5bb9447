"""Distinguished names by example: how they are read, printed, and walked."""

from __future__ import annotations

import pickle

import pytest

from mailpolicy.errors import InvalidDN
from mailpolicy.ldap.dn import AVA, DN


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        ("uid=jane,ou=people,o=mail", "uid=jane,ou=people,o=mail"),
        (" uid = jane , ou=people ; o=mail ", "uid=jane,ou=people,o=mail"),
        ("cn=Jane+sn=Doe,o=mail", "cn=Jane+sn=Doe,o=mail"),
        ("cn=Jane + sn=Doe", "cn=Jane+sn=Doe"),
        ("cn=", "cn="),
        ('cn="Doe, Jane"', "cn=Doe\\, Jane"),
        ('cn="a\\"b\\\\c"', 'cn=a\\"b\\\\c'),
        ("cn=\\ a b\\ ", "cn=\\ a b\\ "),
        ("cn=\\#1", "cn=\\#1"),
        ("cn=a#\\#\\=", "cn=a##="),
        ("cn=\\4a\\61ne\\2c", "cn=Jane\\,"),
        ("cn=\\c3\\a9", "cn=é"),
        ("cn=é", "cn=é"),
        ("cn=\\C3", "cn=\\c3"),
        ("cn=\\00\\0a\\7f", "cn=\\00\\0a\\7f"),
        ("cn=a\tb", "cn=a\\09b"),
        ("cn=\udcff", "cn=\\ff"),
        ("cn=#0401AB ,o=mail", "cn=#0401ab,o=mail"),
        ("2.5.4.3=jane", "2.5.4.3=jane"),
        ("cn;lang-de=jane", "cn=jane"),
        ("CN=Jane", "CN=Jane"),
    ],
)
def test_what_is_read_is_printed_in_one_way(text: str, canonical: str) -> None:
    assert str(DN(text)) == canonical
    assert DN.parse(text) == DN(text) == DN(canonical)
    assert type(DN.parse(text)) is DN


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        (" ", 1, "an attribute name"),
        ("cn", 2, "= after"),
        ("=jane", 0, "an attribute name"),
        ("uid=jane,", 9, "an attribute name"),
        ("uid=jane,,o=mail", 9, "an attribute name"),
        ("uid=jane,ou", 11, "= after"),
        ("uid=jane+", 9, "an attribute name"),
        ("c_n=jane", 1, "= after"),
        ("2.5.=jane", 3, "= after"),
        ("oid.2.5.4.3=jane", 3, "= after"),
        ("cn=<jane", 3, "a separator, or \\ before"),
        ('cn=ja"ne', 5, "a separator, or \\ before"),
        ('cn="jane', 3, "a closing quote"),
        ('cn="jane"x', 9, "a separator, or \\ before"),
        ("cn=ja\\ne", 5, "a character that may be escaped"),
        ("cn=ja\\", 5, "a character that may be escaped"),
        ("cn=ja\\4", 5, "a character that may be escaped"),
        ("cn=#", 3, "pairs of hexadecimal digits"),
        ("cn=#4,o=mail", 3, "pairs of hexadecimal digits"),
        ("cn=#04 1", 7, "a separator after"),
        ("cn=a\0b", 4, "no NUL"),
        ("cn=\ud800", 3, "characters that UTF-8 can encode"),
    ],
)
def test_what_is_wrong_is_named(text: str, position: int, expected: str) -> None:
    with pytest.raises(InvalidDN) as caught:
        DN(text)
    assert (caught.value.text, caught.value.position) == (text, position)
    assert caught.value.expected.startswith(expected)


def test_the_parts_of_a_name() -> None:
    dn = DN("cn=a\\,b+sn=#0401,ou=x\\\\,o=mail")
    assert dn.rdns == (
        (AVA("cn", "a,b"), AVA("sn", b"\x04\x01", encoded=True)),
        (AVA("ou", "x\\"),),
        (AVA("o", b"mail"),),
    )
    assert dn.rdn == dn.rdns[0]
    assert dn.depth == 3
    assert dn.parent == "ou=x\\\\,o=mail"
    assert dn.parent.parent.parent == DN("")
    assert DN.build(*dn.rdns) == dn


def test_the_root() -> None:
    root = DN()
    assert (root, root.rdns, root.rdn, root.depth, root.parent) == ("", (), (), 0, "")
    assert root.child("o", "mail") == "o=mail"
    assert DN("o=mail").is_below(root)
    assert not root.is_below(root)


def test_a_child_is_escaped() -> None:
    child = DN("o=mail").child("cn", " a,b+c=\\#\x00")
    assert child == "cn=\\ a\\,b\\+c=\\\\#\\00,o=mail"
    assert child.rdn == (AVA("cn", b" a,b+c=\\#\x00"),)
    assert child.parent == "o=mail"


@pytest.mark.parametrize("name", ["", "c n", "cn;x", "cn=", "1.", "é"])
def test_an_attribute_name_cannot_smuggle_anything_in(name: str) -> None:
    with pytest.raises(InvalidDN):
        DN("o=mail").child(name, "x")


@pytest.mark.parametrize(
    ("dn", "other", "below"),
    [
        ("ou=people,o=mail", "o=mail", True),
        ("uid=a,ou=people,o=mail", "o=mail", True),
        ("o=mail", "o=mail", False),
        ("o=mail", "ou=people,o=mail", False),
        ("ou=x\\,o=mail", "o=mail", False),
        ("ou=x\\\\,o=mail", "o=mail", True),
        ("ou=x\\\\\\,o=mail", "o=mail", False),
        ("foo=mail", "o=mail", False),
        ("cn=a+o=mail", "o=mail", False),
    ],
)
def test_is_below(dn: str, other: str, below: bool) -> None:
    assert DN(dn).is_below(DN(other)) is below


def test_a_name_is_text() -> None:
    dn = DN(" uid=jane, o=mail")
    assert dn == "uid=jane,o=mail"
    assert {dn: 1}["uid=jane,o=mail"] == 1
    assert sorted([DN("o=b"), DN("o=a")]) == ["o=a", "o=b"]
    assert pickle.loads(pickle.dumps(dn)) == dn
    assert type(pickle.loads(pickle.dumps(dn))) is DN
    assert not hasattr(dn, "__dict__")


def test_long_names_take_time_in_proportion() -> None:
    assert DN("cn=a" + " " * 200_000 + "b").rdn[0].value.endswith(b" b")
    assert DN("cn=a" + " " * 200_000) == "cn=a"
    with pytest.raises(InvalidDN):
        DN('cn="' + "a" * 200_000)
    parts = 20_000
    dn = DN(", ".join(["cn=a\\,b"] * parts))
    assert dn.depth == len(dn.rdns) == parts
    with pytest.raises(InvalidDN) as caught:
        DN("cn=a," * parts)
    assert caught.value.position == 5 * parts
