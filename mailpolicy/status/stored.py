"""The status of an object of a directory: what is stored about it, put to the tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import evolve

from ..errors import InvalidValue
from ..inherit import Effective, Layers, domain_of, explain, layers_of, resolve, text_values
from ..ldap.entry import Entry
from ..reasons import Level, Origin, Reason
from ..schema import find_setting
from ..schema.catalog.status import AccountStatus, MailStatus
from ..snapshot import Snapshot
from ..values import moment
from .effective import Status, domain_status, list_status, resolve_status
from .lockout import LockoutPolicy, LockoutState, ends_at
from .table import Receive

__all__ = ["lockout_policy", "lockout_state", "status_of"]


def status_of(snapshot: Snapshot, layers: Layers, table: str, at: datetime | None = None) -> Status:
    """Give the status of an account, resource, list or domain by one of the two tables.

    `at` lets a lockout expire; without it a stored lockout counts as one. In the ``server`` table a
    lockout without a moment is then over, too: the server finds nobody locked out who has none. A
    stored status that cannot be read counts as none. Whoever mail does not know receives nothing.
    """
    status = evolve(combined(snapshot, layers, table, at), freshness=snapshot.freshness)
    known = explain(snapshot, layers, find_setting("mail_status"))
    if known.value is not MailStatus.DISABLED:
        return status
    text = "mail_status is disabled: mail does not know the address"
    reason = Reason("status.mail_status", True, text, (known.origin,))
    return evolve(status, receive=Receive.REJECT, reasons=(*status.reasons, reason))


def combined(snapshot: Snapshot, layers: Layers, table: str, at: datetime | None) -> Status:
    """What the table says, whether mail knows the object or not."""
    own = layers[0]
    domain = own.entry if own.level is Level.DOMAIN else domain_of(snapshot, own.entry)
    floor, origins, ownership = said_of(snapshot, domain)
    if own.level is Level.DOMAIN:
        return domain_status(floor, table=table, ownership=ownership, origins=origins)
    if own.level is Level.LIST:
        return list_status(floor, table=table, ownership=ownership, origins=origins)
    stored = explain(snapshot, layers, find_setting("account_status"))
    state = lockout_state(snapshot, layers)
    return resolve_status(
        domain=floor,
        account=None if stored.value is None else state.status,
        table=table,
        exempt=is_exempt(snapshot, layers),
        ownership=ownership,
        until=ends_at(state, lockout_policy(snapshot, layers)),
        at=at,
        dated=state.locked_at is not None,
        origins={**origins, **stated("account", stored)},
    )


def said_of(snapshot: Snapshot, domain: Entry | None) -> tuple[str | None, dict[str, Origin], bool]:
    """What a domain does to all that belongs to it: its status, where that stands, whether it is proven."""
    if domain is None:
        return None, {}, True
    layers = layers_of(snapshot, domain)
    status = explain(snapshot, layers, find_setting("domain_status"))
    required = explain(snapshot, layers, find_setting("ownership_required"))
    proven = not required.value or resolve(snapshot, layers, find_setting("ownership_verified"))
    return str(status.value), {**stated("domain", status), **stated("ownership", required)}, proven


def stated(side: str, effective: Effective[object]) -> Mapping[str, Origin]:
    return {} if effective.origin.level is Level.DEFAULT else {side: effective.origin}


def is_exempt(snapshot: Snapshot, layers: Layers) -> bool:
    """Whether the account is a global administrator, and not one of a domain at the same time."""
    if not resolve(snapshot, layers, find_setting("is_global_admin")):
        return False
    attribute = snapshot.dialect.domain_admin_attribute
    return attribute is None or text_values(layers[0].entry, attribute)[:1] != ("TRUE",)


def lockout_policy(snapshot: Snapshot, layers: Layers) -> LockoutPolicy:
    """The lockout policy that applies to an account."""
    return LockoutPolicy(
        enabled=resolve(snapshot, layers, find_setting("lockout_enabled")),
        max_failures=resolve(snapshot, layers, find_setting("lockout_max_failures")),
        duration=resolve(snapshot, layers, find_setting("lockout_duration")),
        failure_window=resolve(snapshot, layers, find_setting("lockout_failure_window")),
    )


def lockout_state(snapshot: Snapshot, layers: Layers) -> LockoutState:
    """What failed logins have left behind on an account; an account without a status is active."""
    dialect, entry = snapshot.dialect, layers[0].entry
    status = resolve(snapshot, layers, find_setting("account_status"))
    started = moments(entry, dialect.lockout_started_attribute)
    return LockoutState(
        str(status or AccountStatus.ACTIVE),
        failures=moments(entry, dialect.lockout_failure_attribute),
        locked_at=started[0] if started else None,
    )


def moments(entry: Entry, attribute: str) -> tuple[datetime, ...]:
    """The moments that can be read; what cannot is a finding, not a moment."""
    found = []
    for text in text_values(entry, attribute):
        try:
            found.append(moment(text))
        except InvalidValue:
            continue
    return tuple(found)
