"""Which entries are asked for a setting, nearest first.

The entries are found once per object; the path of a setting then says which of them count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from attrs import evolve, frozen

from ..ldap.entry import Entry
from ..reasons import Level, Origin
from ..snapshot import Snapshot, folded_address
from ..values import Reference
from .effective import Effective, Shadowed, Why
from .stored import origin_of, text_values

__all__ = ["Layer", "Layers", "class_of_service", "domain_of", "explain_class_of_service", "layers_of"]

DEFAULT_COS: Final = "default"
DEFAULT_EXTERNAL_COS: Final = "defaultExternal"


@frozen
class Layer:
    """An entry in its role for one object: its COS, its domain."""

    level: Level
    entry: Entry


Layers: TypeAlias = tuple[Layer, ...]

LAYERS: Final[Mapping[Level, tuple[Level, ...]]] = {
    Level.ACCOUNT: (Level.COS, Level.DOMAIN, Level.GLOBAL),
    Level.RESOURCE: (Level.COS, Level.DOMAIN, Level.GLOBAL),
    Level.LIST: (),
    Level.COS: (),
    Level.DOMAIN: (Level.GLOBAL,),
    Level.SERVER: (Level.GLOBAL,),
    Level.ALIAS: (),
    Level.GLOBAL: (),
}
"""Whom an object of each kind may inherit from, nearest first."""


def layers_of(snapshot: Snapshot, entry: Entry) -> Layers:
    """Give the entries whose values may apply to `entry`, itself first.

    `LAYERS` says which they are; a layer that the directory does not have is left out.
    """
    level = snapshot.level_of(entry)
    return tuple(_layers(snapshot, entry, level)) if level else ()


def _layers(snapshot: Snapshot, entry: Entry, level: Level) -> Iterator[Layer]:
    yield Layer(level, entry)
    farther = LAYERS[level]
    domain = domain_of(snapshot, entry) if Level.DOMAIN in farther else None
    if Level.COS in farther and (cos := class_of_service(snapshot, entry, domain)) is not None:
        yield Layer(Level.COS, cos)
    if domain is not None:
        yield Layer(Level.DOMAIN, domain)
    if Level.GLOBAL in farther and (configuration := snapshot.configuration()) is not None:
        yield Layer(Level.GLOBAL, configuration)


def domain_of(snapshot: Snapshot, entry: Entry) -> Entry | None:
    """The domain of an account, list or resource: that of its primary address."""
    level = snapshot.level_of(entry)
    binding = snapshot.dialect.binding("address", level) if level else None
    for part in binding.parts if binding else ():
        for text in text_values(entry, part.attribute):
            return snapshot.domain(folded_address(text).rpartition("@")[2])
    return None


# The class of service of an account: its own, if that exists; else its domain's default, if that
# exists; else the one named `default`; else none. A reference that leads nowhere is no error.


def class_of_service(snapshot: Snapshot, entry: Entry, domain: Entry | None) -> Entry | None:
    """The COS whose values apply to an account."""
    for origin in _references(snapshot, entry, domain):
        cos = snapshot.referred(origin.raw[0], Level.COS)
        if cos is not None:
            return cos
    return snapshot.named(Level.COS, _default_name(snapshot, entry))


def explain_class_of_service(snapshot: Snapshot, layers: Layers) -> Effective[Reference | None]:
    """The same with its story. The value is the DN of the COS, however it was referred to."""
    own = layers[0]
    domain = next((layer.entry for layer in layers if layer.level is Level.DOMAIN), None)
    references = tuple(_references(snapshot, own.entry, domain))
    chosen = _choose(snapshot, own, references)
    if chosen.origin.level is not own.level:
        return chosen
    inherited = tuple(origin for origin in references if origin.level is not own.level)
    return evolve(chosen, without_own=_choose(snapshot, own, inherited))


def _choose(snapshot: Snapshot, own: Layer, references: tuple[Origin, ...]) -> Effective[Reference | None]:
    winner: tuple[Entry | None, Origin] | None = None
    shadowed = []
    for origin in references:
        cos = snapshot.referred(origin.raw[0], Level.COS)
        if cos is not None and winner is None:
            winner = cos, origin
        else:
            shadowed.append(Shadowed(origin, origin.raw[0], Why.DANGLING if cos is None else Why.OVERRIDDEN))
    cos, origin = winner or (
        snapshot.named(Level.COS, _default_name(snapshot, own.entry)),
        Origin(Level.DEFAULT),
    )
    value = None if cos is None else Reference(cos.dn)
    return Effective("cos", value, origin, tuple(shadowed), own=own.level)


def _references(snapshot: Snapshot, entry: Entry, domain: Entry | None) -> Iterator[Origin]:
    """What is said about the COS of an account, nearest first."""
    dialect = snapshot.dialect
    level = snapshot.level_of(entry) or Level.ACCOUNT
    yield from _stated(snapshot, level, entry, "cos")
    if domain is None:
        return
    if _is_external(snapshot, entry) and dialect.external_cos_attribute:
        texts = text_values(domain, dialect.external_cos_attribute)
        if texts:
            yield origin_of(Level.DOMAIN, domain, dialect.external_cos_attribute, texts)
    else:
        yield from _stated(snapshot, Level.DOMAIN, domain, "default_cos")


def _stated(snapshot: Snapshot, level: Level, entry: Entry, name: str) -> Iterator[Origin]:
    binding = snapshot.dialect.binding(name, level)
    for part in binding.parts if binding else ():
        texts = text_values(entry, part.attribute)
        if texts:
            yield origin_of(level, entry, part.attribute, texts)


def _default_name(snapshot: Snapshot, entry: Entry) -> str:
    return DEFAULT_EXTERNAL_COS if _is_external(snapshot, entry) else DEFAULT_COS


def _is_external(snapshot: Snapshot, entry: Entry) -> bool:
    """Whether an account belongs to somebody outside, who only shares folders."""
    attribute = snapshot.dialect.external_attribute
    return attribute is not None and text_values(entry, attribute)[:1] == ("TRUE",)
