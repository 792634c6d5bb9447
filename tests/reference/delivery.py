"""What becomes of mail for one mailbox: slow, obvious, and written from the description alone.

The mailbox is ann's, in a domain that may be reached by the name of an alias domain too; kim may take
what nobody else does. Nothing of the code that it judges is used, not even the status tables: the rules
that they obey are written down again as sentences.
"""

from __future__ import annotations

from attrs import frozen

CHAIN = ("active", "lockout", "locked", "maintenance", "pending", "closed", "disabled")
REJECTED = ("pending", "closed", "disabled")
DEFERRED = ("maintenance", "suspended", "shutdown")


@frozen(kw_only=True)
class World:
    """Everything that counts. None is what nobody has said."""

    table: str = "documented"
    account_status: str | None = None
    domain_status: str | None = None
    alias_status: str | None = None
    is_global_admin: bool = False
    account_mail: str | None = None
    domain_mail: str | None = None
    alias_mail: str | None = None
    ownership_required: bool = False
    ownership_verified: bool = False
    has_catch_all: bool = False
    is_stale: bool = False
    reject_all: bool = False
    largest: int | None = None
    quota: int | None = None
    cap: int | None = None
    receive_over_quota: bool = False
    over_quota: str | None = None
    warning_percent: int = 90
    aggregate: int | None = None
    aggregate_policy: str | None = None
    aggregate_percent: int = 80
    has_warned: bool = False
    forwards: tuple[str, ...] = ()
    is_kept: bool = True
    spam_to_inbox: bool = False
    spam_to_inbox_allowed: bool = True


@frozen(kw_only=True)
class Message:
    """A message for her from outside, and what is held before it comes; None for what nobody knows."""

    by_alias_domain: bool = False
    size: int = 0
    spam: bool = False
    held: int | None = 0
    held_together: int | None = 0


@frozen
class Outcome:
    """What becomes of it: the verdict, the rule, and what else."""

    verdict: str
    rule: str | None
    destinations: tuple[str, ...] | None = None
    folder: str | None = None
    notices: tuple[str, ...] = ()


def outcome(world: World, message: Message, *, ann: str) -> Outcome:
    # Mail knows nobody whose mail_status is disabled. A catch-all has what nobody has, while we know that.
    if world.account_mail == "disabled":
        if world.is_stale:
            return Outcome("defer", "recipient.exists")
        if not world.has_catch_all:
            return Outcome("reject", "recipient.exists")
        return kim(world, message)
    stopped = stopped_by_domain(world, message) or stopped_by_status(world)
    if stopped:
        return stopped
    if world.reject_all:
        return Outcome("reject", "recipient.refuses_all")
    if world.largest and message.size > world.largest:
        return Outcome("reject", "recipient.size")
    # What is only forwarded is stored nowhere. What is neither forwarded nor kept would be lost: it is kept.
    # What is forwarded to herself is kept, too, by whatever of her names.
    away = tuple(each for each in world.forwards if each not in herself(ann))
    stored = world.is_kept or away != world.forwards or not world.forwards
    full = stopped_by_quota(world, message) if stored else None
    if full:
        return full
    destinations: tuple[str, ...] | None = None
    if world.forwards or not world.is_kept:
        destinations = (ann, *away) if stored else away
    folder = None
    if message.spam and stored:
        folder = "Inbox" if world.spam_to_inbox and world.spam_to_inbox_allowed else "Junk"
    return Outcome("accept", None, destinations, folder, notices(world, message) if stored else ())


def herself(ann: str) -> set[str]:
    return {ann, "a@acme.example", "ann@alias.example", "ann+x@acme.example", "ANN@globex.example"}


def kim(world: World, message: Message) -> Outcome:
    """She has no settings of her own, but lives in the same domain."""
    theirs = World(
        table=world.table, domain_status=world.domain_status, alias_status=world.alias_status,
        domain_mail=world.domain_mail, alias_mail=world.alias_mail,
        ownership_required=world.ownership_required, ownership_verified=world.ownership_verified,
        cap=world.cap, over_quota=world.over_quota, aggregate=world.aggregate,
        aggregate_policy=world.aggregate_policy, aggregate_percent=world.aggregate_percent,
        has_warned=world.has_warned, spam_to_inbox_allowed=world.spam_to_inbox_allowed,
    )  # fmt: skip
    unknown = Message(
        by_alias_domain=message.by_alias_domain, size=message.size, spam=message.spam, held=None,
        held_together=message.held_together,
    )  # fmt: skip
    return outcome(theirs, unknown, ann="kim@acme.example")


def stopped_by_domain(world: World, message: Message) -> Outcome | None:
    # What counts is the domain that the sender wrote.
    if (world.alias_mail if message.by_alias_domain else world.domain_mail) == "disabled":
        return Outcome("reject", "recipient.domain")
    # That she lives in a domain counts in her own status. An alias domain is no home, so it counts here.
    if message.by_alias_domain:
        if world.alias_status == "closed":
            return Outcome("reject", "recipient.domain")
        if world.alias_status in DEFERRED and world.table == "documented":
            return Outcome("defer", "recipient.domain")
    return None


def stopped_by_status(world: World) -> Outcome | None:
    if world.ownership_required and not world.ownership_verified:
        return Outcome("reject", "recipient.status")
    status = effective(world)
    if status in REJECTED:
        return Outcome("reject", "recipient.status")
    return Outcome("defer", "recipient.status") if status in DEFERRED else None


def effective(world: World) -> str:
    own, domain = world.account_status, world.domain_status or "active"
    # A global administrator keeps her own status on deployed servers, unless all mail of the domain stops.
    exempt = world.is_global_admin and world.table == "server" and domain not in ("closed", "shutdown")
    if exempt:
        return own or "active"
    if world.table == "documented":
        if domain == "locked" and own in ("active", "lockout"):
            return own
        if domain in ("maintenance", "suspended"):
            return own if own in ("closed", "disabled") else domain
    floor = "maintenance" if domain in ("suspended", "shutdown") else domain
    return max(own or "active", floor, key=CHAIN.index)


def stopped_by_quota(world: World, message: Message) -> Outcome | None:
    verdict = world.over_quota or "defer"
    limits = [each for each in (world.quota, world.cap) if each]
    fits = not limits or (message.held or 0) + message.size <= min(limits)
    if not fits and not world.receive_over_quota:
        return Outcome(verdict, "quota.mailbox")
    over = message.held_together is not None and world.aggregate and message.held_together > world.aggregate
    if over and world.aggregate_policy == "block_send_and_receive":
        return Outcome(verdict, "quota.domain")
    return None


def notices(world: World, message: Message) -> tuple[str, ...]:
    sent = []
    limits = [each for each in (world.quota, world.cap) if each]
    if limits and message.held is not None:
        # Reached by this message: not before it, and with it.
        mark = min(limits) * world.warning_percent / 100
        if message.held < mark and message.held + message.size >= mark:
            sent.append("quota.warning")
    if world.aggregate and message.held_together is not None and world.has_warned:
        mark = world.aggregate * world.aggregate_percent / 100
        if message.held_together <= mark and message.held_together + message.size > mark:
            sent.append("quota.domain_warning")
    return tuple(sent)
