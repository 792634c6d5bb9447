"""Whether a domain has more accounts than it may have (``too-many-accounts``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..inherit import domain_of, layers_of, resolve
from ..inherit.stored import text_values
from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import find_setting
from ..snapshot import Finding, Severity, Snapshot
from .subject import attributes

__all__ = ["account_findings"]


def account_findings(snapshot: Snapshot) -> Iterator[Finding]:
    """Give the domains that have too many accounts: counted only if any domain has a limit."""
    setting = find_setting("max_accounts")
    limits = [
        (domain, most)
        for domain in snapshot.of_level(Level.DOMAIN)
        if (most := resolve(snapshot, layers_of(snapshot, domain), setting))
    ]
    counted = Counter(domains_of_accounts(snapshot)) if limits else {}
    for domain, most in limits:
        there = counted.get(domain.dn, 0)
        if there > most:
            attribute = attributes(snapshot.dialect, setting.name, Level.DOMAIN)[0]
            raw = next(iter(text_values(domain, attribute)), None)
            text = f"the domain has {there} accounts; expected at most {most}"
            dn = str(domain.dn)
            yield Finding("too-many-accounts", text, Severity.WARNING, dn, attribute, domain.line, raw)


def domains_of_accounts(snapshot: Snapshot) -> Iterator[str]:
    """The domain of each account that counts, whatever its status: of people, and not of outsiders."""
    dialect = snapshot.dialect
    marks = tuple(filter(None, (dialect.external_attribute, dialect.system_attribute)))
    for account in snapshot.of_level(Level.ACCOUNT):
        domain = None if is_marked(account, marks) else domain_of(snapshot, account)
        if domain is not None:
            yield domain.dn


def is_marked(account: Entry, marks: tuple[str, ...]) -> bool:
    return any(text_values(account, mark)[:1] == ("TRUE",) for mark in marks)
