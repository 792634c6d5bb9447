"""Who may change what of an entry: its owner, an administrator, everybody with the feature for it.

An account is its user's own: preferences, and what a feature lets her manage. A list is its owners'. The
rest is for administrators: those of everything, and those whom grants make one, for what the schema
leaves to them. Whether an entry may be changed at all now is for its status to say, not for this.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from ..errors import InvalidValue, NotFound
from ..inherit import explain, layers_of
from ..ldap.entry import Entry
from ..reasons import Level, Origin, Reason
from ..schema import SETTINGS, Setting, find_setting
from ..schema.deployed.table import read_table
from ..snapshot import Snapshot
from ..values import Size
from .actor import Actor, actor_of
from .chain import target_of
from .holding import Holding
from .holds import answered, asked
from .table import RIGHTS

__all__ = ["OF_OWNERS", "OF_USERS", "may_edit"]

OF_USERS: Final[dict[str, str | None]] = {
    "locale": None,
    "time_zone": None,
    "date_format": None,
    "time_format": None,
    "contact_address": None,
    "recovery_address": "password_recovery_status",
    "forwarding_addresses": "forwarding_enabled",
    "local_delivery_enabled": None,
    "auto_reply_enabled": None,
    "auto_reply_text": None,
    "auto_reply_starts_at": None,
    "auto_reply_ends_at": None,
    "auto_reply_interval": None,
    "spam_to_inbox": None,
    "save_to_sent": None,
    "polling_interval": None,
    "messages_per_page": None,
    "send_read_receipts": None,
    "signature_style": None,
    "delegated_send_save_target": None,
    "grants": None,
    "password": "password_change_enabled",
    "application_passwords": "application_passwords_enabled",
    "one_time_passwords": "otp_management_enabled",
    "trusted_devices": "trusted_devices_enabled",
}
"""What users change of their own account, and the feature that each needs.

The last four are no settings: they are kept where passwords are.
"""

SECRETS: Final = frozenset(list(OF_USERS)[-4:])

OF_OWNERS: Final = frozenset(
    {
        "display_name",
        "description",
        "notes",
        "member_addresses",
        "posting_policy",
        "grants",
        "subscription_policy",
        "unsubscription_policy",
        "notify_new_members",
        "reply_to_address",
        "hidden_from_gal",
    }
)
"""What owners change of their list. Not its searches: they could reach into what is none of theirs."""

OF_ALL_ADMINISTRATORS: Final = frozenset({"is_global_admin", "max_grantable_quota"})
"""What only administrators of everything change."""

LIMITED: Final = "mailbox_quota"
"""The setting of which an administrator by grants may give so much and no more."""

ON: Final = (True, "enabled")


def may_edit(
    snapshot: Snapshot,
    who: Entry | str | None,
    target: Entry,
    name: str,
    *,
    as_admin: bool = False,
    value: Any = None,
    unset: bool = False,
) -> Holding:
    """Say whether somebody may change a setting of an entry, and why.

    `name` is that of a setting, or of one of the secrets that users manage themselves (`password`,
    `application_passwords`, `one_time_passwords`, `trusted_devices`). With `value`, what is to be written,
    a limit that the administrator has is held against it; with `unset`, against what is inherited then.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> john = acme.account("john@acme.example").entry
    >>> may_edit(acme.snapshot, john, john, "auto_reply_text").answer
    True
    >>> may_edit(acme.snapshot, john, john, "mailbox_quota").answer
    False
    >>> jane = acme.account("jane@acme.example").entry
    >>> quota = may_edit(acme.snapshot, jane, john, "mailbox_quota", as_admin=True, value="20 GiB")
    >>> quota.answer, quota.reasons[-1].text
    (False, 'jane@acme.example may give 10 GiB at most')

    InvalidValue for a name or value that is none, NotFound where the entry is no object.
    """
    level = snapshot.level_of(target)
    if level is None:
        raise NotFound("object at", str(target.dn))
    if name not in SECRETS and (name not in SETTINGS or not SETTINGS[name].belongs_to(level)):
        raise InvalidValue(name, f"a setting that an entry of the kind {level} may hold")
    actor = actor_of(snapshot, who)
    trail: list[Reason] = []
    answer = judged(actor, target, level, name, as_admin, Wanted(value, unset), trail)
    return Holding(f"edit {name}", answer, tuple(trail))


class Wanted(NamedTuple):
    """What is to become of the setting: a value, or none; neither where that is not said yet."""

    value: Any
    unset: bool


def judged(
    actor: Actor, target: Entry, level: Level, name: str, as_admin: bool, wanted: Wanted, trail: list[Reason]
) -> bool | None:
    if as_admin and actor.is_global_admin:
        trail.append(said("administrator", True, f"{actor} administers everything"))
        return True
    answers = [own(actor, target, level, name, as_admin, trail)]
    if as_admin and answers[0] is not True:
        answers.append(administered(actor, target, name, wanted, trail))
    if True in answers:
        return True
    return None if None in answers else False


def own(
    actor: Actor, target: Entry, level: Level, name: str, as_admin: bool, trail: list[Reason]
) -> bool | None:
    """What users and owners may."""
    if level is Level.LIST:
        return owned(actor, target, name, as_admin, trail)
    if level not in (Level.ACCOUNT, Level.RESOURCE):
        trail.append(said("for_administrators", True, f"a {level} is for administrators to change"))
        return False
    if name not in OF_USERS:
        trail.append(said("for_administrators", True, f"{name} is for administrators to change"))
        return False
    answer: bool | None = True
    if not actor.is_entry(target):
        held = answered(asked(actor.snapshot, actor, "loginAs", target, as_admin=as_admin))
        trail += held.reasons
        answer = held.answer
    else:
        trail.append(said("self", True, f"{name} is one's own to change"))
    return answer if answer is False else featured(actor.snapshot, target, name, trail) and answer


def featured(snapshot: Snapshot, target: Entry, name: str, trail: list[Reason]) -> bool:
    """Whether the account has the feature that a change needs."""
    feature = OF_USERS[name]
    if feature is None:
        return True
    effective = explain(snapshot, layers_of(snapshot, target), find_setting(feature))
    is_on = effective.value in ON
    text = f"{feature} is {effective}: users {'change' if is_on else 'do not change'} {name}"
    trail.append(said("feature", True, text, effective.origin))
    return is_on


def owned(actor: Actor, target: Entry, name: str, as_admin: bool, trail: list[Reason]) -> bool | None:
    if name not in OF_OWNERS:
        trail.append(said("for_administrators", True, f"{name} is for administrators to change"))
        return False
    held = answered(asked(actor.snapshot, actor, "ownDistList", target, as_admin=as_admin))
    trail += held.reasons
    return held.answer


def administered(actor: Actor, target: Entry, name: str, wanted: Wanted, trail: list[Reason]) -> bool | None:
    """What an administrator by grants may."""
    if name in OF_ALL_ADMINISTRATORS:
        text = f"{name} is for administrators of everything to change"
        trail.append(said("for_all_administrators", True, text))
        return False
    kind = target_of(actor.snapshot, target)
    everywhere = [right.name for right in RIGHTS.values() if right.attributes and kind in right.on]
    if name == "password":
        everywhere = [right for right in PASSWORD_RIGHTS if kind in RIGHTS[right].on]
    answer: bool | None = False
    for right in everywhere:
        if RIGHTS[right].attributes == "domain" and not is_left_to_domains(name):
            continue
        held = answered(asked(actor.snapshot, actor, right, target, as_admin=True))
        trail += held.deciding
        if held.answer:
            return within_limit(actor, target, name, wanted, trail)
        answer = None if held.answer is None else answer
    return answer


def is_left_to_domains(name: str) -> bool:
    """Whether the schema leaves a setting to the administrators of a domain.

    Where the deployed servers have none such, nothing tells, and it is as the rest of the entry.
    """
    setting = SETTINGS.get(name)
    if setting is None:
        return False
    attributes = [attribute for stored in setting.carbonio for attribute in stored.attributes]
    table = read_table("carbonio")
    flagged = [
        "domainAdminModifiable" in table[each.lower()].flags or each in ALWAYS_LEFT
        for each in attributes
        if each.lower() in table
    ]
    return all(flagged)


PASSWORD_RIGHTS: Final = ("setAccountPassword", "setCalendarResourcePassword")

ALWAYS_LEFT: Final = frozenset({"zimbraCOSId", "zimbraIsDelegatedAdminAccount", "zimbraMailTransport"})
"""Attributes that stand in the right of domain administrators without being flagged for it."""


def within_limit(actor: Actor, target: Entry, name: str, wanted: Wanted, trail: list[Reason]) -> bool:
    """Whether a quota is one that this administrator may give, written or left to be inherited."""
    if name != LIMITED or actor.entry is None:
        return True
    limit = explain(
        actor.snapshot, layers_of(actor.snapshot, actor.entry), find_setting("max_grantable_quota")
    )
    if limit.value is None:
        trail.append(said("no_quota", True, f"{actor} may give no quotas", limit.origin))
        return False
    setting: Setting[Size] = find_setting(LIMITED)
    text = f"{actor} may give {limit} at most"
    if wanted.unset:
        left = explain(actor.snapshot, layers_of(actor.snapshot, target), setting).inherited
        if left.value <= limit.value:
            return True
        text += f", and {left} is left without an own value"
        trail.append(said("quota_limit", True, text, limit.origin, left.origin))
        return False
    if wanted.value is None or setting.accept(wanted.value) <= limit.value:
        return True
    trail.append(said("quota_limit", True, text, limit.origin))
    return False


def said(id: str, matched: bool, text: str, *origins: Origin) -> Reason:
    return Reason(f"edit.{id}", matched, text, origins)
