"""The posting policies as a table: whom each lets write to a list, and what it asks for to tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

from ..inherit import domain_of
from ..ldap.entry import Entry
from ..schema.posting import PostingPolicy
from .actor import Actor
from .grantees import is_on
from .holds import answered, asked

__all__ = ["POLICIES", "Policy"]


@frozen
class Policy:
    """One policy.

    `who` completes "may write:", `judge` says yes, no or, where nobody can tell, None. `needs_login` tells
    that an envelope sender alone never satisfies it. `heeds_grants` tells whether a grant of
    sendToDistList that is to the sender comes before the policy.
    """

    who: str
    judge: Callable[[Actor, Entry], bool | None]
    needs_login: bool = False
    heeds_grants: bool = True


def anybody(actor: Actor, mailing_list: Entry) -> bool | None:
    return True


def mailbox(actor: Actor, mailing_list: Entry) -> bool | None:
    return actor.is_mailbox


def of_same_domain(actor: Actor, mailing_list: Entry) -> bool | None:
    home, own = domain_of(actor.snapshot, mailing_list), actor.domain
    if home is None:
        return False
    if actor.doubt is not None:
        name = actor.outside_domain
        return None if name is not None and actor.snapshot.domain(name) is not None else False
    return own is not None and actor.snapshot.key(own.dn) == actor.snapshot.key(home.dn)


def member(actor: Actor, mailing_list: Entry) -> bool | None:
    return False if actor.is_nobody else is_on(actor, mailing_list)


def owner(actor: Actor, mailing_list: Entry) -> bool | None:
    return answered(asked(actor.snapshot, actor, "ownDistList", mailing_list)).answer


def nobody(actor: Actor, mailing_list: Entry) -> bool | None:
    return False


POLICIES: Final[Mapping[PostingPolicy, Policy]] = MappingProxyType(
    {
        PostingPolicy.EVERYONE: Policy("everybody, also from outside", anybody),
        PostingPolicy.AUTHENTICATED: Policy("whoever has logged in", mailbox, needs_login=True),
        PostingPolicy.DOMAIN: Policy("whoever has an address in the domain of the list", of_same_domain),
        PostingPolicy.MEMBERS: Policy("who is on the list, directly or through lists on it", member),
        PostingPolicy.OWNERS: Policy("who owns the list", owner),
        PostingPolicy.GRANTED: Policy("nobody but whom a grant of sendToDistList names", nobody),
        PostingPolicy.NOBODY: Policy("nobody, whatever is granted", nobody, heeds_grants=False),
    }
)
"""Every policy of a native list; a deployed server knows none of them and goes by the grants alone."""
