"""An entry: bytes as stored, values as the schema reads them."""

from __future__ import annotations

import pickle

import pytest

from mailpolicy.ldap.definitions import Definitions
from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.entry import MOST_TOGETHER, Entry

JOHN = {
    "objectClass": (b"inetOrgPerson",),
    "cn": (b"John", b"Jonathan"),
    "cn;lang-de": (b"Johann",),
    "sn": (b"D\xf6",),
    "mail": (b"john@acme.example",),
    "userPassword": (b"{SSHA}not-a-hash",),
    "jpegPhoto": (b"\xff\xd8",),
    "userCertificate;binary": (b"\x30",),
    "xUnknown": (b"caf\xc3\xa9",),
}


@pytest.fixture
def john() -> Entry:
    return Entry(DN("uid=john,o=mail"), JOHN, Definitions.standard())


@pytest.mark.parametrize("name", ["mail", "MAIL", "rfc822Mailbox", "0.9.2342.19200300.100.1.3"])
def test_an_attribute_by_any_of_its_names(john: Entry, name: str) -> None:
    assert john[name] == ("john@acme.example",)
    assert name in john


def test_text_is_str_and_the_rest_bytes(john: Entry) -> None:
    assert john["cn"] == ("John", "Jonathan")
    assert john["CN;LANG-DE"] == ("Johann",)
    assert john["jpegPhoto"] == (b"\xff\xd8",)
    assert john["userPassword"] == (b"{SSHA}not-a-hash",)
    assert john["userCertificate;binary"] == (b"\x30",)
    assert john["xUnknown"] == ("café",)


def test_undecodable_text_keeps_its_bytes(john: Entry) -> None:
    [surname] = john["sn"]
    assert isinstance(surname, str)
    assert surname.encode("utf-8", "surrogateescape") == b"D\xf6"
    assert john.raw["sn"] == (b"D\xf6",)


def test_absent_attributes(john: Entry) -> None:
    assert john.get("description") == ()
    assert john.first("description") is None
    assert "description" not in john
    with pytest.raises(KeyError):
        john["description"]
    with pytest.raises(KeyError):
        john["name"]
    assert john.first("cn") == "John"
    assert 5 not in john


def test_raw_is_read_only(john: Entry) -> None:
    with pytest.raises(TypeError):
        john.raw["mail"] = ()  # type: ignore[index]


def test_names_in_order(john: Entry) -> None:
    assert list(john) == list(JOHN)
    assert len(john) == len(JOHN)


def test_equality_is_dn_and_values(john: Entry) -> None:
    definitions = Definitions.standard()
    assert john == Entry(john.dn, dict(JOHN), definitions)
    assert hash(john) == hash(Entry(john.dn, {}, definitions))
    assert john != Entry(john.dn, JOHN | {"cn": (b"John",)}, definitions)
    assert john != Entry(DN("uid=jim,o=mail"), JOHN, definitions)
    assert john != "uid=john,o=mail"


def test_repr_shows_no_values(john: Entry) -> None:
    assert repr(john).startswith("<Entry uid=john,o=mail: objectClass cn")
    for values in JOHN.values():
        for value in values:
            assert value.decode("latin-1") not in repr(john).split(":", 1)[1]


@pytest.mark.parametrize("members", [1, MOST_TOGETHER - 2, MOST_TOGETHER - 1, 5 * MOST_TOGETHER])
def test_it_is_the_same_in_little_memory(members: int) -> None:
    values = {
        "cn": (b"all",),
        "member": tuple(b"uid=%d,o=mail" % number for number in range(members)),
        "sn": (b"s",),
    }
    entry = Entry(DN("cn=all,o=mail"), values, Definitions.standard())
    compact = entry.compact()
    assert isinstance(compact.kept, bytes) == (members + 2 <= MOST_TOGETHER)
    assert compact == entry
    assert dict(compact.raw) == values
    assert tuple(compact.stored("sn")) == (b"s",)
    assert pickle.loads(pickle.dumps(compact)) == entry
