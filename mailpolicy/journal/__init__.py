"""The journal: every decision in a line of JSON, and the question what would be decided today.

A line has the request, the counts, the revision of the directory, the verdict, which rules spoke, and how
long it took. `Journal` writes lines without making anybody wait, `read` gives them back, `replayed` decides
them again.
"""

from __future__ import annotations

from .concealing import Concealing
from .reading import Broken, read
from .record import Record
from .replaying import Flip, Replay, replayed
from .writing import Journal

__all__ = ["Broken", "Concealing", "Flip", "Journal", "Record", "Replay", "read", "replayed"]
