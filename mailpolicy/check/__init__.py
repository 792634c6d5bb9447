"""What is wrong with a directory.

Reading passes over what it cannot use; here is said what that was. `entry_findings` looks at one
entry as the schema and the catalog see it, and so can refuse it before it is written; `findings`
looks at all of a directory, and at what its entries say about each other.
"""

from __future__ import annotations

from .directory import findings
from .entry import entry_findings

__all__ = ["entry_findings", "findings"]
