"""The one shape in which this library says why.

A status, a decision, a shadowed value and a why-not all give `Reason`s; a reason points at the
stored values it rests on, and each such place is an `Origin`.
"""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

__all__ = ["Level", "Origin", "Reason"]


class Level(StrEnum):
    """The kinds of entry that can hold a setting; `DEFAULT` is the catalog, where no entry does."""

    ACCOUNT = "account"
    RESOURCE = "resource"
    LIST = "list"
    COS = "cos"
    DOMAIN = "domain"
    GLOBAL = "global"
    SERVER = "server"
    ALIAS = "alias"
    DEFAULT = "default"


@frozen
class Origin:
    """Where a value stands: the level, the DN of the entry, the LDAP attribute, the stored strings.

    A value of the catalog's own stands nowhere: its `dn` and `attribute` are None, its `raw` empty.
    `raw` is left out of the repr, and empty for settings that are secret.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> origin = acme.account("jane@acme.example").explain("mailbox_quota").origin
    >>> str(origin.level), origin.dn, origin.attribute, origin.raw
    ('cos', 'cn=premium,ou=cos,o=mail', 'mpMailboxQuota', ('20 GiB',))
    """

    level: Level
    dn: str | None = None
    attribute: str | None = None
    raw: tuple[str, ...] = field(default=(), repr=False)


@frozen
class Reason:
    """One step of an explanation.

    `id` is stable and meant for programs, `text` for the operator; `matched` tells whether the
    step had an effect (a trail also names what did not apply), `origins` which stored values it used.

    >>> import mailpolicy as mp
    >>> reason = mp.resolve_status(domain="closed", account="active").reasons[0]
    >>> reason.id, reason.matched, reason.text
    ('status.domain', True, "the domain is closed, which outranks the account's active")
    """

    id: str
    matched: bool
    text: str
    origins: tuple[Origin, ...] = ()
