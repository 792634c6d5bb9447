"""What the grants say: which of them decides, and what became of the others.

Entries are asked nearest first. On one entry, and on all lists of a target together, grants to a more
specific grantee come first: a person or address, then a list, a domain, everybody logged in, the public.
Among grants of one class those that deny come first, then those that may be granted onward, then the
rest. The first that is of the right and to the actor decides. Where grants of the right have been met
and none of them was to the actor, she does not hold it; only where none has been met the default counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import define, field, frozen

from ..inherit import domain_of
from ..ldap.entry import Entry
from ..reasons import Origin, Reason
from ..snapshot import Snapshot
from ..values import Grantee, Modifier
from .actor import Actor, names_of
from .chain import Stage, chain_of, targets_of
from .grantees import is_grantee, specificity
from .grants import Standing, folded_grantee, grants_on
from .table import Right

__all__ = ["Question", "Weighed", "weigh"]

RANK: Final = {Modifier.DENY: 0, Modifier.DELEGATE: 1}
PLAIN: Final = 2


@frozen
class Question:
    """Does the actor hold the right on the target? With `onward`: may she grant it to others?"""

    snapshot: Snapshot
    actor: Actor
    right: Right
    target: Entry
    as_admin: bool = False
    onward: bool = False


@frozen
class Weighed:
    """What the grants say: yes, no, or None. `decided` tells whether one that is to the actor said it.

    Where nothing `decided`, `met` tells whether there are grants of the right at all, to whomever; `answer`
    is None if nobody can tell whether one of them is to the actor. `doubtful` holds what those would say
    of which nobody can tell that, True for a grant that gives.
    """

    answer: bool | None
    decided: bool
    met: bool
    reasons: tuple[Reason, ...]
    doubtful: frozenset[bool] = frozenset()


@define
class _Scales:
    """What has been found on the way."""

    met: bool = False
    deciding: Standing | None = None
    doubtful: list[Standing] = field(factory=list)
    reasons: list[Reason] = field(factory=list)


def weigh(question: Question) -> Weighed:
    """Let the grants on the target and above it decide."""
    scales = _Scales()
    for stage in chain_of(question.snapshot, question.target, question.right):
        for standing in counted(question, stage, scales.reasons):
            if scales.deciding is None:
                compare(question, stage, standing, scales)
            elif standing.grant.denies is not scales.deciding.grant.denies:
                overrule(question, stage, standing, scales)
    return outcome(question, scales)


def compare(question: Question, stage: Stage, standing: Standing, scales: _Scales) -> None:
    scales.met = True
    actor, grant = question.actor, standing.grant
    matched = is_grantee(actor, grant, question.right)
    if matched:
        scales.deciding = standing
        verb = "denies" if grant.denies else "gives"
        text = f"{placed(standing, stage)} {verb} {question.right.name} to {actor}"
        scales.reasons.append(reason("grant", True, text, standing.origin))
    elif matched is None:
        scales.doubtful.append(standing)
        text = f"nobody can tell whether {placed(standing, stage)} is to {actor}"
        scales.reasons.append(reason("doubt", False, text, standing.origin))
    else:
        text = f"{placed(standing, stage)} is not to {actor}"
        scales.reasons.append(reason("other", False, text, standing.origin))


def overrule(question: Question, stage: Stage, standing: Standing, scales: _Scales) -> None:
    """Say of a grant to the opposite that it comes too late."""
    if is_grantee(question.actor, standing.grant, question.right):
        assert scales.deciding is not None
        nearer = standing.entry != scales.deciding.entry and stage.direct is None
        why = "a nearer target" if nearer else "what comes before it on the same target"
        text = f"{placed(standing, stage)} says the opposite, but {why} wins"
        scales.reasons.append(reason("overruled", False, text, standing.origin))


def outcome(question: Question, scales: _Scales) -> Weighed:
    deciding, doubtful = scales.deciding, scales.doubtful
    answer = deciding is not None and not deciding.grant.denies
    unsure = [each for each in doubtful if each.grant.denies is answer]
    reasons = scales.reasons
    if unsure:
        origins = tuple(each.origin for each in unsure)
        why = why_unsure(question.actor, unsure)
        text = f"nobody can tell whether {question.actor} holds {question.right.name}: {why}"
        reasons.append(Reason("right.unknown", True, text, origins))
    effects = frozenset(not each.grant.denies for each in doubtful)
    return Weighed(None if unsure else answer, deciding is not None, scales.met, tuple(reasons), effects)


def why_unsure(actor: Actor, grants: list[Standing]) -> str:
    if all(each.grant.kind is Grantee.EXTERNAL_GROUP for each in grants):
        return "who is in a group of another directory is not known here"
    return actor.doubt or "a part of the directory could not be read, or two have the same address"


def counted(question: Question, stage: Stage, reasons: list[Reason]) -> Iterator[Standing]:
    """The grants of the right that count at one stage, in the order in which they do."""
    found: list[Standing] = []
    for entry in stage.entries:
        standing, unread = grants_on(question.snapshot, entry)
        found += [each for each in standing if each.right.covers(question.right.name)]
        for each in unread:
            text = f"a grant on {stage.name} counts for nothing: {each.problem}"
            reasons.append(reason("unread", False, text, each.origin))
    for grant in sorted(found, key=order):
        why = discounted(question, stage, grant)
        if why is None:
            yield grant
        else:
            text = f"{placed(grant, stage)} does not count: {why}"
            reasons.append(reason("discounted", False, text, grant.origin))


def order(standing: Standing) -> tuple[int, int]:
    return specificity(standing.grant.kind), RANK.get(standing.grant.modifier, PLAIN)


def discounted(question: Question, stage: Stage, standing: Standing) -> str | None:
    """Why a grant of the right has no say; None if it has."""
    grant, right, snapshot = standing.grant, standing.right, question.snapshot
    if right.grantable.isdisjoint(targets_of(snapshot, standing.entry)):
        return f"{right.name} cannot be granted there"
    if grant.denies:
        return None
    if question.onward and grant.modifier is not Modifier.DELEGATE:
        return "it may not be granted onward"
    if (grant.modifier is Modifier.SUBDOMAINS) is not stage.is_above:
        return "it is not for the domains below" if stage.is_above else "it is for the domains below"
    return beyond_lists(question, stage, standing)


def beyond_lists(question: Question, stage: Stage, standing: Standing) -> str | None:
    """Why a grant on a list that the target is on does not reach the target."""
    if stage.direct is None:
        return None
    if standing.grant.modifier is Modifier.DIRECT and str(standing.entry.dn) not in stage.direct:
        return "it is for direct members"
    if not question.right.is_user and crosses_domains(question, standing.entry):
        return "the list is of another domain than the target, and the administrator too"
    return None


def crosses_domains(question: Question, group: Entry) -> bool:
    """Whether an administrator reaches into a domain through a list, without the right to do so."""
    snapshot = question.snapshot
    home, own, of_group = (
        domain_of(snapshot, question.target),
        question.actor.domain,
        domain_of(snapshot, group),
    )
    if home is None or home in (own, of_group):
        return False
    return own is None or not is_admitted(snapshot, own, home)


def is_admitted(snapshot: Snapshot, own: Entry, home: Entry) -> bool:
    """Whether a domain lets the administrators of another in."""
    names = names_of(snapshot, own)
    for each in sorted(grants_on(snapshot, home)[0], key=order):
        name = folded_grantee(Grantee.DOMAIN, each.grant.grantee, snapshot.definitions)[1]
        if each.right.name == "crossDomainAdmin" and name in names:
            return not each.grant.denies
    return False


def placed(standing: Standing, stage: Stage) -> str:
    return f"'{standing.grant.public()}' on {stage.name}"


def reason(id: str, matched: bool, text: str, *origins: Origin) -> Reason:
    return Reason(f"right.{id}", matched, text, origins)
