"""What a real slapd refuses is a finding, and what it takes breaks no rule of the schema."""

from __future__ import annotations

import re
from typing import Any

import ldap
import pytest
from hypothesis import HealthCheck, event, given, settings, strategies as st

from mailpolicy.check import entry_findings
from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.entry import Entry
from mailpolicy.schema import find_dialect
from mailpolicy.schema.emit import emit
from mailpolicy.snapshot import load

pytestmark = pytest.mark.twin

NATIVE = find_dialect("native")
SNAPSHOT = load([], dialect="native")

REQUIRED = {"cn": [b"x"], "sn": [b"x"], "mail": [b"x@b.example"], "associatedDomain": [b"b.example"]}
CLASSES = {
    "inetOrgPerson": ["cn", "sn"],
    "mpClassOfService": ["cn"],
    "organizationalRole": ["cn"],
    "mpResource": ["cn", "mail"],
    "mpAccount": ["mail"],
    "mpDomain": ["associatedDomain"],
    "mpList": ["mail"],
    "extensibleObject": [],
    "mpAcount": [],
}
"""What an entry may be, and what it then must have."""

GOOD = {
    "c": [b"DE"],
    "dc": [b"x", b"b"],
    "employeeNumber": [b"5", b"007", "\u00e9".encode()],
    "givenName": [b"x", "\u00e9".encode()],
    "mail": [b"a@b.example", b"x@b.example"],
    "manager": [b"cn=x", b"cn=y,o=mail"],
    "memberURL": [b"ldap:///o=mail??sub"],
    "mpAliases": [b"a@b.example", b"b@b.example"],
    "mpCapacity": [b"5"],
    "mpCos": [b"cn=x", b"cn=x + ou=y,o=mail"],
    "mpImapEnabled": [b"TRUE"],
    "mpMailboxQuota": [b"1 GiB", b"5"],
    "mpMaxForwardingAddresses": [b"5"],
    "mpOwnershipCheckedAt": [b"20240305101500Z"],
    "sn;lang-de": [b"x", b"y"],
    "surname;lang-fr": [b"x", b"y"],
    "telephoneNumber": [b"5"],
    "title": [b"x", b"y"],
    "title;lang-de": [b"x", b"y"],
    "userPassword": [b"x", b"\xff"],
}
ODD = {**GOOD, "associatedDomain": [b"b.example"], "seeAlso": [b"cn=x"], "shoeSize": [b"5"], "sn": [b"x"]}
VALUES = [
    b"",
    b"007",
    b"TRUE",
    b"\xff",
    b"a@b.example",
    b"cn=x",
    b"none=x",
    b"x",
    "\u00e9@b.example".encode(),
]


def contents(pool: dict[str, list[bytes]], odd: list[bytes]) -> st.SearchStrategy[dict[str, list[bytes]]]:
    """Attributes of the pool with one or two values each, of their own or odd ones."""
    attributes = st.sampled_from(sorted(pool)).flatmap(
        lambda name: st.tuples(
            st.just(name), st.lists(st.sampled_from(pool[name] + odd), min_size=1, max_size=2, unique=True)
        )
    )
    return st.lists(attributes, max_size=4).map(dict)


@st.composite
def entries(draw: st.DrawFn) -> dict[str, list[bytes]]:
    """An entry that is as it must be, except that something may be missing, in excess, or odd."""
    classes = [draw(st.sampled_from(list(CLASSES)[:4]))]
    classes += draw(st.lists(st.sampled_from(list(CLASSES)[4:]), max_size=2, unique=True))
    must = {name: REQUIRED[name] for each in classes for name in CLASSES[each]}
    drawn = draw(contents(GOOD, []) | contents(ODD, VALUES))
    if draw(st.integers(0, 4)) == 0:
        must.pop(draw(st.sampled_from(sorted(must))))
    return {"cn": [b"x"], "objectClass": [each.encode() for each in classes], **must, **drawn}


@pytest.fixture(scope="module")
def connection(module_slapd: Any) -> Any:
    schema = re.sub(r"(?m)^#.*\n", "", emit("native", "ldif")).strip()
    connection = module_slapd(suffix="o=mail", extra_schema=[schema]).connect()
    connection.add_s("o=mail", [("objectClass", [b"organization"]), ("o", [b"mail"])])
    return connection


def is_taken(connection: Any, dn: str, content: dict[str, list[bytes]]) -> bool:
    try:
        connection.add_s(dn, list(content.items()))
    except ldap.LDAPError as error:
        event(type(error).__name__)
        return False
    event("taken")
    connection.delete_s(dn)
    return True


@given(entries())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_slapd_and_we_agree_on_what_breaks_the_schema(
    connection: Any, content: dict[str, list[bytes]]
) -> None:
    values = {NATIVE.definitions.canonical_name(name): tuple(each) for name, each in content.items()}
    found = list(entry_findings(SNAPSHOT, Entry(DN("cn=x,o=mail"), values, NATIVE.definitions)))
    if is_taken(connection, "cn=x,o=mail", content):
        # A server knows nothing of settings: what it takes may still be no size and no address.
        assert {each.id for each in found} <= {"invalid-value"}
        assert not [each for each in found if "LDAP syntax" in each.text]
    else:
        assert found
