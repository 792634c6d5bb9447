"""The standard definitions are those of slapd 2.5 with core, cosine, inetorgperson, nis and dyngroup."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from attrs import evolve

from mailpolicy.errors import InvalidValue
from mailpolicy.ldap.definitions import AttributeType, Definition, Definitions, ObjectClass
from tests.slapd import SCHEMA_DIRECTORIES, Slapd, SlapdError, StartSlapd, require

pytestmark = pytest.mark.twin

STANDARD = Definitions.standard()
KINDS = ("attribute_types", "object_classes", "matching_rules", "syntaxes")
STRING = "1.3.6.1.4.1.1466.115.121.1.15"


@pytest.fixture(scope="module")
def connection(module_slapd: StartSlapd) -> Any:
    return module_slapd(
        suffix="o=mail", data="dn: o=mail\nobjectClass: organization\no: mail\n", modules=["back_monitor"]
    ).connect()


@pytest.fixture(scope="module")
def subschema(connection: Any) -> Definitions:
    """What the server publishes, through the reader for a subschema LDIF."""
    [(_, entry)] = connection.search_s("cn=Subschema", 0, attrlist=["+"])
    lines = ["dn: cn=Subschema"]
    for attribute in ("attributeTypes", "objectClasses", "matchingRules", "ldapSyntaxes"):
        lines += [f"{attribute}: {value.decode()}" for value in entry[attribute]]
    return Definitions.parse("\n".join(lines))


def facts(definition: Definition) -> Definition:
    """All of a definition but its description, which is not ours."""
    return evolve(definition, description=None)


@pytest.mark.parametrize("kind", KINDS)
def test_what_slapd_publishes_is_in_the_standard_definitions(kind: str, subschema: Definitions) -> None:
    ours = {each.oid: facts(each) for each in getattr(STANDARD, kind)}
    theirs = getattr(subschema, kind)
    assert len(theirs) > 30
    assert [each for each in theirs if ours.get(each.oid) != facts(each)] == []


def test_syntaxes_have_the_names_of_slapd(subschema: Definitions) -> None:
    ours = {each.oid: each.description for each in STANDARD.syntaxes}
    assert [each for each in subschema.syntaxes if ours[each.oid] != each.description] == []


def test_what_slapd_does_not_publish_it_knows(connection: Any, subschema: Definitions) -> None:
    """An unknown attribute or class makes a filter Undefined, and its negation find nothing."""
    hidden = [f"{each.name}=*" for each in STANDARD.attribute_types if not subschema.attribute(each.oid)]
    classes = [each for each in STANDARD.object_classes if not subschema.object_class(each.oid)]
    hidden += [f"objectClass={each.name}" for each in classes]
    assert len(hidden) > 50
    assert [each for each in hidden if not connection.search_s("o=mail", 2, f"(!({each}))")] == []
    assert connection.search_s("o=mail", 2, "(!(noSuchAttribute=*))") == []


@pytest.mark.parametrize("name", ["core", "cosine", "nis", "inetorgperson", "dyngroup", "collective", "java"])
def test_the_files_of_openldap_say_the_same_in_both_notations(name: str) -> None:
    require()
    directory = next(each for each in SCHEMA_DIRECTORIES if each.is_dir())
    schema, ldif = (Definitions.read(directory / f"{name}.{suffix}") for suffix in ("schema", "ldif"))
    for kind in KINDS:
        if name != "dyngroup":  # whose .schema has half of it in comments
            assert {facts(each) for each in getattr(schema, kind)} == {
                facts(each) for each in getattr(ldif, kind)
            }
        assert {each.oid for each in getattr(schema, kind)} <= {each.oid for each in getattr(ldif, kind)}


def test_our_files_load_into_slapd(module_slapd: Callable[..., Slapd]) -> None:
    """The .schema files that hold no part of slapd itself are slapd's own notation."""
    lines = []
    for name in ("core", "cosine", "inetorgperson", "nis", "dyngroup"):
        text = (files("mailpolicy.ldap") / "standard" / f"{name}.schema").read_text("utf-8")
        definitions = Definitions.parse(text)
        lines += ["", f"dn: cn={name},cn=schema,cn=config", "objectClass: olcSchemaConfig", f"cn: {name}"]
        lines += [f"olcAttributeTypes: {each}" for each in definitions.attribute_types]
        lines += [f"olcObjectClasses: {each}" for each in definitions.object_classes]
    slapd = module_slapd(schema=(), extra_schema=["\n".join(lines)], suffix="o=mail")
    [(_, entry)] = slapd.connect().search_s("cn=Subschema", 0, attrlist=["objectClasses"])
    assert any(b"'groupOfURLs'" in each for each in entry["objectClasses"])


# --- what slapd refuses to load, we refuse to read ----------------------------------------------------

ATTRIBUTE_TYPES = [
    f"( 2.25.9 NAME 'ab' SYNTAX {STRING} )",
    f"( 2.25.9 NAME ( 'ab' 'ac' ) SYNTAX {STRING} )",
    f"( 2.25.9 NAME 'a_b' SYNTAX {STRING} )",
    f"( 2.25.9 NAME '1ab' SYNTAX {STRING} )",
    f"( 2.25.9 NAME ' ab' SYNTAX {STRING} )",
    f"( 2.25.9 NAME '' SYNTAX {STRING} )",
    f"( 2.25.9 NAME ab SYNTAX {STRING} )",
    f"( 2.25.9 NAME ( ab ac ) SYNTAX {STRING} )",
    f"( 2.25.9 NAME ( 'ab' $ 'ac' ) SYNTAX {STRING} )",
    f"( 2.25.9 NAME () SYNTAX {STRING} )",
    f"( 2.25.9 NAME ('ab' 'ac') SYNTAX {STRING} )",
    "( 2.25.9 NAME 'ab' )",
    "( 2.25.9 )",
    f"2.25.9 NAME 'ab' SYNTAX {STRING}",
    f"( 2.25.9 NAME 'ab' SYNTAX {STRING}",
    f"( foo NAME 'ab' SYNTAX {STRING} )",
    f"( foo-oid NAME 'ab' SYNTAX {STRING} )",
    f"( NAME 'ab' SYNTAX {STRING} )",
    f"( 2.25.9 name 'ab' syntax {STRING} )",
    f"( 2.25.9 NAME 'ab' SYNTAX '{STRING}' )",
    f"( 2.25.9 NAME 'ab' SYNTAX {STRING}{{5}} )",
    f"( 2.25.9 NAME 'ab' SYNTAX '{STRING}{{5}}' )",
    f"( 2.25.9 NAME 'ab' SYNTAX {STRING}{{x}} )",
    f"( 2.25.9 NAME 'ab' SYNTAX {STRING} {{5}} )",
    f"( 2.25.9 NAME 'ab' SYNTAX {STRING} SYNTAX {STRING} )",
    f"( 2.25.9 NAME 'ab' SYNTAX {STRING} SINGLE-VALUE SINGLE-VALUE )",
    f"( 2.25.9 SYNTAX {STRING} )",
    f"( 2.25.9 NAME 'ab' NAME 'ac' SYNTAX {STRING} )",
    "( 2.25.9 NAME 'ab' SUP )",
    "( 2.25.9 NAME 'ab' SUP name )",
    "( 2.25.9 NAME 'ab' SUP ( name $ cn ) )",
    "( 2.25.9 NAME 'ab' SUP name SUP cn )",
    f"( 2.25.9 NAME 'ab' DESC foo SYNTAX {STRING} )",
    f"( 2.25.9 NAME 'ab' DESC '' SYNTAX {STRING} )",
    f"( 2.25.9 NAME 'ab' DESC 'it''s' SYNTAX {STRING} )",
    f"( 2.25.9 NAME 'ab' DESC 'it\\27s' SYNTAX {STRING} )",
    f"( 2.25.9 NAME 'ab' FOO 'x' SYNTAX {STRING} )",
    f"( 2.25.9 NAME 'ab' X-FOO 'x' SYNTAX {STRING} )",
    f"( 2.25.9 NAME 'ab' X-FOO ( 'x' 'y' ) SYNTAX {STRING} )",
    f"( 2.25.9 NAME 'ab' X-FOO SYNTAX {STRING} )",
    f"( 2.25.9 NAME 'ab' X-FOO x SYNTAX {STRING} )",
    f"( 2.25.9 NAME 'ab' SYNTAX {STRING} USAGE foo )",
    f"( 2.25.9 NAME 'ab' SYNTAX {STRING} USAGE USERAPPLICATIONS )",
    f"(2.25.9 NAME 'ab' SYNTAX {STRING})",
    f"( 2.25.9. NAME 'ab' SYNTAX {STRING} )",
    f"( 2..25 NAME 'ab' SYNTAX {STRING} )",
    f"( 02.25.9 NAME 'ab' SYNTAX {STRING} )",
    "( 2.25.9 NAME 'ab' SYNTAX DirectoryString )",
    f"( 2.25.9 NAME 'ab' SYNTAX {STRING} MUST cn )",
    "()",
    f"( 2.25.9 NAME 'ab' OBSOLETE SYNTAX {STRING} COLLECTIVE )",
    f"( 2.25.9 NAME 'ab' SYNTAX {STRING} ) # comment",
]
OBJECT_CLASSES = [
    "( 2.25.8 NAME 'oa' )",
    "( 2.25.8 NAME 'oa' SUP top STRUCTURAL AUXILIARY )",
    "( 2.25.8 NAME 'oa' STRUCTURAL STRUCTURAL )",
    "( 2.25.8 NAME 'oa' SUP ( top $ person ) )",
    "( 2.25.8 NAME 'oa' SUP top SUP top )",
    "( 2.25.8 NAME 'oa' SUP 'top' )",
    "( 2.25.8 NAME 'oa' MUST () )",
    "( 2.25.8 NAME 'oa' MUST ( cn ) )",
    "( 2.25.8 NAME 'oa' MUST ( cn sn ) )",
    "( 2.25.8 NAME 'oa' MUST ( cn $ ) )",
    "( 2.25.8 NAME 'oa' MUST ( $ cn ) )",
    "( 2.25.8 NAME 'oa' MUST cn $ sn )",
    "( 2.25.8 NAME 'oa' MUST cn MUST sn )",
    "( 2.25.8 NAME 'oa' MUST(cn$sn) )",
    "( 2.25.8 NAME 'oa' MUST )",
]
CASES = [("olcAttributeTypes", AttributeType, text) for text in ATTRIBUTE_TYPES]
CASES += [("olcObjectClasses", ObjectClass, text) for text in OBJECT_CLASSES]


@pytest.mark.parametrize(("attribute", "kind", "text"), CASES, ids=[text for *_, text in CASES])
def test_we_read_what_slapd_loads(attribute: str, kind: type[Definition], text: str) -> None:
    require()
    record = f"dn: cn=site,cn=schema,cn=config\nobjectClass: olcSchemaConfig\ncn: site\n{attribute}: {text}\n"
    try:
        Slapd(extra_schema=[record])._remove()
        loads = True
    except SlapdError:
        loads = False
    try:
        kind.parse(text)
        reads = True
    except InvalidValue:
        reads = False
    assert reads == loads
