"""Who may read an account, or send as it: the delegates.

The rights are chosen one by one, or by a mode that stands for a choice of them. On a deployed server
reading is not a right of the directory but a share of mailbox folders; there only sending shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from ..errors import InvalidValue
from ..ldap.entry import Entry
from ..reasons import Level, Origin
from ..snapshot import Snapshot
from ..values import Grant, Grantee
from .actor import Actor, primary
from .grantees import named
from .grants import grants_on
from .views import granted

__all__ = ["MODES", "Delegate", "Delegation", "Mode", "delegates", "delegation_grants", "mode_of"]


class Delegation(StrEnum):
    """What a delegate may do."""

    READ = "read"
    READ_WRITE = "read_write"
    SEND_AS = "send_as"
    SEND_ON_BEHALF_OF = "send_on_behalf_of"


RIGHT_OF: Final = {
    Delegation.READ: "read",
    Delegation.READ_WRITE: "readWrite",
    Delegation.SEND_AS: "sendAs",
    Delegation.SEND_ON_BEHALF_OF: "sendOnBehalfOf",
}
"""The right that each is a grant of."""

BY_RIGHT: Final = {right: delegation for delegation, right in RIGHT_OF.items()}


class Mode(StrEnum):
    """The five choices of the advanced view."""

    SEND = "send"
    READ = "read"
    SEND_AND_READ = "send_and_read"
    MANAGE = "manage"
    SEND_READ_AND_MANAGE = "send_read_and_manage"


SENDING: Final = frozenset({Delegation.SEND_AS, Delegation.SEND_ON_BEHALF_OF})

MODES: Final = {
    Mode.SEND: (True, None),
    Mode.READ: (False, Delegation.READ),
    Mode.SEND_AND_READ: (True, Delegation.READ),
    Mode.MANAGE: (False, Delegation.READ_WRITE),
    Mode.SEND_READ_AND_MANAGE: (True, Delegation.READ_WRITE),
}
"""Whether each mode lets a delegate send, in either way, and what of the folders it opens."""


def mode_of(rights: Iterable[Delegation]) -> Mode | None:
    """Give the mode that a choice of rights amounts to; None where it holds none.

    >>> str(mode_of({Delegation.SEND_AS, Delegation.READ}))
    'send_and_read'
    """
    chosen = frozenset(rights)
    folders = max(chosen - SENDING, default=None, key=list(Delegation).index)
    sends = bool(chosen & SENDING)
    return next((mode for mode, meant in MODES.items() if meant == (sends, folders)), None)


@frozen
class Delegate:
    """Somebody, or a list, with rights on an account; `mode` is what they amount to."""

    name: str
    kind: Grantee
    rights: frozenset[Delegation]
    entry: Entry | None = field(default=None, repr=False)
    origins: tuple[Origin, ...] = field(default=(), repr=False)

    @property
    def mode(self) -> Mode | None:
        return mode_of(self.rights)


def delegates(snapshot: Snapshot, account: Entry) -> tuple[Delegate, ...]:
    """Give the delegates of an account, in the order in which grants first name them.

    What is denied to somebody by a grant of its own is left out, and so is the account itself, which has
    every such right anyway.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> (jane,) = delegates(acme.snapshot, acme.account("john@acme.example").entry)
    >>> jane.name, sorted(map(str, jane.rights)), str(jane.mode)
    ('jane@acme.example', ['send_on_behalf_of'], 'send')
    """
    own = Actor(snapshot, account)
    given: dict[tuple[Grantee, str], Delegate] = {}
    denied: set[tuple[Grantee, str, Delegation]] = set()
    for standing in grants_on(snapshot, account)[0]:
        right = BY_RIGHT.get(standing.right.name)
        if right is None or named(own, standing.grant):
            continue
        found = granted(snapshot, standing)
        if not found.allowed:
            denied.add((found.kind, found.name, right))
            continue
        key = found.kind, found.name
        before = given.get(key, Delegate(found.name, found.kind, frozenset(), found.entry))
        origins = (*before.origins, standing.origin)
        given[key] = Delegate(found.name, found.kind, before.rights | {right}, found.entry, origins)
    return tuple(filter(None, (without(each, denied) for each in given.values())))


def without(delegate: Delegate, denied: set[tuple[Grantee, str, Delegation]]) -> Delegate | None:
    left = frozenset(
        right for right in delegate.rights if (delegate.kind, delegate.name, right) not in denied
    )
    return Delegate(delegate.name, delegate.kind, left, delegate.entry, delegate.origins) if left else None


def delegation_grants(
    snapshot: Snapshot, account: Entry, delegate: Entry, rights: Iterable[Delegation]
) -> tuple[Grant, ...]:
    """Give the grants to store on an account so that another, or a list, becomes its delegate.

    InvalidValue for the account itself, and for rights that such a directory does not keep.
    """
    name = primary(snapshot, delegate) or str(delegate.dn)
    if Actor(snapshot, account).is_entry(delegate):
        raise InvalidValue(name, "a delegate other than the account itself")
    attribute = snapshot.dialect.id_attribute
    chosen = sorted(set(rights), key=list(Delegation).index)
    kept_elsewhere = [right for right in chosen if right not in SENDING]
    if attribute is not None and kept_elsewhere:
        raise InvalidValue(
            str(kept_elsewhere[0]), "a right of the directory: folders are shared in the mailbox"
        )
    ids = delegate.stored(attribute) if attribute else ()
    grantee = ids[0].decode("utf-8", "surrogateescape") if ids else name
    is_list = snapshot.level_of(delegate) is Level.LIST
    kind = Grantee.GROUP if is_list else Grantee.USER
    return tuple(Grant(grantee, kind, RIGHT_OF[right]) for right in chosen)
