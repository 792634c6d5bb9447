"""Filters over what applies: effective settings and statuses instead of what happens to be stored."""

from __future__ import annotations

from attrs import field, frozen

from ...errors import InvalidValue
from ...ldap.entry import Entry
from ...ldap.filter import Filter
from ...schema import Dialect
from ...snapshot import Snapshot
from ...snapshot.rows import NONE, Rows
from ...status.table import TABLES
from .clauses import Case, Clause, Problem, Stored, Undefined, clause_of
from .logic import Steps, Test, clauses_in, conjuncts, outcomes, steps_of, test_of

__all__ = ["Predicate"]


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
    _parts: tuple[Steps, ...] = field(init=False)
    _test: Test = field(init=False)

    def __attrs_post_init__(self) -> None:
        known: dict[Filter, Clause] = {}

        def clause(filter: Filter) -> Clause:
            if filter not in known:
                known[filter] = clause_of(filter, self.dialect, self.statuses)
            return known[filter]

        whole = steps_of(self.filter, clause)
        parts = sorted([steps_of(each, clause) for each in conjuncts(self.filter)], key=effort)
        object.__setattr__(self, "clauses", tuple(dict.fromkeys(clauses_in(whole))))
        object.__setattr__(self, "_parts", tuple(parts))
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
        for steps in self._parts:
            if not rows:
                return NONE
            rows = outcomes(steps, snapshot, rows).true
        return rows

    def __repr__(self) -> str:
        return f"<Predicate {self.filter}>"


def effort(steps: Steps) -> int:
    """How much work a part is, for putting the least first."""
    return sum(not isinstance(clause, Stored | Undefined) for clause in clauses_in(steps))
