"""What both clients write, and what it is to them when the server refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from mailpolicy.errors import MailPolicyError, ReadOnly, SchemaError, StalePlan, Unavailable
from mailpolicy.ldap.ldif.records import Modification
from mailpolicy.ldap.url import Scope
from mailpolicy.live.backend import Attributes, Backend
from mailpolicy.live.bind import Bind
from tests.live.backends import Client
from tests.slapd import Slapd, StartSlapd

BASE = "dc=example"
JANE = "uid=jane,dc=example"
DATA = """
dn: dc=example
objectClass: domain
dc: example

dn: ou=people,dc=example
objectClass: organizationalUnit
ou: people

dn: uid=below,ou=people,dc=example
objectClass: account
uid: below

dn: uid=jane,dc=example
objectClass: account
objectClass: posixAccount
objectClass: simpleSecurityObject
uid: jane
cn: Jane
uidNumber: 7
gidNumber: 7
homeDirectory: /home/jane
userPassword: hers
description: one
description: two
description: three
"""


@pytest.fixture
def directory(start_slapd: StartSlapd) -> Slapd:
    return start_slapd(
        data=DATA,
        settings={"olcReferral": "ldap://elsewhere.example"},
        database={"olcAccess": ["to attrs=userPassword by anonymous auth", "to * by users read"]},
    )


@pytest.fixture
def backend(client: Client, directory: Slapd) -> Iterator[Backend]:
    with client.opened(directory) as opened:
        yield opened


def entry(backend: Backend, dn: str = JANE) -> Attributes:
    [(_, attributes)] = backend.search(dn, Scope.BASE)
    return attributes


def names(backend: Backend) -> set[str]:
    return {dn for dn, _ in backend.search(BASE, Scope.CHILDREN, attributes=["1.1"])}


def test_an_entry_is_added_with_every_value(backend: Backend) -> None:
    added = {
        "objectClass": [b"device", b"simpleSecurityObject"],
        "cn": ["Ümlaut".encode(), b"x"],
        "userPassword": [b"\xff\x00\n"],
        "description;lang-de": [b"da"],
    }
    backend.add("cn=Ümlaut,dc=example", added)
    stored = entry(backend, "cn=Ümlaut,dc=example")
    assert {name: list(stored[name]) for name in added} == added


def test_values_are_added_deleted_replaced_and_counted(backend: Backend) -> None:
    backend.modify(
        JANE,
        [
            Modification("add", "description", (b"four",)),
            Modification("delete", "description", (b"one", b"three")),
            Modification("replace", "cn", (b"J", "Jané".encode())),
            Modification("increment", "uidNumber", (b"5",)),
            Modification("delete", "userPassword"),
            Modification("add", "userPassword", (b"\x00\xff",)),
        ],
    )
    stored = entry(backend)
    assert list(stored["description"]) == [b"two", b"four"]
    assert list(stored["cn"]) == [b"J", "Jané".encode()]
    assert list(stored["uidNumber"]) == [b"12"]
    assert list(stored["userPassword"]) == [b"\x00\xff"]


def test_an_attribute_replaced_by_nothing_is_gone(backend: Backend) -> None:
    backend.modify(JANE, [Modification("replace", "description"), Modification("replace", "host")])
    assert "description" not in entry(backend)


def test_steps_are_made_all_or_not_at_all(backend: Backend) -> None:
    before = entry(backend)
    with pytest.raises(SchemaError):
        backend.modify(
            JANE, [Modification("add", "host", (b"a",)), Modification("add", "uidNumber", (b"x",))]
        )
    assert entry(backend) == before


def test_an_entry_is_deleted(backend: Backend) -> None:
    backend.delete(JANE)
    assert JANE not in names(backend)


def test_an_entry_is_renamed(backend: Backend) -> None:
    backend.rename(JANE, "uid=jan")
    assert list(entry(backend, "uid=jan,dc=example")["uid"]) == [b"jan"]


def test_an_entry_is_moved_and_may_keep_its_old_name(backend: Backend) -> None:
    backend.rename(JANE, "uid=jan", "ou=people,dc=example", delete_old_rdn=False)
    assert sorted(entry(backend, "uid=jan,ou=people,dc=example")["uid"]) == [b"jan", b"jane"]


WRITES: dict[str, Callable[[Backend, str | None], None]] = {
    "modify": lambda backend, assertion: backend.modify(
        JANE, [Modification("replace", "description", (b"new",))], assertion=assertion
    ),
    "delete": lambda backend, assertion: backend.delete(JANE, assertion=assertion),
    "rename": lambda backend, assertion: backend.rename(JANE, "uid=jan", assertion=assertion),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=list(WRITES))
def test_what_is_asserted_must_hold(backend: Backend, write: Callable[[Backend, str | None], None]) -> None:
    before = entry(backend)
    csn = before["entryCSN"][0].decode()
    with pytest.raises(StalePlan) as raised:
        write(backend, "(entryCSN=20200101000000.000000Z#000000#000#000000)")
    assert raised.value.changed == (JANE,)
    assert entry(backend) == before
    write(backend, f"(&(entryCSN={csn})(description=two))")
    assert list(backend.search(BASE, filter=f"(entryCSN={csn})")) == []


ACCOUNT = [b"account"]
REFUSED: dict[str, tuple[type[MailPolicyError], Callable[[Backend], None]]] = {
    "an entry that is there": (StalePlan, lambda b: b.add(JANE, {"objectClass": ACCOUNT, "uid": [b"jane"]})),
    "a parent that is not": (
        StalePlan,
        lambda b: b.add(f"uid=a,ou=no,{BASE}", {"objectClass": ACCOUNT, "uid": [b"a"]}),
    ),
    "modify what is not there": (
        StalePlan,
        lambda b: b.modify(f"uid=no,{BASE}", [Modification("add", "host", (b"x",))]),
    ),
    "delete what is not there": (StalePlan, lambda b: b.delete(f"uid=no,{BASE}")),
    "rename what is not there": (StalePlan, lambda b: b.rename(f"uid=no,{BASE}", "uid=yes")),
    "rename to what is there": (StalePlan, lambda b: b.rename(JANE, "ou=people", delete_old_rdn=False)),
    "entries below it": (StalePlan, lambda b: b.delete(f"ou=people,{BASE}")),
    "a value that is there": (
        StalePlan,
        lambda b: b.modify(JANE, [Modification("add", "description", (b"one",))]),
    ),
    "a value that is not": (
        StalePlan,
        lambda b: b.modify(JANE, [Modification("delete", "description", (b"zero",))]),
    ),
    "an unknown attribute": (SchemaError, lambda b: b.modify(JANE, [Modification("add", "noSuch", (b"x",))])),
    "an unknown class": (
        SchemaError,
        lambda b: b.add(f"cn=a,{BASE}", {"objectClass": [b"no"], "cn": [b"a"]}),
    ),
    "a value of another syntax": (
        SchemaError,
        lambda b: b.modify(JANE, [Modification("replace", "uidNumber", (b"seven",))]),
    ),
    "two values for one": (
        SchemaError,
        lambda b: b.modify(JANE, [Modification("replace", "uidNumber", (b"1", b"2"))]),
    ),
    "an attribute its classes lack": (
        SchemaError,
        lambda b: b.modify(JANE, [Modification("add", "mail", (b"jane@acme.example",))]),
    ),
    "the value it is named by": (SchemaError, lambda b: b.modify(JANE, [Modification("delete", "uid")])),
    "a name that is none": (SchemaError, lambda b: b.delete("nobody")),
    "the tree of another server": (ReadOnly, lambda b: b.delete("uid=jane,dc=other")),
    "what only the server writes": (
        SchemaError,
        lambda b: b.modify(JANE, [Modification("replace", "entryCSN", (b"x",))]),
    ),
}


@pytest.mark.parametrize(("error", "write"), REFUSED.values(), ids=list(REFUSED))
def test_a_refusal_has_its_own_error(
    backend: Backend, error: type[MailPolicyError], write: Callable[[Backend], None]
) -> None:
    before = dict(backend.search(BASE))
    with pytest.raises(MailPolicyError) as raised:
        write(backend)
    assert type(raised.value) is error, repr(raised.value)
    assert dict(backend.search(BASE)) == before


@pytest.mark.parametrize("bind", [None, Bind(JANE, "hers")], ids=["anonymous", "user"])
@pytest.mark.parametrize("write", WRITES.values(), ids=list(WRITES))
def test_who_may_not_write_is_told_so(
    client: Client, directory: Slapd, bind: Bind | None, write: Callable[[Backend, str | None], None]
) -> None:
    with client.opened(directory, bind=bind) as backend, pytest.raises(ReadOnly) as raised:
        write(backend, None)
    assert raised.value.dn == JANE
    assert raised.value.source == backend.url


@pytest.mark.parametrize("write", WRITES.values(), ids=list(WRITES))
def test_a_database_that_is_read_only_says_so(
    client: Client, start_slapd: StartSlapd, write: Callable[[Backend, str | None], None]
) -> None:
    directory = start_slapd(data=DATA, database={"olcReadOnly": "TRUE"})
    with client.opened(directory) as backend, pytest.raises(ReadOnly):
        write(backend, None)


def test_a_search_that_is_referred_elsewhere_knows_nothing(backend: Backend) -> None:
    with pytest.raises(Unavailable, match="another server"):
        list(backend.search("dc=other"))


def test_what_is_hidden_is_not_found(client: Client, directory: Slapd) -> None:
    # So says the server: it does not tell what is hidden from what is not there.
    with client.opened(directory, bind=None) as backend, pytest.raises(MailPolicyError) as raised:
        list(backend.search(JANE))
    assert type(raised.value).__name__ == "NotFound"
