"""Views of grants: owners and senders of a list, administrators of a domain, the lists that somebody owns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import field, frozen

from ..ldap.entry import Entry
from ..reasons import Level, Origin
from ..snapshot import Snapshot
from ..values import Grant, Grantee
from .actor import Actor, actor_of, primary
from .chain import Stage, chain_of
from .grantees import bears_admin_rights, grantee_entry, reaching
from .grants import Standing, grants_on, named_by
from .groups import nested_in
from .holds import answered, asked
from .table import RIGHTS

__all__ = ["Granted", "administrators", "allowed_senders", "granted", "owned_lists", "owners"]

OWNER: Final = "ownDistList"
SENDER: Final = "sendToDistList"


@frozen
class Granted:
    """Somebody to whom something is granted, or denied.

    `name` is her address where she is somebody of the directory, else what the grant calls her; `entry`
    is None where it names nobody here. `effective` is False where the grant is of no use: it names nobody
    of the directory by id, or somebody who may not be an administrator.
    """

    name: str
    kind: Grantee
    allowed: bool
    right: str
    effective: bool = True
    entry: Entry | None = field(default=None, repr=False)
    origin: Origin | None = field(default=None, repr=False)


IN_THE_DIRECTORY: Final = frozenset({Grantee.USER, Grantee.GROUP, Grantee.DOMAIN})
"""The kinds of grantee that must be an entry."""


def granted(snapshot: Snapshot, standing: Standing) -> Granted:
    """Say to whom a grant is."""
    grant = standing.grant
    entry = grantee_entry(snapshot, grant)
    name = grant.grantee if entry is None else primary(snapshot, entry) or str(entry.dn)
    return Granted(
        name,
        grant.kind,
        not grant.denies,
        standing.right.name,
        entry is not None or grant.kind not in IN_THE_DIRECTORY,
        entry,
        standing.origin,
    )


def on(snapshot: Snapshot, entry: Entry, right: str) -> tuple[Granted, ...]:
    return tuple(
        granted(snapshot, each) for each in grants_on(snapshot, entry)[0] if each.right.covers(right)
    )


def owners(snapshot: Snapshot, mailing_list: Entry) -> tuple[Granted, ...]:
    """Give those who own a list by a grant on it, in the order of the grants.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> [owner.name for owner in owners(acme.snapshot, acme.find("all@acme.example").entry)]
    ['jane@acme.example']
    """
    return tuple(each for each in on(snapshot, mailing_list, OWNER) if each.allowed)


def allowed_senders(snapshot: Snapshot, mailing_list: Entry) -> tuple[Granted, ...]:
    """Give those whom grants on a list name as senders, also those who are denied to be."""
    return on(snapshot, mailing_list, SENDER)


def administrators(snapshot: Snapshot, domain: Entry) -> tuple[Granted, ...]:
    """Give those with an admin right on a domain, granted there, on a domain above or on everything.

    Administrators of everything need no grant and are not among them. Nearest first.
    """
    return tuple(administering(snapshot, domain))


def administering(snapshot: Snapshot, domain: Entry) -> Iterator[Granted]:
    for stage in chain_of(snapshot, domain, RIGHTS["listDomain"]):
        for entry in stage.entries:
            for standing in grants_on(snapshot, entry)[0]:
                if not standing.right.is_user and reaches(standing.grant, stage):
                    yield judged(snapshot, standing)


def reaches(grant: Grant, stage: Stage) -> bool:
    """Whether a grant is about the target of the chain rather than about the domains below or above it."""
    return grant.denies or (grant.modifier == "*") is stage.is_above


def judged(snapshot: Snapshot, standing: Standing) -> Granted:
    found = granted(snapshot, standing)
    entry = found.entry
    if entry is None:
        return found
    level = snapshot.level_of(entry)
    good = bears_admin_rights(snapshot, entry) if level is Level.LIST else True
    if level in (Level.ACCOUNT, Level.RESOURCE):
        good = Actor(snapshot, entry).is_delegated_admin
    return Granted(found.name, found.kind, found.allowed, found.right, good, entry, found.origin)


def owned_lists(snapshot: Snapshot, who: Entry | str) -> tuple[Entry, ...]:
    """Give the lists that somebody owns: those whose grants reach her, then those she owns through others.

    They are found by an index of whom grants name, so what counts is how many grants reach her, not how
    many lists there are. Whoever owns a list owns the static lists on it too. Where nobody can tell
    whether she owns a list, it is left out.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> [str(each.dn) for each in owned_lists(acme.snapshot, "jane@acme.example")]
    ['cn=all,ou=lists,dc=acme.example,o=mail', 'cn=board,ou=lists,dc=acme.example,o=mail']
    """
    actor = actor_of(snapshot, who)
    level_of = snapshot.level_of
    named = [each for each in named_by(snapshot, reaching(actor)) if level_of(each) is Level.LIST]
    candidates = {snapshot.key(each.dn): each for each in (*named, *nested_in(snapshot, named))}
    owned = [each for each in candidates.values() if answered(asked(snapshot, actor, OWNER, each)).answer]
    return tuple(owned)
