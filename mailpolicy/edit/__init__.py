"""What changes do to a directory: strict where reading is tolerant.

`applied` makes changes, one after the other, on a snapshot, and gives the snapshot that results.
Whatever would break the schema is refused with all problems at once, and then nothing is changed.
"""

from __future__ import annotations

from .apply import applied

__all__ = ["applied"]
