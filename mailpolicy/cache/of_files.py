"""Caches of LDIF files: a large one is read once, and then only when it has changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from stat import S_ISREG
from typing import Final
from warnings import warn

from .. import __version__
from ..ldap.definitions import Definitions
from ..snapshot import Snapshot
from .envelope import opened
from .restoring import fingerprint, save, unpacked

__all__ = ["cached"]

JUST_WRITTEN: Final = 2 * 10**9
"""Nanoseconds in which a file may change again without its time changing, on the coarsest of file systems."""

CALLER: Final = 4
"""Who opens the directory, seen from where the warning is given."""


def cached(
    path: str,
    cache: str | os.PathLike[str],
    read: Callable[[], Snapshot],
    *,
    dialect: str,
    schema: Definitions | None,
    strict: bool,
) -> Snapshot:
    """The snapshot of the file at `path`: from `cache`, if that was made of this very file, else by `read`.

    What was read is kept in `cache` then. Standard input and pipes are always read. A cache that is
    refused or cannot be written is a RuntimeWarning that names it.
    """
    before = origin(path, dialect, schema, strict)
    if before is None:
        return read()
    known = Path(cache)
    found = recalled(known, before, schema)
    if found is not None:
        return found
    snapshot = read()
    # Who wrote to the file while it was read, or may just be doing so, gets no cache.
    if not just_written(before) and origin(path, dialect, schema, strict) == before:
        keep(known, snapshot, before)
    return snapshot


def origin(path: str, dialect: str, schema: Definitions | None, strict: bool) -> dict[str, str] | None:
    """All that a snapshot depends on, without reading the file; None where that cannot be told."""
    try:
        found = Path(path).stat()
    except OSError:
        return None  # whoever reads it says what is wrong
    if not S_ISREG(found.st_mode):
        return None
    return {
        "bytes": str(found.st_size),
        "modified": str(found.st_mtime_ns),
        "inode": str(found.st_ino),
        "dialect": dialect,
        "schema": "" if schema is None else fingerprint(schema),
        "strict": str(strict),
    }


def just_written(origin: Mapping[str, str]) -> bool:
    return abs(time.time_ns() - int(origin["modified"])) < JUST_WRITTEN


def recalled(cache: Path, origin: Mapping[str, str], schema: Definitions | None) -> Snapshot | None:
    """What a cache has of this origin; None where it has something else, or nothing."""
    try:
        envelope = opened(cache)
        header = envelope.header
        if header.notes != origin or header.mailpolicy != __version__:
            return None
        return unpacked(envelope, str(cache), schema)
    except FileNotFoundError:
        return None
    except OSError as refused:  # Unavailable, what a damaged cache is, is one too
        warn(f"{refused}; the LDIF file is read instead", RuntimeWarning, CALLER)
        return None


def keep(cache: Path, snapshot: Snapshot, origin: Mapping[str, str]) -> None:
    try:
        save(cache, snapshot, origin)
    except OSError as refused:
        warn(f"the cache cannot be written: {refused}", RuntimeWarning, CALLER)
