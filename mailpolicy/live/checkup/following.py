"""What it takes to follow a server's changes, and to write without overwriting others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...errors import MailPolicyError
from ...ldap.url import Scope
from ..replica.probe import SYNC_REQUEST
from ..stamps import ENTRY_CSN, ENTRY_UUID
from .item import Item, ok, unseen, wrong
from .subject import Subject

__all__ = ["SYNC", "assertion", "change_numbers", "sync"]

SYNC: Final = SYNC_REQUEST.decode()
ASSERTION: Final = "1.3.6.1.1.12"
NOTHING: Final = "(!(objectClass=*))"
"""A filter that no entry matches: all that comes is the cookie."""

PAGE: Final = "docs/how-to/openldap.md"


def sync(subject: Subject) -> Iterator[Item]:
    """Whether the server tells consumers what changes (RFC 4533)."""
    remedy = f"olcModuleLoad: syncprov, and its overlay on the database ({PAGE}); until then a replica polls"
    if not subject.supports(SYNC):
        yield wrong("sync", "the server does not offer RFC 4533", remedy)
        return
    try:
        for _ in subject.backend.sync(subject.base, NOTHING, persist=False):
            pass
    except MailPolicyError as problem:
        yield wrong("sync", f"offered, but not for {subject.base}: {problem}", remedy)
    else:
        yield ok("sync", "consumers can follow (RFC 4533)")


def change_numbers(subject: Subject) -> Iterator[Item]:
    """Whether we can see by what a replica tells entries and changes apart."""
    remedy = 'olcAccess: to * by dn.exact=… read; not "to attrs=@…", which leaves operational attributes out'
    shown = shown_at_once(subject, ENTRY_UUID, ENTRY_CSN)
    missing = [name for name in (ENTRY_UUID, ENTRY_CSN) if name.lower() not in shown]
    if missing:
        yield wrong("entryUUID, entryCSN", f"{' and '.join(missing)} cannot be read", remedy)
    else:
        yield ok("entryUUID, entryCSN", "can be read")
    if subject.entry(subject.suffix, "contextCSN").get("contextcsn"):
        yield ok("contextCSN", f"can be read at {subject.suffix or 'the root'}")
    else:
        where = f"cannot be read at {subject.suffix or 'the root'}"
        yield unseen("contextCSN", where, "how far servers are behind each other cannot be told without it")


def shown_at_once(subject: Subject, *names: str) -> set[str]:
    """Which of these attributes an entry shows; not that of the base, which may be the root."""
    for _, found in subject.backend.search(subject.base, Scope.CHILDREN, attributes=names, limit=1):
        return {name.lower() for name in found}
    return set()


def assertion(subject: Subject) -> Iterator[Item]:
    """Whether a write can say on which state of the entry it relies (RFC 4528)."""
    if subject.supports(ASSERTION):
        yield ok("assertion", "a write can be refused where somebody else was faster (RFC 4528)")
    else:
        remedy = "writes then rely on naming the old values, which protects less; slapd has had it since 2.4"
        yield wrong("assertion", "the server does not offer RFC 4528", remedy)
