"""Small directories for tests: one domain, one class of service, one account, and what is added to them.

`native(account={"mpMailboxQuota": "5 GiB"})` and `carbonio(cos={"zimbraMailQuota": "0"})` give a
snapshot. `value` and `story` ask it for a setting, and hold the two resolvers to the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mailpolicy.inherit import Effective, Layers, explain, layers_of, resolve
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.ldif import read
from mailpolicy.lookup import selected
from mailpolicy.schema import find_setting
from mailpolicy.snapshot import Snapshot, load

Attributes = Mapping[str, str | Sequence[str]]

ANN = "ann@acme.example"
NOTHING: Attributes = {}
COS_ID = "11111111-1111-4111-8111-111111111111"
DOMAIN_ID = "22222222-2222-4222-8222-222222222222"
ANN_ID = "33333333-3333-4333-8333-333333333333"


def record(dn: str, *classes: str, **attributes: str | Sequence[str]) -> str:
    """One LDIF record that ends in a blank line; a list is several values."""
    lines = [f"dn: {dn}", *(f"objectClass: {each}" for each in classes)]
    for name, given in attributes.items():
        values = [given] if isinstance(given, str) else given
        lines += [f"{name.replace('__', ';')}: {value}" for value in values]
    return "\n".join(lines) + "\n\n"


def loaded(text: str, dialect: str = "auto") -> Snapshot:
    return load(read([text.encode()]), dialect=dialect)


def native_text(
    account: Attributes | None = NOTHING,
    cos: Attributes | None = NOTHING,
    domain: Attributes | None = NOTHING,
    config: Attributes | None = NOTHING,
    *more: str,
) -> str:
    """The text of a native tree; None leaves an entry out."""
    records = [record("o=mail", "organization", o="mail")]
    if config is not None:
        records.append(record("cn=config,o=mail", "mpConfig", cn="config", **config))
    if cos is not None:
        records.append(record("cn=basic,o=mail", "mpClassOfService", cn="basic", **cos))
    if domain is not None:
        says = {"associatedDomain": "acme.example", "mpDefaultCos": "cn=basic,o=mail", **domain}
        records.append(record("dc=acme,o=mail", "domain", "mpDomain", dc="acme", **says))
    if account is not None:
        says = {"cn": "Ann", "sn": "Ann", "mail": ANN, **account}
        records.append(record("uid=ann,o=mail", "inetOrgPerson", "mpAccount", uid="ann", **says))
    return "".join([*records, *more])


def native(*entries: Any, **named: Any) -> Snapshot:
    return loaded(native_text(*entries, **named), "native")


def carbonio_text(
    account: Attributes | None = NOTHING,
    cos: Attributes | None = NOTHING,
    domain: Attributes | None = NOTHING,
    config: Attributes | None = NOTHING,
    *more: str,
) -> str:
    """The same in the shape of a Carbonio server."""
    records = [record("cn=zimbra", "organizationalRole", cn="zimbra")]
    if config is not None:
        classes = ("organizationalRole", "zimbraGlobalConfig")
        records.append(record("cn=config,cn=zimbra", *classes, cn="config", **config))
    records.append(record("cn=cos,cn=zimbra", "organizationalRole", cn="cos"))
    if cos is not None:
        says = {"zimbraId": COS_ID, **cos}
        records.append(record("cn=basic,cn=cos,cn=zimbra", "zimbraCOS", cn="basic", **says))
    records.append(record("dc=example", "dcObject", "organization", dc="example", o="example"))
    if domain is not None:
        says = {
            "zimbraDomainName": "acme.example",
            "zimbraId": DOMAIN_ID,
            "zimbraDomainDefaultCOSId": COS_ID,
            "zimbraDomainType": "local",
            **domain,
        }
        classes = ("dcObject", "organization", "zimbraDomain")
        records.append(record("dc=acme,dc=example", *classes, dc="acme", o="acme", **says))
        records.append(record("ou=people,dc=acme,dc=example", "organizationalRole", ou="people", cn="people"))
    if account is not None:
        says = {
            "cn": "Ann",
            "sn": "Ann",
            "zimbraMailDeliveryAddress": ANN,
            "mail": ANN,
            "zimbraId": ANN_ID,
            **account,
        }
        classes = ("inetOrgPerson", "zimbraAccount")
        records.append(record("uid=ann,ou=people,dc=acme,dc=example", *classes, uid="ann", **says))
    return "".join([*records, *more])


def carbonio(*entries: Any, **named: Any) -> Snapshot:
    return loaded(carbonio_text(*entries, **named), "carbonio")


def layers(snapshot: Snapshot, who: str = ANN) -> Layers:
    return layers_of(snapshot, selected(snapshot, who))


def value(snapshot: Snapshot, name: str, who: str = ANN) -> Any:
    return story(snapshot, name, who).value


def story(snapshot: Snapshot, name: str, who: str = ANN) -> Effective[Any]:
    asked = layers(snapshot, who)
    effective = explain(snapshot, asked, find_setting(name))
    assert resolve(snapshot, asked, find_setting(name)) == effective.value
    return effective


def entry(snapshot: Snapshot, selector: str) -> Entry:
    return selected(snapshot, selector)
