"""Whether what entries name is there: other entries, their domain, the members of a list.

========================  ===========================================================================
``dangling-reference``    the entry that is named does not exist
``no-target``             an alias domain without a domain behind it
``no-domain``             an address in a domain that the directory does not have (warning)
``dangling-member``       a member of a list, in a domain of the directory, but nobody's (warning)
``loses-mail``            mail is neither kept nor forwarded
========================  ===========================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any, Final

from attrs import frozen

from ..errors import InvalidValue
from ..inherit import Layer, resolve
from ..inherit.stored import text_values
from ..ldap.entry import Entry
from ..lookup import target_domain
from ..lookup.ladder import ADDRESSED, distinct, homes, spellings
from ..reasons import Level
from ..schema import SETTINGS, Codec, Dialect, find_setting
from ..schema.catalog.domain import DomainKind
from ..schema.kinds import REFERENCE
from ..snapshot import Finding, Index, Severity, Snapshot, folded_address
from ..values import Address
from .relations import names_itself
from .subject import attributes

__all__ = ["REFERRED", "References"]

REFERRED: Final[Mapping[str, tuple[Level, ...]]] = {
    "cos": (Level.COS,),
    "default_cos": (Level.COS,),
    "max_accounts_per_cos": (Level.COS,),
    "alias_target": (Level.DOMAIN,),
    "gal_sync_accounts": (Level.ACCOUNT, Level.RESOURCE),
}
"""The settings that name other entries, and the kinds of entry they name."""

NOUNS: Final[Mapping[Level, str]] = {Level.COS: "class of service"}
"""What people call a kind of entry, where programs use another word."""

RESCUES: Final = ("local_delivery_enabled", "forwarding_addresses", "member_addresses", "reject_all")
"""Any of them, and no message is lost unseen.

Deployed servers keep what an administrator forwards where a list has its members.
"""

REMEMBERED: Final = 4096
"""How many references and how many domains are remembered while the entries pass."""


@frozen
class Pointer:
    """An attribute that names entries of some kinds."""

    attribute: str
    codec: Codec[Any]
    kinds: tuple[Level, ...]


class References:
    """The check of one entry after the other, which remembers what most of them name."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._is_there = lru_cache(REMEMBERED)(partial(is_there, snapshot))
        self._is_domain = lru_cache(REMEMBERED)(partial(is_domain, snapshot))

    def findings(self, level: Level | None, entry: Entry) -> Iterator[Finding]:
        """Give what is wrong with what an entry of the snapshot names."""
        if level is None:
            return
        yield from self._dangling(entry, level)
        if level in ADDRESSED:
            yield from self._homeless(entry, level)
        if level is Level.LIST:
            yield from self._nobodys(entry)
        elif level is Level.DOMAIN:
            yield from targetless(self._snapshot, entry)
        elif level in (Level.ACCOUNT, Level.RESOURCE):
            yield from losing(self._snapshot, entry, level)

    def _dangling(self, entry: Entry, level: Level) -> Iterator[Finding]:
        for pointer in pointers(self._snapshot.dialect, level):
            texts = text_values(entry, pointer.attribute)
            for text in dict.fromkeys(texts if pointer.codec.multiple else texts[:1]):
                for name in names_in(pointer.codec.read((text,))[0]):
                    if not self._is_there(name, pointer.kinds):
                        wanted = " or ".join(NOUNS.get(kind, kind) for kind in pointer.kinds)
                        what = f"there is no such {wanted}; expected the DN, the id or the name of one"
                        yield finding("dangling-reference", what, entry, pointer.attribute, text)

    def _homeless(self, entry: Entry, level: Level) -> Iterator[Finding]:
        for attribute in attributes(self._snapshot.dialect, "address", level):
            for text in text_values(entry, attribute)[:1]:
                if not self._is_domain(text.rpartition("@")[2]) and is_address(text):
                    what = "the directory does not have this domain; expected an address in one it has"
                    yield finding("no-domain", what, entry, attribute, text, Severity.WARNING)

    def _nobodys(self, entry: Entry) -> Iterator[Finding]:
        for attribute in attributes(self._snapshot.dialect, "member_addresses", Level.LIST):
            for text in dict.fromkeys(text_values(entry, attribute)):
                if self._is_domain(text.rpartition("@")[2]) and leads_nowhere(self._snapshot, text):
                    what = "nobody in our domain has this address; expected one that leads to somebody"
                    yield finding("dangling-member", what, entry, attribute, text, Severity.WARNING)


def finding(
    id: str, text: str, entry: Entry, attribute: str, raw: str | None, severity: Severity = Severity.ERROR
) -> Finding:
    return Finding(id, text, severity, str(entry.dn), attribute, entry.line, raw)


def is_there(snapshot: Snapshot, name: str, kinds: tuple[Level, ...]) -> bool:
    return any(snapshot.referred(name, kind) is not None for kind in kinds)


def is_domain(snapshot: Snapshot, name: str) -> bool:
    return snapshot.domain(name) is not None


def is_address(text: str) -> bool:
    try:
        Address(text)
    except InvalidValue:
        return False
    return True


@lru_cache(maxsize=256)
def pointers(dialect: Dialect, level: Level) -> tuple[Pointer, ...]:
    """What an entry of this kind names."""
    return tuple(_pointers(dialect, level))


def _pointers(dialect: Dialect, level: Level) -> Iterator[Pointer]:
    asked = Level.ACCOUNT if level is Level.RESOURCE else level
    for name, kinds in REFERRED.items():
        binding = dialect.binding(name, level) if asked in SETTINGS[name].on else None
        for part in binding.parts if binding else ():
            yield Pointer(part.attribute, part.codec, kinds)
    if level is Level.DOMAIN and dialect.external_cos_attribute:
        yield Pointer(dialect.external_cos_attribute, REFERENCE, (Level.COS,))
    if level is Level.ALIAS and dialect.alias_target_attribute:
        yield Pointer(dialect.alias_target_attribute, REFERENCE, ADDRESSED)


def names_in(value: object) -> Iterable[str]:
    """The names that a value holds: itself, its items, the keys of a mapping; none if it was no value."""
    if isinstance(value, str):
        return (value,)
    return value if isinstance(value, Iterable) else ()


def leads_nowhere(snapshot: Snapshot, text: str) -> bool:
    """Whether nobody has the address: with or without its detail, in the domain or one that it stands for.

    A catch-all does not count: it takes the mail of those who are gone, but does not bring them back.
    """
    local, _, name = folded_address(text).rpartition("@")
    for home, domain in homes(snapshot, name):
        for spelling in spellings(snapshot, local, domain):
            for index in (Index.ADDRESS, Index.OLD_ADDRESS):
                if distinct(snapshot, snapshot.lookup(index, folded_address(f"{spelling}@{home}"))):
                    return False
    return True


def targetless(snapshot: Snapshot, domain: Entry) -> Iterator[Finding]:
    """Find alias domains that are another name for nothing.

    What names nothing, or the domain itself, has been found already.
    """
    own = (Layer(Level.DOMAIN, domain),)
    if resolve(snapshot, own, find_setting("domain_kind")) is not DomainKind.ALIAS:
        return
    for attribute in attributes(snapshot.dialect, "alias_target", Level.DOMAIN):
        texts = text_values(domain, attribute)
        if not texts:
            what = "an alias domain is another name of a domain; expected which"
            yield finding("no-target", what, domain, attribute, None)
        elif comes_round(snapshot, domain, texts[0]) and not names_itself(snapshot, domain, texts[0]):
            what = "this alias domain leads back to itself; expected a domain with accounts in the end"
            yield finding("no-target", what, domain, attribute, texts[0])


def comes_round(snapshot: Snapshot, domain: Entry, reference: str) -> bool:
    """Whether following alias domains from here, by this reference, never arrives."""
    seen = {domain.dn}
    target = snapshot.referred(reference, Level.DOMAIN)
    while target is not None and target.dn not in seen:
        seen.add(target.dn)
        target = target_domain(snapshot, target)
    return target is not None


def losing(snapshot: Snapshot, entry: Entry, level: Level) -> Iterator[Finding]:
    """Find mailboxes that keep nothing, forward nothing and refuse nothing."""
    switches = attributes(snapshot.dialect, "local_delivery_enabled", level)
    if entry.raw.keys().isdisjoint(switches):
        return  # as nearly all: who says nothing keeps mail
    own = (Layer(level, entry),)
    if not any(resolve(snapshot, own, find_setting(name)) for name in RESCUES):
        what = "mail is neither kept nor forwarded, so every message is lost; expected a forwarding address"
        yield finding("loses-mail", what, entry, switches[0], text_values(entry, switches[0])[0])
