"""Which object an address leads to.

Mail for an address is tried in this order: the address itself, as a primary address or alias; the
address without the detail after the domain's delimiter; both again in the target of an alias
domain; an address the object once had; the domain's catch-all. At each step an object whose
`mail_status` is disabled is as good as absent, as Postfix sees it.

`named` is for people instead: it finds an object by any of its addresses, whatever its mail status.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from ..errors import Ambiguous, NotFound
from ..inherit import layers_of, resolve
from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import find_setting
from ..schema.catalog.domain import DomainKind
from ..schema.catalog.status import MailStatus
from ..snapshot import Index, Snapshot, folded_address
from ..values import Address

__all__ = ["addressed", "find", "target_domain"]

ADDRESSED: Final = (Level.ACCOUNT, Level.RESOURCE, Level.LIST)
UNSPLIT: Final = frozenset({"mailer-daemon", "postmaster", "double-bounce"})
"""Local parts that never carry a detail (Postfix, split_addr)."""

Wanted: TypeAlias = Callable[[Entry], bool]


def find(snapshot: Snapshot, address: str) -> Entry:
    """Give the object that mail for `address` reaches.

    NotFound where no step of the ladder has one, Ambiguous where a step has several, InvalidValue
    where the text is no address.
    """
    wanted = Address(address)
    domain = snapshot.domain(wanted.domain)
    takes_mail = receives(snapshot)
    for step in ladder(snapshot, wanted, domain):
        found = [entry for entry in distinct(snapshot, step) if takes_mail(entry)]
        if found:
            return only(found, wanted)
    raise NotFound("address", wanted)


def addressed(snapshot: Snapshot, address: str) -> Entry:
    """Give the object that has `address`: primary, alias, or either in an alias domain, or once.

    The text of a malformed address still finds the object it stands on.
    """
    folded = folded_address(address)
    local, _, name = folded.rpartition("@")
    domain = snapshot.domain(name)
    for step in (
        snapshot.lookup(Index.ADDRESS, folded),
        in_target(snapshot, local, domain),
        snapshot.lookup(Index.OLD_ADDRESS, folded),
    ):
        found = distinct(snapshot, step)
        if found:
            return only(found, folded)
    raise NotFound("address", address)


def ladder(snapshot: Snapshot, address: Address, domain: Entry | None) -> Iterator[tuple[Entry, ...]]:
    """Give what each step has for the address, nearest first."""
    plain = undetailed(snapshot, address.local, domain)
    locals_ = (address.local,) if plain is None else (address.local, plain)
    for local in locals_:
        yield snapshot.lookup(Index.ADDRESS, folded_address(f"{local}@{address.domain}"))
    for local in locals_:
        yield in_target(snapshot, local, domain)
    yield snapshot.lookup(Index.OLD_ADDRESS, address)
    yield snapshot.lookup(Index.CATCH_ALL, address.domain)
    target = None if domain is None else target_domain(snapshot, domain)
    if target is not None:
        yield snapshot.lookup(Index.CATCH_ALL, domain_name(snapshot, target))


def in_target(snapshot: Snapshot, local: str, domain: Entry | None) -> tuple[Entry, ...]:
    """The objects of that local part in the domain for which `domain` is another name."""
    target = None if domain is None else target_domain(snapshot, domain)
    if target is None:
        return ()
    return snapshot.lookup(Index.ADDRESS, folded_address(f"{local}@{domain_name(snapshot, target)}"))


def target_domain(snapshot: Snapshot, domain: Entry) -> Entry | None:
    """The domain behind an alias domain; None for a domain of its own, or where the target is gone."""
    layers = layers_of(snapshot, domain)
    if resolve(snapshot, layers, find_setting("domain_kind")) is not DomainKind.ALIAS:
        return None
    reference = resolve(snapshot, layers, find_setting("alias_target"))
    target = None if reference is None else snapshot.referred(reference, Level.DOMAIN)
    return None if target is domain else target


def domain_name(snapshot: Snapshot, domain: Entry) -> str:
    return str(resolve(snapshot, layers_of(snapshot, domain), find_setting("domain_name")))


def undetailed(snapshot: Snapshot, local: str, domain: Entry | None) -> str | None:
    """The local part without its detail; None where it has none.

    Each character of `recipient_delimiter` starts a detail; the first one in the text counts, but
    never at its beginning.
    """
    if domain is None or local in UNSPLIT:
        return None
    delimiters = resolve(snapshot, layers_of(snapshot, domain), find_setting("recipient_delimiter"))
    at = min((at for each in delimiters if (at := local.find(each, 1)) > 0), default=None)
    return None if at is None else local[:at]


def receives(snapshot: Snapshot) -> Wanted:
    """Tell of an object whether mail knows it at all."""
    setting = find_setting("mail_status")

    def wanted(entry: Entry) -> bool:
        return resolve(snapshot, layers_of(snapshot, entry), setting) is not MailStatus.DISABLED

    return wanted


def distinct(snapshot: Snapshot, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The objects behind these entries, each once: an alias entry stands for its target."""
    found = {}
    for entry in entries:
        target = alias_target(snapshot, entry) if snapshot.level_of(entry) is Level.ALIAS else entry
        if target is not None:
            found[target.dn] = target
    return tuple(found.values())


def alias_target(snapshot: Snapshot, alias: Entry) -> Entry | None:
    """The object that an alias entry names; None if it dangles."""
    attribute = snapshot.dialect.alias_target_attribute
    reference = alias.first(attribute) if attribute else None
    if not isinstance(reference, str):
        return None
    for level in ADDRESSED:
        target = snapshot.referred(reference, level)
        if target is not None:
            return target
    return None


def only(found: tuple[Entry, ...] | list[Entry], address: str) -> Entry:
    if len(found) > 1:
        raise Ambiguous(address, tuple(str(entry.dn) for entry in found))
    return found[0]
