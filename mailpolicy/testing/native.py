"""Generated people as entries of our own dialect."""

from __future__ import annotations

from collections.abc import Iterator

from mailpolicy.testing.population import LOCKED_OUT, PLANS, Customer, MailList, Person
from mailpolicy.testing.text import line, record

__all__ = ["Native"]

SUFFIX = "o=mail"


class Native:
    """`ou=people` and `ou=lists` below `dc=<domain>,o=mail`."""

    def preamble(self) -> Iterator[str]:
        yield record(SUFFIX, "organization", o="mail")
        yield record(
            f"cn=config,{SUFFIX}", "mpConfig", cn="config", mpMailboxQuota="1 GiB", mpMaxMessageSize="25 MiB",
            preferredLanguage="en", mpTimeZone="Europe/Berlin",
        )  # fmt: skip
        yield record(f"ou=cos,{SUFFIX}", "organizationalUnit", ou="cos")
        for plan in PLANS:
            yield record(
                _cos(plan.name), "mpClassOfService", cn=plan.name, mpMailboxQuota=f"{plan.quota} GiB",
                mpActivesyncEnabled="TRUE" if plan.activesync else None,
            )  # fmt: skip

    def customer(self, customer: Customer) -> Iterator[str]:
        dn = _domain(customer.name)
        yield record(
            dn, "domain mpDomain", dc=customer.name, associatedDomain=customer.name,
            mpDomainStatus=customer.status,
            mpDefaultCos=_cos(customer.plan) if customer.plan else None,
            mpMaxMailboxQuota=f"{customer.cap} GiB" if customer.cap else None,
            preferredLanguage=customer.language,
        )  # fmt: skip
        if customer.alias:
            yield record(
                _domain(customer.alias), "domain mpDomain", dc=customer.alias,
                associatedDomain=customer.alias, mpDomainKind="alias", mpAliasTarget=dn,
            )  # fmt: skip
        yield record(f"ou=people,{dn}", "organizationalUnit", ou="people")
        yield record(f"ou=lists,{dn}", "organizationalUnit", ou="lists")

    def person(self, person: Person) -> str:
        uid, domain = person.uid, person.customer.name
        name = f"{person.first} {person.last}"
        own = "".join([f"mpAliases: {alias}@{domain}\n" for alias in person.aliases])
        if person.plan:
            own += f"mpCos: {_cos(person.plan)}\n"
        if person.quota:
            own += f"mpMailboxQuota: {person.quota} GiB\n"
        if person.forward:
            own += f"mpForwardingAddresses: {person.forward}\n"
        if person.imap is not None:
            own += "mpImapEnabled: FALSE\n"
        if person.status == "lockout":
            own += f"mpLockoutStartedAt: {LOCKED_OUT}\n"
        return (
            f"dn: uid={uid},ou=people,{_domain(domain)}\nobjectClass: inetOrgPerson\nobjectClass: mpAccount\n"
            f"uid: {uid}\n{line('cn', name)}{line('sn', person.last)}{line('givenName', person.first)}"
            f"{line('displayName', name)}mail: {uid}@{domain}\nmpAccountStatus: {person.status}\n"
            f"employeeNumber: {person.number}\nou: {person.department}\n{line('l', person.city)}"
            f"title: {person.title}\no: {person.customer.company}\n"
            f"telephoneNumber: +49 30 555{person.number:07}\nmobile: +49 170 {person.number:07}\n"
            f"userPassword: {{SSHA}}not-a-hash-{person.number}\n{own}\n"
        )

    def mail_list(self, mail_list: MailList) -> str:
        name, domain = mail_list.name, mail_list.customer.name
        dn = _domain(domain)
        everybody = f"ldap:///ou=people,{dn}??sub?(objectClass=mpAccount)"
        return record(
            f"cn={name},ou=lists,{dn}", "groupOfURLs mpList", cn=name, mail=f"{name}@{domain}",
            memberURL=everybody if mail_list.members is None else None,
            mpMemberAddresses=tuple(f"{member}@{domain}" for member in mail_list.members or ()),
        )  # fmt: skip


def _domain(name: str) -> str:
    return f"dc={name},{SUFFIX}"


def _cos(name: str) -> str:
    return f"cn={name},ou=cos,{SUFFIX}"
