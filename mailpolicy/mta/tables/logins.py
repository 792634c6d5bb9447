"""`smtpd_sender_login_maps`: which logins may use a sender address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...errors import Unavailable
from ...inherit import accounts_of, text_values
from ...ldap.entry import Entry
from ...ldap.filter import Equal
from ...lists import expand
from ...lists.reach import PRIMARY
from ...model import Account, Directory
from ...reasons import Level
from ...rights import RIGHTS, holds
from ...rights.actor import known_sender
from ...rights.chain import chain_of, is_deployed, targets_of
from ...rights.grantees import grantee_entry
from ...rights.grants import Standing, grants_on
from ...rights.table import Right
from ...snapshot import Snapshot
from ...status import Receive
from ...values import Address, Grant, Grantee
from ...values.grant import Modifier
from .answer import ABSENT, Answer, joined, unknown
from .boxes import MAILBOXES, forwards, where
from .ladders import address_of
from .onward import TooMany
from .options import Tables

__all__ = ["sender_logins"]

AS_SOMEBODY: Final = tuple(RIGHTS[name] for name in ("sendAs", "sendOnBehalfOf", "loginAs"))
AS_LIST: Final = tuple(RIGHTS[name] for name in ("sendAsDistList", "sendOnBehalfOfDistList", "ownDistList"))
PLAIN: Final = frozenset({Modifier.ALLOW, Modifier.DELEGATE})

ALLOWED_FROM: Final = "zimbraAllowFromAddress"


def sender_logins(directory: Directory, key: str, tables: Tables) -> Answer:
    """Who may use an address as sender: the mailbox behind it, and those with a right to send in its name.

    The address of a list may be used by those with such a right on the list, by its owners and, where a
    site says so, by its members. Deployed systems accept further names, all that their own table gives:
    local parts, forwards, members of lists, the addresses that an administrator allows.
    """
    address = address_of(key)
    if address is None:
        return ABSENT
    logins: dict[str, None] = {}
    try:
        for login in named(directory, address, tables):
            logins[login] = None
            if len(logins) > tables.most_logins:
                raise TooMany
    except TooMany:
        return unknown(f"more than {tables.most_logins} logins may use {address}: ask the policy service")
    return joined(logins)


def named(directory: Directory, address: Address, tables: Tables) -> Iterator[str]:
    snapshot = directory.snapshot
    deployed = is_deployed(snapshot)
    entry = None if deployed else known_sender(snapshot, address)
    if entry is None:
        reached = where(snapshot, address)
        entry = reached if isinstance(reached, Entry) else None
    if deployed:
        if entry is not None:
            yield from names_deployed(snapshot, entry)
        for allowed in directory.search("", filter=Equal(ALLOWED_FROM, str(address))):
            yield from names_deployed(snapshot, allowed)
    if entry is None:
        return
    is_list = snapshot.level_of(entry) is Level.LIST
    if not is_list:
        yield from login_of(snapshot, entry)
    elif tables.members_send:
        yield from members(snapshot, entry, tables.most_logins)
    if is_list or is_there(directory, entry):
        yield from granted(snapshot, entry, AS_LIST if is_list else AS_SOMEBODY, tables.most_logins)


def is_there(directory: Directory, entry: Entry) -> bool:
    """Whether others may send as somebody: who is gone is sent for by nobody, as the rules have it."""
    somebody = directory.object(entry)
    if not isinstance(somebody, Account):
        return True
    if is_deployed(directory.snapshot):
        return somebody.status.name == "active"
    return somebody.status.receive is not Receive.REJECT


def login_of(snapshot: Snapshot, entry: Entry) -> Iterator[str]:
    """The name by which somebody logs in: the primary address."""
    if snapshot.level_of(entry) in MAILBOXES and (own := PRIMARY.value(entry, snapshot.dialect)):
        yield own


def names_deployed(snapshot: Snapshot, entry: Entry) -> Iterator[str]:
    """What the table of a deployed system gives for an entry: each name, and its local part before."""
    stored = [*text_values(entry, "uid"), *text_values(entry, "zimbraMailDeliveryAddress")]
    texts = [*map(str, forwards(snapshot, entry)), *text_values(entry, "zimbraMailAlias")]
    for text in (*stored, *texts, *text_values(entry, ALLOWED_FROM)):
        name = text.strip().lower()
        if name and not name.startswith("@"):
            yield from dict.fromkeys((name.rpartition("@")[0] or name, name))


def granted(snapshot: Snapshot, entry: Entry, rights: tuple[Right, ...], at_most: int) -> Iterator[str]:
    """The logins to whom grants give one of the rights."""
    standing = [each for right in rights for each in counting(snapshot, entry, right)]
    is_plain = all(each.grant.modifier in PLAIN for each in standing)
    asked: set[str] = set()
    for each in standing:
        if each.grant.denies:
            continue
        for somebody in meant(snapshot, each.grant, at_most):
            if somebody.dn in asked:
                continue
            asked.add(somebody.dn)
            if is_plain or any(is_held(snapshot, somebody, right.name, entry) for right in rights):
                yield from login_of(snapshot, somebody)


def counting(snapshot: Snapshot, entry: Entry, right: Right) -> Iterator[Standing]:
    """The grants of a right that may count for an entry."""
    for stage in chain_of(snapshot, entry, right):
        for holder in stage.entries:
            if not right.grantable.isdisjoint(targets_of(snapshot, holder)):
                grants, _ = grants_on(snapshot, holder)
                yield from (each for each in grants if each.right.covers(right.name))


def is_held(snapshot: Snapshot, somebody: Entry, right: str, entry: Entry) -> bool:
    answer = holds(snapshot, somebody, right, entry).answer
    if answer is None:
        raise Unavailable("the source", why=f"cannot tell whether {right} on {entry.dn} is held")
    return answer


def meant(snapshot: Snapshot, grant: Grant, at_most: int) -> Iterator[Entry]:
    """Those of the directory to whom a grant is."""
    if grant.kind in (Grantee.EVERYONE_HERE, Grantee.PUBLIC):
        for level in MAILBOXES:
            yield from bounded(snapshot.entries(snapshot.rows_of(level)), at_most)
        return
    entry = grantee_entry(snapshot, grant)
    if entry is None:
        return
    if grant.kind is Grantee.GROUP:
        expansion = expand(snapshot, entry)
        yield from bounded(snapshot.entries(expansion.rows), at_most)
    elif grant.kind is Grantee.DOMAIN:
        for level in MAILBOXES:
            yield from bounded(accounts_of(snapshot, entry, level=level), at_most)
    else:
        yield entry


def bounded(entries: list[Entry], at_most: int) -> list[Entry]:
    if len(entries) > at_most:
        raise TooMany
    return entries


def members(snapshot: Snapshot, entry: Entry, at_most: int) -> Iterator[str]:
    """The logins of those on a list."""
    expansion = expand(snapshot, entry)
    if any(each.problem in ("ambiguous", "unknown") for each in expansion.dangling):
        raise Unavailable("the source", why="does not tell who all is on the list")
    for each in bounded(snapshot.entries(expansion.rows), at_most):
        yield from login_of(snapshot, each)
