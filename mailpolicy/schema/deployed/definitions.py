"""The schema of the deployed servers, made from their attribute tables.

It exists so that a tree exported from such a server can be loaded into a plain slapd, and so that
filters over it are evaluated by the rules that hold there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from ...ldap.definitions import AttributeType, Definitions, ObjectClass, ObjectClassKind
from .. import syntax
from ..own import ARC, numbers
from ..syntax import Syntax
from .table import Attribute, read_table

__all__ = ["definitions_of"]

ATTRIBUTES: Final = "1.3.6.1.4.1.19348.2.1"
CLASSES: Final = "1.3.6.1.4.1.19348.2.2"

MAIL: Final = Syntax(f"{syntax.IA5.oid}{{256}}", syntax.IA5.equality, substrings=syntax.IA5.substrings)
TIME_SPAN: Final = Syntax(f"{syntax.IA5.oid}{{32}}", syntax.IA5.equality, substrings=syntax.IA5.substrings)
WHOLE: Final = Syntax(syntax.INTEGER.oid, syntax.INTEGER.equality)
"""Without an ordering rule, as the servers have it: `(zimbraMailQuota>=1)` is Undefined there."""

SYNTAX_OF_TYPE: Final[Mapping[str, Syntax]] = {
    "boolean": syntax.BOOLEAN,
    "integer": WHOLE,
    "long": WHOLE,
    "port": WHOLE,
    "duration": TIME_SPAN,
    "gentime": syntax.TIME,
    "email": MAIL,
    "emailp": MAIL,
    "cs_emailp": MAIL,
    "cstring": syntax.EXACT,
    "astring": syntax.IA5,
    "ostring": syntax.OCTETS,
    "binary": syntax.OCTETS,
    "phone": Syntax(
        "1.3.6.1.4.1.1466.115.121.1.50", "telephoneNumberMatch", substrings="telephoneNumberSubstringsMatch"
    ),
}
"""Every other type is a directory string."""

AUXILIARY, STRUCTURAL = ObjectClassKind.AUXILIARY, ObjectClassKind.STRUCTURAL

KINDS: Final = (
    ("zimbraMailRecipient", 7, AUXILIARY, "top", "mailRecipient"),
    ("zimbraAccount", 1, AUXILIARY, "zimbraMailRecipient", "account"),
    ("zimbraCOS", 3, STRUCTURAL, "top", "cos"),
    ("zimbraDomain", 4, AUXILIARY, "zimbraMailRecipient", "domain"),
    ("zimbraSecurityGroup", 5, AUXILIARY, "top", "securityGroup"),
    ("zimbraDistributionList", 6, STRUCTURAL, "top", "distributionList"),
    ("zimbraServer", 8, STRUCTURAL, "top", "server"),
    ("zimbraGlobalConfig", 9, AUXILIARY, "top", "globalConfig"),
    ("zimbraAlias", 11, STRUCTURAL, "top", "alias"),
    ("zimbraMimeEntry", 12, STRUCTURAL, "top", "mimeEntry"),
    ("zimbraZimletEntry", 15, STRUCTURAL, "top", "zimletEntry"),
    ("zimbraCalendarResource", 16, AUXILIARY, "top", "calendarResource"),
    ("zimbraIdentity", 17, STRUCTURAL, "top", "identity"),
    ("zimbraDataSource", 18, STRUCTURAL, "top", "dataSource"),
    ("zimbraPop3DataSource", 19, STRUCTURAL, "zimbraDataSource", "pop3DataSource"),
    ("zimbraImapDataSource", 20, STRUCTURAL, "zimbraDataSource", "imapDataSource"),
    ("zimbraSignature", 21, STRUCTURAL, "top", "signature"),
    ("zimbraXMPPComponent", 22, STRUCTURAL, "top", "xmppComponent"),
    ("zimbraAclTarget", 23, AUXILIARY, "top", "aclTarget"),
    ("zimbraRssDataSource", 24, STRUCTURAL, "zimbraDataSource", "rssDataSource"),
    ("zimbraLiveDataSource", 25, STRUCTURAL, "zimbraDataSource", "liveDataSource"),
    ("zimbraGalDataSource", 26, STRUCTURAL, "zimbraDataSource", "galDataSource"),
    ("zimbraGroup", 27, AUXILIARY, "top", "group"),
    ("zimbraGroupDynamicUnit", 28, AUXILIARY, "top", "groupDynamicUnit"),
    ("zimbraGroupStaticUnit", 29, STRUCTURAL, "top", "groupStaticUnit"),
    ("zimbraShareLocator", 30, STRUCTURAL, "top", "shareLocator"),
    ("zimbraUCService", 31, STRUCTURAL, "top", "ucService"),
    ("zimbraAlwaysOnCluster", 32, STRUCTURAL, "top", "alwaysOnCluster"),
    ("zimbraHabGroup", 33, AUXILIARY, "top", "habGroup"),
    ("zimbraAddressList", 34, STRUCTURAL, "top", "addressList"),
)
"""Name, number, kind, superior, and the word by which the tables name the class."""

AMAVIS: Final = ("amavisBlacklistSender", "amavisWhitelistSender")
COMPANY: Final = (
    "( 1.2.840.113556.1.2.146 NAME 'company' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch \
SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )"
)
"""The one attribute of a person in the tables that no RFC defines; the OID is its inventor's."""


@cache
def definitions_of(name: str) -> Definitions:
    """The attribute types and object classes of one of the tables, and what accounts have beside them."""
    table = read_table(name)
    return Definitions(
        attribute_types=(*_attributes(table), *_amavis_attributes(), AttributeType.parse(COMPANY)),
        object_classes=(*_classes(table), _amavis_class()),
    )


def _attributes(table: Mapping[str, Attribute]) -> Iterator[AttributeType]:
    numbered = (row for row in table.values() if row.number is not None)
    for row in sorted(numbered, key=lambda row: row.number or 0):
        form = SYNTAX_OF_TYPE.get(row.type, syntax.TEXT)
        yield _attribute(f"{ATTRIBUTES}.{row.number}", row.name, form, single=not row.multiple)


def _attribute(oid: str, name: str, form: Syntax, *, single: bool) -> AttributeType:
    bare, _, length = form.oid.rstrip("}").partition("{")
    return AttributeType(
        oid=oid,
        names=(name,),
        equality=form.equality,
        ordering=form.ordering,
        substrings=form.substrings,
        syntax=bare,
        length=int(length) if length else None,
        single_value=single,
    )


def _classes(table: Mapping[str, Attribute]) -> Iterator[ObjectClass]:
    for name, number, kind, superior, word in KINDS:
        must = {row.name for row in table.values() if word in row.must}
        may = {row.name for row in table.values() if word in row.classes} - must
        if must or may or superior != "top":
            yield ObjectClass(
                oid=f"{CLASSES}.{number}",
                names=(name,),
                superiors=(superior,),
                kind=kind,
                must=tuple(sorted(must)),
                may=tuple(sorted(may)),
            )


# Accounts and domains also have the class of a spam filter. Its attributes are in no table; the two
# that webmail writes are enough to load a tree, under numbers of ours.


def _amavis_attributes() -> Iterator[AttributeType]:
    for name in AMAVIS:
        yield _attribute(f"{ARC}.3.{numbers()[name]}", name, syntax.IA5, single=False)


def _amavis_class() -> ObjectClass:
    number = numbers()["amavisAccount"]
    return ObjectClass(
        oid=f"{ARC}.4.{number}", names=("amavisAccount",), superiors=("top",), kind=AUXILIARY, may=AMAVIS
    )
