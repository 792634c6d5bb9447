"""Which value applies, and why: the whole story.

The walk is that of `resolve`, but it does not stop at the first value: whatever a layer holds is
looked at, and each value that does not apply is kept with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast

from attrs import evolve, frozen

from ..reasons import Level, Origin
from ..schema import Binding, Combine, Part, Rule, Setting, find_setting
from ..snapshot import Snapshot
from .cos import explain_class_of_service
from .effective import Effective, Shadowed, Why
from .layers import Layer, Layers
from .resolve import asked, capped, combined, with_default
from .stored import origin_of, read_part, text_values

__all__ = ["explain", "explain_attribute"]

T = TypeVar("T")
BY_DEFAULT = Origin(Level.DEFAULT)


@frozen
class Look:
    """What the layers hold for one attribute, or for the attributes of one setting together."""

    value: Any = None
    origin: Origin = BY_DEFAULT
    joined: tuple[Origin, ...] = ()
    shadowed: tuple[Shadowed, ...] = ()


def explain(snapshot: Snapshot, layers: Layers, setting: Setting[T]) -> Effective[T]:
    """Give the value of a setting that applies to the object whose layers these are, with its story."""
    own = layers[0]
    if setting.name == "cos" and own.level in (Level.ACCOUNT, Level.RESOURCE):
        return cast(Effective[T], explain_class_of_service(snapshot, layers))
    effective = explain_asking(own, snapshot, layers, setting)
    if not involves(own, effective):
        return effective
    return evolve(effective, without_own=explain_asking(None, snapshot, layers, setting))


def involves(own: Layer, effective: Effective[Any]) -> bool:
    """Whether the object's own entry has a part in the value, be it one switch of two."""
    return any(origin.level is own.level for origin in (effective.origin, *effective.joined))


def explain_asking(
    own: Layer | None, snapshot: Snapshot, layers: Layers, setting: Setting[T]
) -> Effective[T]:
    """The same with or without the object's own entry."""
    binding = snapshot.dialect.binding(setting.name, layers[0].level)
    looks = [
        look(own, layers, part, setting.combine, setting.secret)
        for part in (binding.parts if binding else ())
    ]
    stored = join(binding, looks) if binding else Look()
    effective = Effective(
        setting.name,
        with_default(setting, cast("T | None", stored.value)),
        stored.origin,
        joined=stored.joined,
        shadowed=stored.shadowed,
        own=layers[0].level,
        secret=setting.secret,
    )
    if setting.ceiling is None or effective.value is None:
        return effective
    return under(explain(snapshot, layers, find_setting(setting.ceiling)), effective, setting)


def under(ceiling: Effective[Any], effective: Effective[T], setting: Setting[T]) -> Effective[T]:
    """Bring an effective value down to its ceiling, where that is lower."""
    value = capped(setting, effective.value, ceiling.value)
    if value == effective.value:
        return effective
    above = Shadowed(effective.origin, effective.value, Why.CAPPED)
    return evolve(effective, value=value, ceiling=ceiling, shadowed=(above, *effective.shadowed))


def explain_attribute(layers: Layers, part: Part, secret: bool) -> Effective[Any]:
    """Give what one LDAP attribute is for the object along its own path: no ceiling, no default but None."""

    def effective(own: Layer | None) -> Effective[Any]:
        found = look(own, layers, part, Combine.NEAREST, secret)
        return Effective(
            part.attribute,
            found.value,
            found.origin,
            shadowed=found.shadowed,
            own=layers[0].level,
            secret=secret,
        )

    whole = effective(layers[0])
    return evolve(whole, without_own=effective(None)) if involves(layers[0], whole) else whole


def look(own: Layer | None, layers: Layers, part: Part, combine: Combine, secret: bool) -> Look:
    """See what each layer holds for one attribute."""
    counting = list(asked(own, layers[1:], part.path))
    values: list[tuple[Any, Origin]] = []
    shadowed = []
    for layer in looked_at(own, layers, part):
        texts = text_values(layer.entry, part.attribute)
        if not texts:
            continue
        seen = () if secret else part.codec.conceal(texts)
        origin = origin_of(layer.level, layer.entry, part.attribute, seen)
        value, problems = read_part(layer.entry, part)
        if layer not in counting:
            shadowed.append(Shadowed(origin, None if secret else value, Why.NOT_IN_PATH))
        elif value is None:
            expected = problems[0].expected if problems else ""
            shadowed.append(Shadowed(origin, None, Why.INVALID, f"expected {expected}"))
        elif values and combine is Combine.NEAREST:
            shadowed.append(Shadowed(origin, None if secret else value, Why.OVERRIDDEN))
        else:
            values.append((value, origin))
    if not values:
        return Look(shadowed=tuple(shadowed))
    value = combined(combine, [value for value, _ in values])
    return Look(value, values[0][1], tuple(origin for _, origin in values[1:]), tuple(shadowed))


def looked_at(own: Layer | None, layers: Layers, part: Part) -> Sequence[Layer]:
    """Choose the layers that are worth a look: all of them, unless the setting is the object's alone.

    Every entry has a description of its own; that of a COS is nothing to an account.
    """
    farther = layers[1:] if part.path else ()
    return farther if own is None else (own, *farther)


def join(binding: Binding[Any], looks: Sequence[Look]) -> Look:
    """Make one of what the attributes of a setting hold.

    The value stands where the first attribute has it that agrees with it. One that says otherwise is
    overruled: a switch that is on by one that is off, a value by the gate before it.
    """
    if len(looks) == 1:
        return looks[0]
    value = binding.combine(tuple(each.value for each in looks))
    voices = looks[:1] if binding.rule is Rule.GATED else looks
    decisive = next((each for each in voices if value is not None and each.value == value), Look())
    joined = list(decisive.joined)
    shadowed: list[Shadowed] = []
    by = decisive.origin.attribute or binding.parts[-1].attribute
    for place, each in enumerate(looks):
        shadowed.extend(each.shadowed)
        if each.value is None or each is decisive:
            continue
        if place < len(voices) and each.value != value:
            shadowed.append(Shadowed(each.origin, each.value, Why.OVERRIDDEN, f"{by} decides"))
        else:
            joined += (each.origin, *each.joined)
    return Look(value, decisive.origin, tuple(joined), tuple(shadowed))
