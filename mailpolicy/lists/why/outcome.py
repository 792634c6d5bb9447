"""Why a filter is true for an entry, or is not: the clauses that are responsible, with her values.

"This filter is true" is so because of its parts: all of an `&`, some of a `|`; and a `!` asks what is in
it for the opposite. So from the whole inwards those parts are followed that make it what it is: of parts
that all have to hold, where they do, each; where they do not, those that do not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from attrs import frozen

from ...ldap.entry import Entry
from ...ldap.filter import And, Filter, Not, Or
from ...reasons import Reason
from ...snapshot import Snapshot
from ..predicate import Predicate
from ..predicate.clauses import Case, Clause, clause_of
from ..predicate.logic import settled
from .telling import told

__all__ = ["Judge", "explained", "why_not"]

NAMES: Final[Mapping[bool | None, str]] = {True: "true", False: "false", None: "undefined"}


@frozen
class Judge:
    """Who says what the simple filters come to for one entry: as a search does, or as a predicate."""

    case: Case
    read: Callable[[Filter], Clause]

    @classmethod
    def stored(cls, snapshot: Snapshot, entry: Entry) -> Judge:
        """Judge what is stored in the entry."""
        dialect = snapshot.dialect
        case = Case(snapshot, entry, snapshot.level_of(entry))
        return cls(case, lambda filter: clause_of(filter, dialect, None))

    @classmethod
    def effective(cls, predicate: Predicate, snapshot: Snapshot, entry: Entry) -> Judge:
        """Judge what applies to the object that the entry is, as a predicate does."""
        read = {clause.filter: clause for clause in predicate.clauses}
        return cls(Case(snapshot, entry, snapshot.level_of(entry)), read.__getitem__)


def why_not(filter: Filter, judge: Judge) -> tuple[Reason, ...]:
    """Say why a filter is not true for an entry; nothing where it is.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> judge = Judge.stored(acme.snapshot, acme.account("jane@acme.example").entry)
    >>> wanted = Filter.parse("(&(mail=*@acme.example)(|(ou=Sales)(ou=Support))(!(givenName=Jane)))")
    >>> for reason in why_not(wanted, judge):
    ...     print(reason.text)
    ou is 'IT', not 'Sales'
    ou is 'IT', not 'Support'
    givenName is 'Jane', which is excluded
    """
    whole = outcome_of(filter, judge)
    return () if whole.outcome else tuple(reasons(whole, judge.case))


def explained(filter: Filter, judge: Judge) -> tuple[Reason, ...]:
    """Say why a filter is true for an entry, or why it is not.

    The id of a reason says what the clause comes to: `filter.true`, `filter.false` or `filter.undefined`;
    `matched` is whether that is as the whole filter wants it. Values of secrets are left out.
    """
    return tuple(reasons(outcome_of(filter, judge), judge.case))


@frozen(eq=False)
class Outcome:
    """What a filter comes to, with its parts; `clause` is what judged a simple one."""

    filter: Filter
    outcome: bool | None
    parts: tuple[Outcome, ...] = ()
    clause: Clause | None = None


def outcome_of(filter: Filter, judge: Judge) -> Outcome:
    """What a filter and all in it come to, however deep it nests."""
    todo, order = [filter], []
    while todo:
        each = todo.pop()
        order.append(each)
        todo += each.inner
    found: list[Outcome] = []
    for each in reversed(order):
        if isinstance(each, And | Or | Not):
            start = len(found) - len(each.inner)
            parts = tuple(found[start:])
            decisive = None if isinstance(each, Not) else isinstance(each, Or)
            found[start:] = [Outcome(each, settled(decisive, [part.outcome for part in parts]), parts)]
        else:
            clause = judge.read(each)
            found.append(Outcome(each, clause.outcome(judge.case), clause=clause))
    return found[0]


def reasons(whole: Outcome, case: Case) -> Iterator[Reason]:
    """What makes it what it is, each reason once."""
    return iter(dict.fromkeys(reason_for(each, wanted, case) for each, wanted in responsible(whole)))


def responsible(whole: Outcome) -> Iterator[tuple[Outcome, bool]]:
    """The simple filters that decide, and what each would have to come to for the whole to be true."""
    todo = [(whole, True)]
    while todo:
        each, wanted = todo.pop()
        holds = each.outcome is wanted
        if isinstance(each.filter, Not):
            todo.append((each.parts[0], not wanted))
        elif each.parts:
            needs_all = isinstance(each.filter, And) is wanted
            telling = [part for part in each.parts if needs_all is holds or (part.outcome is wanted) is holds]
            todo += [(part, wanted) for part in reversed(telling)]
        else:
            yield each, wanted


def reason_for(each: Outcome, wanted: bool, case: Case) -> Reason:
    holds = each.outcome is wanted
    id = f"filter.{NAMES[each.outcome]}"
    if each.clause is None:
        whose = "every entry" if each.outcome else "no entry"
        return Reason(id, holds, f"{each.filter} is true of {whose}")
    text, origins = told(each.clause, case, each.outcome)
    excluded = each.outcome is True and not holds
    return Reason(id, holds, f"{text}, which is excluded" if excluded else text, origins)
