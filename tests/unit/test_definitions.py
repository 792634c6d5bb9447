"""Schema definitions by example: what is read, from where, and what is said about what cannot be."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from mailpolicy.errors import InvalidValue
from mailpolicy.ldap.definitions import (
    AttributeType,
    Definitions,
    MatchingRule,
    ObjectClass,
    ObjectClassKind,
    Syntax,
    Usage,
)

STRING = "1.3.6.1.4.1.1466.115.121.1.15"
STANDARD = Definitions.standard()

SHOE = f"( 2.25.1 NAME ( 'shoe' 'shoeSize' ) EQUALITY caseIgnoreMatch SYNTAX {STRING}{{8}} )"
SHOD = "( 2.25.2 NAME 'shod' SUP top AUXILIARY MUST shoe MAY ( cn $ sn ) )"

SUBSCHEMA = f"""\
version: 1
# what ldapsearch -b cn=Subschema gives
dn: cn=Subschema
objectClass: subschema
ldapSyntaxes: ( {STRING} DESC 'Directory String' )
matchingRules: ( 2.5.13.2 NAME 'caseIgnoreMatch' SYNTAX {STRING} )
attributeTypes: ( 2.25.1 NAME ( 'shoe' 'shoeSize' ) EQUALITY caseIgno
 reMatch SYNTAX {STRING}{{8}} )
objectClasses:: {base64.b64encode(SHOD.encode()).decode()}
"""

CONFIG = f"""\
dn: cn={{4}}acme,cn=schema,cn=config
objectClass: olcSchemaConfig
cn: {{4}}acme
olcObjectIdentifier: {{0}}acme 2.25
olcObjectIdentifier: {{1}}acmeClass acme:2
olcLdapSyntaxes: ( {STRING} DESC 'Directory String' )
olcAttributeTypes: {{0}}( acme:1 NAME ( 'shoe' 'shoeSize' ) EQUALITY caseIgnor
 eMatch SYNTAX {STRING}{{8}} )
olcObjectClasses: {{0}}( acmeClass NAME 'shod' SUP top AUXILIARY MUST shoe MAY (
  cn $ sn ) )
olcDitContentRules: {{0}}( 2.25.2 NAME 'ignored' )
"""

SCHEMA = f"""\
# Feet.
objectidentifier acme\t2.25
objectIdentifier acmeClass acme:2
objectIdentifier string {STRING}

ldapsyntax ( string DESC 'Directory String' )
AttributeType ( acme:1
\tNAME ( 'shoe' 'shoeSize' )
\tEQUALITY caseIgnoreMatch
\tSYNTAX string{{8}} )  # it's optional

objectclass ( acmeClass NAME 'shod'
  SUP top AUXILIARY
  MUST shoe MAY(cn$sn) )
"""


@pytest.mark.parametrize("text", [SUBSCHEMA, CONFIG, SCHEMA], ids=["subschema", "cn=config", "schema"])
def test_the_three_sources_say_the_same(text: str) -> None:
    definitions = Definitions.parse(text)
    assert definitions.attribute_types == (
        AttributeType(
            oid="2.25.1", names=("shoe", "shoeSize"), equality="caseIgnoreMatch", syntax=STRING, length=8
        ),
    )
    assert definitions.object_classes == (
        ObjectClass(
            oid="2.25.2",
            names=("shod",),
            superiors=("top",),
            kind=ObjectClassKind.AUXILIARY,
            must=("shoe",),
            may=("cn", "sn"),
        ),
    )
    assert definitions.syntaxes == (Syntax(oid=STRING, description="Directory String"),)
    assert definitions.problems == ()


def test_every_part_of_an_attribute_type() -> None:
    text = (
        f"( 2.25.1 NAME ( 'shoe' 'shoeSize' ) DESC 'a size, \\27EU\\27 or \\5C' OBSOLETE SUP name"
        f" EQUALITY caseIgnoreMatch ORDERING caseIgnoreOrderingMatch SUBSTR caseIgnoreSubstringsMatch"
        f" SYNTAX {STRING}{{64}} SINGLE-VALUE COLLECTIVE NO-USER-MODIFICATION USAGE dSAOperation"
        f" X-ORIGIN 'us' X-ORDERED ( 'VALUES' 'SIBLINGS' ) )"
    )
    assert AttributeType.parse(text) == AttributeType(
        oid="2.25.1",
        names=("shoe", "shoeSize"),
        description="a size, 'EU' or \\",
        obsolete=True,
        superior="name",
        equality="caseIgnoreMatch",
        ordering="caseIgnoreOrderingMatch",
        substrings="caseIgnoreSubstringsMatch",
        syntax=STRING,
        length=64,
        single_value=True,
        collective=True,
        no_user_modification=True,
        usage=Usage.DSA_OPERATION,
        extensions=(("X-ORIGIN", ("us",)), ("X-ORDERED", ("VALUES", "SIBLINGS"))),
    )
    assert str(AttributeType.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (f"(2.25.1 name 'shoe' syntax {STRING})", f"( 2.25.1 NAME 'shoe' SYNTAX {STRING} )"),
        (f"( 2.25.1 SYNTAX '{STRING}{{8}}' )", f"( 2.25.1 SYNTAX {STRING}{{8}} )"),
        ("( 2.25.1 NAME () SUP 'name' )", "( 2.25.1 SUP name )"),
        ("( 2.25.1 NAME('shoe''size') SUP name )", "( 2.25.1 NAME ( 'shoe' 'size' ) SUP name )"),
        ("( 2.25.1 DESC '(' SUP name )", "( 2.25.1 DESC '(' SUP name )"),
        ("( 2.25.1 SUP name USAGE DSAOPERATION )", "( 2.25.1 SUP name USAGE dSAOperation )"),
        ("( 2.25.1 SUP name USAGE userApplications )", "( 2.25.1 SUP name )"),
    ],
)
def test_odd_spellings_are_understood(text: str, meant: str) -> None:
    assert str(AttributeType.parse(text)) == meant


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("", 0, "an opening parenthesis"),
        ("2.25.1 SUP name", 0, "an opening parenthesis"),
        ("()", 1, "an OID in digits"),
        ("( NAME 'shoe' SUP name )", 2, "an OID in digits"),
        ("( 2.25. SUP name )", 2, "an OID in digits"),
        ("( acme:1 SUP name )", 2, "an OID in digits"),
        ("( acme SUP name )", 2, "an OID in digits"),
        ("( 2.25.1 NAME shoe SUP name )", 14, "a quoted name"),
        ("( 2.25.1 NAME 'a_b' SUP name )", 14, "a quoted name"),
        ("( 2.25.1 NAME ( 'a' $ 'b' ) SUP name )", 20, "a quoted name"),
        ("( 2.25.1 NAME 'a", 14, "a quoted name"),
        ("( 2.25.1 NAME 'a' NAME 'b' SUP name )", 18, "only one NAME"),
        ("( 2.25.1 NAME 'a' DESC b SUP name )", 23, "quoted text"),
        ("( 2.25.1 NAME 'a' SUP ( name $ cn ) )", 22, "an OID or a name"),
        ("( 2.25.1 NAME 'a' SUP )", 22, "an OID or a name"),
        ("( 2.25.1 NAME 'a' SUP", 21, "an OID or a name"),
        ("( 2.25.1 NAME 'a' )", 18, "SUP or SYNTAX"),
        ("( 2.25.1 NAME 'a' SYNTAX string )", 25, "an OID in digits"),
        ("( 2.25.1 NAME 'a' SYNTAX 1.2{x} )", 25, "an OID, perhaps with a length in braces"),
        ("( 2.25.1 NAME 'a' SUP name MUST cn )", 27, "one of NAME, DESC"),
        ("( 2.25.1 NAME 'a' SUP name USAGE nobody )", 33, "one of userApplications"),
        ("( 2.25.1 NAME 'a' SUP name X-ORIGIN us )", 36, "quoted text"),
        ("( 2.25.1 NAME 'a' SUP name", 26, "a closing parenthesis"),
        ("( 2.25.1 NAME 'a' SUP name ) more", 29, "nothing but a comment"),
    ],
)
def test_what_is_wrong_is_named(text: str, position: int, expected: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        AttributeType.parse(text)
    assert caught.value.position == position
    assert caught.value.expected.startswith(expected)
    assert (caught.value.attribute or "").startswith("attributeType")


@pytest.mark.parametrize(
    ("kind", "text", "position", "expected"),
    [
        (ObjectClass, "( 2.25.1 STRUCTURAL AUXILIARY )", 20, "only one ABSTRACT or STRUCTURAL or AUXILIARY"),
        (ObjectClass, "( 2.25.1 MUST ( cn sn ) )", 19, "$ or a closing parenthesis"),
        (ObjectClass, "( 2.25.1 MUST ( cn $ ) )", 21, "an OID or a name"),
        (ObjectClass, "( 2.25.1 MUST cn $ sn )", 17, "one of NAME"),
        (MatchingRule, "( 2.25.1 NAME 'shoeMatch' )", 26, "SYNTAX"),
    ],
)
def test_other_kinds_too(
    kind: type[ObjectClass | MatchingRule], text: str, position: int, expected: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        kind.parse(text)
    assert (caught.value.position, caught.value.expected[: len(expected)]) == (position, expected)


def test_the_message_names_line_definition_and_position() -> None:
    text = "# feet\n\nattributetype ( 2.25.1 NAME 'shoe'\n  SYNTAX oops )\n"
    with pytest.raises(InvalidValue) as caught:
        Definitions.parse(text)
    assert str(caught.value) == (
        "line 3: attributeType shoe: \"( 2.25.1 NAME 'shoe'\\n  SYNTAX oops )\" at character 30:"
        " expected an OID in digits, or a macro that stands for one"
    )


def test_one_bad_definition_does_not_hide_the_others() -> None:
    text = f"attributetype ( 2.25.7 )\nattributetype {SHOE}\nattribute {SHOE}\nobjectidentifier a b c\n"
    definitions = Definitions.parse(text, strict=False)
    assert [each.name for each in definitions.attribute_types] == ["shoe"]
    assert [problem.attribute for problem in definitions.problems] == [
        "line 1: attributeType 2.25.7",
        "line 3",
        "line 4: objectidentifier",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "objectidentifier acme other:1",
        "objectidentifier acme",
        "objectidentifier acme 1.x",
        "objectidentifier acme 1.2:x",
        "objectidentifier",
        "objectidentifier acme 2.25\nattributetype ( ACME:1 SUP name )",
        "objectidentifier acme 2.25\nattributetype ( acme.1 SUP name )",
        "dn: cn=schema\nattributeTypes:: %%%",
        "dn: cn=schema\nwhat is this",
        f"attributetype {SHOE}\nattributetype ( 2.25.2 NAME 'SHOE' SUP name )",
        f"attributetype {SHOE}\nattributetype ( 2.25.1 NAME 'other' SUP name )",
        f"attributetype ( 2.25.1\n\n  NAME 'shoe' SYNTAX {STRING} )",
        f"attributetype ( 2.25.1\n# comment\n  NAME 'shoe' SYNTAX {STRING} )",
    ],
)
def test_texts_that_slapd_would_not_load(text: str) -> None:
    with pytest.raises(InvalidValue):
        Definitions.parse(text)
    assert Definitions.parse(text, strict=False).problems


def test_the_same_definition_twice_is_one() -> None:
    definitions = Definitions.parse(f"attributetype {SHOE}\nattributetype {SHOE}")
    assert [each.oid for each in (STANDARD | definitions).attribute_types].count("2.25.1") == 2
    assert definitions.subtypes(definitions.attribute_types[0]) == definitions.attribute_types[:1]


def test_nothing_defines_nothing() -> None:
    for text in ("", "\n", "# only a comment\n  folded\n", "dn: cn=Subschema\n"):
        assert Definitions.parse(text).to_schema() == ""


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    for text in (
        "attributetype ( 2.25.1 NAME 'a' SUP name )",
        "attributeTypes: ( 2.25.1 NAME 'a' SUP name )",
    ):
        assert Definitions.parse("\ufeff" + text).to_schema() == Definitions.parse(text).to_schema()


def test_a_thread_sees_all_subtypes_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    definitions = Definitions.standard() | Definitions()
    inherit = Definitions._inherit
    found_so_far = []

    def spy(self: Definitions, attribute: AttributeType) -> AttributeType:
        found_so_far.append(len(self._subtypes))
        return inherit(self, attribute)

    monkeypatch.setattr(Definitions, "_inherit", spy)
    definitions.subtypes(definitions.attribute_types[0])
    assert set(found_so_far) == {0}


def test_lines_may_end_as_on_windows() -> None:
    for text in (SUBSCHEMA, SCHEMA):
        assert (
            Definitions.parse(text.replace("\n", "\r\n")).to_schema() == Definitions.parse(text).to_schema()
        )


def test_read_takes_a_file_whatever_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "feet.schema"
    path.write_bytes(f"attributetype ( 2.25.1 DESC 'caf\xe9' SYNTAX {STRING} )".encode("latin-1"))
    [shoe] = Definitions.read(path).attribute_types
    assert shoe.description == "caf\udce9"


# --- looking up ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cn", "CN", "commonName", "COMMONNAME", "2.5.4.3", "cn;lang-de"])
def test_an_attribute_has_many_names(name: str) -> None:
    attribute = STANDARD.attribute(name)
    assert attribute is not None
    assert attribute.oid == "2.5.4.3"


def test_a_subtype_inherits_rule_by_rule() -> None:
    definitions = STANDARD | Definitions.parse(
        f"attributetype ( 2.25.1 NAME 'shoe' EQUALITY caseIgnoreMatch ORDERING caseIgnoreOrderingMatch"
        f" SYNTAX {STRING} SINGLE-VALUE )\n"
        f"attributetype ( 2.25.2 NAME 'boot' SUP SHOE EQUALITY caseExactMatch )\n"
        f"attributetype ( 2.25.3 NAME 'rubberBoot' SUP 2.25.2 )"
    )
    boot = definitions.attribute("rubberBoot")
    assert boot is not None
    assert (boot.equality, boot.ordering, boot.substrings) == (
        "caseExactMatch",
        "caseIgnoreOrderingMatch",
        None,
    )
    assert boot.syntax == STRING
    # slapd takes several values for a subtype of a single-valued attribute.
    assert not boot.single_value
    assert [each.name for each in definitions.subtypes(definitions.attribute("shoe"))] == [  # type: ignore[arg-type]
        "shoe",
        "boot",
        "rubberBoot",
    ]


def test_a_circle_of_superiors_ends() -> None:
    definitions = Definitions.parse(
        "attributetype ( 2.25.1 NAME 'a' SUP b )\n"
        "attributetype ( 2.25.2 NAME 'b' SUP a EQUALITY caseExactMatch )\n"
        "objectclass ( 2.25.3 NAME 'c' SUP d )\n"
        "objectclass ( 2.25.4 NAME 'd' SUP ( c $ d ) )"
    )
    a, c = definitions.attribute("a"), definitions.object_class("c")
    assert a is not None
    assert c is not None
    assert a.equality == "caseExactMatch"
    assert [each.name for each in definitions.subtypes(a)] == ["a", "b"]
    assert [each.name for each in definitions.superclasses(c)] == ["c", "d"]


def test_superclasses_come_nearest_first() -> None:
    person = STANDARD.object_class("INETORGPERSON")
    assert person is not None
    names = [each.name for each in STANDARD.superclasses(person)]
    assert names == ["inetOrgPerson", "organizationalPerson", "person", "top"]


def test_what_is_unknown_is_none() -> None:
    assert STANDARD.attribute("shoe") is None
    assert STANDARD.object_class("shod") is None
    assert STANDARD.matching_rule("shoeMatch") is None
    assert STANDARD.syntax("2.25.1") is None


@pytest.mark.parametrize(
    ("description", "canonical"),
    [
        ("CommonName", "cn"),
        ("2.5.4.3", "cn"),
        ("CN;Lang-DE;binary;lang-de", "cn;binary;lang-de"),
        ("userCertificate;BINARY", "userCertificate;binary"),
        ("ShoeSize;X", "shoesize;x"),
    ],
)
def test_canonical_name(description: str, canonical: str) -> None:
    assert STANDARD.canonical_name(description) == canonical
    assert STANDARD.canonical_name(canonical) == canonical


def test_the_right_side_of_a_merge_holds() -> None:
    site = Definitions.parse(f"attributetype ( 2.25.1 NAME ( 'shoe' 'mail' ) SYNTAX {STRING} )")
    merged = STANDARD | site
    mail, by_oid = merged.attribute("mail"), merged.attribute("0.9.2342.19200300.100.1.3")
    assert mail is not None
    assert mail.oid == "2.25.1"
    assert by_oid is not None
    assert by_oid.name == "mail"
    assert (merged | STANDARD).attribute("mail") == by_oid
    assert (site | site).attribute_types == site.attribute_types


# --- the standard definitions -------------------------------------------------------------------------


def test_the_standard_definitions_rest_on_nothing_else() -> None:
    missing = []
    for attribute in STANDARD.attribute_types:
        rules = filter(None, (attribute.equality, attribute.ordering, attribute.substrings))
        missing += [f"{attribute.name}: {rule}" for rule in rules if not STANDARD.matching_rule(rule)]
        if attribute.superior and not STANDARD.attribute(attribute.superior):
            missing.append(f"{attribute.name}: {attribute.superior}")
        if attribute.syntax and not STANDARD.syntax(attribute.syntax):
            missing.append(f"{attribute.name}: {attribute.syntax}")
    for rule in STANDARD.matching_rules:
        if not STANDARD.syntax(rule.syntax):
            missing.append(f"{rule.name}: {rule.syntax}")
    for object_class in STANDARD.object_classes:
        names = (*object_class.must, *object_class.may)
        missing += [f"{object_class.name}: {name}" for name in names if not STANDARD.attribute(name)]
        missing += [name for name in object_class.superiors if not STANDARD.object_class(name)]
    assert missing == []


def test_the_standard_definitions_are_read_once() -> None:
    assert Definitions.standard() is STANDARD
    assert re.fullmatch(r"<Definitions: \d+ attribute types, \d+ object classes, .*>", repr(STANDARD))


def test_to_schema_is_read_back() -> None:
    again = Definitions.parse(STANDARD.to_schema())
    assert again.attribute_types == STANDARD.attribute_types
    assert again.object_classes == STANDARD.object_classes
    assert again.matching_rules == STANDARD.matching_rules
    assert again.syntaxes == STANDARD.syntaxes
