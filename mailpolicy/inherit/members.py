"""The accounts of a domain or a class of service: inheritance asked the other way round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import and_

from ..ldap.entry import Entry
from ..reasons import Level
from ..snapshot import Index, Snapshot, folded_domain
from ..snapshot.affiliation import AFFILIATION, Affiliation
from ..snapshot.index import terms
from ..snapshot.postings import Postings
from ..snapshot.remembering import remember
from ..snapshot.rows import Rows
from ..snapshot.segment import Segment
from .layers import farther_layers

__all__ = ["accounts_of"]


def accounts_of(snapshot: Snapshot, *of: Entry, level: Level = Level.ACCOUNT) -> list[Entry]:
    """Give the accounts to which a class of service applies, whoever named it, or those of a domain.

    Of several they belong to all. With another `level` they are resources, and of a domain also lists;
    always in the order of the source. Nobody belongs to any other entry.
    """
    return snapshot.entries(reduce(and_, [rows_of(snapshot, entry, level) for entry in of]))


def rows_of(snapshot: Snapshot, entry: Entry, level: Level) -> Rows:
    """The rows of these accounts."""
    is_cos = snapshot.level_of(entry) is Level.COS
    affiliations = of_class_of_service(snapshot, entry) if is_cos else of_domain(snapshot, entry)
    wanted = [each for each in affiliations if each.level is level]

    def find(segment: Segment) -> Rows:
        postings = segment.find(AFFILIATION)
        return Rows.union([postings[each] for each in wanted])

    return snapshot.matching(find)


def of_domain(snapshot: Snapshot, domain: Entry) -> Iterable[Affiliation]:
    """Whose address is in a domain, unless another domain of that name goes first."""
    names = {name for _, name in terms(snapshot.dialect, domain, Index.DOMAIN)}
    own = [name for name in names if snapshot.domain(name) is domain]
    segments = (snapshot.base, snapshot.recent)
    found = [segment.derived(AFFILIATION, by_domain).get(name, ()) for segment in segments for name in own]
    return {each for affiliations in found for each in affiliations}


def by_domain(postings: Postings[Affiliation]) -> Mapping[str, Sequence[Affiliation]]:
    found: dict[str, list[Affiliation]] = {}
    for each in postings:
        if each.domain is not None:
            found.setdefault(folded_domain(each.domain), []).append(each)
    return found


def of_class_of_service(snapshot: Snapshot, cos: Entry) -> Iterable[Affiliation]:
    """Whose class of service it is; worked out for all of them at once, as each needs everybody looked at."""
    known = snapshot.memory("members")
    found: Mapping[str, list[Affiliation]] | None = known.get(Level.COS)
    if found is None:
        found = remember(known, Level.COS, by_class_of_service(snapshot), at_most=1)
    return found.get(cos.dn, ())


def by_class_of_service(snapshot: Snapshot) -> Mapping[str, list[Affiliation]]:
    found: dict[str, list[Affiliation]] = {}
    for affiliation in {*snapshot.base.find(AFFILIATION), *snapshot.recent.find(AFFILIATION)}:
        for layer in farther_layers(snapshot, affiliation):
            if layer.level is Level.COS:
                found.setdefault(layer.entry.dn, []).append(affiliation)
    return found
