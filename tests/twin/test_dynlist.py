"""Dynamic lists as a real slapd with the dynlist overlay expands them, and as we do: the same members."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, note, settings

import mailpolicy as mp
from mailpolicy.ldap.definitions import Definitions
from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.filter import Filter
from mailpolicy.ldap.ldif import ContentRecord, write
from mailpolicy.ldap.matching import dn_key
from mailpolicy.ldap.url import LdapUrl, Scope
from mailpolicy.lists.dynamic import finding, found, is_found
from mailpolicy.lists.urls import Unusable, member_searches
from mailpolicy.snapshot import Snapshot
from tests.slapd import StartSlapd
from tests.twin import drawn, drawn_schema
from tests.twin.member_urls import DIFFERENT, ENTRIES, URLS

ldap = pytest.importorskip("ldap")

pytestmark = pytest.mark.twin

EXAMPLES = int(os.environ.get("MAILPOLICY_TWIN_EXAMPLES", "60"))
OWN_SCHEMA = Path(__file__).parents[2] / "ldif" / "schema" / "mailpolicy.ldif"
OVERLAY = (
    "dn: olcOverlay=dynlist\nobjectClass: olcDynListConfig\nolcOverlay: dynlist\n"
    "olcDlAttrSet: groupOfURLs memberURL member"
)
ROOT = f"dn: {drawn_schema.SUFFIX}\nobjectClass: organization\no: twin\n"
DEFINITIONS = Definitions.standard() | Definitions.parse(drawn_schema.schema())
LIST_CLASSES = [b"groupOfURLs", b"mpList"]
REFUSED = (
    ldap.INVALID_SYNTAX,
    ldap.INVALID_DN_SYNTAX,
    ldap.ALREADY_EXISTS,
    ldap.TYPE_OR_VALUE_EXISTS,
    ldap.CONSTRAINT_VIOLATION,
)

Question = tuple[int, str, Filter]


@frozen
class Twin:
    """A running slapd that is filled and asked."""

    connection: Any

    def fill(self, entries: Sequence[drawn.DrawnEntry], lists: Sequence[Sequence[Question]]) -> Snapshot:
        """Replace what is below the root; what slapd made of it, but members, is opened as a directory."""
        below = self.connection.search_s(drawn_schema.SUFFIX, 3, "(objectClass=*)", ["1.1"])
        for dn, _ in sorted(below, key=lambda each: len(each[0]), reverse=True):
            self.connection.delete_s(dn)
        present = [DN(drawn_schema.SUFFIX)]
        for each in entries:
            dn = each.name_below(present[each.parent % len(present)])
            try:
                self.connection.add_s(str(dn), list(each.attributes.items()))
            except REFUSED:
                continue
            present.append(dn)
        for number, questions in enumerate(lists):
            urls = {
                str(LdapUrl(dn=present[base % len(present)], scope=Scope(scope), filter=filter))
                for base, scope, filter in questions
            }
            name = f"list{number}".encode()
            values = {"cn": [name], "mail": [name + b"@x.y"], "memberURL": [url.encode() for url in urls]}
            dn = f"cn={name.decode()},{drawn_schema.SUFFIX}"
            self.connection.add_s(dn, [("objectClass", LIST_CLASSES), *values.items()])
        everything = self.connection.search_s(drawn_schema.SUFFIX, 2, "(objectClass=*)", ["*", "+"])
        text = b"".join(write(record(dn, attributes) for dn, attributes in everything))
        return mp.loads(text, dialect="native", schema=DEFINITIONS).snapshot

    def members(self, dn: str) -> list[str]:
        """What slapd says, each name once."""
        [(_, attributes)] = self.connection.search_s(dn, 0, "(objectClass=*)", ["member"])
        return [value.decode() for value in attributes.get("member", ())]


def record(dn: str, attributes: dict[str, list[bytes]]) -> ContentRecord:
    pairs = tuple((name, each) for name, values in attributes.items() for each in values if name != "member")
    return ContentRecord(DN(dn), pairs)


@pytest.fixture(scope="module")
def twin(module_slapd: StartSlapd) -> Twin:
    slapd = module_slapd(
        suffix=drawn_schema.SUFFIX,
        data=ROOT,
        extra_schema=[drawn_schema.schema(), OWN_SCHEMA.read_text("utf-8")],
        modules=("dynlist",),
        overlays=(OVERLAY,),
    )
    return Twin(slapd.connect())


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn.directories())
def test_lists_find_whom_slapd_finds(
    twin: Twin, drawn_directory: tuple[list[drawn.DrawnEntry], list[Question]]
) -> None:
    entries, questions = drawn_directory
    lists = [questions[:1], questions[1:3], questions[3:]]
    snapshot = twin.fill(entries, lists)
    directory = mp.Directory(snapshot, snapshot.dialect.statuses)
    expected = {}
    for number in range(len(lists)):
        dn = f"cn=list{number},{drawn_schema.SUFFIX}"
        each = snapshot.entry(dn)
        assert each is not None
        note(str(each["memberURL"]))
        expected[dn] = {dn_key(DN(member), DEFINITIONS) for member in twin.members(dn)}
        members = directory.list(dn).members.entries
        assert {snapshot.key(member.dn) for member in members} == expected[dn]
        for entry in snapshot:
            assert is_found(snapshot, each, entry) is (snapshot.key(entry.dn) in expected[dn])
    for entry in snapshot:
        finders = {dn for dn, members in expected.items() if snapshot.key(entry.dn) in members}
        rows = finding(snapshot, entry)
        assert {str(snapshot.base.entries[row].dn) for row in rows} == finders  # type: ignore[union-attr]


# -- the table ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def odd(module_slapd: StartSlapd) -> Twin:
    """A server with an empty suffix, as Carbonio has it, so that an empty base is the whole tree."""
    slapd = module_slapd(suffix="", data=ENTRIES, modules=("dynlist",), overlays=(OVERLAY,))
    return Twin(slapd.connect())


@cache
def read_alike() -> Snapshot:
    return mp.loads(ENTRIES, dialect="native").snapshot


@pytest.mark.parametrize("name", URLS)
def test_odd_urls_are_read_as_slapd_reads_them(odd: Twin, name: str) -> None:
    theirs = odd.members(f"cn={name},o=mail")
    snapshot = read_alike()
    each = snapshot.entry(f"cn={name},o=mail")
    assert each is not None
    ours = [str(member.dn) for member in snapshot.entries(found(snapshot, each))]
    assert len(theirs) == len(set(theirs))
    if name in DIFFERENT:
        assert set(ours) != set(theirs)
    else:
        assert set(ours) == set(theirs)
    for search in member_searches(snapshot.dialect, each):
        if isinstance(search, Unusable):
            assert "expected" in search.problem
