"""What Postfix has to know of one mailbox: its address, whether it keeps what arrives, where it forwards."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from ...errors import Ambiguous, InvalidValue, NotFound, Unavailable
from ...freshness import State
from ...inherit import Layer, text_values
from ...inherit.resolve import resolve_by
from ...ldap.entry import Entry
from ...lists.reach import PRIMARY, entry_at, reached
from ...lookup.absent import absent
from ...lookup.ladder import distinct, homes, spellings
from ...reasons import Level
from ...rights.chain import is_deployed
from ...schema import Dialect, find_setting
from ...snapshot import Index, Snapshot, folded_address
from ...values import Address
from ...values.address import quoted
from .answer import ABSENT, Answer
from .ladders import plain_local
from .options import Tables

__all__ = ["MAILBOXES", "forwards", "keeps", "own_address", "unseen", "where"]

MAILBOXES: Final = (Level.ACCOUNT, Level.RESOURCE)
REACHED: Final = (*MAILBOXES, Level.LIST)

ADMINISTERED: Final = "zimbraMailForwardingAddress"
"""Where deployed systems keep the forwards of an account that an administrator has set."""


def where(snapshot: Snapshot, address: Address) -> Entry | Address | None:
    """The object that mail for an address reaches, the address itself if it is not ours; None for nobody's.

    Ambiguous or Unavailable where nobody can tell.
    """
    found = reached(snapshot, address)
    if isinstance(found, int):
        entry = entry_at(snapshot, found)
        # In deployed systems an alias domain catches all for its target, where nobody has it either.
        return entry if snapshot.level_of(entry) in REACHED else None
    if isinstance(found, Ambiguous | Unavailable):
        raise found.with_traceback(None)
    return found if isinstance(found, Address) else None


def own_address(snapshot: Snapshot, entry: Entry, asked: Address) -> str:
    """The address under which a mailbox gets what was sent to an address that leads to it.

    It has the detail, if that is one in the domain of the mailbox too; a mailbox without an address that
    can be read gets mail under the one that was asked for.
    """
    primary = PRIMARY.value(entry, snapshot.dialect)
    if primary is None or primary == asked:
        return str(asked)
    detail = detail_of(snapshot, asked, entry)
    if not detail:
        return primary
    local, _, domain = primary.rpartition("@")
    try:
        detailed = Address(f"{quoted(plain_local(local) + detail)}@{domain}")
        found = where(snapshot, detailed)
    except (Ambiguous, InvalidValue):
        return primary
    return str(detailed) if isinstance(found, Entry) and found.dn == entry.dn else primary


def detail_of(snapshot: Snapshot, address: Address, entry: Entry) -> str:
    """The detail of an address, with its delimiter, where the object is found without it only."""
    if address.local.isalnum():
        return ""
    plain = plain_local(address.local)
    known = tuple(homes(snapshot, address.domain))
    for index in (Index.ADDRESS, Index.OLD_ADDRESS):
        for name, domain in known:
            for local in spellings(snapshot, address.local, domain):
                entries = snapshot.lookup(index, folded_address(f"{local}@{name}"))
                if any(each.dn == entry.dn for each in distinct(snapshot, entries)):
                    return plain[len(plain_local(local)) :]
    return ""


def keeps(snapshot: Snapshot, entry: Entry) -> bool:
    """Whether a mailbox keeps what arrives. In deployed systems that is the mailbox server's to say."""
    level = snapshot.dialect.level_of(entry)
    if is_deployed(snapshot) or level is None:
        return True
    return bool(resolve_by(snapshot.dialect, (Layer(level, entry),), find_setting("local_delivery_enabled")))


def forwards(snapshot: Snapshot, entry: Entry) -> Iterator[Address]:
    """Where a mailbox sends what arrives; what is no address is passed over."""
    deployed = is_deployed(snapshot)
    for name in forwarding_attributes(snapshot.dialect, deployed):
        for value in text_values(entry, name):
            for text in value.split(",") if deployed else (value,):
                try:
                    yield Address(text.strip())
                except InvalidValue:
                    continue


@lru_cache(maxsize=16)
def forwarding_attributes(dialect: Dialect, deployed: bool) -> tuple[str, ...]:
    binding = dialect.binding("forwarding_addresses", Level.ACCOUNT)
    names = tuple([part.attribute for part in binding.parts]) if binding else ()
    return (ADMINISTERED, *names) if deployed else names


def unseen(snapshot: Snapshot, name: str, tables: Tables) -> Answer:
    """That a domain which is not seen is somebody else's; Unavailable where nobody can tell."""
    problem = absent(snapshot, "domain", name)
    if isinstance(problem, NotFound) or is_foreign(snapshot, tables):
        return ABSENT
    raise problem


def is_foreign(snapshot: Snapshot, tables: Tables) -> bool:
    """Whether a domain that is not seen is taken for somebody else's although nobody can tell."""
    return tables.foreign_while_stale and bool(snapshot) and snapshot.freshness.state is not State.STARTING
