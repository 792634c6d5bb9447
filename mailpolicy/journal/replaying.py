"""Deciding again what was decided once: what would be different now?

At the same revision, time and usage the same policy decides the same, so every difference comes from what has
changed: the directory, the policy, or both.
"""

from __future__ import annotations

from collections import Counter as Tally, deque
from collections.abc import Iterable, Iterator
from typing import Any, Final

from attrs import field, fields as attributes, frozen

from ..decision import REFUSING, Decision, Device, Edit, Login, Policy, Request, Verdict, decide
from ..decision.display import subject
from ..errors import Ambiguous, NotFound, Unavailable
from ..model import Directory
from ..tables import Cell, Style, Table
from .concealing import HIDDEN, WITHHELD
from .hiding import NAMES
from .maillog import MAILLOG
from .reading import Broken
from .record import Record

__all__ = ["Flip", "Replay", "replayed"]

EXAMPLES: Final = 5
"""The newest differences of each kind that are kept."""
MOST_BROKEN: Final = 100
"""Broken lines that are kept; all are counted."""


@frozen
class Flip:
    """A decision that would be another one now."""

    record: Record
    decision: Decision

    @property
    def kind(self) -> tuple[Verdict, Verdict]:
        """The verdict then and now."""
        return self.record.verdict, self.decision.verdict

    def told(self) -> Iterator[tuple[str, str]]:
        """The request, and what was said then and would be said now, in words."""
        yield self.record.at.isoformat(sep=" ", timespec="seconds"), subject(self.record.request)
        if self.record.rule or self.record.reply:
            yield "  then", in_words(self.record.rule, self.record.reply)
        if self.decision.rule or self.decision.reply:
            yield "  now", in_words(self.decision.rule, str(self.decision.reply or ""))


def in_words(rule: str | None, reply: str) -> str:
    return ": ".join(filter(None, (rule, reply)))


@frozen
class Replay:
    """What a journal would be now: how many decisions are the same, and how the others differ.

    `flips` are the newest examples of each kind of difference, the worst first: from accepted to rejected.
    """

    total: int
    same: int
    counts: dict[tuple[Verdict, Verdict], int]
    flips: tuple[Flip, ...] = field(repr=False)
    broken: tuple[Broken, ...] = ()
    """The first lines that could not be read."""
    unread: int = 0
    """How many there were."""
    other_revision: int = 0
    """How many were decided by a directory with other content."""
    unknown: int = 0
    """How many were deferred because nobody could tell; they are not decided again."""
    hidden: int = 0
    """How many are about somebody of ours, or a text, that stays hidden; they cannot be decided again."""

    @property
    def changed(self) -> int:
        """How many would be decided otherwise."""
        return sum(self.counts.values())

    def as_table(self) -> Table:
        """How many of which kind, each with its newest examples, for people."""
        rows: list[tuple[Cell | str, Cell | str]] = []
        for kind, count in self.counts.items():
            then, now = kind
            style = Style.BAD if severity(kind) <= 1 else Style.OWN
            rows.append((Cell(f"{then} → {now}", style), Cell(f"{count:,}", Style.OWN)))
            for flip in self.flips:
                if flip.kind == kind:
                    rows += ((Cell(label, Style.NOTE), text) for label, text in flip.told())
        return Table(f"{self.changed:,} of {self.total:,} decisions differ", (), rows)

    def notes(self) -> Iterator[str]:
        """What was left out, in sentences."""
        if self.unknown:
            yield f"left out: {self.unknown:,} that were deferred because nobody could tell"
        if self.hidden:
            yield f"left out: {self.hidden:,} about somebody of ours, or a text, that stays hidden"

    def _repr_html_(self) -> str:
        return self.as_table().html()


def severity(kind: tuple[Verdict, Verdict]) -> int:
    """Where a kind of difference comes in the order: what took mail and would refuse it now comes first."""
    then, now = kind
    if then not in REFUSING and now is Verdict.REJECT:
        return 0
    if then not in REFUSING and now in REFUSING:
        return 1
    if then in REFUSING and now not in REFUSING:
        return 2
    return 3


def replayed(
    directory: Directory,
    records: Iterable[Record | Broken],
    policy: Policy | None = None,
    examples: int = EXAMPLES,
) -> Replay:
    """Decide every request of a journal again, at its time and with its counts, by what is given here.

    What was deferred because no directory could tell is only counted: today one can.
    """
    total = same = other_revision = unknown = hidden = unread = 0
    counts: Tally[tuple[Verdict, Verdict]] = Tally()
    newest: dict[tuple[Verdict, Verdict], deque[Flip]] = {}
    broken: list[Broken] = []
    revision = directory.revision
    for record in records:
        if isinstance(record, Broken):
            unread += 1
            if len(broken) < MOST_BROKEN:
                broken.append(record)
            continue
        total += 1
        if record.unknown:
            unknown += 1
            continue
        if hides_what_counts(record.request, directory, policy):
            hidden += 1
            continue
        other_revision += record.revision != revision
        decision = decide(directory, record.request, at=record.at, usage=record.usage, policy=policy)
        if is_same(record, decision):
            same += 1
        else:
            flip = Flip(record, decision)
            counts[flip.kind] += 1
            newest.setdefault(flip.kind, deque(maxlen=examples)).append(flip)
    kinds = sorted(counts, key=lambda kind: (severity(kind), -counts[kind], kind))
    return Replay(
        total,
        same,
        {kind: counts[kind] for kind in kinds},
        tuple(flip for kind in kinds for flip in reversed(newest[kind])),
        tuple(broken),
        unread,
        other_revision,
        unknown,
        hidden,
    )


def is_same(record: Record, decision: Decision) -> bool:
    """Whether a decision is that of the record."""
    if decision.verdict is record.verdict:
        return True
    if record.adapter != MAILLOG:
        return False
    # A log tells what Postfix made of it, which goes its own way where nobody of ours is concerned, and
    # takes what is thrown away, held or sent to somebody else, too.
    taken = record.verdict is Verdict.ACCEPT
    return decision.verdict is Verdict.NO_OPINION or (taken and decision.verdict not in REFUSING)


def hides_what_counts(request: Request, directory: Directory, policy: Policy | None) -> bool:
    """Whether a request has a hash only in the place of somebody of ours, or of a text that rules look at:
    nobody knows what would be decided."""
    hidden = (text for text in heeded(request, policy) if HIDDEN.match(text) or text == WITHHELD)
    return any(is_ours(text, directory) for text in hidden)


def heeded(request: Request, policy: Policy | None) -> Iterator[str]:
    for each in attributes(type(request)):
        if each.name in NAMES:
            yield getattr(request, each.name)
    match request:
        case Login(host=host):
            yield host
        case Device(model=model, user_agent=agent) if policy is not None:
            yield from (model for rule in policy.devices if rule.model)
            yield from (agent for rule in policy.devices if rule.user_agent)
        case Edit(value=value):
            yield from texts(value)


def texts(value: Any) -> Iterator[str]:
    """All text in a value of JSON."""
    match value:
        case str():
            yield value
        case list() | tuple():
            for each in value:
                yield from texts(each)
        case dict():
            for key, each in value.items():
                yield from (key, *texts(each))


def is_ours(hidden: str, directory: Directory) -> bool:
    _, at, domain = hidden.partition("@")
    if not at:
        return True
    try:
        directory.domain(domain)
    except NotFound:
        return False
    except (Ambiguous, Unavailable):
        return True
    return True
