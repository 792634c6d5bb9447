"""What is generated can be read back, and says everything once."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from mailpolicy.errors import NotFound
from mailpolicy.ldap.definitions import Definitions, ObjectClass
from mailpolicy.reasons import Level
from mailpolicy.schema import DIALECTS, SETTINGS, find_dialect
from mailpolicy.schema.emit import FORMATS, emit
from mailpolicy.schema.own import ARC, numbers

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("format", ["ldif", "schema"])
def test_a_schema_reads_back(dialect: str, format: str) -> None:
    own = find_dialect(dialect).own_definitions()
    read = Definitions.parse(emit(dialect, format))
    assert read.attribute_types == own.attribute_types
    assert read.object_classes == own.object_classes


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_schema_names_only_what_exists(dialect: str) -> None:
    definitions = find_dialect(dialect).definitions
    own = find_dialect(dialect).own_definitions()
    for object_class in own.object_classes:
        for name in (*object_class.must, *object_class.may):
            assert definitions.attribute(name), name
        for name in object_class.superiors:
            assert definitions.object_class(name), name
    for attribute in own.attribute_types:
        assert definitions.syntax(attribute.syntax or "")
        for rule in filter(None, (attribute.equality, attribute.ordering, attribute.substrings)):
            assert definitions.matching_rule(rule), rule


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_number_is_given_twice(dialect: str) -> None:
    own = find_dialect(dialect).own_definitions()
    oids = Counter(each.oid for each in (*own.attribute_types, *own.object_classes))
    assert [oid for oid, count in oids.items() if count > 1] == []


def test_numbers_are_there_for_good() -> None:
    golden = (ROOT / "tests/golden/numbers.txt").read_text("utf-8").split("\n")
    current = [f"{number} {name}" for name, number in numbers().items()]
    assert [line for line in golden if line and line not in current] == []


def test_native_numbers_stand_below_one_arc() -> None:
    own = find_dialect("native").own_definitions()
    assert all(each.oid.startswith(f"{ARC}.1.") for each in own.attribute_types)
    assert all(each.oid.startswith(f"{ARC}.2.") for each in own.object_classes)


def native_class(name: str) -> ObjectClass:
    found = find_dialect("native").definitions.object_class(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "level", "beside"),
    [
        ("mpAccount", Level.ACCOUNT, "inetOrgPerson"),
        ("mpDomain", Level.DOMAIN, "domain"),
        ("mpClassOfService", Level.COS, None),
        ("mpList", Level.LIST, "groupOfURLs"),
        ("mpResource", Level.RESOURCE, None),
        ("mpConfig", Level.GLOBAL, None),
    ],
)
def test_every_setting_can_be_stored_where_it_may_stand(name: str, level: Level, beside: str | None) -> None:
    classes = [native_class(each) for each in (name, beside) if each]
    allowed = {attribute for each in classes for attribute in (*each.must, *each.may)}
    for setting in SETTINGS.values():
        assert (setting.attribute in allowed) or level not in setting.on, setting.attribute


def test_a_page_has_a_row_for_every_setting() -> None:
    page = emit("native", "markdown")
    for setting in SETTINGS.values():
        assert page.count(f"\n| `{setting.name}` |") == 1
    page = emit("zimbra", "markdown")
    assert page.count("\n| `") == 1893
    assert "| `userPassword` (secret) |" in page
    assert {line.count("|") for line in page.splitlines() if line.startswith("|")} == {5}


def test_json_schema_leaves_secrets_out() -> None:
    for dialect in DIALECTS:
        assert '"userPassword"' not in emit(dialect, "json")
    names = json.loads(emit("native", "json"))["properties"]
    assert set(SETTINGS) - set(names) == {"tls_private_key"}


def test_json_schema_describes_the_defaults() -> None:
    properties = json.loads(emit("native", "json"))["properties"]
    assert properties["mailbox_quota"]["default"] == "unlimited"
    assert properties["imap_enabled"] == {
        "description": "Reading mail by IMAP.",
        "type": "boolean",
        "default": True,
    }
    assert {"type": "null"} in properties["display_name"]["anyOf"]


def test_a_format_nobody_knows() -> None:
    with pytest.raises(NotFound) as caught:
        emit("native", "yaml")
    assert caught.value.nearest == FORMATS
