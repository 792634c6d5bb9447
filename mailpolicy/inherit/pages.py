"""The reference page of inheritance, written from the catalog and the dialects themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ..reasons import Level
from ..schema import SETTINGS, Combine, Rule, Setting
from ..schema.dialects import DIALECTS, find_dialect
from ..tables import markdown_table
from .effective import MEANINGS
from .layers import LAYERS

__all__ = ["inheritance_markdown"]

PAGE: Final = """\
<!-- Generated from mailpolicy/inherit and mailpolicy/schema: do not edit. -->

# Inheritance

Which layers are asked for a setting, what does not apply and why, and where a ceiling stands.
[Inheritance explained](../explanation/inheritance.md) says how it works.

## Who is asked

{layers}

## Why a stored value does not apply

{whys}

## Ceilings

{ceilings}

## Where layers do not replace each other

{combined}

## Where dialects ask other layers

The layers that an account asks, where they differ between dialects. `own` is the account's entry alone;
`–` means that the dialect has no place for the setting, so the default applies.

{paths}
"""

COMBINED: Final = {
    Combine.PER_KEY: "key by key, the nearest layer that has the key",
    Combine.INTERSECT: "what every layer that has a value allows",
}
JOINED: Final = {
    Rule.ALL: "on if all of them are",
    Rule.GATED: "the first, while the second is TRUE",
}


def inheritance_markdown() -> str:
    """Layers, reasons, ceilings and paths as a page in Markdown."""
    return PAGE.format(
        layers=markdown_table(
            ["an object of kind", "asks, nearest first"],
            ([str(level), " → ".join((level, *farther))] for level, farther in LAYERS.items()),
        ),
        whys=markdown_table(
            ["`why`", "meaning"], ([f"`{why}`", meaning] for why, meaning in MEANINGS.items())
        ),
        ceilings=markdown_table(
            ["setting", "is at most"],
            ([f"`{each.name}`", f"`{each.ceiling}`"] for each in SETTINGS.values() if each.ceiling),
        ),
        combined=markdown_table(["setting", "in", "value"], combinations()),
        paths=markdown_table(["setting", *DIALECTS], paths()),
    )


def combinations() -> Iterator[Sequence[str]]:
    for each in SETTINGS.values():
        if each.combine in COMBINED:
            yield f"`{each.name}`", "all dialects", COMBINED[each.combine]
        for name in DIALECTS:
            binding = find_dialect(name).binding(each, Level.ACCOUNT)
            if binding is not None and binding.rule in JOINED:
                attributes = ", ".join(f"`{part.attribute}`" for part in binding.parts)
                yield f"`{each.name}`", name, f"{attributes}: {JOINED[binding.rule]}"


def paths() -> Iterator[Sequence[str]]:
    for each in SETTINGS.values():
        if Level.ACCOUNT in each.on:
            found = [path_text(each, name) for name in DIALECTS]
            if len(set(found)) > 1:
                yield f"`{each.name}`", *found


def path_text(setting: Setting[object], dialect: str) -> str:
    binding = find_dialect(dialect).binding(setting, Level.ACCOUNT)
    if binding is None:
        return "–"
    return " → ".join(binding.parts[0].path) or "own"
