"""What a simple filter asks of an entry and what the entry has instead, in words, with where that stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from ...errors import quote
from ...inherit import Effective, explain, layers_of
from ...ldap.dn import DN
from ...ldap.filter import Approx, Equal, Filter, GreaterOrEqual, LessOrEqual, Present, Substrings
from ...ldap.matching.assertions import Assertion, compile_assertion
from ...ldap.matching.clauses import Clause as StoredValues, value_test
from ...reasons import Level, Origin
from ...schema import SETTINGS, Dialect
from ...status.stored import status_of
from ...values import shown
from ..predicate.clauses import Case, Clause, Stored, Undefined, ValueClause
from ..predicate.comparing import is_there, written
from ..predicate.subjects import ClassOfServiceName, SettingValue, StatusPart

__all__ = ["Told", "told"]

MOST_SHOWN: Final = 3
"""How many values of an attribute a text names; it says how many more there are."""

SECRET: Final = "a secret"

PLACES: Final = {
    Level.COS: "the class of service",
    Level.DOMAIN: "the domain",
    Level.SERVER: "the server",
}


class Told(NamedTuple):
    """What is to be said about a clause: a text, and where the values stand that it is about."""

    text: str
    origins: tuple[Origin, ...] = ()


class Had(NamedTuple):
    """What an entry has: its values as they may be shown, where they come from, and where they stand.

    `total` is how many there are where not all of them are among the values.
    """

    values: Sequence[str]
    note: str = ""
    origins: tuple[Origin, ...] = ()
    total: int = 0


def told(clause: Clause, case: Case, outcome: bool | None) -> Told:
    """Say what a clause comes to for an entry, and by which values.

    >>> import mailpolicy as mp
    >>> from mailpolicy.ldap.filter import Filter
    >>> from mailpolicy.lists.predicate.clauses import clause_of
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> jane = Case(acme.snapshot, acme.account("jane@acme.example").entry, Level.ACCOUNT)
    >>> print(told(clause_of(Filter.parse("(ou=Sales)"), acme.snapshot.dialect, None), jane, False).text)
    ou is 'IT', not 'Sales'
    """
    if isinstance(clause, Undefined):
        return Told(f"{clause.problem.part} is undefined: {clause.problem.text}")
    if isinstance(clause, Stored):
        return told_of_stored(clause.filter, case, outcome)
    assert isinstance(clause, ValueClause)  # there is no other kind
    if outcome is None:
        kind = "an entry that is no object" if case.kind is None else article(case.kind)
        return Told(f"{clause.filter} is undefined: {kind} has no {clause.subject.name}")
    had = had_by(clause, case)
    return Told(phrase(clause.filter, had, outcome) + had.note, had.origins)


# -- what applies -------------------------------------------------------------------------------------


def had_by(clause: ValueClause, case: Case) -> Had:
    """What applies to the object, from where."""
    snapshot, entry, kind = case
    subject = clause.subject
    value = subject.value(snapshot, entry, kind)
    if isinstance(subject, SettingValue):
        return had_effectively(clause, case, value)
    if isinstance(subject, StatusPart):
        status = status_of(snapshot, layers_of(snapshot, entry), subject.table)
        because = [reason for reason in status.reasons if reason.matched]
        note = f": {'; '.join(reason.text for reason in because)}" if because else ""
        return Had(texts(clause, value), note, tuple(each for reason in because for each in reason.origins))
    if isinstance(subject, ClassOfServiceName):
        effective = explain(snapshot, layers_of(snapshot, entry), SETTINGS["cos"])
        return Had(texts(clause, value), source(effective), places_of(effective))
    return Had(texts(clause, value))


def had_effectively(clause: ValueClause, case: Case, value: Any) -> Had:
    assert isinstance(clause.subject, SettingValue)
    effective = explain(case.snapshot, layers_of(case.snapshot, case.entry), SETTINGS[clause.subject.key])
    if not is_there(value) and effective.origin.level is Level.DEFAULT:
        return Had(())
    values = [SECRET] if clause.subject.secret and is_there(value) else texts(clause, value)
    return Had(values, source(effective), places_of(effective))


def texts(clause: ValueClause, value: Any) -> list[str]:
    """The values that matter, for people: those that pass, or if none does all of them."""
    if not is_there(value):
        return []
    if isinstance(value, Mapping):
        return texts_by_key(clause.filter, value)
    if not isinstance(value, tuple | frozenset):
        return [plain(value)]
    values = sorted(value, key=shown) if isinstance(value, frozenset) else list(value)
    return [plain(each) for each in [each for each in values if clause.test((each,))] or values]


def texts_by_key(filter: Assertion, value: Mapping[Any, Any]) -> list[str]:
    """What stands under the key that is asked for, or else under each."""
    wanted = written(filter.value) if isinstance(filter, Equal) else ""
    lines = {shown(key): f"{shown(key)}: {shown(each)}" for key, each in value.items()}
    return [line for key, line in lines.items() if wanted.startswith(key)] or list(lines.values())


def plain(value: Any) -> str:
    """One value, for people: text in quotation marks, a switch as yes or no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return quote(shown(value)) if isinstance(value, str) else shown(value)


def source(effective: Effective[Any]) -> str:
    """Where a value comes from that is not the object's own, in brackets."""
    if effective.ceiling is not None:
        return f" (capped by {effective.ceiling.name.replace('_', '-')}, {place(effective.ceiling)})"
    return "" if effective.is_own else f" ({place(effective)})"


def place(effective: Effective[Any]) -> str:
    origin = effective.origin
    if origin.level is Level.DEFAULT:
        return "by default"
    if origin.level is Level.GLOBAL:
        return "from what holds for everybody"
    if origin.dn is None or origin.level not in PLACES:
        return "its own"
    rdn = DN(origin.dn).rdn
    name = rdn[0].value.decode("utf-8", "replace") if rdn else ""
    return f"from {PLACES[origin.level]} {name}"


def places_of(effective: Effective[Any]) -> tuple[Origin, ...]:
    ceiling = () if effective.ceiling is None else (effective.ceiling.origin,)
    return (effective.origin, *effective.joined, *ceiling)


# -- what is stored -----------------------------------------------------------------------------------


def told_of_stored(filter: Filter, case: Case, outcome: bool | None) -> Told:
    """What is stored of the attribute that a simple filter is about."""
    definitions = case.snapshot.definitions
    if outcome is None:
        return Told(f"{filter} is undefined: a value that counts cannot be compared so")
    asked = None
    if isinstance(filter, Assertion):
        asked = compile_assertion(filter, definitions, lambda entry: False)
    if not isinstance(asked, StoredValues):
        return Told(f"{filter} {'matches' if outcome else 'does not match'}")
    had = stored_values(asked, case, outcome)
    return Told(phrase(filter, had, outcome), had.origins)


def stored_values(asked: StoredValues, case: Case, outcome: bool) -> Had:
    """The first value that passes, or if none does some of those that there are."""
    entry, dialect = case.entry, case.snapshot.dialect
    values, origins, count = [], [], 0
    for name, condition in asked.among(entry.shape.places, entry.shape.tagged):
        stored = entry.stored(name)
        if outcome:
            passes = None if condition is None else value_test(name, condition, case.snapshot.definitions)
            stored = [value for value in stored if passes and passes(value)][:1]
        count += len(stored)
        seen = [text for value in stored[:MOST_SHOWN] for text in public(dialect, name, value)]
        values += [SECRET] if stored and dialect.is_secret(name) else list(map(quote, seen))
        if stored and case.kind is not None:
            origins.append(Origin(case.kind, str(entry.dn), name, tuple(seen)))
    return Had(values, "", tuple(origins), count)


def public(dialect: Dialect, name: str, value: bytes) -> Iterator[str]:
    """A stored value as it may be shown."""
    if dialect.is_secret(name):
        return
    attribute = dialect.attribute(name.partition(";")[0])
    texts = (value.decode("utf-8", "backslashreplace"),)
    yield from texts if attribute is None else attribute.conceal(texts)


# -- words --------------------------------------------------------------------------------------------


def phrase(filter: Filter, had: Had, outcome: bool) -> str:
    """What was asked, and what there is."""
    assert isinstance(filter, Assertion)
    name = filter.attribute
    if not had.values:
        return f"{name} is {'' if outcome else 'not '}there"
    shown_values = had.values[:MOST_SHOWN]
    more = max(len(had.values), had.total) - len(shown_values)
    has = f"{name} is {', '.join(shown_values)}{f', {more:,} more' if more else ''}"
    if isinstance(filter, Present):
        return has
    if SECRET in had.values:
        return f"{name} is {SECRET} that is {'' if outcome else 'not '}as asked for"
    wanted = asserted(filter, had)
    if isinstance(filter, Equal):
        return has if outcome or wanted is None else f"{has}, not {wanted}"
    return f"{has}, {'' if outcome else 'not '}{COMPARED[type(filter)]} {wanted}"


COMPARED: Final[dict[type[Filter], str]] = {
    GreaterOrEqual: "at least",
    LessOrEqual: "at most",
    Substrings: "like",
    Approx: "sounding like",
}


def asserted(filter: Assertion, had: Had) -> str | None:
    """What was asked for, in the way in which what there is is said; nothing of a yes that is no no."""
    text = str(filter).partition("=")[2][:-1]
    if isinstance(filter, Equal | Approx | GreaterOrEqual | LessOrEqual):
        text = filter.value.decode("utf-8", "backslashreplace")
    if had.values[0] in ("yes", "no"):
        return None if isinstance(filter, Equal) else text
    return quote(text) if had.values[0][:1] in "'\"" or isinstance(filter, Substrings) else text


def article(kind: Level) -> str:
    word = "config" if kind is Level.GLOBAL else str(kind)
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
