"""What changes do to a directory: strict where reading is tolerant.

`applied` makes changes, one after the other, on a snapshot, and gives the snapshot that results.
Whatever would break the schema is refused with all problems at once, and then nothing is changed.
`edit` gives the entries that one change is about, for whoever writes them somewhere.
"""

from __future__ import annotations

from .apply import Edited, applied, edit
from .values import attributes_of, place_of

__all__ = ["Edited", "applied", "attributes_of", "edit", "place_of"]
