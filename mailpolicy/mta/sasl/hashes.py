"""Comparing a password with a hash as directories store it: ``{SCHEME}`` and then what the scheme wants.

The digests (RFC 2307 and the schemes with salt that OpenLDAP has) are calculated here; ``{CRYPT}`` by the
libcrypt of the machine, ``{ARGON2}`` and ``{PBKDF2}`` by the libraries of the extra `sasl`.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Final

from . import host_crypt
from .proof import Proof

__all__ = ["compared", "scheme_of"]

SCHEME: Final = re.compile(rb"\{([A-Za-z0-9_./-]+)\}")

DIGESTS: Final[Mapping[str, str]] = {
    "MD5": "md5",
    "SMD5": "md5",
    "SHA": "sha1",
    "SSHA": "sha1",
    "SHA256": "sha256",
    "SSHA256": "sha256",
    "SHA384": "sha384",
    "SSHA384": "sha384",
    "SHA512": "sha512",
    "SSHA512": "sha512",
}

# slapd keeps what its memory holds behind the hash, sometimes: it ends where its letters end.
ARGON2: Final = re.compile(rb"\$argon2(?:id|i|d)\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+")


def scheme_of(stored: bytes) -> str:
    """The scheme of a stored password in upper case; empty for one that stands there as it is.

    >>> scheme_of(b"{ssha}Ek+H1YdYN7DxgHwEBIu7yVtHjBff/8+H"), scheme_of(b"secret")
    ('SSHA', '')
    """
    found = SCHEME.match(stored)
    return found[1].decode().upper() if found else ""


def compared(stored: bytes, password: bytes) -> Proof:
    """Whether a password is the stored one; UNKNOWN where the scheme is not known, or the hash is none.

    >>> compared(b"{SSHA}Ek+H1YdYN7DxgHwEBIu7yVtHjBff/8+H", b"x")
    <Proof.YES: 'yes'>
    >>> compared(b"{SASL}john@acme.example", b"x")
    <Proof.UNKNOWN: 'unknown'>
    """
    scheme = scheme_of(stored)
    rest = stored[len(scheme) + 2 :] if scheme else stored
    if scheme in DIGESTS:
        told = by_digest(scheme, rest, password)
    else:
        told = OTHERS[scheme](rest, password) if scheme in OTHERS else None
    if told is None:
        return Proof.UNKNOWN
    return Proof.YES if told else Proof.NO


def by_digest(scheme: str, rest: bytes, password: bytes) -> bool | None:
    """Digest and, in the schemes that begin with S and have a twin without it, a salt of any length."""
    try:
        decoded = b64decode(rest, validate=True)
    except binascii.Error:
        return None
    size = hashlib.new(DIGESTS[scheme], usedforsecurity=False).digest_size
    digest, salt = decoded[:size], decoded[size:]
    is_salted = scheme.startswith(("SS", "SM"))
    if len(digest) < size or bool(salt) is not is_salted:
        return None
    fresh = hashlib.new(DIGESTS[scheme], password + salt, usedforsecurity=False).digest()
    return hmac.compare_digest(digest, fresh)


def by_text(rest: bytes, password: bytes) -> bool | None:
    return hmac.compare_digest(rest, password)


def by_argon2(rest: bytes, password: bytes) -> bool | None:
    found = ARGON2.match(rest)
    if found is None:
        return None
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

    try:
        return PasswordHasher().verify(found[0], password)
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError):
        return None


def by_crypt(rest: bytes, password: bytes) -> bool | None:
    if rest.startswith((b"!", b"*")):
        return False  # so passwords are locked: what crypt gives never begins like that
    told = host_crypt.is_right(password, rest)
    if told is not None or host_crypt.library() is not None:
        return told
    from passlib.hash import des_crypt, md5_crypt, sha256_crypt, sha512_crypt

    return by_library(rest, password, sha512_crypt, sha256_crypt, md5_crypt, des_crypt)


def by_pbkdf2(scheme: str) -> Callable[[bytes, bytes], bool | None]:
    def told(rest: bytes, password: bytes) -> bool | None:
        from passlib.hash import ldap_pbkdf2_sha1, ldap_pbkdf2_sha256, ldap_pbkdf2_sha512

        kinds = ldap_pbkdf2_sha1, ldap_pbkdf2_sha256, ldap_pbkdf2_sha512
        return by_library(f"{{{scheme}}}".encode() + rest, password, *kinds)

    return told


def by_library(stored: bytes, password: bytes, *kinds: object) -> bool | None:
    from passlib.exc import PasswordSizeError, PasswordValueError

    for kind in kinds:
        try:
            if kind.identify(stored):  # type: ignore[attr-defined]
                return bool(kind.verify(password, stored))  # type: ignore[attr-defined]
        except (PasswordSizeError, PasswordValueError):
            return False  # nobody's password is so long, or has such characters in it
        except (ValueError, TypeError):  # the latter is what the library makes of odd base64
            return None
    return None


OTHERS: Final[Mapping[str, Callable[[bytes, bytes], bool | None]]] = {
    "": by_text,
    "ARGON2": by_argon2,
    "CRYPT": by_crypt,
    "PBKDF2": by_pbkdf2("PBKDF2"),
    # slapd's module has a second name for the one with SHA-1.
    "PBKDF2-SHA1": by_pbkdf2("PBKDF2"),
    "PBKDF2-SHA256": by_pbkdf2("PBKDF2-SHA256"),
    "PBKDF2-SHA512": by_pbkdf2("PBKDF2-SHA512"),
}
