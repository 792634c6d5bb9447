"""Which object an address leads to.

Mail for an address is tried in this order: the address itself, as a primary address or alias; the
address without the detail after the domain's delimiter; both again in the target of an alias
domain; all of these with an address the object once had; the domain's catch-all. At each step an object whose
`mail_status` is disabled is as good as absent, as Postfix sees it. Alias domains may point at alias
domains, as Postfix follows them too; what comes round again is not asked twice.

`addressed` is for people instead: it finds an object by any of its addresses, whatever its mail status.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from ..errors import Ambiguous
from ..inherit import layers_of, resolve
from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import find_setting
from ..schema.catalog.domain import DomainKind
from ..snapshot import Index, Snapshot, folded_address
from ..values import Address
from ..values.address import quoted, unquoted
from .absent import absent, is_partial
from .straight import takes_mail

__all__ = ["addressed", "alias_target", "find", "having", "target_domain"]

ADDRESSED: Final = (Level.ACCOUNT, Level.RESOURCE, Level.LIST)
UNSPLIT: Final = frozenset({"mailer-daemon", "postmaster", "double-bounce"})
"""Local parts that never carry a detail (Postfix, split_addr)."""
OWNER_REQUEST: Final = re.compile(r"owner-.*|.+-request")
"""Nor do these, where the detail would start at a hyphen."""

Homes: TypeAlias = tuple[tuple[str, Entry | None], ...]


def find(snapshot: Snapshot, address: str) -> Entry:
    """Give the object that mail for `address` reaches.

    NotFound where no step of the ladder has one, Ambiguous where a step has several, InvalidValue
    where the text is no address. Where a part of the source could not be read, an address that
    nobody has is Unavailable: it may stand there, and no catch-all takes its mail.
    """
    wanted = Address(address)
    known = tuple(homes(snapshot, wanted.domain))
    found = first_to_receive(snapshot, addresses(snapshot, wanted, known))
    if not found and not is_partial(snapshot):
        found = first_to_receive(snapshot, (catching(snapshot, name) for name, _ in known))
    if not found:
        raise absent(snapshot, "address", wanted)
    return only(found, wanted)


def catching(snapshot: Snapshot, name: str) -> tuple[Entry, ...]:
    """Who takes the mail of a domain that nobody else takes.

    Deployed servers write it on alias domains too, where it says what `alias_target` says: nobody's mailbox.
    """
    found = snapshot.lookup(Index.CATCH_ALL, name)
    return tuple([entry for entry in found if snapshot.level_of(entry) in ADDRESSED])


def first_to_receive(snapshot: Snapshot, steps: Iterable[tuple[Entry, ...]]) -> list[Entry]:
    """Give the objects of the first step that has any which mail knows."""
    for step in steps:
        found = [entry for entry in distinct(snapshot, step) if receives(snapshot, entry)]
        if found:
            return found
    return []


def addressed(snapshot: Snapshot, address: str) -> Entry:
    """Give the object that has `address`: primary, alias, or either in an alias domain, or once.

    The text of a malformed address still finds the object it stands on.
    """
    entry = having(snapshot, address)
    if entry is None:
        raise absent(snapshot, "address", address)
    return entry


def having(snapshot: Snapshot, address: str) -> Entry | None:
    """The same, None where there is none."""
    folded = folded_address(address)
    local, at, name = folded.rpartition("@")
    known = tuple(homes(snapshot, name))
    for index in (Index.ADDRESS, Index.OLD_ADDRESS):
        for home, _ in known:
            found = distinct(snapshot, snapshot.lookup(index, f"{local}{at}{home}"))
            if found:
                return only(found, folded)
    return None


def addresses(snapshot: Snapshot, address: Address, known: Homes) -> Iterator[tuple[Entry, ...]]:
    """Give what each step of the ladder but the last has for the address, nearest first."""
    for index in (Index.ADDRESS, Index.OLD_ADDRESS):
        for name, domain in known:
            for local in spellings(snapshot, address.local, domain):
                yield snapshot.lookup(index, folded_address(f"{local}@{name}"))


def homes(snapshot: Snapshot, name: str) -> Iterator[tuple[str, Entry | None]]:
    """The domain of that name, then those for which it is another name: each by name, and its entry."""
    domain = snapshot.domain(name)
    yield name, domain
    seen = set()
    while domain is not None:
        seen.add(domain.dn)
        domain = target_domain(snapshot, domain)
        if domain is None or domain.dn in seen:
            return
        if (target := domain_name(snapshot, domain)) is not None:
            yield target, domain


def target_domain(snapshot: Snapshot, domain: Entry) -> Entry | None:
    """The domain behind an alias domain; None for a domain of its own, or where the target is gone."""
    layers = layers_of(snapshot, domain)
    if resolve(snapshot, layers, find_setting("domain_kind")) is not DomainKind.ALIAS:
        return None
    reference = resolve(snapshot, layers, find_setting("alias_target"))
    target = None if reference is None else snapshot.referred(reference, Level.DOMAIN)
    return None if target is domain else target


def domain_name(snapshot: Snapshot, domain: Entry) -> str | None:
    name: str | None = resolve(snapshot, layers_of(snapshot, domain), find_setting("domain_name"))
    return name


def spellings(snapshot: Snapshot, local: str, domain: Entry | None) -> Iterator[str]:
    """The local part, then the same without its detail, if it has one.

    Each character of the domain's `recipient_delimiter` starts a detail. The first in the text counts;
    where it stands at the beginning nothing would be left, and so there is no detail.
    """
    yield local
    plain = unquoted(local, local, 0)
    if domain is None or plain in UNSPLIT:
        return
    delimiters = resolve(snapshot, layers_of(snapshot, domain), find_setting("recipient_delimiter"))
    if OWNER_REQUEST.fullmatch(plain) and "-" in delimiters:
        return
    detail = next((place for place, character in enumerate(plain) if character in delimiters), 0)
    if detail:
        yield quoted(plain[:detail])


def receives(snapshot: Snapshot, entry: Entry) -> bool:
    level = snapshot.level_of(entry)
    return level is not None and takes_mail(snapshot.dialect, entry, level)


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
