"""Which rules are worth asking: those that may have something to say about the people of a request.

Whether a rule is idle for somebody is found out once and kept with her object, as one bit for each rule;
and so is what the others heed. Where nobody can tell, the rule is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from attrs import frozen

from ..snapshot.remembering import remember

if TYPE_CHECKING:
    from ..model import Object
    from .context import Context
    from .policy import Judge, Reads, Rule
    from .usage import Counter

__all__ = ["Chosen", "Heeded", "Look", "OfName", "Party", "Regard", "Selection", "Side"]

MOST_CHOICES: Final = 4096
"""How many different sets of rules are remembered: people differ in a few ways only."""
MOST_SIDES: Final = 64
"""Rules that go by one party, for each policy and type of request; each reload makes a policy."""

Look: TypeAlias = Callable[[Any, "Callable[[Counter], int | None]"], Hashable]
"""What a rule heeds of a request, and of the counts, which it can ask for one by one."""


class Chosen(NamedTuple):
    """The rules that are asked, each with its function, and the functions that name counts."""

    judging: tuple[tuple[Rule, Judge], ...]
    counting: tuple[Reads, ...]


@frozen(eq=False)
class OfName:
    """A look that goes by the name of its party alone: it is taken once for each name."""

    look: Callable[[str], Hashable]


Heeded: TypeAlias = Look | OfName
"""What a rule heeds of a request: a name, by itself, or anything."""


class Regard:
    """How the rules of one side regard somebody: which are idle, and what the others heed.

    Without `looks` nobody knows what that is: some rule does not say.
    """

    __slots__ = ("_of_name", "idle", "looks")

    def __init__(self, idle: int, heeded: Iterable[Heeded] | None) -> None:
        self.idle = idle
        of_name = [each for each in heeded or () if isinstance(each, OfName)]
        self.looks = (
            None if heeded is None else tuple(each for each in heeded if not isinstance(each, OfName))
        )
        self._of_name = tuple(each.look for each in of_name)

    def of(self, name: str) -> tuple[Hashable, ...]:
        """What is heeded of a name, and whose it is."""
        return self, *[look(name) for look in self._of_name]


class Party:
    """Somebody by a name, or nobody: names of hers of which the same is heeded make one party."""

    __slots__ = ("looks",)

    def __init__(self, looks: tuple[Look, ...]) -> None:
        self.looks = looks
        """What is heeded beside the name."""


class Side:
    """The rules that go by one party to the request, each with the bit of its place among all.

    The party stands in the request under `whose`, and is looked for by `how`.
    """

    def __init__(self, whose: str, how: str, rules: tuple[Rule, ...]) -> None:
        self.whose = whose
        self.how = how
        self._rules = tuple((1 << place, rule) for place, rule in enumerate(rules) if rule.whose == whose)
        self._nobody: Regard | None = None

    def __bool__(self) -> bool:
        return bool(self._rules)

    def known(self, who: Object | None) -> Regard | None:
        """How somebody is regarded, or nobody, if that was found out before."""
        if who is None:
            return self._nobody
        regards: dict[Side, Regard] | None = who.__dict__.get("_regards")
        return None if regards is None else regards.get(self)

    def regard(self, who: Object | None, context: Context) -> Regard:
        """How somebody is regarded, or nobody."""
        found = self.known(who)
        if found is None:
            found = self._found_out(who, context)
            if who is None:
                self._nobody = found
            else:
                remember(who.__dict__.setdefault("_regards", {}), self, found, MOST_SIDES)
        return found

    def _found_out(self, who: Object | None, context: Context) -> Regard:
        idle = 0
        looks: dict[Heeded, None] | None = {}
        for bit, rule in self._rules:
            if is_idle(rule, who, context):
                idle |= bit
            else:
                heeded = heeds(rule, who, context)
                looks = None if looks is None or heeded is None else {**looks, **dict.fromkeys(heeded)}
        return Regard(idle, looks)


class Selection:
    """The rules about one type of request."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules = rules
        self._recipients, self._logins = Side("recipient", "find", rules), Side("login", "having", rules)
        self.sides = tuple(side for side in (self._recipients, self._logins) if side)
        """Those that have rules."""
        self._chosen: dict[int, Chosen] = {0: chosen(rules)}

    def everything(self) -> Chosen:
        """All rules."""
        return self._chosen[0]

    def of(self, context: Context) -> Chosen:
        """The rules to ask about the request of a context."""
        idle = 0
        try:
            if self._recipients:
                idle = self._recipients.regard(context.recipient, context).idle
            if self._logins:
                idle |= self._logins.regard(context.login, context).idle
        except Exception:  # noqa: BLE001 - all are asked, and say themselves what they cannot tell
            return self._chosen[0]
        found = self._chosen.get(idle)
        if found is None:
            if len(self._chosen) > MOST_CHOICES:
                self._chosen = {0: self._chosen[0]}
            rules = tuple(rule for place, rule in enumerate(self._rules) if not idle >> place & 1)
            found = self._chosen[idle] = chosen(rules)
        return found


def is_idle(rule: Rule, who: Object | None, context: Context) -> bool:
    try:
        return rule.idle is not None and rule.idle(who, context)
    except Exception:  # noqa: BLE001 - then the rule is asked, and says itself what is wrong
        return False


def heeds(rule: Rule, who: Object | None, context: Context) -> tuple[Heeded, ...] | None:
    try:
        return None if rule.heeds is None else tuple(dict.fromkeys(rule.heeds(who, context)))
    except Exception:  # noqa: BLE001 - likewise
        return None


def chosen(rules: tuple[Rule, ...]) -> Chosen:
    return Chosen(
        tuple((rule, rule.judge) for rule in rules),
        tuple(rule.counters for rule in rules if rule.counters is not None),
    )
