"""A real slapd takes the generated schemas, and every value that a setting can have."""

from __future__ import annotations

import re
from typing import Any

import ldap
import pytest
from hypothesis import HealthCheck, assume, given, settings
from ldap import modlist

from mailpolicy.ldap.definitions import Definitions
from mailpolicy.reasons import Level
from mailpolicy.schema import DIALECTS, Setting, find_dialect
from mailpolicy.schema.emit import emit
from tests.drawn_settings import SETTINGS_AND_VALUES

pytestmark = pytest.mark.twin


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


ENTRIES = {
    Level.ACCOUNT: (
        "uid=a,o=mail",
        ["inetOrgPerson", "mpAccount"],
        {"cn": "a", "sn": "a", "mail": "a@x.example"},
    ),
    Level.RESOURCE: ("cn=r,o=mail", ["mpResource"], {"mail": "r@x.example"}),
    Level.LIST: ("cn=l,o=mail", ["groupOfURLs", "mpList"], {"mail": "l@x.example"}),
    Level.COS: ("cn=c,o=mail", ["mpClassOfService"], {}),
    Level.DOMAIN: ("dc=x,o=mail", ["domain", "mpDomain"], {"associatedDomain": "x.example"}),
    Level.GLOBAL: ("cn=config,o=mail", ["mpConfig"], {}),
}
"""The least that an entry of each kind has."""


@pytest.fixture(scope="module")
def connection(module_slapd: Any) -> Any:
    connection = module_slapd(suffix="o=mail", extra_schema=[schema_of("native")]).connect()
    connection.add_s("o=mail", modlist.addModlist({"objectClass": [b"organization"], "o": [b"mail"]}))
    for dn, classes, values in ENTRIES.values():
        name, _, value = dn.partition(",")[0].partition("=")
        content = {name: [value.encode()]} | {key: [text.encode()] for key, text in values.items()}
        content["objectClass"] = [each.encode() for each in classes]
        connection.add_s(dn, modlist.addModlist(content))
    return connection


@given(drawn=SETTINGS_AND_VALUES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_slapd_keeps_whatever_a_setting_writes(connection: Any, drawn: tuple[Setting[Any], Any]) -> None:
    setting, value = drawn
    texts = setting.codec.encode(value)
    assume(texts)
    for level in setting.on:
        dn = ENTRIES[level][0]
        connection.modify_s(dn, [(ldap.MOD_REPLACE, setting.attribute, [text.encode() for text in texts])])
        [(_, stored)] = connection.search_s(dn, ldap.SCOPE_BASE, attrlist=[setting.attribute])
        [read] = stored.values()
        assert setting.codec.decode(tuple(each.decode() for each in read)) == value
