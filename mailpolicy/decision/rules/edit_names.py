"""Names of what is created or renamed: each must be one, in a place for it, and nobody else's."""

from __future__ import annotations

from typing import Final

from ...errors import InvalidValue, NotFound, quote
from ...ldap.entry import Entry
from ...lookup import absent, alias_target, selected
from ...model import Directory, Domain
from ...reasons import Level
from ...schema.catalog.domain import DomainKind
from ...snapshot import Index, Snapshot, folded_address
from ...values import Address, DomainName
from ..context import Context
from ..opinion import Opinion
from ..replies import EDIT_REFUSED
from ..requests import Edit
from ..verdict import Verdict
from .edit_rights import birthplace

__all__ = ["name"]

ADDRESSED: Final = (Level.ACCOUNT, Level.RESOURCE, Level.LIST, Level.ALIAS)
"""What has an address for a name."""
CALLED: Final = (Level.DOMAIN, Level.COS, Level.SERVER)
"""What has a name of its own."""


def name(request: Edit, directory: Directory, context: Context) -> Opinion | None:
    """What comes, or gets another name, must have one that can be, and that nothing else has.

    Where only the domain is said in which something is to be created, the name is still to be found.
    """
    kind: Level | None
    entry: Entry | None = None
    try:
        if request.operation == "create":
            place = birthplace(request, directory)
            kind, wanted = Level(place.kind), place.name
            if place.domain is not None and "@" not in wanted:
                problem = unfit(kind, Domain(directory, place.domain))
                return None if problem is None else refused(problem)
        elif request.operation == "rename":
            of = directory.select(request.target)
            kind, wanted, entry = directory.snapshot.level_of(of.entry), str(request.value or ""), of.entry
        else:
            return None
        if kind in ADDRESSED:
            problem = named(directory, kind, wanted, entry)
        else:
            problem = called(directory, kind, wanted, entry)
    except (NotFound, InvalidValue) as raised:
        return refused(str(raised))
    return None if problem is None else refused(problem)


def refused(text: str) -> Opinion:
    return Opinion(Verdict.REJECT, text, EDIT_REFUSED)


def named(directory: Directory, kind: Level | None, wanted: str, entry: Entry | None) -> str | None:
    """What speaks against an address as the name of this entry, None for one that is new."""
    address = Address(wanted)
    problem = unfit(kind, directory.domain(address.domain))
    if problem is None and is_taken(directory.snapshot, address, entry):
        return f"{address} belongs to something else already"
    return problem


def unfit(kind: Level | None, domain: Domain) -> str | None:
    """An alias domain is another name for a domain: it holds nothing but aliases."""
    if kind is Level.ALIAS or domain.settings.domain_kind is not DomainKind.ALIAS:
        return None
    return f"{domain.name} is an alias domain, which holds no {kind}"


def is_taken(snapshot: Snapshot, address: Address, entry: Entry | None) -> bool:
    """Whether something else has an address; one's own alias may become the name."""
    for each in snapshot.lookup(Index.ADDRESS, folded_address(address)):
        behind = alias_target(snapshot, each) if snapshot.level_of(each) is Level.ALIAS else None
        if entry is None or entry not in (each, behind):
            return True
    unsure = absent(snapshot, "address", address)
    if not isinstance(unsure, NotFound):
        raise unsure
    return False


def called(directory: Directory, kind: Level | None, wanted: str, entry: Entry | None) -> str | None:
    """What speaks against the name of what has no address."""
    if kind not in CALLED:
        return "that cannot be renamed"
    if not wanted.strip():
        return f"a {kind} needs a name"
    known = DomainName(wanted) if kind is Level.DOMAIN else wanted
    try:
        found = selected(directory.snapshot, known, kind)
    except NotFound:
        return None
    return None if found == entry else f"there is a {kind} {quote(wanted)} already"
