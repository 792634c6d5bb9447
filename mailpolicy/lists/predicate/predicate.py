"""Filters over what applies: effective settings and statuses instead of what happens to be stored."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from attrs import field, frozen

from ...errors import InvalidValue
from ...ldap.entry import Entry
from ...ldap.filter import And, Filter
from ...query import Search, query_for
from ...query.plan import LEFT_TO_TEST, SearchPlan, SearchStep
from ...schema import Dialect
from ...snapshot import Snapshot
from ...snapshot.rows import NONE, Rows
from ...status.table import TABLES
from .clauses import Case, Clause, Problem, Stored, Undefined, ValueClause, clause_of
from .logic import Steps, Test, clauses_in, conjuncts, outcomes, steps_of, test_of

__all__ = ["Predicate"]

ALL_AT_ONCE: Final = "all objects at once"
"""How a part is found that asks what applies, unless few entries are left."""


@frozen(eq=False, repr=False)
class Predicate:
    """A filter, read once, to be answered for any version of a directory.

    Its names are the public names of settings with hyphens (`imap-enabled`); `status`, `login`, `receive`,
    `send` and `modify`; `cos`, the name of the class of service that applies; `kind`, what an object is. Any
    other name is a stored attribute and compares as in a search. Values are written as everywhere.

    Like every filter it is true, false or Undefined: that is what a setting is for an object that cannot
    have it, a name for which nothing stands, a value that cannot be read. The last two are `problems`.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif").snapshot
    >>> premium = Predicate.read("(&(cos=premium)(mailbox-quota>=10GiB)(status=active))", acme.dialect)
    >>> [entry.dn.rdn[0].value.decode() for entry in acme.entries(premium.rows(acme))][:2]
    ['john', 'jane']
    >>> premium.matches(acme, acme.entry("uid=bob,ou=people,dc=acme.example,o=mail"))
    False
    >>> for problem in Predicate.read("(|(imap-enabeld=TRUE)(mailbox-quota>=5GiBs))", acme.dialect).problems:
    ...     print(problem)
    (imap-enabeld=TRUE): no setting or attribute 'imap-enabeld'; did you mean imap-enabled or api-enabled?
    (mailbox-quota>=5GiBs): mailbox-quota: '5GiBs' at character 1: expected a size such as 10 MiB, ...
    """

    filter: Filter
    statuses: str
    """The status table that answers."""
    dialect: Dialect
    clauses: tuple[Clause, ...] = field(init=False)
    """The simple filters that it is made of, read."""
    _stored: Filter | None = field(init=False)
    """What has to be true of what is stored: a search finds it, as it has the indexes."""
    _parts: tuple[Part, ...] = field(init=False)
    """What else has to be true."""
    _test: Test = field(init=False)

    def __attrs_post_init__(self) -> None:
        known: dict[Filter, Clause] = {}

        def clause(filter: Filter) -> Clause:
            if filter not in known:
                known[filter] = clause_of(filter, self.dialect, self.statuses)
            return known[filter]

        whole = steps_of(self.filter, clause)
        parts = [Part(each, steps_of(each, clause)) for each in conjuncts(self.filter)]
        stored = [part.filter for part in parts if part.is_stored]
        others = sorted([part for part in parts if not part.is_stored], key=Part.effort)
        object.__setattr__(self, "clauses", tuple(dict.fromkeys(clauses_in(whole))))
        object.__setattr__(self, "_stored", And(stored) if len(stored) > 1 else next(iter(stored), None))
        object.__setattr__(self, "_parts", tuple(others))
        object.__setattr__(self, "_test", test_of(self.filter, whole))

    @classmethod
    def read(cls, filter: Filter | str, dialect: Dialect, statuses: str | None = None) -> Predicate:
        """Read a filter for directories of a dialect.

        `statuses` is the status table that answers, `documented` or `server`; the dialect's own if none is
        given. InvalidFilter for text that is no filter, InvalidValue for a table that there is not.
        """
        table = dialect.statuses if statuses is None else statuses
        if table not in TABLES:
            raise InvalidValue(table, f"one of {', '.join(TABLES)}", attribute="statuses")
        return cls(Filter.parse(filter) if isinstance(filter, str) else filter, table, dialect)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What in it can only be Undefined, whatever the directory holds, and what was expected."""
        return tuple(clause.problem for clause in self.clauses if isinstance(clause, Undefined))

    def matches(self, snapshot: Snapshot, entry: Entry) -> bool | None:
        """Tell whether it is true of an entry: True, False or None (Undefined)."""
        return self._test(Case(snapshot, entry, snapshot.level_of(entry)))

    def rows(self, snapshot: Snapshot, among: Rows | None = None) -> Rows:
        """The rows for which it is true, of all or of those `among` which it is asked.

        What is stored is looked up first: indexes leave few entries for the rest.
        """
        rows = snapshot.rows if among is None else among
        if self._stored is not None:
            rows = Search(snapshot, query_for(snapshot, self._stored), rows).rows()
        for part in self._parts:
            if not rows:
                return NONE
            rows = outcomes(part.steps, snapshot, rows).true
        return rows

    def plan(self, snapshot: Snapshot, among: Rows | None = None) -> SearchPlan:
        """How the rows are found: as in a search, and then what applies to all at once or to each entry."""
        rows = asked = snapshot.rows if among is None else among
        steps, tested = [], 0
        if self._stored is not None:
            answer = Search(snapshot, query_for(snapshot, self._stored), rows).answer(explain=True)
            rows = answer.rows
            if answer.plan is not None:
                steps, tested = list(answer.plan.steps), answer.plan.tested
        for part in self._parts:
            each_alone = part.tries_each(snapshot, rows)
            found = outcomes(part.steps, snapshot, rows).true
            if each_alone:
                steps.append(SearchStep(0, str(part.filter), LEFT_TO_TEST, len(rows)))
                tested += len(rows)
            else:
                steps.append(SearchStep(0, str(part.filter), ALL_AT_ONCE, len(found)))
            rows = found
        return SearchPlan(str(self.filter), tuple(steps), len(asked), tested, len(rows))

    def __reduce__(self) -> tuple[Any, ...]:
        # Its tests are functions made for its values, so it is read again where it arrives.
        return type(self), (self.filter, self.statuses, self.dialect)

    def __repr__(self) -> str:
        return f"<Predicate {self.filter}>"


class Part(NamedTuple):
    """One of the filters that all have to be true, with its steps."""

    filter: Filter
    steps: Steps

    @property
    def is_stored(self) -> bool:
        """Whether it is about what is stored, and nothing else."""
        return all(isinstance(clause, Stored) for clause in clauses_in(self.steps))

    def effort(self) -> int:
        """How much work it is, for putting the least first."""
        return sum(isinstance(clause, ValueClause) for clause in clauses_in(self.steps))

    def tries_each(self, snapshot: Snapshot, among: Rows) -> bool:
        """Whether some of it is found by trying each of these rows."""
        return any(
            isinstance(clause, ValueClause) and clause.tries_each(snapshot, among)
            for clause in clauses_in(self.steps)
        )
