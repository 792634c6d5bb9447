"""Looking somebody up, as people type."""

from __future__ import annotations

import sys
from typing import Final

from attrs import frozen

from ..errors import InvalidValue, Unavailable, kept
from ..inherit import layers_of, resolve, resolve_part, text_values
from ..ldap.entry import Entry
from ..lookup import target_domain
from ..reasons import Origin, Reason
from ..schema import find_setting
from ..schema.catalog.gal import GalMode
from ..snapshot import Snapshot
from ..snapshot.remembering import remember
from .book import Books
from .external import External, ExternalEntry, Template, answer, template_of
from .found import EXTERNAL, AddressBook, Found
from .listing import KINDS, Match, matched
from .reach import Reach, reach_of
from .shelf import Hit
from .words import Query

__all__ = ["gal"]

MOST_RULES: Final = 4096
"""Of how many domains a snapshot remembers what holds for their address books."""

NO_LIMIT: Final = sys.maxsize - 1

SWITCH: Final = "zimbraFeatureGalEnabled"
"""Where a deployed server says who may look into the address book; our own settings do not restrict it."""


def gal(
    snapshot: Snapshot,
    domain: Entry,
    query: str = "",
    *,
    limit: int | None = None,
    external: External | None = None,
    actor: Entry | None = None,
) -> AddressBook:
    """Find whom somebody of a domain may mean who types `query`, the best first.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> home = acme.domain("acme.example").entry
    >>> [found.address for found in gal(acme.snapshot, home, "jo")]
    ['john@acme.example']
    >>> gal(acme.snapshot, home, "mull")[0].name, gal(acme.snapshot, home, limit=3).more
    ('Zoë Müller', True)

    Each word typed begins a word of the display name, given name or surname, of the address before its
    `@` or as a whole, or of an alias; or stands within the name. Case and accents do not count. Nothing typed
    finds everybody. First comes what has exactly this name or address, then what begins with it, then
    whose later words do, then whose name has it inside; of these accounts, lists, then resources, by name.

    At most `limit` are found and never more than `gal_max_results`; where that is 0 it sets no limit.
    The mode `both` gives half of them to each side. Those of the other server are what `external` finds,
    and one that is here as well is found once. Where it does not answer, nobody gave it, or no server
    is named, the `unknown` of the result is the error: what is missing is then not known to be missing.

    The same holds where some records of the source could not be used: whoever is not found may be in them.

    Who is in the address book is said in `mailpolicy.gal.listing`. An alias domain has that of its target.
    The `actor`, the account that asks, may be one that a deployed server keeps out altogether.
    InvalidValue for a negative limit.
    """
    if limit is not None and limit < 0:
        raise InvalidValue(str(limit), "a limit of 0 or more", attribute="limit")
    refusal = None if actor is None else refused(snapshot, actor)
    if refusal is not None:
        return AddressBook(reasons=[refusal])
    rules, wanted = rules_of(snapshot, domain), Query.of(query)
    most = min(each for each in (limit, rules.most, NO_LIMIT) if each is not None)
    share = (
        most if rules.mode is not GalMode.BOTH or rules.most is None else min(most, max(1, rules.most // 2))
    )
    here: list[Hit] = []
    there: dict[Hit, ExternalEntry] = {}
    unknown: list[Unavailable] = []
    book = None
    if rules.mode is not GalMode.INTERNAL:
        try:
            there = outside(rules, wanted, query, share + 1, external)
        except Unavailable as problem:
            unknown.append(kept(problem))
    if rules.mode is not GalMode.EXTERNAL:
        book = snapshot.followed("gal", Books).of(snapshot, rules.reach)
        here = book.search(wanted, share + 1)
        if snapshot.lost or not snapshot.freshness:
            unknown.append(unread(snapshot))
    # One who is here too may come here only after the limit, or by another name.
    others = sorted(hit for hit in there if book is None or not book.holds(hit[1].address))
    hits = sorted([*here[:share], *others[:share]])
    return AddressBook(
        [found_by(snapshot, wanted, hit, there.get(hit)) for hit in hits[:most]],
        max(len(here), len(others)) > share or len(hits) > most,
        next(iter(unknown), None),
        [Reason("gal.unknown", True, f"{problem}: others may be there") for problem in unknown],
    )


@frozen
class Rules:
    """What holds for the address book of a domain."""

    name: str
    mode: GalMode
    reach: Reach
    most: int | None
    """How many are found at most; None for no limit."""
    template: Template | None


def rules_of(snapshot: Snapshot, domain: Entry) -> Rules:
    known = snapshot.memory("gal")
    found: Rules | None = known.get(domain.dn)
    if found is None:
        home = last_target(snapshot, domain)
        layers = layers_of(snapshot, home)
        found = Rules(
            str(home.dn),
            resolve(snapshot, layers, find_setting("gal_mode")),
            reach_of(snapshot, home),
            resolve(snapshot, layers, find_setting("gal_max_results")) or None,
            template_of(snapshot, home),
        )
        remember(known, domain.dn, found, MOST_RULES)
    return found


def last_target(snapshot: Snapshot, domain: Entry) -> Entry:
    """The domain behind another name; where names lead round in a circle, the last before it closes."""
    seen = {domain.dn}
    while (target := target_domain(snapshot, domain)) is not None and target.dn not in seen:
        seen.add(target.dn)
        domain = target
    return domain


def unread(snapshot: Snapshot) -> Unavailable:
    """What to say where entries may be missing: any of them may be somebody whom nobody finds now."""
    freshness = snapshot.freshness
    if not freshness:
        return Unavailable(freshness.source, freshness.since, why=f"is {freshness.state}")
    records = "one record" if snapshot.lost == 1 else f"{snapshot.lost} records"
    return Unavailable("the source", why=f"has {records} that could not be used")


def outside(
    rules: Rules, query: Query, text: str, most: int, external: External | None
) -> dict[Hit, ExternalEntry]:
    """What the other server finds, each address once; Unavailable where nobody can tell."""
    if rules.template is None:
        raise Unavailable(rules.name, why="names no server for its external address book")
    search = rules.template.search(text, None if most > NO_LIMIT else most)
    if external is None:
        raise Unavailable(str(search.url), why="was not asked")
    found: dict[str, tuple[Hit, ExternalEntry]] = {}
    for listing, entry in answer(search, external):
        match = matched(query, listing)
        found.setdefault(listing.address, ((Match.ELSEWHERE if match is None else match, listing), entry))
    return dict(found.values())


def found_by(snapshot: Snapshot, query: Query, hit: Hit, other: ExternalEntry | None) -> Found:
    match, listing = hit
    name, address, dialect = listing.shown_name, listing.shown_address, snapshot.dialect
    if other is not None:
        entry = other if isinstance(other, Entry) else None
        dn = str(other.dn) if isinstance(other, Entry) else str(other[0])
        return Found(name, address, EXTERNAL, dn, match, entry, query, dialect)
    entry = snapshot.entry_in(listing.row)
    assert entry is not None  # as it is listed
    return Found(name, address, KINDS[listing.order].value, str(entry.dn), match, entry, query, dialect)


def refused(snapshot: Snapshot, actor: Entry) -> Reason | None:
    """Why somebody may not look into any address book; None where nothing is said against it."""
    level, switch = snapshot.level_of(actor), snapshot.dialect.attribute(SWITCH)
    if level is None or switch is None:
        return None
    layers = layers_of(snapshot, actor)
    for part in switch.binding(level).parts:
        if resolve_part(layers, part) is False:
            holder = next(
                layer for layer in layers if part.codec.read(text_values(layer.entry, SWITCH))[0] is False
            )
            origin = Origin(holder.level, str(holder.entry.dn), SWITCH, text_values(holder.entry, SWITCH))
            return Reason("gal.switched_off", True, "the account may not use the address book", (origin,))
    return None
