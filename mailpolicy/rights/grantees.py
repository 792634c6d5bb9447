"""Whom a grant means: whether somebody is its grantee, and which entry that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from ..ldap.entry import Entry
from ..lookup import is_partial
from ..reasons import Level
from ..snapshot import Index, Snapshot, folded_address, folded_domain
from ..values import Grant, Grantee
from .actor import Actor, names_of
from .grants import Name, folded_grantee
from .groups import may_hide
from .table import Right

__all__ = ["CLASSES", "grantee_entry", "is_grantee", "is_on", "reaching", "specificity"]

INDIVIDUALS: Final = frozenset(
    {Grantee.USER, Grantee.GUEST, Grantee.KEY, Grantee.ADDRESS, Grantee.EXTERNAL_DOMAIN}
)
GROUPS: Final = frozenset({Grantee.GROUP, Grantee.EXTERNAL_GROUP})

CLASSES: Final = (
    INDIVIDUALS,
    GROUPS,
    frozenset({Grantee.DOMAIN}),
    frozenset({Grantee.EVERYONE_HERE}),
    frozenset({Grantee.PUBLIC}),
)
"""The kinds of grantee in classes, the most specific first: of the grants on one entry it counts first."""


def specificity(kind: Grantee) -> int:
    """The place of a kind of grantee in `CLASSES`."""
    return next(place for place, kinds in enumerate(CLASSES) if kind in kinds)


def is_grantee(actor: Actor, grant: Grant, right: Right) -> bool | None:
    """Whether a grant is one to this actor; None where nobody can tell."""
    return JUDGES[grant.kind](actor, grant, right)


def is_user(actor: Actor, grant: Grant, right: Right) -> bool | None:
    if actor.doubt is None:
        return actor.is_mailbox and named(actor, grant)
    known = by_name(actor.snapshot, grant)
    if not known:
        # It may be the name of the very entry that could not be read.
        return True if named(actor, grant) else None
    return None if any(actor.names & names_of(actor.snapshot, each) for each in known) else False


def is_member(actor: Actor, grant: Grant, right: Right) -> bool | None:
    if actor.is_nobody:
        return False
    group = grantee_entry(actor.snapshot, grant)
    if group is None:
        return None if is_partial(actor.snapshot) else False
    if not right.is_user and not bears_admin_rights(actor.snapshot, group):
        return False
    return is_on(actor, group)


def is_on(actor: Actor, group: Entry) -> bool | None:
    """Whether the actor is on a list; None where nobody can tell."""
    if actor.snapshot.key(group.dn) in actor.group_keys:
        return True
    is_open = actor.doubt or may_hide(actor.snapshot, group, actor.entry, actor.address)
    return None if is_open else False


def is_of_domain(actor: Actor, grant: Grant, right: Right) -> bool | None:
    domain = grantee_entry(actor.snapshot, grant)
    own = actor.domain
    if domain is None:
        is_lost = is_partial(actor.snapshot) and own is None and not actor.is_nobody
        return None if is_lost else False
    if actor.doubt is not None:
        return None if actor.outside_domain in names_of(actor.snapshot, domain) else False
    key = actor.snapshot.key
    return own is not None and actor.is_mailbox and key(own.dn) == key(domain.dn)


def is_of_outside_domain(actor: Actor, grant: Grant, right: Right) -> bool | None:
    if actor.outside_domain is None or actor.outside_domain != folded_domain(grant.grantee):
        return False
    return None if actor.doubt else True


def has_address(actor: Actor, grant: Grant, right: Right) -> bool | None:
    return named(actor, grant)


def is_guest(actor: Actor, grant: Grant, right: Right) -> bool | None:
    if actor.entry is not None or not named(actor, grant):
        return False
    return None if actor.doubt else True


def is_logged_in(actor: Actor, grant: Grant, right: Right) -> bool | None:
    return None if actor.doubt else actor.is_mailbox and actor.is_authenticated


def is_anybody(actor: Actor, grant: Grant, right: Right) -> bool | None:
    return True


def has_key(actor: Actor, grant: Grant, right: Right) -> bool | None:
    """Never: who somebody is does not tell what keys she has."""
    return False


def is_member_elsewhere(actor: Actor, grant: Grant, right: Right) -> bool | None:
    """Nobody can tell here who of a domain is in a group of its other directory; nobody else is."""
    name = grant.grantee.partition(":")[0]
    domain = grantee_entry(actor.snapshot, Grant(name, Grantee.DOMAIN, right.name))
    own = actor.domain
    if domain is None or own is None:
        return False
    return None if actor.snapshot.key(own.dn) == actor.snapshot.key(domain.dn) else False


JUDGES: Final[Mapping[Grantee, Callable[[Actor, Grant, Right], bool | None]]] = {
    Grantee.USER: is_user,
    Grantee.GROUP: is_member,
    Grantee.DOMAIN: is_of_domain,
    Grantee.EXTERNAL_DOMAIN: is_of_outside_domain,
    Grantee.ADDRESS: has_address,
    Grantee.GUEST: is_guest,
    Grantee.EVERYONE_HERE: is_logged_in,
    Grantee.PUBLIC: is_anybody,
    Grantee.KEY: has_key,
    Grantee.EXTERNAL_GROUP: is_member_elsewhere,
}


def named(actor: Actor, grant: Grant) -> bool:
    """Whether the text of the grantee is one of the actor's names."""
    return folded_grantee(grant.kind, grant.grantee, actor.snapshot.definitions)[1] in actor.names


LEVELS: Final[Mapping[Grantee, tuple[Level, ...]]] = {
    Grantee.USER: (Level.ACCOUNT, Level.RESOURCE),
    Grantee.ADDRESS: (Level.ACCOUNT, Level.RESOURCE, Level.LIST),
    Grantee.GROUP: (Level.LIST,),
    Grantee.DOMAIN: (Level.DOMAIN,),
}


def grantee_entry(snapshot: Snapshot, grant: Grant) -> Entry | None:
    """The entry that a grant names; None where it names none of this directory."""
    for entry in by_name(snapshot, grant):
        if snapshot.level_of(entry) in LEVELS.get(grant.kind, ()):
            return entry
    return None


def by_name(snapshot: Snapshot, grant: Grant) -> tuple[Entry, ...]:
    text = grant.grantee
    entry = snapshot.at(folded_grantee(grant.kind, text, snapshot.definitions)[1]) if "=" in text else None
    if entry is not None:
        return (entry,)
    if grant.kind is Grantee.DOMAIN and (found := snapshot.lookup(Index.DOMAIN, folded_domain(text))):
        return found
    found = snapshot.lookup(Index.ID, text.lower())
    return found or snapshot.lookup(Index.ADDRESS, folded_address(text))


def bears_admin_rights(snapshot: Snapshot, group: Entry) -> bool:
    """Whether members of a list can be administrators through it; a native directory marks none."""
    mark = snapshot.dialect.attribute("zimbraIsAdminGroup") if snapshot.dialect.id_attribute else None
    return mark is None or tuple(group.stored(mark.name)) == (b"TRUE",)


def reaching(actor: Actor) -> Iterator[Name]:
    """Every name under which a grant may reach the actor: hers, those of her lists and her domain, all."""
    for kind in INDIVIDUALS:
        yield from ((kind, name) for name in actor.names)
    for group in actor.groups:
        yield from ((Grantee.GROUP, name) for name in names_of(actor.snapshot, group.entry))
    if actor.domain is not None:
        yield from ((Grantee.DOMAIN, name) for name in names_of(actor.snapshot, actor.domain))
    if actor.outside_domain is not None:
        yield Grantee.EXTERNAL_DOMAIN, actor.outside_domain
    yield Grantee.EVERYONE_HERE, ""
    yield Grantee.PUBLIC, ""
