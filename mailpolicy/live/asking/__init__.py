"""A directory on a server of which only those entries are fetched that a question needs.

`asking` opens one. Its snapshot is a `Partial`, which fetches what it is asked for; `Known` keeps what came.
"""

from .asking import Asking, asking

__all__ = ["Asking", "asking"]
