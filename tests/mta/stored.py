"""The lists of `shapes`, and three domains around them, as each dialect stores them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import NAMESPACE_DNS, uuid5

from tests.mta.shapes import NOBODY, PEOPLE, PROJECT, SHAPES, Shape

__all__ = ["ldif"]


def ldif(dialect: str) -> str:
    """The directory with all the lists: acme.example, another name of it, and one with a catch-all."""
    written = native() if dialect == "native" else carbonio()
    return "\n\n".join(written) + "\n"


def record(dn: str, classes: str, **attributes: str | Iterable[str]) -> str:
    """One entry; an attribute without a value is left out."""
    lines = [f"dn: {dn}", *(f"objectClass: {each}" for each in classes.split())]
    for name, values in attributes.items():
        several = (values,) if isinstance(values, str) else values
        lines += [f"{name}: {value}" for value in several if value]
    return "\n".join(lines)


def native() -> Iterator[str]:
    yield record("o=mail", "organization", o="mail")
    yield native_domain("acme.example", mpRecipientDelimiter="+")
    yield native_domain("alias.example", mpDomainKind="alias", mpAliasTarget="dc=acme.example,o=mail")
    yield native_domain("globex.example")
    yield native_account("gil@globex.example", mpCatchAllAddresses="@globex.example")
    for name, department, alias, known, forward in PEOPLE:
        yield native_account(
            f"{name}@acme.example",
            description=department,
            mpAliases=alias,
            mpMailStatus="" if known else "disabled",
            mpForwardingAddresses=forward,
        )
    yield record(
        "cn=room,dc=acme.example,o=mail",
        "mpResource",
        cn="room",
        mail="room@acme.example",
        description="IT",
    )
    yield from map(native_list, (*SHAPES, NOBODY))


def native_domain(name: str, **more: str) -> str:
    return record(f"dc={name},o=mail", "domain mpDomain", dc=name, associatedDomain=name, **more)


def native_account(address: str, **more: str) -> str:
    name, _, domain = address.partition("@")
    dn = f"uid={name},dc={domain},o=mail"
    return record(dn, "inetOrgPerson mpAccount", uid=name, cn=name, sn=name, mail=address, **more)


def native_list(shape: Shape) -> str:
    return record(
        f"cn={shape.name},dc=acme.example,o=mail",
        "groupOfURLs mpList",
        cn=shape.name,
        mail=shape.address,
        mpAliases=shape.aliases,
        mpMemberAddresses=shape.members,
        memberURL=f"ldap:///o=mail??sub?{shape.finds}" if shape.finds else "",
        mpMailStatus="" if shape.enabled else "disabled",
    )


def carbonio() -> Iterator[str]:
    yield record("cn=zimbra", "organizationalRole", cn="zimbra")
    config = "organizationalRole zimbraGlobalConfig"
    yield record("cn=config,cn=zimbra", config, cn="config", zimbraLDAPSchemaVersion="1")
    yield record("dc=example", "dcObject organization", dc="example", o="example")
    yield carbonio_domain("acme")
    yield carbonio_domain(
        "alias",
        "alias",
        zimbraDomainAliasTargetId=identity("acme"),
        zimbraMailCatchAllAddress="@alias.example",
        zimbraMailCatchAllForwardingAddress="@acme.example",
    )
    yield carbonio_domain("globex")
    yield carbonio_account("gil", "globex", zimbraMailCatchAllAddress="@globex.example")
    for name, department, alias, known, forward in PEOPLE:
        yield carbonio_account(
            name,
            known=known,
            description=department,
            zimbraMailAlias=alias,
            zimbraPrefMailForwardingAddress=forward,
            zimbraMemberOf=identity("project") if f"{name}@acme.example" in PROJECT.delivered else "",
        )
    yield carbonio_account(
        "room",
        classes="zimbraCalendarResource",
        description="IT",
        displayName="room",
        zimbraCalResType="Location",
        zimbraAccountCalendarUserType="RESOURCE",
    )
    yield from map(carbonio_list, (*SHAPES, NOBODY))
    yield from project()


def identity(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, name))


def mail_status(known: bool) -> str:
    return "enabled" if known else "disabled"


def carbonio_domain(name: str, kind: str = "local", **more: str) -> str:
    return record(
        f"dc={name},dc=example",
        "dcObject organization zimbraDomain",
        dc=name,
        o=name,
        zimbraDomainName=f"{name}.example",
        zimbraDomainType=kind,
        zimbraId=identity(name),
        zimbraDomainStatus="active",
        zimbraMailStatus="enabled",
        **more,
    )


def carbonio_account(
    name: str, domain: str = "acme", *, classes: str = "", known: bool = True, **more: str
) -> str:
    return record(
        f"uid={name},dc={domain},dc=example",
        f"inetOrgPerson zimbraAccount {classes}",
        uid=name,
        cn=name,
        sn=name,
        mail=f"{name}@{domain}.example",
        zimbraMailDeliveryAddress=f"{name}@{domain}.example",
        zimbraId=identity(f"{name}@{domain}"),
        zimbraAccountStatus="active",
        zimbraMailStatus=mail_status(known),
        **more,
    )


def carbonio_list(shape: Shape) -> str:
    if shape.finds:
        return carbonio_group(shape, f"ldap:///??sub?{shape.finds}")
    return record(
        f"uid={shape.name},dc=acme,dc=example",
        "zimbraDistributionList zimbraMailRecipient",
        uid=shape.name,
        mail=shape.address,
        zimbraMailAlias=(shape.address, *shape.aliases),
        zimbraId=identity(shape.name),
        zimbraMailStatus=mail_status(shape.enabled),
        zimbraMailForwardingAddress=shape.members,
    )


def carbonio_group(shape: Shape, url: str, *, stored: bool = False) -> str:
    return record(
        f"cn={shape.name},dc=acme,dc=example",
        "groupOfURLs zimbraGroup zimbraMailRecipient",
        cn=shape.name,
        mail=shape.address,
        zimbraMailAlias=(shape.address, *shape.aliases),
        zimbraId=identity(shape.name),
        zimbraMailStatus=mail_status(shape.enabled),
        zimbraIsACLGroup=str(stored).upper(),
        memberURL=url,
    )


def project() -> Iterator[str]:
    """The group whose members are stored, and its unit for those of other domains."""
    group, unit = identity(PROJECT.name), identity("external")
    url = f"ldap:///??sub?(|(zimbraMemberOf={group})(zimbraId={unit}))"
    yield carbonio_group(PROJECT, url, stored=True)
    yield record(
        f"cn=external,cn={PROJECT.name},dc=acme,dc=example",
        "zimbraGroupStaticUnit zimbraMailRecipient",
        cn="external",
        zimbraId=unit,
        zimbraGroupId=group,
        zimbraMailForwardingAddress=(each for each in PROJECT.delivered if "acme" not in each),
    )
