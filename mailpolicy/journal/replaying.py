"""Deciding again what was decided once: what would be different now?

At the same revision, time and usage the same policy decides the same, so every difference comes from what has
changed: the directory, the policy, or both.
"""

from __future__ import annotations

from collections import Counter as Tally, deque
from collections.abc import Iterable
from typing import Final

from attrs import field, frozen

from ..decision import REFUSING, Decision, Policy, Verdict, decide
from ..model import Directory
from ..tables import Cell, Style, Table
from .reading import Broken
from .record import Record

__all__ = ["Flip", "Replay", "replayed"]

EXAMPLES: Final = 5
"""The newest differences of each kind that are kept."""


@frozen
class Flip:
    """A decision that would be another one now."""

    record: Record
    decision: Decision

    @property
    def kind(self) -> tuple[Verdict, Verdict]:
        """The verdict then and now."""
        return self.record.verdict, self.decision.verdict


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
    other_revision: int = 0
    """How many were decided by a directory with other content."""
    unknown: int = 0
    """How many were deferred because nobody could tell; they are not decided again."""

    @property
    def changed(self) -> int:
        """How many would be decided otherwise."""
        return self.total - self.same - self.unknown

    def as_table(self) -> Table:
        """How many of which kind, each with its newest examples, for people."""
        rows: list[tuple[Cell | str, Cell | str, Cell | str]] = []
        for kind, count in self.counts.items():
            then, now = kind
            style = Style.BAD if severity(kind) == 0 else Style.NOTE
            rows.append((Cell(f"{then} → {now}", style), Cell(f"{count:,}", style), ""))
            for flip in self.flips:
                if flip.kind == kind:
                    why = flip.decision.rule or ""
                    rows.append(
                        ("", flip.record.at.isoformat(timespec="seconds"), f"{flip.record.request} {why}")
                    )
        return Table(f"{self.changed:,} of {self.total:,} decisions differ", ("", "", ""), rows)

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
    total = other_revision = unknown = 0
    counts: Tally[tuple[Verdict, Verdict]] = Tally()
    newest: dict[tuple[Verdict, Verdict], deque[Flip]] = {}
    broken = []
    for record in records:
        if isinstance(record, Broken):
            broken.append(record)
            continue
        total += 1
        if record.unknown:
            unknown += 1
            continue
        other_revision += record.revision != directory.revision
        decision = decide(directory, record.request, at=record.at, usage=record.usage, policy=policy)
        if decision.verdict is not record.verdict:
            flip = Flip(record, decision)
            counts[flip.kind] += 1
            newest.setdefault(flip.kind, deque(maxlen=examples)).append(flip)
    kinds = sorted(counts, key=lambda kind: (severity(kind), -counts[kind]))
    return Replay(
        total,
        total - unknown - sum(counts.values()),
        {kind: counts[kind] for kind in kinds},
        tuple(flip for kind in kinds for flip in reversed(newest[kind])),
        tuple(broken),
        other_revision,
        unknown,
    )
