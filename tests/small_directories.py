"""Directories of a few entries in which nothing is wrong, and the records that tests add to them."""

from __future__ import annotations

from attrs import frozen

from mailpolicy.check import findings
from mailpolicy.ldap.ldif import read
from mailpolicy.snapshot import Finding, Severity, Snapshot, load

NATIVE = """\
dn: o=mail
objectClass: organization
o: mail

dn: cn=config,o=mail
objectClass: mpConfig
cn: config

dn: cn=gold,o=mail
objectClass: mpClassOfService
cn: gold

dn: dc=acme.example,o=mail
objectClass: domain
objectClass: mpDomain
dc: acme.example
associatedDomain: acme.example

dn: uid=ann,dc=acme.example,o=mail
objectClass: inetOrgPerson
objectClass: mpAccount
uid: ann
cn: Ann
sn: Ann
mail: ann@acme.example
mpAliases: a@acme.example
mpCos: cn=gold,o=mail
"""

ANN_ID = "11111111-1111-4111-8111-111111111111"
GOLD_ID = "22222222-2222-4222-8222-222222222222"
ACME_ID = "33333333-3333-4333-8333-333333333333"

CARBONIO = f"""\
dn: cn=zimbra
objectClass: organizationalRole
cn: zimbra

dn: cn=config,cn=zimbra
objectClass: organizationalRole
objectClass: zimbraGlobalConfig
cn: config
zimbraLDAPSchemaVersion: 1

dn: cn=gold,cn=zimbra
objectClass: zimbraCOS
cn: gold
zimbraId: {GOLD_ID}

dn: uid=postfix,cn=zimbra
objectClass: organizationalPerson
objectClass: zimbraAccount
uid: postfix
cn: postfix
sn: postfix
zimbraId: 44444444-4444-4444-8444-444444444444
zimbraAccountStatus: active

dn: dc=example
objectClass: dcObject
objectClass: organization
dc: example
o: example

dn: dc=acme,dc=example
objectClass: dcObject
objectClass: organization
objectClass: zimbraDomain
dc: acme
o: acme
zimbraId: {ACME_ID}
zimbraDomainName: acme.example
zimbraDomainType: local

dn: uid=ann,dc=acme,dc=example
objectClass: inetOrgPerson
objectClass: zimbraAccount
objectClass: amavisAccount
uid: ann
cn: Ann
sn: Ann
mail: ann@acme.example
zimbraMailDeliveryAddress: ann@acme.example
zimbraMailAlias: a@acme.example
zimbraId: {ANN_ID}
zimbraAccountStatus: active
zimbraCOSId: {GOLD_ID}
createTimestamp: 20240305101500Z
"""

WITHOUT_A_FAULT = {"native": NATIVE, "carbonio": CARBONIO}


def text_with(dialect: str, *records: str) -> bytes:
    """The LDIF of the small directory with these records after it."""
    return "\n".join((WITHOUT_A_FAULT[dialect], *records)).encode()


def snapshot_with(dialect: str, *records: str) -> Snapshot:
    """The small directory with these records after it."""
    return load(read([text_with(dialect, *records)]), dialect=dialect)


# -- records ------------------------------------------------------------------------------------------

BOB = "uid=bob,dc=acme.example,o=mail"
LIST = "cn=all,dc=acme.example,o=mail"
PERSON = "inetOrgPerson mpAccount"
NOBODYS_ID = "99999999-9999-4999-8999-999999999999"


def record(dn: str, classes: str, *lines: str) -> str:
    return "\n".join((f"dn: {dn}", *(f"objectClass: {each}" for each in classes.split()), *lines, ""))


def bob(*lines: str, without: str = "", classes: str = PERSON) -> str:
    """A second account; a line replaces the one that the attribute has otherwise."""
    usual = {"uid": "bob", "cn": "Bob", "sn": "Bob", "mail": "bob@acme.example"}
    replaced = {without, *(line.partition(":")[0] for line in lines)}
    kept = [f"{name}: {value}" for name, value in usual.items() if name not in replaced]
    return record(BOB, classes, *kept, *lines)


def mailing_list(*lines: str) -> str:
    return record(LIST, "groupOfURLs mpList", "cn: all", "mail: all@acme.example", *lines)


def domain(name: str, *lines: str) -> str:
    return record(f"dc={name},o=mail", "domain mpDomain", f"dc: {name}", f"associatedDomain: {name}", *lines)


def cos(*lines: str, name: str = "silver") -> str:
    return record(f"cn={name},o=mail", "mpClassOfService", f"cn: {name}", *lines)


def alias(target: str, address: str = "b@acme.example") -> str:
    return record(f"mail={address},o=mail", "mpAlias", f"mail: {address}", f"mpAliasTarget: {target}")


def carbonio_bob(*lines: str) -> str:
    return record(
        "uid=bob,dc=acme,dc=example", "inetOrgPerson zimbraAccount", "uid: bob", "cn: Bob", "sn: Bob",
        "zimbraMailDeliveryAddress: bob@acme.example", "zimbraId: 55555555-5555-4555-8555-555555555555",
        "zimbraAccountStatus: active", *lines,
    )  # fmt: skip


def carbonio_domain(*lines: str, kind: str = "local") -> str:
    return record(
        "dc=globex,dc=example", "dcObject organization zimbraDomain", "dc: globex", "o: globex",
        "zimbraDomainName: globex.example", f"zimbraDomainType: {kind}",
        "zimbraId: 66666666-6666-4666-8666-666666666666", *lines,
    )  # fmt: skip


def carbonio_alias(target: str) -> str:
    return record(
        "uid=b,dc=acme,dc=example", "zimbraAlias", "uid: b",
        "zimbraId: 77777777-7777-4777-8777-777777777777", f"zimbraAliasTargetId: {target}",
    )  # fmt: skip


# -- cases --------------------------------------------------------------------------------------------


@frozen
class Case:
    """Records with one fault, their twins without it, and what is to be found of the first."""

    id: str
    bad: str
    good: str
    attribute: str
    raw: str | None
    severity: Severity = Severity.ERROR
    dialect: str = "native"

    def __str__(self) -> str:
        return f"{self.id} of {self.attribute}"

    def prove(self) -> None:
        """Nothing is wrong without the fault, and one thing with it, at its entry and line."""
        assert findings(snapshot_with(self.dialect, self.good)) == ()
        (found,) = findings(snapshot_with(self.dialect, self.bad))
        dn = self.bad.partition("\n")[0].removeprefix("dn: ")
        lines = text_with(self.dialect, self.bad).split(b"\n")
        line = lines.index(f"dn: {dn}".encode()) + 1
        expected = Finding(self.id, found.text, self.severity, dn, self.attribute, line, self.raw)
        assert found == expected


def warning(id: str, bad: str, good: str, attribute: str, raw: str | None) -> Case:
    return Case(id, bad, good, attribute, raw, Severity.WARNING)


def carbonio(id: str, bad: str, good: str, attribute: str, raw: str | None) -> Case:
    return Case(id, bad, good, attribute, raw, dialect="carbonio")
