"""Searches through the indexes of a segment: which rows a filter is true for, and how they are found.

A `Query` is a filter, read once. `rows` answers it for a segment, `explain` says how.
"""

from .plan import Plan, Step
from .planner import Bounds, Query

__all__ = ["Bounds", "Plan", "Query", "Step"]
