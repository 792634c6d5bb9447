"""Which rules are worth asking: those that may have something to say about the people of a request.

Whether a rule is idle for somebody is found out once and kept with her object, as one bit for each rule.
Where nobody can tell, the rule is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..errors import Ambiguous, Unavailable

if TYPE_CHECKING:
    from ..model import Object
    from .context import Context
    from .policy import Judge, Reads, Rule

__all__ = ["Chosen", "Selection"]

MOST_CHOICES: Final = 4096
"""How many different sets of rules are remembered: people differ in a few ways only."""

PARTIES: Final = ("recipient", "login")


class Chosen(NamedTuple):
    """The rules that are asked, each with its function, and the functions that name counts."""

    judging: tuple[tuple[Rule, Judge], ...]
    counting: tuple[Reads, ...]


class Selection:
    """The rules about one type of request."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules = rules
        self._idle: dict[str, tuple[tuple[int, Callable[[Any, Context], bool]], ...]] = {
            party: tuple(
                (1 << place, rule.idle)
                for place, rule in enumerate(rules)
                if rule.idle is not None and rule.whose == party
            )
            for party in PARTIES
        }
        self._chosen: dict[int, Chosen] = {0: chosen(rules)}
        self._for_nobody: dict[Any, int] = {}

    def everything(self) -> Chosen:
        """All rules."""
        return self._chosen[0]

    def of(self, context: Context) -> Chosen:
        """The rules to ask about the request of a context."""
        idle = 0
        try:
            if self._idle["recipient"]:
                idle = self._idle_for("recipient", context.recipient, context)
            if self._idle["login"]:
                idle |= self._idle_for("login", context.login, context)
        except (Unavailable, Ambiguous):
            return self._chosen[0]
        found = self._chosen.get(idle)
        if found is None:
            if len(self._chosen) > MOST_CHOICES:
                self._chosen = {0: self._chosen[0]}
            rules = tuple(rule for place, rule in enumerate(self._rules) if not idle >> place & 1)
            found = self._chosen[idle] = chosen(rules)
        return found

    def _idle_for(self, party: str, who: Object | None, context: Context) -> int:
        known = self._for_nobody if who is None else who.__dict__.setdefault("_idle", {})
        key = self, party
        bits: int | None = known.get(key)
        if bits is None:
            bits = known[key] = self._asked_of(party, who, context)
        return bits

    def _asked_of(self, party: str, who: Object | None, context: Context) -> int:
        bits = 0
        for bit, idle in self._idle[party]:
            try:
                if idle(who, context):
                    bits |= bit
            except Exception:  # noqa: BLE001 - then the rule is asked, and says itself what is wrong
                continue
        return bits


def chosen(rules: tuple[Rule, ...]) -> Chosen:
    return Chosen(
        tuple((rule, rule.judge) for rule in rules),
        tuple(rule.counters for rule in rules if rule.counters is not None),
    )
