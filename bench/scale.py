"""How large a run is: the figures themselves are the same at every scale."""

from __future__ import annotations

from attrs import frozen

__all__ = ["FULL", "QUICK", "Scale"]


@frozen
class Scale:
    """Accounts of the directories measured, and how often each side takes its turn.

    `many` stands for a large provider, `some` for what slapd loads in seconds, `few` for what a
    large directory is compared with. `patience` is in seconds: what has not ended by then is told
    as far as it came.
    """

    many: int = 1_000_000
    some: int = 100_000
    few: int = 10_000
    rounds: int = 5
    asked: int = 100_000
    """Addresses looked up in a round."""
    changes: int = 10_000
    generations: int = 1_000
    repeats: int = 1_000_000
    """Turns of a loop around something that takes nanoseconds."""
    patience: float = 60.0

    def times(self, factor: float) -> Scale:
        """The same run with so many times the accounts; at least some hundreds of them."""
        return Scale(
            many=max(500, int(self.many * factor)),
            some=max(500, int(self.some * factor)),
            few=max(500, int(self.few * factor)),
            rounds=self.rounds,
            asked=max(500, int(self.asked * factor)),
            changes=max(50, int(self.changes * factor)),
            generations=self.generations,
            repeats=self.repeats,
            patience=self.patience,
        )


FULL = Scale()
QUICK = Scale(
    many=1_000, some=1_000, few=500, rounds=2, asked=500, changes=50, generations=50, repeats=10_000,
    patience=2.0,
)  # fmt: skip
