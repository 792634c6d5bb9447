"""By which of its names an address leads to an object: for trails, and to know an own address."""

from __future__ import annotations

from enum import StrEnum

from ..errors import InvalidValue
from ..lookup.ladder import distinct, homes, spellings
from ..model import Object
from ..snapshot import Index, folded_address
from ..values import Address

__all__ = ["Way", "way"]


class Way(StrEnum):
    """How an address belongs to the object that mail for it reaches; the words end a sentence."""

    PRIMARY = "by its primary address"
    ALIAS = "by an alias"
    DETAIL = "by what stands before the detail"
    ALIAS_DOMAIN = "by an alias domain"
    FORMER = "by an address it once had"
    CATCH_ALL = "by the catch-all of the domain"


def way(found: Object, address: str) -> Way | None:
    """By which step of the ladder an address leads to this object; None where none does.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> john = acme.account("john@acme.example")
    >>> way(john, "John+anvils@acme.example"), way(john, "jane@acme.example")
    (<Way.DETAIL: 'by what stands before the detail'>, None)
    """
    try:
        wanted = Address(address)
    except InvalidValue:
        return None
    snapshot = found.directory.snapshot

    def leads(index: Index, key: str) -> bool:
        return found.entry in distinct(snapshot, snapshot.lookup(index, key))

    known = tuple(homes(snapshot, wanted.domain))
    for name, domain in known:
        for local in spellings(snapshot, wanted.local, domain):
            spelled = folded_address(f"{local}@{name}")
            if not leads(Index.ADDRESS, spelled):
                continue
            if name != wanted.domain:
                return Way.ALIAS_DOMAIN
            if local != wanted.local:
                return Way.DETAIL
            return Way.PRIMARY if spelled == found.settings["address"] else Way.ALIAS
    for name, domain in known:
        for local in spellings(snapshot, wanted.local, domain):
            if leads(Index.OLD_ADDRESS, folded_address(f"{local}@{name}")):
                return Way.FORMER
    return Way.CATCH_ALL if any(leads(Index.CATCH_ALL, name) for name, _ in known) else None
