"""Searches through the indexes of a segment: which rows a filter is true for, and how they are found.

A `Query` is a filter, read once. `rows` answers it for a segment, `explain` says how. A `Search` asks it of a
snapshot once, for an `Answer`, and `query_for` remembers a filter.
"""

from .answer import Answer
from .plan import SearchPlan, SearchStep
from .planner import Bounds, Query
from .search import Search, query_for

__all__ = ["Answer", "Bounds", "Query", "Search", "SearchPlan", "SearchStep", "query_for"]
