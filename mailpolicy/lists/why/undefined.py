"""Parts of a filter that can only be Undefined, and why: a name that means nothing, a value that is none.

Such a part is true of nobody, and so is its opposite: `(!(noSuchAttribute=x))` finds nobody either.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from ...ldap.filter import Extensible, Filter
from ...ldap.matching.assertions import Assertion, compile_assertion
from ...ldap.matching.values import undefined
from ...ldap.url import Extension
from ...schema import Dialect
from ..predicate import Predicate
from ..predicate.subjects import named, unknown
from ..urls import EFFECTIVE, MemberSearch

__all__ = ["undefined_parts"]


def undefined_parts(search: MemberSearch, dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Give these parts of the filter of a list, each with the reason and what was expected."""
    if isinstance(search.judge, Predicate):
        yield from ((each.part, each.text) for each in search.judge.problems)
        return
    for part in dict.fromkeys(simple_filters(search.filter)):
        if why := why_undefined(part, search, dialect):
            yield str(part), why


def simple_filters(filter: Filter) -> Iterator[Filter]:
    """The filters that it is made of."""
    rest = [filter]
    while rest:
        each = rest.pop()
        if each.inner:
            rest += reversed(each.inner)
        else:
            yield each


def why_undefined(filter: Filter, search: MemberSearch, dialect: Dialect) -> str | None:
    """Say why a simple filter about what is stored means nothing; None if it does mean something."""
    name = filter.attribute if isinstance(filter, Assertion | Extensible) else None
    if name is not None and dialect.definitions.attribute(name) is None:
        return why_unknown(name, search, dialect)
    if isinstance(filter, Assertion):
        compiled = compile_assertion(filter, dialect.definitions, lambda entry: False)
        if compiled is undefined:
            return f"{name} does not compare so; expected a value of its syntax and a rule that it has"
    return None


def why_unknown(name: str, search: MemberSearch, dialect: Dialect) -> str:
    """Say what a name is that is no attribute: perhaps a setting."""
    if named(name, dialect.statuses) is None:
        return f"{unknown(name, dialect, public=False)}; expected one that the schema has"
    meant = evolve(search.url, extensions=(Extension(EFFECTIVE, None, critical=True),))
    return f"{name} is a setting; expected {meant}"
