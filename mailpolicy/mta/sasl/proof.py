"""What comes of checking a password, and what can check one."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Protocol

from ...model import Account

__all__ = ["FirstOf", "Proof", "Verifier", "joined"]


class Proof(Enum):
    """Whether a password is right: yes, no, or nobody can tell."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Verifier(Protocol):
    """Checks passwords. It may wait and calculate, so it is called in a thread of its own."""

    def verify(self, account: Account, password: bytes) -> Proof:
        """Say whether this is the password of the account; UNKNOWN, and nothing raised, where it cannot."""
        ...


class FirstOf:
    """Asks several verifiers in turn: one yes is enough, and a no takes all of them.

    Stored hashes first and then a bind, say: what we cannot calculate ourselves the server still can.
    """

    def __init__(self, *verifiers: Verifier) -> None:
        self._verifiers = verifiers

    def verify(self, account: Account, password: bytes) -> Proof:
        """The first yes; else unknown if any of them cannot tell."""
        return joined(each.verify(account, password) for each in self._verifiers)


def joined(proofs: Iterable[Proof]) -> Proof:
    """What several checks of one password come to, of which no more are made than it takes.

    >>> joined([Proof.NO, Proof.UNKNOWN]), joined([Proof.UNKNOWN, Proof.YES]), joined([])
    (<Proof.UNKNOWN: 'unknown'>, <Proof.YES: 'yes'>, <Proof.UNKNOWN: 'unknown'>)
    """
    worst: Proof | None = None
    for proof in proofs:
        if proof is Proof.YES:
            return proof
        worst = Proof.UNKNOWN if Proof.UNKNOWN in (worst, proof) else proof
    return worst or Proof.UNKNOWN
