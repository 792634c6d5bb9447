"""crypt(3) as this machine has it, which knows more kinds of hashes than any library, yescrypt among them."""

from __future__ import annotations

import ctypes
import ctypes.util
import hmac
from functools import cache
from typing import Any, Final

__all__ = ["is_right"]

ROOM: Final = 256 * 1024
"""More than any libcrypt wants for its `struct crypt_data`: 32 kB or 128 kB."""

LONGEST: Final = 512
"""A password of so many bytes is too long for libxcrypt, whatever the manner."""


@cache
def library() -> Any:
    """crypt_r of libcrypt; None where there is none."""
    name = ctypes.util.find_library("crypt")
    if name is None:
        return None
    try:
        crypt_r = ctypes.CDLL(name).crypt_r
    except (OSError, AttributeError):
        return None
    crypt_r.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p)
    crypt_r.restype = ctypes.c_char_p
    return crypt_r


def calculated(password: bytes, stored: bytes) -> bytes | None:
    """The hash of a password in the manner of a stored one; None where crypt does not know the manner."""
    crypt_r = library()
    if crypt_r is None or b"\0" in stored:
        return None
    # Other threads go on meanwhile: ctypes lets go of the interpreter, and the room is ours alone.
    told: bytes | None = crypt_r(password, stored, ctypes.create_string_buffer(ROOM))
    # A text that begins with an asterisk is how crypt says that it cannot.
    return None if not told or told.startswith(b"*") else told


def is_right(password: bytes, stored: bytes) -> bool | None:
    """Whether a password has this hash; None where crypt cannot tell.

    >>> is_right(b"x", b"wIxfmixkvxQfU"), is_right(b"y", b"wIxfmixkvxQfU"), is_right(b"x", b"$?$what")
    (True, False, None)
    """
    if b"\0" in password:
        return False  # crypt would read no further
    told = calculated(password, stored)
    if told is None and len(password) >= LONGEST and calculated(b"", stored) is not None:
        return False
    return None if told is None else hmac.compare_digest(told, stored)
