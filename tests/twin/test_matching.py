"""Searches answered by a real slapd and by us: the same entries, for every base, scope and filter.

The database has no index: some of slapd's answers depend on them (see docs/differences.md).
"""

from __future__ import annotations

import os
import random
import unicodedata
from typing import Any

import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, note, settings

import mailpolicy as mp
from mailpolicy import Directory
from mailpolicy.errors import NotFound
from mailpolicy.ldap.definitions import Definitions
from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.filter import And, Equal, Filter, Not
from mailpolicy.ldap.ldif import ContentRecord, write
from mailpolicy.ldap.matching import dn_key
from mailpolicy.ldap.matching.phonetic import sounds
from mailpolicy.ldap.matching.prep import prepare
from tests import matching_cases
from tests.slapd import StartSlapd
from tests.twin import drawn, drawn_schema

ldap = pytest.importorskip("ldap")

pytestmark = pytest.mark.twin

EXAMPLES = int(os.environ.get("MAILPOLICY_TWIN_EXAMPLES", "600"))
"""How many directories are drawn; each is asked a dozen questions or so."""

SCOPES = {"base": 0, "one": 1, "sub": 2, "children": 3}
ROOT = f"dn: {drawn_schema.SUFFIX}\nobjectClass: organization\no: twin\n"
DEFINITIONS = Definitions.standard() | Definitions.parse(drawn_schema.schema())
REFUSED = (
    ldap.INVALID_SYNTAX,
    ldap.INVALID_DN_SYNTAX,
    ldap.ALREADY_EXISTS,
    ldap.TYPE_OR_VALUE_EXISTS,
    ldap.CONSTRAINT_VIOLATION,
)


@frozen
class Twin:
    """A running slapd that is filled and asked."""

    connection: Any

    def fill(self, drawn_entries: list[drawn.DrawnEntry]) -> Directory:
        """Replace what is below the root; what slapd made of it is opened as a directory."""
        below = self._dns(drawn_schema.SUFFIX, "children", "(objectClass=*)")
        for dn in sorted(below, key=len, reverse=True):
            self.connection.delete_s(dn)
        present = [DN(drawn_schema.SUFFIX)]
        for each in drawn_entries:
            dn = each.name_below(present[each.parent % len(present)])
            try:
                self.connection.add_s(str(dn), list(each.attributes.items()))
            except REFUSED:
                continue
            present.append(dn)
        found = self.connection.search_s(drawn_schema.SUFFIX, SCOPES["sub"], "(objectClass=*)", ["*", "+"])
        text = b"".join(write(_record(dn, attributes) for dn, attributes in found))
        return mp.loads(text, dialect="native", schema=DEFINITIONS)

    def search(self, base: DN, scope: str, filter: Filter) -> set[str]:
        return {dn_key(DN(dn), DEFINITIONS) for dn in self._dns(str(base), scope, str(filter))}

    def _dns(self, base: str, scope: str, filter: str) -> list[str]:
        return [dn for dn, _ in self.connection.search_s(base, SCOPES[scope], filter, ["1.1"])]


def _record(dn: str, attributes: dict[str, list[bytes]]) -> ContentRecord:
    return ContentRecord(
        DN(dn), tuple((name, each) for name, values in attributes.items() for each in values)
    )


def _found(directory: Directory, base: DN, scope: str, filter: Filter) -> set[str]:
    return {dn_key(entry.dn, DEFINITIONS) for entry in directory.search(base, scope, filter)}


@pytest.fixture(scope="module")
def twin(module_slapd: StartSlapd) -> Twin:
    schema = [drawn_schema.schema()]
    return Twin(module_slapd(suffix=drawn_schema.SUFFIX, data=ROOT, extra_schema=schema).connect())


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn.directories())
def test_searches_find_what_slapd_finds(
    twin: Twin, drawn_directory: tuple[list[drawn.DrawnEntry], list[tuple[int, str, Filter]]]
) -> None:
    entries, questions = drawn_directory
    directory = twin.fill(entries)
    bases = [entry.dn for entry in directory.search("")]
    for number, scope, filter in questions:
        base = bases[number % len(bases)]
        # The negation tells False from Undefined.
        for each in (filter, Not(filter)):
            note(f"{scope} at {base}: {each}")
            assert _found(directory, base, scope, each) == twin.search(base, scope, each)


def test_a_base_that_does_not_exist_is_said_to_be_missing(twin: Twin) -> None:
    directory, nowhere = twin.fill([]), DN(f"cn=nobody,{drawn_schema.SUFFIX}")
    with pytest.raises(ldap.NO_SUCH_OBJECT):
        twin.search(nowhere, "sub", Filter.parse("(objectClass=*)"))
    with pytest.raises(NotFound):
        directory.search(nowhere)


@pytest.fixture(scope="module")
def cases(module_slapd: StartSlapd) -> Any:
    return module_slapd(data=matching_cases.LDIF).connect()


@pytest.mark.parametrize(("text", "outcome"), matching_cases.CASES.items())
def test_the_table_of_cases_says_what_slapd_says(cases: Any, text: str, outcome: bool | None) -> None:
    found = [
        cases.search_s(matching_cases.NAME, ldap.SCOPE_BASE, each, ["1.1"]) for each in (text, f"(!{text})")
    ]
    assert [bool(each) for each in found] == [outcome is True, outcome is False]


def test_every_character_is_prepared_as_slapd_prepares_it(cases: Any) -> None:
    """Of values that we take for the same slapd takes one; of those that we do not, it takes all."""
    alike: dict[bytes | None, list[bytes]] = {}
    for code in range(1, 0x30000):
        character = chr(code)
        if unicodedata.category(character) not in ("Cn", "Co", "Cs") and not 0xD7A4 <= code <= 0xD7FF:
            value = f"x{character}x".encode()
            alike.setdefault(prepare(value, fold=True), []).append(value)
    name = f"cn=characters,{matching_cases.NAME}"
    stored = [each[0] for each in alike.values()]
    attributes = [("objectClass", [b"device"]), ("cn", [b"characters"]), ("description", stored)]
    cases.add_s(name, attributes)
    others = [value for each in alike.values() for value in each[1:]]
    assert len(others) > 2000
    for start in range(0, len(others), 100):
        filter = And([Equal("description", value) for value in others[start : start + 100]])
        assert cases.search_s(name, ldap.SCOPE_BASE, str(filter), ["1.1"]), filter
    cases.delete_s(name)


def test_words_sound_as_they_do_to_slapd(cases: Any) -> None:
    letters = random.Random("twin")
    alphabet = "AEIOUYCGHKPSTWXDBMNRQFJLVZ" + "CGHSTX" * 2 + "'-1"
    drawn_words = {"".join(letters.choices(alphabet, k=letters.randint(1, 9))) for _ in range(400)}
    alike: dict[str, set[str]] = {}
    for word in drawn_words:
        alike.setdefault(sounds(word.encode()), set()).add(word)
        name = f"uid={word},{matching_cases.NAME}"
        attributes = {"objectClass": [b"account"], "uid": [word.encode()], "description": [word.encode()]}
        cases.add_s(name, list(attributes.items()))
    for word in drawn_words:
        found = cases.search_s(matching_cases.NAME, ldap.SCOPE_ONELEVEL, f"(description~={word})", ["uid"])
        assert {attributes["uid"][0].decode() for _, attributes in found} == alike[sounds(word.encode())]
    for word in drawn_words:
        cases.delete_s(f"uid={word},{matching_cases.NAME}")
