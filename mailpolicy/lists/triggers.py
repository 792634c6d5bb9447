"""Which dynamic lists may find an entry, without trying them all.

Every search has a condition that an entry must meet to be found: it stands at the base or below, and it has a
certain value, or one of several, or one that begins or ends so, or any value of an attribute. Of all that a
filter asks together, the condition that fewest entries are likely to meet is the *trigger* of the list. The
triggers are an index over the lists, in which an entry is looked up by her own values. So what that costs
grows with the lists that have to do with her, and those few that no index can tell apart: what only a `!`
asks, say, or an extensible match.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from attrs import frozen

from ..ldap.definitions import Definitions
from ..ldap.entry import Entry
from ..ldap.matching.conditions import Condition, Equals, HasParts, OneOf
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


Cut: TypeAlias = tuple[int | None, int | None]
"""Where in a normal form what is looked up begins and ends, as in a slice."""

WHOLE: Final[Cut] = (None, None)


class Has(NamedTuple):
    """A value that an entry must have, of an attribute that is named without options.

    So a value of `cn;lang-de` counts as one of `cn`. Without a `form` any value will do, else `form` is what
    the `cut` leaves of its normal form. Without an attribute, anybody will do.
    """

    attribute: str | None
    form: bytes | None = None
    cut: Cut = WHOLE


class Trigger(NamedTuple):
    """What an entry must meet to be found: it stands at `base` or below, and has a value."""

    base: str
    has: Has


class Needed(NamedTuple):
    """One way to put what a filter needs: an entry must have one of these.

    `commonness` is a guess at how many entries do, by the kind of condition.
    """

    commonness: int
    one_of: frozenset[Has]


ONE_VALUE, PART_OF_VALUE, TRUE_OR_FALSE, ANY_VALUE, ANY_OF_CLASS, EVERYBODY = range(1, 7)
NOBODY: Final = Needed(0, frozenset())
ALWAYS: Final = Needed(EVERYBODY, frozenset([Has(None)]))


def triggers_of(search: MemberSearch, definitions: Definitions) -> tuple[Trigger, ...]:
    """The conditions one of which an entry must meet for the search to find it; none if nobody can."""
    filters = [search.filter]
    if isinstance(search.judge, Predicate):
        # What applies to her need not stand with her, but what is stored does.
        filters = [each.filter for each in certain_clauses(search.judge)]
    # What stands below an entry is not in it, so that is left open, as what no index knows.
    needs = [needed(read(each, definitions, lambda entry: False), definitions) for each in filters]
    return tuple([Trigger(search.key, each) for each in min(needs, key=rank, default=ALWAYS).one_of])


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
    return needs.commonness, len(needs.one_of)


def one_of(several: list[Needed]) -> Needed:
    """What meets any of these needs."""
    commonness = max([each.commonness for each in several], default=0)
    if commonness == EVERYBODY:
        return ALWAYS
    return Needed(commonness, frozenset[Has]().union(*[each.one_of for each in several]))


def needed_of(name: str, condition: Condition, definitions: Definitions) -> Needed:
    """What an entry must have for a value stored under a name to meet a condition."""
    match condition:
        case Equals(wanted=wanted):
            attribute = definitions.attribute(name)
            is_flag = attribute is not None and attribute.syntax == BOOLEAN
            return Needed(TRUE_OR_FALSE if is_flag else ONE_VALUE, frozenset([Has(name, wanted)]))
        case OneOf(spellings=spellings):
            return Needed(ANY_OF_CLASS, frozenset([Has(name, each) for each in spellings]))
        case HasParts(initial=initial, final=final) if initial or final:
            by_start = len(initial) >= len(final)
            has = (
                Has(name, initial, (None, len(initial)))
                if by_start
                else Has(name, final, (-len(final), None))
            )
            return Needed(PART_OF_VALUE, frozenset([has]))
    return Needed(ANY_VALUE, frozenset([Has(name)]))


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
Watched: TypeAlias = Mapping[str, Mapping[str | None, Mapping[Cut, ByForm]]]
"""The lists of a segment by the base, the attribute and the value that bring them up."""


def by_base(postings: Postings[Trigger]) -> Watched:
    watched: dict[str, dict[str | None, dict[Cut, dict[bytes | None, Posting]]]] = {}
    for (base, (attribute, form, cut)), posting in postings.by_key.items():
        by_cut = watched.setdefault(base, {}).setdefault(attribute, {})
        by_cut.setdefault(cut, {})[form] = posting
    return watched


def candidates(snapshot: Snapshot, key: str, entry: Entry) -> set[int]:
    """The rows of the lists that may find an entry of this key; every other list does not."""
    forms: Forms = {}
    found = brought_up(snapshot.base, key, entry, forms)
    if snapshot.recent.numbers:
        found -= snapshot.recent.entries.keys()
        found |= brought_up(snapshot.recent, key, entry, forms)
    return found


Forms: TypeAlias = dict[str | None, Sequence[bytes | None]]


def brought_up(segment: Segment, key: str, entry: Entry, forms: Forms) -> set[int]:
    """The rows of one segment; `forms` are those of the entry, as far as they are known."""
    watched = segment.derived(TRIGGER, by_base)
    found: set[int] = set()
    for base in bases(key) if watched else ():
        for attribute, by_cut in watched.get(base, {}).items():
            present = forms.get(attribute)
            if present is None:
                present = forms[attribute] = (None,) if attribute is None else forms_in(entry, attribute)
            for cut, by_form in by_cut.items() if present else ():
                for form in present:
                    posting = by_form.get(form if form is None or cut is WHOLE else form[slice(*cut)])
                    if posting is not None:
                        add(found, posting)
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


def forms_in(entry: Entry, attribute: str) -> Sequence[bytes | None]:
    """The normal forms of the values that an entry has of an attribute; None stands for any."""
    shape = entry.shape
    names = [attribute] if attribute in shape.places else []
    names += [name for name in shape.tagged if name.partition(";")[0] == attribute]
    if not names:
        return ()
    form = form_of(attribute, shape.definitions)
    return None, *[form(value) for name in names for value in entry.stored(name)]


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
