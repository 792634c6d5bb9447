"""The simple filters of a predicate: what each comes to for one entry, and for all of them.

Like every filter they know three outcomes. `Outcomes` are the rows for which a filter is true and those
for which it is false; for all others it is Undefined.
"""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol

from attrs import field, frozen

from ...errors import InvalidValue, NotFound
from ...ldap.definitions import AttributeType
from ...ldap.entry import Entry
from ...ldap.filter import Extensible, Filter, GreaterOrEqual, LessOrEqual, Not, Present, Substrings
from ...ldap.matching import Matcher, compile_filter
from ...ldap.matching.assertions import Assertion, compile_assertion
from ...ldap.matching.descriptions import Description
from ...ldap.matching.rules import find_rule
from ...ldap.matching.values import undefined
from ...query import Search, query_for
from ...reasons import Level
from ...schema import Dialect
from ...snapshot import Snapshot
from ...snapshot.remembering import remember
from ...snapshot.rows import NONE, Rows
from .comparing import ValueTest, value_test, written
from .nearest import unknown
from .subjects import Subject, named
from .swept import sweep_of

__all__ = ["Case", "Clause", "Outcomes", "Problem", "Stored", "Undefined", "ValueClause", "clause_of"]

ALL_AT_ONCE: Final = 16
"""For so many entries what applies is found all at once, per entry, in the time it takes for one alone."""

MOST_REMEMBERED: Final = 256
"""How many clauses a snapshot remembers with their outcomes: two bits for each entry."""

REMEMBERED: Final = "predicates"
ASKS_TREE: Final = "hassubordinates"


@frozen
class Problem:
    """Why a part of a filter can only be Undefined: a name that means nothing, a value nobody can read.

    `part` is that part as a filter, `text` what was expected instead.
    """

    part: str
    text: str

    def __str__(self) -> str:
        return f"{self.part}: {self.text}"


class Case(NamedTuple):
    """The entry that is judged, with what it is and where."""

    snapshot: Snapshot
    entry: Entry
    kind: Level | None


class Outcomes(NamedTuple):
    """The rows for which a filter is true, and those for which it is false."""

    true: Rows
    false: Rows


class Clause(Protocol):
    """A simple filter, read."""

    @property
    def filter(self) -> Filter: ...

    def outcome(self, case: Case) -> bool | None:
        """True, False or None (Undefined)."""
        ...

    def outcomes(self, snapshot: Snapshot, among: Rows) -> Outcomes:
        """The same for many rows."""
        ...


@frozen(eq=False)
class Undefined:
    """A simple filter that means nothing, and why."""

    filter: Filter
    problem: Problem

    def outcome(self, case: Case) -> None:
        """Undefined, whoever is judged."""

    def outcomes(self, snapshot: Snapshot, among: Rows) -> Outcomes:
        """No row at all."""
        return Outcomes(NONE, NONE)


@frozen(eq=False)
class Stored:
    """A simple filter about what is stored, judged as a search does."""

    filter: Filter
    matches: Matcher | None
    """None where it depends on what stands below an entry, which takes a snapshot to tell."""

    def outcome(self, case: Case) -> bool | None:
        """What a search says of the entry."""
        matches = self.matches or query_for(case.snapshot, self.filter).matches
        return matches(case.entry)

    def outcomes(self, snapshot: Snapshot, among: Rows) -> Outcomes:
        """What a search finds, and what one for the opposite."""
        true, false = (
            Search(snapshot, query_for(snapshot, each), among).rows()
            for each in (self.filter, Not(self.filter))
        )
        return Outcomes(true, false)


@frozen(eq=False)
class ValueClause:
    """A simple filter about what applies to an object."""

    filter: Assertion
    subject: Subject
    test: ValueTest
    _remembered_as: tuple[Subject, str] = field(init=False)

    @_remembered_as.default
    def _name(self) -> tuple[Subject, str]:
        return self.subject, str(self.filter)

    def outcome(self, case: Case) -> bool | None:
        """What the value says; Undefined for objects that have no such thing."""
        snapshot, entry, kind = case
        if kind not in self.subject.kinds:
            return None
        return self.test(self.subject.value(snapshot, entry, kind))

    def outcomes(self, snapshot: Snapshot, among: Rows) -> Outcomes:
        """What the values say: of all entries at once, unless there are few to judge."""
        if self.tries_each(snapshot, among):
            return one_by_one(self, snapshot, among)
        known = snapshot.memory(REMEMBERED)
        found: Outcomes | None = known.get(self._remembered_as)
        if found is None:
            found = self._of_all(snapshot)
            remember(known, self._remembered_as, found, MOST_REMEMBERED)
        return Outcomes(found.true & among, found.false & among)

    def tries_each(self, snapshot: Snapshot, among: Rows) -> bool:
        """Whether there are so few to judge, and nothing is known yet, that each is tried alone."""
        few = len(among) * ALL_AT_ONCE < len(snapshot)
        return few and self._remembered_as not in snapshot.memory(REMEMBERED)

    def _of_all(self, snapshot: Snapshot) -> Outcomes:
        swept = sweep_of(snapshot, self.subject)
        true = swept.passing(self.test)
        return Outcomes(true, swept.rows - true)


def clause_of(filter: Filter, dialect: Dialect, table: str | None) -> Clause:
    """Read a simple filter; `table` is the status table that answers.

    Without one the filter is about what is stored, as in a search: no name stands for anything else.
    """
    name = filter.attribute if isinstance(filter, Assertion | Extensible) else None
    subject = None if name is None or table is None else named(name, table)
    try:
        if subject is None:
            return stored_clause(filter, dialect, public=table is not None)
        if not isinstance(filter, Assertion):
            raise InvalidValue(str(filter), "no matching rule, as those are for stored attributes")
        return ValueClause(filter, subject, value_test(filter, subject.codec, secret=subject.secret))
    except (InvalidValue, NotFound) as problem:
        return Undefined(filter, Problem(str(filter), str(problem)))


def stored_clause(filter: Filter, dialect: Dialect, *, public: bool) -> Stored:
    """Read a simple filter about a stored attribute; raises where it can only be Undefined."""
    definitions = dialect.definitions
    name = filter.attribute if isinstance(filter, Assertion | Extensible) else None
    description = None if name is None else Description.read(name, definitions)
    if name is not None and description is None:
        raise unknown(name, dialect, public=public)
    if description is not None and isinstance(filter, Assertion):
        # Whether an entry has others below it is told later: that it can be told is enough here.
        compiled = compile_assertion(filter, definitions, lambda entry: False)
        if compiled is undefined:
            raise not_comparable(filter, description.attribute)
    text = str(filter)
    return Stored(filter, None if ASKS_TREE in text.lower() else compile_filter(filter, definitions))


def not_comparable(filter: Assertion, attribute: AttributeType) -> InvalidValue:
    """Tell that an attribute has no rule for a comparison, or that its rule cannot read the value."""
    name = filter.attribute
    if isinstance(filter, Present):
        return InvalidValue(str(filter), "another attribute", attribute=name)
    if isinstance(filter, Substrings):
        return InvalidValue(str(filter), "parts that its matching rule compares", attribute=name)
    ordering = isinstance(filter, GreaterOrEqual | LessOrEqual)
    rule = find_rule(attribute.ordering if ordering else attribute.equality)
    text = written(filter.value)
    if rule is None:
        return InvalidValue(text, f"another comparison, as it has no rule for {filter.OPERATOR}", None, name)
    return InvalidValue(text, f"a value that {rule.name} can compare", None, name)


def one_by_one(clause: Clause, snapshot: Snapshot, among: Rows) -> Outcomes:
    """What a clause comes to for rows that are tried each alone."""
    rows: dict[bool | None, list[int]] = {True: [], False: [], None: []}
    level_of = snapshot.level_of
    for row, entry in zip(among, snapshot.entries(among), strict=True):
        rows[clause.outcome(Case(snapshot, entry, level_of(entry)))].append(row)
    return Outcomes(Rows.of(rows[True]), Rows.of(rows[False]))
