"""The examples say what their readers are promised they say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mailpolicy.errors import InvalidLDIF
from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.ldif import ContentRecord, read, write
from mailpolicy.reasons import Level
from mailpolicy.schema.dialects import find_dialect

EXAMPLES = Path(__file__).parents[2] / "ldif" / "examples"
DELIBERATE = {
    ("uid=dave,ou=people,dc=acme.example,o=mail", "mpMailboxQuota"),
    ("uid=dave,ou=people,dc=acme.example,o=mail", "mpTimeZone"),
}


def entries(name: str) -> list[Entry]:
    dialect = find_dialect(name)
    found = []
    for record in read(
        [(EXAMPLES / {"native": "acme.ldif", "carbonio": "carbonio.ldif"}[name]).read_bytes()]
    ):
        assert isinstance(record, ContentRecord), record
        values: dict[str, tuple[bytes, ...]] = {}
        for description, value in record.attributes:
            description = dialect.definitions.canonical_name(description)
            values[description] = (*values.get(description, ()), value)
        found.append(Entry(record.dn, values, dialect.definitions))
    return found


@pytest.mark.parametrize("name", ["native", "carbonio"])
class TestBoth:
    def test_every_attribute_is_known(self, name: str) -> None:
        definitions = find_dialect(name).definitions
        for entry in entries(name):
            unknown = [each for each in entry if definitions.attribute(each.partition(";")[0]) is None]
            assert not unknown, (entry, unknown)

    def test_every_class_is_known(self, name: str) -> None:
        definitions = find_dialect(name).definitions
        for entry in entries(name):
            assert all(definitions.object_class(str(each)) for each in entry["objectClass"]), entry

    def test_every_parent_comes_before_its_children(self, name: str) -> None:
        seen = {DN("o=mail").parent}
        for entry in entries(name):
            assert entry.dn.parent in seen, entry
            seen.add(entry.dn)

    def test_the_dialect_gives_itself_away(self, name: str) -> None:
        assert find_dialect("auto", entries(name)) is find_dialect(name)

    def test_only_what_is_meant_to_be_bad_is_bad(self, name: str) -> None:
        dialect = find_dialect(name)
        bad = set()
        for entry in entries(name):
            for attribute, values in entry.raw.items():
                known = dialect.attribute(attribute)
                if (
                    known
                    and known.codec.read(tuple(value.decode("utf-8", "surrogateescape") for value in values))[
                        1
                    ]
                ):
                    bad.add((str(entry.dn), attribute))
        assert bad == (DELIBERATE if name == "native" else set())

    def test_lines_are_folded_as_slapcat_folds_them(self, name: str) -> None:
        text = (EXAMPLES / {"native": "acme.ldif", "carbonio": "carbonio.ldif"}[name]).read_text()
        assert all(len(line) <= 78 for line in text.splitlines() if line.startswith(" ") or ":: " in line)


def test_the_native_example_has_what_the_documentation_promises() -> None:
    dialect = find_dialect("native")
    levels = Counter(dialect.level_of(entry) for entry in entries("native"))
    assert levels[Level.COS] == 4
    assert levels[Level.GLOBAL] == 1
    assert levels[Level.RESOURCE] == 3
    assert levels[Level.ACCOUNT] > 30
    statuses = {entry.first("mpAccountStatus") for entry in entries("native")}
    assert statuses >= {"active", "lockout", "locked", "maintenance", "pending", "closed", "disabled", None}
    domains = {entry.first("mpDomainStatus") for entry in entries("native")}
    assert domains >= {"active", "locked", "suspended", "closed"}


def test_the_carbonio_example_holds_one_account_of_each_status() -> None:
    statuses = {entry.first("zimbraAccountStatus") for entry in entries("carbonio")}
    assert statuses >= {"active", "lockout", "locked", "maintenance", "pending", "closed"}


def test_examples_survive_being_rewritten() -> None:
    for file in EXAMPLES.glob("*.ldif"):
        records = [record for record in read([file.read_bytes()]) if not isinstance(record, InvalidLDIF)]
        assert list(read(write(records))) == records
