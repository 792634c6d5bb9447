"""Who may create, delete and rename entries: administrators, by a right for each kind of entry.

What an entry is made of is its owner's to change, but that it is there is not. The one exception is a list:
somebody to whom createDistList is granted on a domain makes lists there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ...edit.place import home_of as stands_below
from ...errors import NotFound
from ...inherit import domain_of
from ...ldap.entry import Entry
from ...lookup.selector import parse_selector
from ...model import Directory, Object
from ...reasons import Level, Reason
from ...rights import Holding, holds
from ...rights.chain import target_of
from ...rights.grants import everything
from ...rights.table import Target
from ...snapshot import Snapshot
from ..requests import Edit

__all__ = ["Birthplace", "birthplace", "home_of", "may_create", "may_remove", "may_rename"]

KINDS: Final = {
    "account": (Level.ACCOUNT, "createAccount"),
    "resource": (Level.RESOURCE, "createCalendarResource"),
    "list": (Level.LIST, "createDistributionList"),
    "alias": (Level.ALIAS, "createAlias"),
}
"""What is created in a domain, and the right that it takes there."""

TOP: Final = {"domain": "createTopDomain", "cos": "createCos", "server": "createServer"}
"""What is created in no domain, and the right that it takes on everything."""

BY_USERS: Final = {"list": "createDistList"}

REMOVING: Final = {
    Target.ACCOUNT: "deleteAccount",
    Target.RESOURCE: "deleteCalendarResource",
    Target.LIST: "deleteDistributionList",
    Target.GROUP: "deleteGroup",
    Target.COS: "deleteCos",
    Target.DOMAIN: "deleteDomain",
    Target.SERVER: "deleteServer",
}
RENAMING: Final = {
    Target.ACCOUNT: "renameAccount",
    Target.RESOURCE: "renameCalendarResource",
    Target.LIST: "renameDistributionList",
    Target.GROUP: "renameGroup",
    Target.COS: "renameCos",
}
"""A domain is renamed by administrators of everything only: there is no right to do so."""

CREATING: Final = {
    Target.ACCOUNT: "createAccount",
    Target.RESOURCE: "createCalendarResource",
    Target.LIST: "createDistributionList",
    Target.GROUP: "createGroup",
}
"""What it takes besides in the other domain, where a new name lies in one."""


class Birthplace(NamedTuple):
    """Where something is to be created: its kind, and the domain, None for what lies in none."""

    kind: str
    name: str
    domain: Entry | None


def birthplace(request: Edit, directory: Directory) -> Birthplace:
    """What a request wants to create, and where: by the kind before its name, else by the field.

    ``list:all@acme.example`` is a list; ``acme.example`` something in that domain, an account if the field
    names nothing else. NotFound where there is no such domain.
    """
    level, name = parse_selector(request.target)
    kind = str(level or request.field or "account")
    if kind in TOP:
        return Birthplace(kind, name, None)
    if kind not in KINDS:
        raise NotFound("kind of entry that can be created", kind)
    return Birthplace(kind, name, directory.domain(name.rpartition("@")[2]).entry)


def may_create(snapshot: Snapshot, actor: Entry, place: Birthplace, *, as_admin: bool) -> Holding:
    """Say whether somebody may create something there."""
    return first(
        holds(snapshot, actor, right, target, as_admin=as_admin)
        for right, target in creating(snapshot, place)
    )


def creating(snapshot: Snapshot, place: Birthplace) -> Iterator[tuple[str, Entry]]:
    """The rights of which one is enough, and where it is asked for."""
    if place.domain is not None:
        yield KINDS[place.kind][1], place.domain
        if place.kind in BY_USERS:
            yield BY_USERS[place.kind], place.domain
        return
    above = everything(snapshot)
    if above is not None:
        yield TOP[place.kind], above
    if place.kind == "domain":
        rest = place.name
        while rest := rest.partition(".")[2]:
            if (parent := snapshot.domain(rest)) is not None:
                yield "createSubDomain", parent
                return


def may_remove(snapshot: Snapshot, actor: Entry, target: Object, *, as_admin: bool) -> Holding:
    """Say whether somebody may delete an entry."""
    if snapshot.level_of(target.entry) is Level.ALIAS:
        return of_domain(snapshot, actor, "deleteAlias", home_of(target), as_admin=as_admin)
    return by_kind(snapshot, actor, REMOVING, target.entry, "delete it", as_admin=as_admin)


def may_rename(
    snapshot: Snapshot, actor: Entry, target: Object, to: Entry | None, *, as_admin: bool
) -> Holding:
    """Say whether somebody may rename an entry; `to` is the other domain that it moves to, if any."""
    held = by_kind(snapshot, actor, RENAMING, target.entry, "rename it", as_admin=as_admin)
    kind = target_of(snapshot, target.entry)
    if to is None or held.answer is False or kind not in CREATING:
        return held
    there = holds(snapshot, actor, CREATING[kind], to, as_admin=as_admin)
    answer = there.answer if held.answer else held.answer and None
    return Holding(held.right, False if there.answer is False else answer, (*held.reasons, *there.reasons))


def by_kind(
    snapshot: Snapshot,
    actor: Entry,
    rights: dict[Target, str],
    target: Entry,
    what: str,
    *,
    as_admin: bool,
) -> Holding:
    kind = target_of(snapshot, target)
    right = None if kind is None else rights.get(kind)
    if right is not None:
        return holds(snapshot, actor, right, target, as_admin=as_admin)
    above = everything(snapshot)
    if above is None:
        return Holding(what, False)
    # No right lets anybody: who administers everything has every right there is.
    held = holds(snapshot, actor, "createTopDomain", above, as_admin=as_admin)
    is_global = any(each.id == "right.global_admin" and each.matched for each in held.reasons)
    text = "only administrators of everything may " + what
    return Holding(what, is_global, (Reason("edit.for_all_administrators", not is_global, text),))


def of_domain(
    snapshot: Snapshot, actor: Entry, right: str, domain: Entry | None, *, as_admin: bool
) -> Holding:
    if domain is None:
        return Holding(right, False)
    return holds(snapshot, actor, right, domain, as_admin=as_admin)


def first(held: Iterator[Holding]) -> Holding:
    """The one that says yes; else what all of them say."""
    found = Holding("create it", False)
    for each in held:
        if each.answer:
            return each
        answer = None if each.answer is None else found.answer
        found = Holding(each.right, answer, (*found.reasons, *each.reasons))
    return found


def home_of(target: Object) -> Entry | None:
    """The domain that an entry belongs to; an alias to the one below which it stands."""
    snapshot = target.directory.snapshot
    if snapshot.level_of(target.entry) is Level.ALIAS:
        return stands_below(snapshot, target.entry)
    return domain_of(snapshot, target.entry)
