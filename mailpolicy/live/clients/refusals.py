"""What the result codes of LDAP mean to us: one table for every client (RFC 4511, section 4.1.9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from attrs import frozen

from ...errors import InvalidDN, MailPolicyError, NotFound, ReadOnly, SchemaError, StalePlan, Unavailable
from ..backend import RefreshRequired, WrongCredentials

__all__ = ["CONNECTION", "RESUMPTION", "SEARCH", "SUCCESS", "WRITE", "Kinds", "Refusal", "refused"]

SUCCESS = 0
ASSERTION_FAILED = 122
REFRESH_REQUIRED = 4096


Kinds: TypeAlias = "Mapping[int, Callable[[Refusal], MailPolicyError]]"
"""Which error a result code becomes."""


@frozen
class Refusal:
    """A result that is not success: `code`, what the server says to it, and what was asked of which entry."""

    source: str
    code: int
    said: str = ""
    dn: str = ""

    @property
    def why(self) -> str:
        """The meaning of the code, and the server's own words where it has any."""
        meaning = MEANINGS.get(self.code, f"result code {self.code}")
        return f"{meaning} ({self.said})" if self.said else meaning


def refused(refusal: Refusal, to: Kinds) -> MailPolicyError:
    """The error to raise for a result; the same code means one thing `to` a `SEARCH`, another to a `WRITE`.

    >>> raise refused(Refusal("ldap://ldap1.acme.example", 51), SEARCH)
    Traceback (most recent call last):
    mailpolicy.errors.Unavailable: ldap://ldap1.acme.example refuses: too busy
    >>> raise refused(Refusal("ldap://ldap1.acme.example", 32, dn="uid=john,o=mail"), WRITE)
    Traceback (most recent call last):
    mailpolicy.errors.StalePlan: changed by somebody else meanwhile: uid=john,o=mail
    """
    return to.get(refusal.code, _unavailable)(refusal)


def _unavailable(refusal: Refusal) -> MailPolicyError:
    return Unavailable(refusal.source, why=f"refuses: {refusal.why}")


def _wrong(refusal: Refusal) -> MailPolicyError:
    return WrongCredentials(refusal.source, why=f"refuses: {refusal.why}")


def _not_found(refusal: Refusal) -> MailPolicyError:
    return NotFound("entry", refusal.dn)


def _invalid_dn(refusal: Refusal) -> MailPolicyError:
    return InvalidDN(refusal.dn, "a DN that the server can read")


def _stale(refusal: Refusal) -> MailPolicyError:
    return StalePlan((refusal.dn,))


def _read_only(refusal: Refusal) -> MailPolicyError:
    return ReadOnly(refusal.source, refusal.dn, refusal.why)


def _schema(refusal: Refusal) -> MailPolicyError:
    return SchemaError((f"{refusal.dn}: {refusal.why}",))


def _refresh(refusal: Refusal) -> MailPolicyError:
    return RefreshRequired(f"{refusal.source} refuses: {refusal.why}")


MEANINGS = {
    1: "operations error",
    2: "protocol error",
    3: "the time limit is exceeded; a higher olcTimeLimit, or time= in olcLimits, lets it finish",
    4: "the size limit is exceeded; olcLimits with size=unlimited for this bind DN gives it all",
    7: "this way to bind is not supported",
    8: "a stronger way to bind is required",
    10: "the entry is on another server",
    11: "the administrative limit is exceeded; olcLimits for this bind DN raises it",
    12: "a control that is needed is not supported here",
    13: "encryption is required",
    16: "no such attribute or value",
    17: "unknown attribute",
    18: "no such comparison for this attribute",
    19: "a constraint is violated",
    20: "the value is there already",
    21: "invalid syntax of a value",
    32: "no such entry",
    33: "a problem with an alias",
    34: "invalid DN",
    48: "inappropriate way to bind",
    49: "wrong name or password",
    50: "not allowed",
    51: "too busy",
    52: "not available",
    53: "not willing",
    54: "a loop is detected",
    64: "the RDN does not fit",
    65: "the object classes do not allow it",
    66: "there are entries below it",
    67: "the RDN cannot be changed so",
    68: "the entry is there already",
    69: "the object class cannot be changed",
    71: "several servers would be affected",
    80: "an internal error",
    ASSERTION_FAILED: "the assertion does not hold",
    REFRESH_REQUIRED: "a refresh is required",
}

# What is in none of these is `Unavailable`: nothing is known then.

CONNECTION: Kinds = {49: _wrong}
"""A bind, or anything else that asks for no entry."""

SEARCH: Kinds = {32: _not_found, 34: _invalid_dn, REFRESH_REQUIRED: _refresh}

# 53: slapd's state is older than the cookie; it has been rebuilt from a copy of before.
RESUMPTION: Kinds = {**SEARCH, 53: _refresh}
"""A synchronisation that goes on from a cookie."""

WRITE: Kinds = {
    **dict.fromkeys((16, 20, 32, 66, 68, ASSERTION_FAILED), _stale),
    **dict.fromkeys((17, 18, 19, 21, 34, 64, 65, 67, 69), _schema),
    # 8: slapd asks for a stronger bind where an anonymous one writes.
    **dict.fromkeys((8, 10, 13, 50, 53, 71), _read_only),
}
