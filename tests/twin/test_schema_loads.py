"""A real slapd takes the generated schemas, and the examples that use them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mailpolicy.ldap.definitions import Definitions
from mailpolicy.schema import DIALECTS, find_dialect
from mailpolicy.schema.emit import emit

pytestmark = pytest.mark.twin

ROOT = Path(__file__).parents[2]


def without_comments(ldif: str) -> str:
    return re.sub(r"(?m)^#.*\n", "", ldif).strip()


def schema_of(dialect: str) -> str:
    return without_comments(emit(dialect, "ldif"))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_slapd_understands_the_schema_as_we_do(start_slapd: Any, dialect: str) -> None:
    connection = start_slapd(extra_schema=[schema_of(dialect)]).connect()
    [(_, subschema)] = connection.search_s("cn=subschema", 0, attrlist=["attributeTypes", "objectClasses"])
    served = "\n".join(f"{kind}: {value.decode()}" for kind, values in subschema.items() for value in values)
    theirs = Definitions.parse(f"dn: cn=subschema\n{served}\n")
    for attribute in find_dialect(dialect).own_definitions().attribute_types:
        assert theirs.attribute(attribute.name) == find_dialect(dialect).definitions.attribute(attribute.name)
    for object_class in find_dialect(dialect).own_definitions().object_classes:
        found = theirs.object_class(object_class.name)
        assert found is not None
        assert (found.oid, set(found.must), set(found.may)) == (
            object_class.oid,
            set(object_class.must),
            set(object_class.may),
        )


@pytest.mark.parametrize(
    ("example", "schema", "suffix"),
    [("acme.ldif", "mailpolicy.ldif", "o=mail"), ("carbonio.ldif", "carbonio.ldif", "")],
)
def test_an_example_loads_without_an_error(start_slapd: Any, example: str, schema: str, suffix: str) -> None:
    data = (ROOT / "ldif/examples" / example).read_bytes()
    slapd = start_slapd(
        suffix=suffix,
        extra_schema=[without_comments((ROOT / "ldif/schema" / schema).read_text("utf-8"))],
        data=data,
    )
    assert slapd.dump().count(b"\ndn:") + 1 == len(re.findall(rb"(?m)^dn:", data))
