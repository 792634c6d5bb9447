"""Snapshots on disk, to start from faster than from their source, or without it.

`save` writes one, `restore` gives it back; `of_files` keeps them for large LDIF files. A file that is
not whole, or not ours alone to write, is refused with the remedy. The format is described in `envelope`,
and what is in it in `sections`.
"""

from __future__ import annotations

from .restoring import Restored, restore, save

__all__ = ["Restored", "restore", "save"]
