"""The class of service of an account.

Its own, if that exists; else its domain's default, if that exists; else the one named `default`; else
none. A reference that leads nowhere is no error. Accounts of people outside have a default of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from attrs import evolve

from ..ldap.entry import Entry
from ..reasons import Level, Origin
from ..snapshot import Snapshot
from ..snapshot.affiliation import affiliation_of
from ..values import Reference
from .effective import Effective, Shadowed, Why
from .stored import origin_of, text_values

if TYPE_CHECKING:
    from .layers import Layers

__all__ = ["default_cos", "explain_class_of_service", "referred_cos"]

DEFAULT_COS: Final = "default"
DEFAULT_EXTERNAL_COS: Final = "defaultExternal"


def referred_cos(snapshot: Snapshot, references: Iterable[str]) -> Entry | None:
    """The first COS that one of these references leads to."""
    found = (snapshot.referred(reference, Level.COS) for reference in references)
    return next((cos for cos in found if cos is not None), None)


def default_cos(snapshot: Snapshot, domain: Entry | None, *, external: bool) -> Entry | None:
    """The COS of accounts of a domain that do not name one, or none that exists."""
    said = _said_by_domain(snapshot, domain, external=external)
    cos = referred_cos(snapshot, (origin.raw[0] for origin in said))
    return _called_default(snapshot, external=external) if cos is None else cos


def explain_class_of_service(snapshot: Snapshot, layers: Layers) -> Effective[Reference | None]:
    """The COS of an account with its story. The value is its DN, however it was referred to."""
    own = layers[0]
    affiliation = affiliation_of(snapshot.dialect, own.entry)
    external = affiliation is not None and affiliation.external
    domain = next((layer.entry for layer in layers if layer.level is Level.DOMAIN), None)
    inherited = tuple(_said_by_domain(snapshot, domain, external=external))
    references = (*_stated(snapshot, own.level, own.entry, "cos"), *inherited)
    chosen = _choose(snapshot, own.level, references, external=external)
    if chosen.origin.level is not own.level:
        return chosen
    return evolve(chosen, without_own=_choose(snapshot, own.level, inherited, external=external))


def _choose(
    snapshot: Snapshot, own: Level, references: tuple[Origin, ...], *, external: bool
) -> Effective[Reference | None]:
    winner: tuple[Entry | None, Origin] | None = None
    shadowed = []
    for origin in references:
        cos = snapshot.referred(origin.raw[0], Level.COS)
        if cos is not None and winner is None:
            winner = cos, origin
        else:
            shadowed.append(Shadowed(origin, origin.raw[0], Why.DANGLING if cos is None else Why.OVERRIDDEN))
    cos, origin = winner or (_called_default(snapshot, external=external), Origin(Level.DEFAULT))
    value = None if cos is None else Reference(cos.dn)
    return Effective("cos", value, origin, tuple(shadowed), own=own)


def _said_by_domain(snapshot: Snapshot, domain: Entry | None, *, external: bool) -> Iterator[Origin]:
    """What a domain says about the COS of its accounts."""
    if domain is None:
        return
    attribute = snapshot.dialect.external_cos_attribute if external else None
    if attribute is None:
        yield from _stated(snapshot, Level.DOMAIN, domain, "default_cos")
    elif texts := text_values(domain, attribute):
        yield origin_of(Level.DOMAIN, domain, attribute, texts)


def _stated(snapshot: Snapshot, level: Level, entry: Entry, name: str) -> Iterator[Origin]:
    binding = snapshot.dialect.binding(name, level)
    for part in binding.parts if binding else ():
        if texts := text_values(entry, part.attribute):
            yield origin_of(level, entry, part.attribute, texts)


def _called_default(snapshot: Snapshot, *, external: bool) -> Entry | None:
    return snapshot.named(Level.COS, DEFAULT_EXTERNAL_COS if external else DEFAULT_COS)
