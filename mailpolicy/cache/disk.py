"""Files that are whole or not there, and that nobody else reads or writes.

A cache holds what its directory holds, the hashes of passwords included. And what is read from it is
believed, so whoever may write it decides who gets mail.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from glob import escape
from io import FileIO
from pathlib import Path
from stat import S_ISREG
from typing import Final

from ..errors import Unavailable

__all__ = ["own_file", "write_whole"]

OWNER_ONLY: Final = 0o600
WRITTEN_BY_OTHERS: Final = 0o022
ROOT: Final = 0
UNFINISHED: Final = ".{name}.{token}.unfinished"
TOKEN: Final = 8
"""Bytes of chance in the name of an unfinished file."""


def write_whole(path: Path, pieces: Iterable[bytes], begins: bytes) -> None:
    """Write `pieces` to a file beside `path`, and put it in its place once all of it is on the disk.

    So `path` is the old file or the new one, never a part, also after a loss of power. A file that
    stands there and does not begin as `begins` says was not written by us: it is left alone, and
    FileExistsError raised. OSError if the file cannot be written; then what was there is still there.
    """
    refuse_to_replace(path, begins)
    sweep(path)
    descriptor, beside = claimed(path)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
            # Before the file is closed, which gives its lock up: others would take it for left behind.
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    settle(path.parent)


@contextmanager
def own_file(path: Path) -> Iterator[FileIO]:
    """Open a file to read that nobody could have written but its owner, who is ourselves or root.

    Unavailable, with the remedy, where that is not so; OSError if it cannot be read.
    """
    with held(path, os.O_RDONLY) as descriptor:
        found = os.fstat(descriptor)
        if not S_ISREG(found.st_mode):
            raise Unavailable(str(path), why="is not believed: it is not a file")
        if found.st_uid not in (os.geteuid(), ROOT):
            owner, remedy = found.st_uid, f"delete it, or give it to user {os.geteuid()} if you trust it"
            raise Unavailable(str(path), why=f"is not believed: it belongs to user {owner}; {remedy}")
        if found.st_mode & WRITTEN_BY_OTHERS:
            remedy = "delete it, or chmod 600 it if you trust it"
            raise Unavailable(str(path), why=f"is not believed: others may write it; {remedy}")
        with FileIO(descriptor, closefd=False) as file:
            yield file


@contextmanager
def held(path: Path, flags: int) -> Iterator[int]:
    """Open what stands at `path`, whatever it is; a pipe does not keep us waiting for its other end."""
    descriptor = os.open(path, flags | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def refuse_to_replace(path: Path, begins: bytes) -> None:
    """Tell a cache from what somebody named by mistake, such as the LDIF file itself."""
    try:
        with held(path, os.O_RDONLY) as descriptor:
            is_file = S_ISREG(os.fstat(descriptor).st_mode)
            if is_file and begins.startswith(os.read(descriptor, len(begins))):
                return
    except FileNotFoundError:
        return
    raise FileExistsError(errno.EEXIST, "no cache stands there, and what does is left alone", str(path))


def claimed(path: Path) -> tuple[int, Path]:
    """Make a new file beside `path`, locked as long as it is written to."""
    while True:
        beside = path.with_name(UNFINISHED.format(name=path.name, token=os.urandom(TOKEN).hex()))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(beside, flags, OWNER_ONLY)
        os.fchmod(descriptor, OWNER_ONLY)  # where the umask takes the owner's rights away
        flock(descriptor, LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return descriptor, beside
        os.close(descriptor)  # swept away by another before the lock was ours


def sweep(path: Path) -> None:
    """Remove what writers have left behind that were killed: nobody holds the lock of such a file."""
    for left in path.parent.glob(UNFINISHED.format(name=escape(path.name), token="[0-9a-f]" * 2 * TOKEN)):
        # What is somebody else's, being written or gone by now is none of our business.
        with suppress(OSError), held(left, os.O_WRONLY | os.O_NOFOLLOW) as descriptor:
            flock(descriptor, LOCK_EX | LOCK_NB)
            left.unlink()


def settle(folder: Path) -> None:
    """Wait until the new name of a file is on the disk too."""
    with held(folder, os.O_RDONLY | os.O_DIRECTORY) as descriptor:
        os.fsync(descriptor)
