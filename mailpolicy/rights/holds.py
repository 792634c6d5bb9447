"""Whether somebody holds a right on an entry: the short cuts, then what the grants say, then the default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import evolve

from ..errors import InvalidValue, NotFound
from ..inherit import domain_of
from ..ldap.entry import Entry
from ..reasons import Reason
from ..snapshot import Snapshot
from .actor import Actor, actor_of
from .chain import target_of, targets_of
from .holding import Holding
from .table import RIGHTS, Target, find_right
from .weigh import Question, reason, weigh

__all__ = ["answered", "asked", "holds"]

MAILBOXES: Final = (Target.ACCOUNT, Target.RESOURCE)

LOGIN: Final = {
    Target.ACCOUNT: RIGHTS["adminLoginAs"],
    Target.RESOURCE: RIGHTS["adminLoginCalendarResourceAs"],
}
"""The admin right to log in as somebody, which brings her user rights along."""

CHANGE: Final = {
    Target.ACCOUNT: RIGHTS["modifyAccount"],
    Target.RESOURCE: RIGHTS["modifyCalendarResource"],
    Target.LIST: RIGHTS["modifyDistributionList"],
    Target.GROUP: RIGHTS["modifyGroup"],
}
"""The admin right to change the grants of an entry, and so to take any user right on it."""

CREATE: Final = {Target.LIST: RIGHTS["createDistributionList"], Target.GROUP: RIGHTS["createGroup"]}
"""The admin right to create such a list in a domain, whose holder counts as an owner of all of them."""

LOGIN_AS: Final = RIGHTS["loginAs"]
READ: Final = "read"
WRITE: Final = RIGHTS["readWrite"]
UNKNOWN: Final = "right.unknown"
OWNER: Final = "ownDistList"
FALLBACK: Final = "invite"
"""The one right that something outside the directory may give, where the directory does not."""


def holds(
    snapshot: Snapshot,
    actor: Entry | str | None,
    right: str,
    target: Entry,
    *,
    as_admin: bool = False,
    onward: bool = False,
) -> Holding:
    """Say whether somebody holds a right on an entry, with the reasons of the whole chain.

    `actor` is an entry, an address (of somebody in the directory or outside), or None for somebody of
    whom nothing is known. Admin rights count only where she acts `as_admin`. With `onward` it is asked
    whether she may grant the right to others. The status of a domain or account has no part in it.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> john = acme.account("john@acme.example").entry
    >>> holding = holds(acme.snapshot, "jane@acme.example", "sendOnBehalfOf", john)
    >>> holding.answer, holding.deciding[0].text
    (True, "'jane@acme.example usr sendOnBehalfOf' on the target gives sendOnBehalfOf to jane@acme.example")
    >>> holds(acme.snapshot, "bob@acme.example", "sendAs", john).answer
    False

    InvalidValue for a name that is no right, or none on this kind of entry; NotFound where the entry is
    no object. A combined right is held where all it contains that concern such an entry are.
    """
    return answered(
        asked(snapshot, actor_of(snapshot, actor), right, target, as_admin=as_admin, onward=onward)
    )


def asked(
    snapshot: Snapshot,
    actor: Actor,
    name: str,
    target: Entry,
    *,
    as_admin: bool = False,
    onward: bool = False,
) -> Question:
    """Put the question together; errors as `holds`."""
    right = find_right(name, native=snapshot.dialect.id_attribute is None)
    kinds = targets_of(snapshot, target)
    if not kinds:
        raise NotFound("object at", str(target.dn))
    if right is None:
        raise InvalidValue(name, "the name of a right")
    if right.on.isdisjoint(kinds):
        raise InvalidValue(name, f"a right on entries of the kind {target_of(snapshot, target)}")
    return Question(snapshot, actor, right, target, as_admin, onward)


def answered(question: Question) -> Holding:
    """Answer a question; a combined right part by part."""
    right = question.right
    if not right.contains:
        return answered_alone(question)
    reasons: list[Reason] = []
    answer: bool | None = True
    kinds = targets_of(question.snapshot, question.target)
    for name in sorted(right.contains):
        part = RIGHTS[name]
        if part.contains or part.on.isdisjoint(kinds):
            continue
        held = answered_alone(evolve(question, right=part))
        if held.answer is not True:
            answer = False if held.answer is False else answer and None
            reasons += held.reasons
        if answer is False:
            break
    if answer:
        text = f"{question.actor} holds all that {right.name} contains for such an entry"
        reasons.append(reason("combined", True, text))
    return Holding(right.name, answer, tuple(reasons))


def answered_alone(question: Question) -> Holding:
    trail: list[Reason] = []
    answer = by_rule(question, trail)
    if answer is None:
        answer = by_grants(question, trail, in_doubt=any(each.id == UNKNOWN for each in trail))
    if answer:
        trail = [evolve(each, matched=False) if each.id == UNKNOWN else each for each in trail]
    return Holding(question.right.name, answer, tuple(trail))


def by_rule(question: Question, trail: list[Reason]) -> bool | None:
    """What holds whatever is granted; None where that is for the grants to say."""
    actor, right = question.actor, question.right
    if question.as_admin and actor.is_global_admin:
        trail.append(reason("global_admin", True, f"{actor} administers everything"))
        return True
    if not right.is_user:
        return None if may_administer(question, trail) else False
    kind = target_of(question.snapshot, question.target)
    if kind in MAILBOXES and actor.is_entry(question.target):
        trail.append(reason("self", True, f"{actor} has every such right on the own account"))
        return True
    if question.onward and actor.is_nobody:
        trail.append(reason("nobody", True, "nobody known can grant anything"))
        return False
    return by_other_right(question, kind, trail)


def may_administer(question: Question, trail: list[Reason]) -> bool:
    """Whether admin rights can count at all: for whom, and against whom."""
    actor = question.actor
    if not question.as_admin:
        trail.append(reason("not_as_admin", True, f"{actor} is not acting as an administrator"))
        return False
    if not actor.is_delegated_admin:
        trail.append(reason("no_admin", True, f"{actor} is no administrator by grants"))
        return False
    if Actor(question.snapshot, question.target).is_global_admin:
        text = "the target administers everything: no administrator by grants may touch it"
        trail.append(reason("above", True, text))
        return False
    return True


def by_other_right(question: Question, kind: Target | None, trail: list[Reason]) -> bool | None:
    """Whether another right brings this one along."""
    for other, why in others(question, kind):
        held = answered_alone(other)
        if held.answer is not False:
            trail += held.deciding
        if held.answer:
            trail.append(reason("implied", True, f"{question.actor} {why}"))
            return True
    return None


def others(question: Question, kind: Target | None) -> Iterator[tuple[Question, str]]:
    """The rights that bring the one in question along, each as a question of its own."""
    if question.as_admin and question.actor.is_delegated_admin:
        if kind in CHANGE:
            yield evolve(question, right=CHANGE[kind], onward=False), "may change its grants"
        home = domain_of(question.snapshot, question.target)
        if question.right.name == OWNER and kind in CREATE and home is not None:
            right = CREATE[kind]
            yield evolve(question, right=right, target=home, onward=False), "may create such lists there"
        if kind in LOGIN:
            yield evolve(question, right=LOGIN[kind], onward=False), "may log in there as administrator"
    if kind in MAILBOXES and question.right is not LOGIN_AS:
        yield evolve(question, right=LOGIN_AS, onward=False), "may log in there"
    if question.right.name == READ:
        yield evolve(question, right=WRITE), "may write there"


def by_grants(question: Question, trail: list[Reason], *, in_doubt: bool) -> bool | None:
    weighed = weigh(question)
    trail += weighed.reasons
    answer, right = weighed.answer, question.right
    if answer is False and not weighed.decided:
        answer = unmatched(question, weighed.met, trail)
    if answer is False and right.name == FALLBACK:
        text = "the mailbox may share the calendar all the same, which the directory does not know"
        trail.append(reason("fallback", False, text))
    return None if in_doubt and not answer else answer


def unmatched(question: Question, met: bool, trail: list[Reason]) -> bool:
    """What follows from no grant having been to the actor."""
    right = question.right
    if met:
        text = f"{right.name} has been granted, and none of its grants is to {question.actor}"
        trail.append(reason("not_among", True, text))
        return False
    answer = right.allowed and not question.onward
    everybody = (
        "everybody has it" if answer else "nobody has it" if not right.allowed else "nobody passes it on"
    )
    trail.append(reason("default", True, f"no grant of {right.name} has been met, and so {everybody}"))
    return answer
