"""Which value applies to an object, and why.

`layers_of` finds the entries that are asked, `resolve` gives the value that applies, `explain`
the value with its whole story. `flat_values` answers for all settings of one object at once, `sweep`
for one setting of all objects, and `accounts_of` says to whom a domain or class of service applies.
"""

from __future__ import annotations

from .display import origin_text, shadowed_cells
from .effective import Effective, Shadowed, Why
from .explain import explain, explain_attribute
from .flat import flat_values, near_values
from .layers import Layer, Layers, domain_of, layers_of
from .members import accounts_of
from .resolve import resolve, resolve_for, resolve_part
from .stored import text_values
from .sweep import sweep

__all__ = [
    "Effective",
    "Layer",
    "Layers",
    "Shadowed",
    "Why",
    "accounts_of",
    "domain_of",
    "explain",
    "explain_attribute",
    "flat_values",
    "layers_of",
    "near_values",
    "origin_text",
    "resolve",
    "resolve_for",
    "resolve_part",
    "shadowed_cells",
    "sweep",
    "text_values",
]
