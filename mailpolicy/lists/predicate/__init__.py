"""Filters over effective settings and statuses, by public name: what `!x-effective` asks for.

One engine judges them, for one entry in microseconds and for all entries at once. The names and values
that there are stand in `docs/reference/predicates.md`.
"""

from __future__ import annotations

from .clauses import Problem
from .predicate import Predicate

__all__ = ["Predicate", "Problem"]
