"""Which dynamic lists may find an entry, without trying them all.

Every search has a condition that an entry must meet to be found: it stands below the base, and it has a
certain value, or one of several, or any value of an attribute. Of all that a filter asks together, the
condition that fewest entries meet is the *trigger* of the list. The triggers are an index over the lists; an
entry is looked up in it by her own values. So what that costs grows with the lists that have to do with
her, and those few that no index can tell apart: what only a `!` asks, say, or an extensible match.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from attrs import frozen

from ..ldap.definitions import Definitions
from ..ldap.entry import Entry
from ..ldap.matching.conditions import Condition, Equals, OneOf
from ..ldap.matching.forms import exact
from ..ldap.matching.names import parent_key, stored_form
from ..ldap.matching.prep import Part
from ..ldap.matching.rules import CLASS_ATTRIBUTES, Form
from ..query.outcomes import AnyOf, Asked, EveryOf, Never, Node, read
from ..reasons import Level
from ..schema import Dialect
from ..snapshot import Snapshot
from ..snapshot.facets import LEVEL
from ..snapshot.postings import Posting, Postings
from ..snapshot.segment import Segment
from .predicate import Predicate
from .predicate.clauses import Stored
from .predicate.logic import conjuncts
from .urls import MemberSearch, member_searches

__all__ = ["TRIGGER", "Trigger", "candidates", "is_dynamic_list", "triggers_of"]

BOOLEAN: Final = "1.3.6.1.4.1.1466.115.121.1.7"


class Trigger(NamedTuple):
    """What an entry must have to be found: a place at or below `base`, and a value.

    Without a `form` any value of the attribute will do, and without an attribute everybody below the base is
    tried. Attributes are named without options, so a value of `cn;lang-de` counts as one of `cn`.
    """

    base: str
    attribute: str | None = None
    form: bytes | None = None


class Needed(NamedTuple):
    """One way to put what a filter needs: an entry must meet one of `conditions`.

    `commonness` is a guess at how many entries do, by the kind of condition.
    """

    commonness: int
    conditions: frozenset[tuple[str | None, bytes | None]]


NOBODY: Final = Needed(0, frozenset())
ONE_VALUE, TRUE_OR_FALSE, ANY_VALUE, ANY_OF_CLASS, EVERYBODY = 1, 2, 3, 4, 5
ALWAYS: Final = Needed(EVERYBODY, frozenset([(None, None)]))


def triggers_of(search: MemberSearch, definitions: Definitions) -> tuple[Trigger, ...]:
    """The conditions one of which an entry must meet for the search to find it; none if nobody can."""
    filters = [search.filter]
    if isinstance(search.judge, Predicate):
        # What applies to her need not stand with her, but what is stored does.
        filters = [each.filter for each in certain_clauses(search.judge)]
    # What stands below an entry is not in it, so that is left open, as what no index knows.
    needs = [needed(read(each, definitions, lambda entry: False), definitions) for each in filters]
    return tuple([Trigger(search.key, *each) for each in min(needs, key=rank, default=ALWAYS).conditions])


def certain_clauses(predicate: Predicate) -> list[Stored]:
    """The clauses about what is stored that have to be true."""
    parts = set(conjuncts(predicate.filter))
    return [each for each in predicate.clauses if isinstance(each, Stored) and each.filter in parts]


def needed(node: Node, definitions: Definitions) -> Needed:
    """What an entry must meet for this part of a filter to hold."""
    match node:
        case EveryOf(parts=parts):
            return min([needed(each, definitions) for each in parts], key=rank, default=ALWAYS)
        case AnyOf(parts=parts):
            return one_of([needed(each, definitions) for each in parts])
        case Asked(clause=clause, outcome=True):
            meant = [needed_of(name, each, definitions) for name, each in clause.conditions.items() if each]
            return one_of(meant)
        case Never():
            return NOBODY
    return ALWAYS


def rank(needs: Needed) -> tuple[int, int]:
    return needs.commonness, len(needs.conditions)


def one_of(several: list[Needed]) -> Needed:
    """What meets any of these needs."""
    commonness = max([each.commonness for each in several], default=0)
    if commonness == EVERYBODY:
        return ALWAYS
    return Needed(commonness, frozenset().union(*[each.conditions for each in several]))


def needed_of(name: str, condition: Condition, definitions: Definitions) -> Needed:
    """What an entry must have for a value stored under a name to meet a condition."""
    match condition:
        case Equals(wanted=wanted):
            attribute = definitions.attribute(name)
            is_flag = attribute is not None and attribute.syntax == BOOLEAN
            return Needed(TRUE_OR_FALSE if is_flag else ONE_VALUE, frozenset([(name, wanted)]))
        case OneOf(spellings=spellings):
            return Needed(ANY_OF_CLASS, frozenset([(name, each) for each in spellings]))
    return Needed(ANY_VALUE, frozenset([(name, None)]))


def is_dynamic_list(dialect: Dialect, entry: Entry) -> bool:
    """Whether it is a list that finds its members by searching."""
    return dialect.level_of(entry) is Level.LIST and dialect.is_dynamic(entry)


# -- the index ----------------------------------------------------------------------------------------


@frozen
class ByTrigger:
    """Dynamic lists by their triggers."""

    def keys(self, name: str, entry: Entry, dialect: Dialect) -> Iterable[Trigger]:
        if not is_dynamic_list(dialect, entry):
            return ()
        searches = [each for each in member_searches(dialect, entry) if isinstance(each, MemberSearch)]
        found = (trigger for each in searches for trigger in triggers_of(each, dialect.definitions))
        return tuple(sorted(set(found), key=repr))

    def collected(self, segment: Segment) -> Postings[Trigger]:
        return Postings.of(self._pairs(segment))

    def _pairs(self, segment: Segment) -> Iterator[tuple[Trigger, int]]:
        for row in segment.find(LEVEL)[Level.LIST]:
            entry = segment.at(row)
            for trigger in () if entry is None else self.keys("", entry, segment.dialect):
                yield trigger, row


TRIGGER: Final = ByTrigger()

ByForm: TypeAlias = Mapping[bytes | None, Posting]
Watched: TypeAlias = Mapping[str, Mapping[str | None, ByForm]]
"""The lists of a segment by the base, the attribute and the value that bring them up."""


def by_base(postings: Postings[Trigger]) -> Watched:
    watched: dict[str, dict[str | None, dict[bytes | None, Posting]]] = {}
    for (base, attribute, form), posting in postings.by_key.items():
        watched.setdefault(base, {}).setdefault(attribute, {})[form] = posting
    return watched


def candidates(snapshot: Snapshot, key: str, entry: Entry) -> set[int]:
    """The rows of the lists that may find an entry of this key; every other list does not."""
    forms: dict[str, set[bytes | None]] = {}
    found = brought_up(snapshot.base, key, entry, forms)
    if snapshot.recent.numbers:
        found -= snapshot.recent.entries.keys()
        found |= brought_up(snapshot.recent, key, entry, forms)
    return found


def brought_up(segment: Segment, key: str, entry: Entry, forms: dict[str, set[bytes | None]]) -> set[int]:
    watched = segment.derived(TRIGGER, by_base)
    found: set[int] = set()
    for base in bases(key) if watched else ():
        for attribute, by_form in watched.get(base, {}).items():
            if attribute is None:
                add(found, by_form[None])
                continue
            present = forms.get(attribute)
            if present is None:
                present = forms[attribute] = forms_in(entry, attribute)
            for form in present:
                if form in by_form:
                    add(found, by_form[form])
    return found


def bases(key: str) -> Iterator[str]:
    """The keys that a search for an entry may have as its base."""
    while key:
        yield key
        key = parent_key(key)
    yield ""


def add(found: set[int], posting: Posting) -> None:
    if isinstance(posting, int):
        found.add(posting)
    else:
        found.update(posting)


def forms_in(entry: Entry, attribute: str) -> set[bytes | None]:
    """The normal forms of the values that an entry has of an attribute; None stands for any."""
    shape = entry.shape
    names = [attribute] if attribute in shape.places else []
    names += [name for name in shape.tagged if name.partition(";")[0] == attribute]
    if not names:
        return set()
    form = form_of(attribute, shape.definitions)
    return {None, *[form(value) for name in names for value in entry.stored(name)]}


@lru_cache(maxsize=1024)
def form_of(name: str, definitions: Definitions) -> Form:
    """The form in which the values of an attribute are compared with triggers."""
    attribute = definitions.attribute(name)
    if attribute is None:
        return exact
    form = stored_form(attribute, definitions)
    if attribute.oid not in CLASS_ATTRIBUTES:
        return form

    def folded(value: bytes, part: Part = Part.WHOLE) -> bytes | None:
        return (form(value, part) or b"").lower()

    return folded
