"""Checking passwords against hashes that we can read: those of the directory, and those of applications."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Protocol

from ...errors import Unavailable
from ...model import Account
from .hashes import compared, scheme_of
from .proof import Proof, joined

__all__ = ["ApplicationPasswords", "ByApplicationPasswords", "ByStoredHashes", "InFile", "InMemory"]

log = logging.getLogger(__name__)

ATTRIBUTE: Final = "userPassword"
INTERNAL: Final = "internal"


class ByStoredHashes:
    """Compares with `userPassword` of the account; several values are several passwords, any of them will do.

    It cannot tell where there is none to be seen: the directory may hide it from us. Neither can it where
    the domain has its passwords checked elsewhere.
    """

    def __init__(self) -> None:
        self._told: set[str] = set()

    def verify(self, account: Account, password: bytes) -> Proof:
        """Calculate, for as long as the hash is meant to take."""
        domain = account.directory.domain_of(account)
        mechanism = INTERNAL if domain is None else str(domain.settings.auth_mechanism)
        if mechanism != INTERNAL:
            self._tell(mechanism, f"passwords of {account.name} are checked elsewhere: {mechanism}")
            return Proof.UNKNOWN
        stored = [each.encode() if isinstance(each, str) else each for each in account.entry.get(ATTRIBUTE)]
        if not stored:
            self._tell("", f"there is no {ATTRIBUTE} to be seen, of {account.name} for one")
        proof = joined(compared(each, password) for each in stored)
        if proof is Proof.UNKNOWN:
            for each in stored:
                scheme = scheme_of(each)
                self._tell(scheme, f"nobody here can check {{{scheme}}}, which {account.name} has for one")
        return proof

    def _tell(self, key: str, text: str) -> None:
        if key not in self._told and len(self._told) < 100:
            self._told.add(key)
            log.warning("%s", text)


class ApplicationPasswords(Protocol):
    """Keeps the hashes of passwords that somebody has made for single applications."""

    def hashes(self, address: str) -> Iterable[bytes]:
        """Those of an account by its address, with their schemes. Unavailable if nobody can tell."""
        ...


class InMemory:
    """Application passwords by address, as they are given.

    >>> list(InMemory({"john@acme.example": ["secret"]}).hashes("john@acme.example"))
    [b'secret']
    """

    def __init__(self, hashes: Mapping[str, Iterable[str]]) -> None:
        self._hashes = {name.lower(): [each.encode() for each in several] for name, several in hashes.items()}

    def hashes(self, address: str) -> Iterable[bytes]:
        """Those of an account."""
        return self._hashes.get(address.lower(), ())


class InFile:
    """Application passwords in a text file: an address, blanks, a hash on each line; `#` begins a comment.

    It is read anew when it has changed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[tuple[int, int, int], InMemory] | None = None

    def hashes(self, address: str) -> Iterable[bytes]:
        """Those of an account; Unavailable where the file cannot be read."""
        try:
            now = self._path.stat()
            seen = now.st_ino, now.st_size, now.st_mtime_ns
            known = self._read
            if known is None or known[0] != seen:
                self._read = known = seen, InMemory(by_address(self._path.read_text("utf-8")))
        except (OSError, UnicodeDecodeError) as problem:
            raise Unavailable(str(self._path), why=f"cannot be read: {type(problem).__name__}") from None
        return known[1].hashes(address)


def by_address(text: str) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        match line.split(maxsplit=1):
            case [address, stored] if not address.startswith("#"):
                found.setdefault(address.lower(), []).append(stored.rstrip())
    return found


class ByApplicationPasswords:
    """Compares with the passwords that an account has for single applications."""

    def __init__(self, store: ApplicationPasswords) -> None:
        self._store = store

    def verify(self, account: Account, password: bytes) -> Proof:
        """No, where the account has none; nobody can tell where the store cannot."""
        try:
            stored = list(self._store.hashes(account.name))
        except Unavailable as problem:
            log.warning("application passwords: %s", problem)
            return Proof.UNKNOWN
        return joined(compared(each, password) for each in stored) if stored else Proof.NO
