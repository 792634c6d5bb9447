"""`virtual_alias_maps` and `virtual_mailbox_maps`: where mail for an address goes, and who takes it."""

from __future__ import annotations

from collections.abc import Callable

from ...errors import Unavailable
from ...freshness import State
from ...ldap.entry import Entry
from ...lists.reach import PRIMARY
from ...model import Directory
from ...reasons import Level
from ...snapshot import Snapshot
from ...values import Address
from ...values.address import quoted
from .answer import ABSENT, Answer, found, joined, unknown
from .boxes import MAILBOXES, own_address, unseen, where
from .ladders import address_of, plain_local
from .onward import Onward, TooMany
from .options import Tables

__all__ = ["alias", "expander_address", "mailbox", "recipient"]


def alias(directory: Directory, key: str, tables: Tables) -> Answer:
    """What an address comes to: the mailbox that keeps its mail, and all who get it besides.

    An address that is a mailbox's own leads to itself: that keeps a catch-all from taking its mail.
    """
    address = address_of(key)
    if address is None:
        return ABSENT
    snapshot = directory.snapshot
    reached = where(snapshot, address)
    if not isinstance(reached, Entry):
        # While there is nothing at all, whatever was asked for may be a list.
        if reached is not None and (not snapshot or snapshot.freshness.state is State.STARTING):
            raise Unavailable(snapshot.freshness.source or "the source", why="shows nothing yet")
        return ABSENT
    instead = in_stead(snapshot, tables)
    onward = Onward(snapshot, tables.most_results, instead)
    is_list = snapshot.level_of(reached) is Level.LIST
    try:
        (onward.of_list(reached) if is_list else onward.of_mailbox(reached, address)).weigh()
        if len(", ".join(onward.places).encode("utf-8", "surrogateescape")) > tables.most_bytes:
            raise TooMany
    except TooMany:
        expander = instead(reached) if is_list else None
        return unknown(too_many(address, tables)) if expander is None else found(expander)
    return joined(onward.places)


def too_many(address: str, tables: Tables) -> str:
    return (
        f"mail for {address} comes to more than {tables.most_results} addresses, "
        f"or to {tables.most_bytes} bytes of them, and no expander is configured"
    )


def in_stead(snapshot: Snapshot, tables: Tables) -> Callable[[Entry], str | None]:
    """What gives the address of the program that delivers to a list which is too large for Postfix."""

    def instead(entry: Entry) -> str | None:
        primary = PRIMARY.value(entry, snapshot.dialect)
        return expander_address(Address(primary), tables) if primary and tables.expander else None

    return instead


def expander_address(of_list: Address, tables: Tables) -> str:
    """The address of the expander for a list.

    >>> expander_address(Address("all@acme.example"), Tables(expander="{local}+expand@{domain}"))
    'all+expand@acme.example'
    """
    local, _, domain = tables.expander.rpartition("@")
    plain = local.replace("{local}", plain_local(of_list.local)).replace("{domain}", of_list.domain)
    return str(Address(f"{quoted(plain)}@{domain.replace('{domain}', of_list.domain)}"))


def mailbox(directory: Directory, key: str, tables: Tables) -> Answer:
    """Whether a mailbox gets its mail under an address: under all that `alias` ends in, and no other."""
    address = address_of(key)
    reached = None if address is None else where(directory.snapshot, address)
    snapshot = directory.snapshot
    if isinstance(reached, Address):
        # Postfix asks only where main.cf says that the domain has mailboxes: it may know more than is seen.
        return unseen(snapshot, reached.domain, tables)
    if address is None or reached is None:
        return ABSENT
    if snapshot.level_of(reached) not in MAILBOXES:
        return ABSENT
    own = own_address(snapshot, reached, address)
    return found(own) if own == address else ABSENT


def recipient(directory: Directory, key: str, tables: Tables) -> Answer:
    """For `check_recipient_access`: OK where mail for an address has somewhere to go."""
    address = address_of(key)
    reached = None if address is None else where(directory.snapshot, address)
    return found("OK") if isinstance(reached, Entry) else ABSENT
