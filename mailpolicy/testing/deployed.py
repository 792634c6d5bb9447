"""Generated people as a Carbonio or Zimbra server keeps them."""

from __future__ import annotations

from collections.abc import Iterator

from mailpolicy.testing.population import LOCKED_OUT, PLANS, Customer, MailList, Person
from mailpolicy.testing.text import line, record

__all__ = ["Deployed"]

HOST = "mail1.provider.example"
CREATED = "20240305101500Z"
GIB = 2**30
ACCOUNT, ALIAS, LIST, DOMAIN, COS, SERVER = range(1, 7)
"""The kinds of object, as they show in the ids."""


class Deployed:
    """Domains as `dc=` trees, classes of service below `cn=zimbra`, aliases as entries."""

    def __init__(self, *, carbonio: bool) -> None:
        self._carbonio = carbonio

    def preamble(self) -> Iterator[str]:
        yield record("cn=zimbra", "organizationalRole", cn="zimbra")
        yield record(
            "cn=config,cn=zimbra", "organizationalRole zimbraGlobalConfig", cn="config",
            zimbraLDAPSchemaVersion=1, zimbraMailDomainQuota=0, zimbraMtaMaxMessageSize=25 * 2**20,
            # An attribute that only one of the two dialects has, which tells them apart.
            carbonioWebUiTitle="Mail" if self._carbonio else None,
            zimbraClassicWebClientDisabled=None if self._carbonio else "FALSE",
        )  # fmt: skip
        yield record("cn=servers,cn=zimbra", "organizationalRole", cn="servers")
        yield record(
            f"cn={HOST},cn=servers,cn=zimbra", "zimbraServer", cn=HOST, zimbraId=_id(SERVER, 0),
            zimbraServiceHostname=HOST,
        )  # fmt: skip
        yield record("cn=cos,cn=zimbra", "organizationalRole", cn="cos")
        for plan in PLANS:
            yield record(
                f"cn={plan.name},cn=cos,cn=zimbra", "zimbraCOS", cn=plan.name, zimbraId=COS_IDS[plan.name],
                zimbraMailQuota=plan.quota * GIB, zimbraImapEnabled="TRUE", zimbraPrefImapEnabled="TRUE",
                zimbraFeatureMobileSyncEnabled="TRUE" if plan.activesync else "FALSE",
            )  # fmt: skip
        yield record("dc=example", "dcObject organization", dc="example", o="example domain")

    def customer(self, customer: Customer) -> Iterator[str]:
        yield _domain(
            customer.name, 2 * customer.number, zimbraDomainType="local", zimbraDomainStatus=customer.status,
            zimbraMailStatus="disabled" if customer.status == "closed" else "enabled",
            zimbraDomainDefaultCOSId=COS_IDS[customer.plan] if customer.plan else None,
            zimbraMailDomainQuota=customer.cap * GIB if customer.cap else None,
        )  # fmt: skip
        if customer.alias:
            yield _domain(
                customer.alias, 2 * customer.number + 1, zimbraDomainType="alias",
                zimbraDomainStatus="active", zimbraMailStatus="enabled",
                zimbraDomainAliasTargetId=_id(DOMAIN, 2 * customer.number),
                zimbraMailCatchAllAddress=f"@{customer.alias}",
                zimbraMailCatchAllForwardingAddress=f"@{customer.name}",
            )  # fmt: skip
        dn = _domain_dn(customer.name)
        yield record(f"ou=people,{dn}", "organizationalRole", ou="people", cn="people")
        yield record(f"cn=groups,{dn}", "organizationalRole", cn="groups")

    def person(self, person: Person) -> str:
        uid, domain = person.uid, person.customer.name
        people, name = f"ou=people,{_domain_dn(domain)}", f"{person.first} {person.last}"
        own_id = _id(ACCOUNT, person.number)
        own = "".join(
            [f"mail: {each}@{domain}\nzimbraMailAlias: {each}@{domain}\n" for each in person.aliases]
        )
        if person.plan:
            own += f"zimbraCOSId: {COS_IDS[person.plan]}\n"
        if person.quota:
            own += f"zimbraMailQuota: {person.quota * GIB}\n"
        if person.forward:
            own += f"zimbraPrefMailForwardingAddress: {person.forward}\n"
        if person.imap is not None:
            own += "zimbraImapEnabled: FALSE\n"
        if person.status == "lockout":
            own += f"zimbraPasswordLockoutLockedTime: {LOCKED_OUT}\n"
        aliases = "".join(
            [
                f"dn: uid={alias},{people}\nobjectClass: zimbraAlias\nuid: {alias}\n"
                f"zimbraId: {_id(ALIAS, 4 * person.number + number)}\nzimbraAliasTargetId: {own_id}\n\n"
                for number, alias in enumerate(person.aliases)
            ]
        )
        return (
            f"dn: uid={uid},{people}\nobjectClass: inetOrgPerson\nobjectClass: zimbraAccount\n"
            f"uid: {uid}\n{line('cn', name)}{line('sn', person.last)}{line('givenName', person.first)}"
            f"{line('displayName', name)}mail: {uid}@{domain}\nzimbraMailDeliveryAddress: {uid}@{domain}\n"
            f"zimbraId: {own_id}\nzimbraAccountStatus: {person.status}\n"
            f"zimbraMailStatus: {'disabled' if person.status in ('closed', 'pending') else 'enabled'}\n"
            f"zimbraMailHost: {HOST}\nzimbraCreateTimestamp: {CREATED}\nou: {person.department}\n"
            f"{line('l', person.city)}userPassword: {{SSHA}}not-a-hash-{person.number}\n{own}\n{aliases}"
        )

    def mail_list(self, mail_list: MailList) -> str:
        name, domain = mail_list.name, mail_list.customer.name
        dn, address, own_id = _domain_dn(domain), f"{name}@{domain}", _id(LIST, mail_list.number)
        if mail_list.members is None:
            return record(
                f"cn={name},cn=groups,{dn}", "groupOfURLs dgIdentityAux zimbraGroup", cn=name, mail=address,
                zimbraMailAlias=address, zimbraId=own_id, zimbraIsACLGroup="FALSE",
                zimbraMailStatus="enabled", memberURL=f"ldap:///ou=people,{dn}??sub?(objectClass=zimbraAccount)",
            )  # fmt: skip
        return record(
            f"uid={name},ou=people,{dn}", "zimbraDistributionList zimbraMailRecipient", uid=name,
            mail=address, zimbraMailAlias=address, zimbraId=own_id, zimbraMailStatus="enabled",
            zimbraMailForwardingAddress=tuple(f"{member}@{domain}" for member in mail_list.members),
        )  # fmt: skip


def _id(kind: int, number: int) -> str:
    return f"00000000-000{kind}-4000-8000-{number:012x}"


COS_IDS = {plan.name: _id(COS, number) for number, plan in enumerate(PLANS)}


def _domain_dn(name: str) -> str:
    return "dc=" + name.replace(".", ",dc=")


def _domain(name: str, number: int, **attributes: object) -> str:
    return record(
        _domain_dn(name), "dcObject organization zimbraDomain", dc=name.partition(".")[0], o=f"{name} domain",
        zimbraDomainName=name, zimbraId=_id(DOMAIN, number), **attributes,
    )  # fmt: skip
