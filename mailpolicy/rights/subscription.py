"""Joining and leaving a list, what to tell new members, and where replies go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import field, frozen

from ..errors import NotFound
from ..inherit import explain, layers_of, resolve_for
from ..ldap.entry import Entry
from ..reasons import Level, Origin, Reason
from ..schema import find_setting
from ..schema.catalog.lists import JoinPolicy
from ..snapshot import Snapshot, folded_address
from .actor import Actor, actor_of, primary
from .chain import is_deployed
from .views import owners

__all__ = ["Notice", "Subscription", "may_subscribe", "may_unsubscribe", "notices", "reply_to"]


@frozen
class Subscription:
    """What becomes of a request to join or leave a list.

    `approvers` are the addresses of those to ask, where approval is needed: the owners. As a truth value
    it tells whether the request takes effect at once.
    """

    outcome: JoinPolicy = field(repr=str)
    approvers: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return self.outcome is JoinPolicy.ACCEPT


def may_subscribe(snapshot: Snapshot, mailing_list: Entry, who: Entry | str | None) -> Subscription:
    """Say what becomes of somebody's request to join a list.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> partners = acme.find("partners@acme.example").entry
    >>> subscription = may_subscribe(acme.snapshot, partners, "bob@acme.example")
    >>> subscription
    Subscription(outcome=reject, approvers=())
    >>> subscription.reasons[-1].text
    'nobody owns the list who could approve'

    NotFound where the entry is no list.
    """
    return judged(snapshot, mailing_list, who, "subscription_policy", "join")


def may_unsubscribe(snapshot: Snapshot, mailing_list: Entry, who: Entry | str | None) -> Subscription:
    """Say what becomes of somebody's request to leave a list; errors as `may_subscribe`."""
    return judged(snapshot, mailing_list, who, "unsubscription_policy", "leave")


def judged(
    snapshot: Snapshot, mailing_list: Entry, who: Entry | str | None, setting: str, verb: str
) -> Subscription:
    if snapshot.level_of(mailing_list) is not Level.LIST:
        raise NotFound("list at", str(mailing_list.dn))
    actor = actor_of(snapshot, who)
    effective = explain(snapshot, layers_of(snapshot, mailing_list), find_setting(setting))
    trail = [said(f"to {verb} the list: {effective.value}", "policy", effective.origin)]
    refusal = refused(actor, mailing_list, verb)
    if refusal is not None:
        return Subscription(JoinPolicy.REJECT, (), (*trail, said(*refusal)))
    if is_inert(snapshot):
        text = "servers since 23.7 store the policy and let nobody join or leave by it"
        trail.append(Reason("subscription.inert", False, text))
    if effective.value is not JoinPolicy.APPROVAL:
        return Subscription(effective.value, (), tuple(trail))
    return approved(snapshot, mailing_list, trail)


def approved(snapshot: Snapshot, mailing_list: Entry, trail: list[Reason]) -> Subscription:
    """Ask those who own the list; without any nobody can approve."""
    known = [each for each in owners(snapshot, mailing_list) if each.effective]
    approvers = tuple(dict.fromkeys(each.name for each in known if "@" in each.name))
    origins = tuple(each.origin for each in known if each.origin is not None)
    if approvers:
        text = f"to be approved by {', '.join(approvers)}"
        reasons = (*trail, said(text, "owners", *origins))
        return Subscription(JoinPolicy.APPROVAL, approvers, reasons)
    return Subscription(
        JoinPolicy.REJECT, (), (*trail, said("nobody owns the list who could approve", "no_owner"))
    )


def refused(actor: Actor, mailing_list: Entry, verb: str) -> tuple[str, str] | None:
    """Why a request comes to nothing whatever the policy: the text of the reason, and its id."""
    if actor.is_nobody:
        return "nobody known asks", "nobody"
    if actor.is_entry(mailing_list):
        return "a list cannot be on itself", "self"
    if is_searched(actor.snapshot, mailing_list, verb):
        return "a search finds who is on the list", "dynamic"
    return None


DEFAULT_URL: Final = b"ldap:///??sub?(|(zimbramemberof="


def is_searched(snapshot: Snapshot, mailing_list: Entry, verb: str) -> bool:
    """Whether nobody joins or leaves a list but by changing what its searches look at.

    A deployed group with the default search stores its members; a native list has members by address
    beside those that its searches find, so one can always join.
    """
    urls = mailing_list.stored("memberURL")
    if not urls:
        return False
    if is_deployed(snapshot):
        return not all(url.lower().startswith(DEFAULT_URL) for url in urls)
    return verb == "leave" and not resolve_for(snapshot, mailing_list, find_setting("member_addresses"))


def is_inert(snapshot: Snapshot) -> bool:
    return snapshot.dialect.name == "carbonio"


def said(text: str, id: str, *origins: Origin) -> Reason:
    return Reason(f"subscription.{id}", True, text, origins)


@frozen
class Notice:
    """A message to send: to whom, about which list."""

    to: str
    list_address: str
    list_name: str
    reply_to: str


def notices(snapshot: Snapshot, mailing_list: Entry, added: Iterable[str]) -> tuple[Notice, ...]:
    """Give what is to be sent to those who were added to a list: to each once, in the order given.

    None where the list does not tell new members, has no address, or is a dynamic one of a deployed server.
    """
    address = primary(snapshot, mailing_list)
    told = resolve_for(snapshot, mailing_list, find_setting("notify_new_members"))
    is_dynamic_there = is_deployed(snapshot) and snapshot.dialect.is_dynamic(mailing_list)
    if not told or address is None or is_dynamic_there:
        return ()
    name = resolve_for(snapshot, mailing_list, find_setting("display_name")) or address
    contact = reply_to(snapshot, mailing_list) or address
    once: dict[str, str] = {}
    for each in (added,) if isinstance(added, str) else added:
        once.setdefault(folded_address(each), each)
    return tuple(Notice(to, address, name, contact) for to in once.values())


def reply_to(snapshot: Snapshot, mailing_list: Entry) -> str | None:
    """Give the address for replies to messages of a list; None where they go to the author.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> reply_to(acme.snapshot, acme.find("sales@acme.example").entry)
    'order@acme.example'
    """
    stated = resolve_for(snapshot, mailing_list, find_setting("reply_to_address"))
    if stated is not None:
        return str(stated)
    switch = b"".join(mailing_list.stored("zimbraPrefReplyToEnabled")) if is_deployed(snapshot) else b""
    return primary(snapshot, mailing_list) if switch == b"TRUE" else None
