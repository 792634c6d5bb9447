"""What a connection to an LDAP server can do, whichever library speaks for us.

A `Backend` gives what the server said, as bytes, and raises what it refused as the errors of
`mailpolicy.errors`:

- `Unavailable`: no connection, no answer in time, a bind that is refused, a server that is busy or
  shutting down, and a size or time limit that cuts an answer short. Nothing is known then.
- `NotFound`: the base of a search is not there.
- `ReadOnly`: a write that is not allowed, or a referral to where it would be.
- `StalePlan`: a write to something that is not as expected: an assertion that fails, an entry or a value
  that is there already or no longer.
- `SchemaError`: a write that breaks the schema or a constraint.
- `RefreshRequired`: a cookie that the server cannot go on from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol, TypeAlias

from ..errors import MailPolicyError, Unavailable
from ..ldap.ldif.records import Modification
from ..ldap.url import Scope

__all__ = [
    "EVERYTHING",
    "Attributes",
    "Backend",
    "Found",
    "RefreshRequired",
    "SyncCookie",
    "SyncEntry",
    "SyncEvent",
    "SyncIds",
    "SyncPhase",
    "WrongCredentials",
]

Attributes: TypeAlias = Mapping[str, Sequence[bytes]]
"""The values of an entry by attribute description, as the server spells it and in its order."""

Found: TypeAlias = tuple[str, Attributes]
"""A DN with attributes."""

EVERYTHING = ("*", "+")
"""All user attributes and all operational ones."""


class RefreshRequired(MailPolicyError):
    """The server cannot go on from this cookie: start again without one (RFC 4533 section 3.3)."""


class WrongCredentials(Unavailable):
    """A bind is refused for its name or its password: who wants to know just that, knows it now."""


class SyncEntry(NamedTuple):
    """An entry with its Sync State control (RFC 4533 section 2.2).

    `add` and `modify` bring the entry as it is now, maybe under another DN; `present` says that it has not
    changed and `delete` that it is gone, both without attributes.
    """

    state: Literal["present", "add", "modify", "delete"]
    uuid: bytes
    """The 16 bytes of its entryUUID, by which alone it is known."""
    dn: str
    attributes: Attributes
    cookie: bytes | None


class SyncIds(NamedTuple):
    """Many entries at once, in a Sync Info message (section 2.5): present, or gone where `deleted`."""

    uuids: Sequence[bytes]
    deleted: bool
    cookie: bytes | None


class SyncPhase(NamedTuple):
    """The end of a phase of the refresh: a Sync Info message, or the Sync Done control.

    After a phase of presents (not `deletes`) whatever was not mentioned is gone. With `done` the refresh is
    complete and changes follow as they happen; without it, another phase follows.
    """

    deletes: bool
    done: bool
    cookie: bytes | None


class SyncCookie(NamedTuple):
    """A new cookie and nothing else."""

    cookie: bytes


SyncEvent: TypeAlias = SyncEntry | SyncIds | SyncPhase | SyncCookie


class Backend(Protocol):
    """One connection to one server, bound. One thread at a time may use it; any may `abort` it.

    Every operation is bounded in time. Aliases are not followed, and neither are referrals. Every search
    sends the ManageDsaIT control (RFC 3296), so that dynamic lists come as they are stored and referrals
    as entries.
    """

    @property
    def url(self) -> str:
        """The server, without the base and without anything secret."""
        ...

    def search(
        self,
        base: str,
        scope: Scope = Scope.SUB,
        filter: str = "(objectClass=*)",
        attributes: Sequence[str] = EVERYTHING,
        *,
        page: int | None = None,
        limit: int | None = None,
    ) -> Iterator[Found]:
        """Give what the server finds, as it arrives; `page` asks for so many at a time (RFC 2696).

        With `limit` no more than that many are wanted. Any other limit that is hit is `Unavailable`.
        """
        ...

    def root_dse(self) -> Attributes:
        """What the server says of itself (RFC 4512 section 5.1), operational attributes included."""
        ...

    def subschema(self) -> Attributes:
        """The definitions of attributes and classes that the server has (RFC 4512 section 4.2)."""
        ...

    def whoami(self) -> str:
        """The name the server knows us by (RFC 4532): `dn:…`, or nothing where we are anonymous."""
        ...

    def add(self, dn: str, attributes: Attributes) -> None:
        """Create an entry."""
        ...

    def modify(self, dn: str, changes: Sequence[Modification], *, assertion: str | None = None) -> None:
        """Change an entry, all or nothing. `assertion` is a filter that must hold (RFC 4528)."""
        ...

    def delete(self, dn: str, *, assertion: str | None = None) -> None:
        """Remove an entry that has none below it."""
        ...

    def rename(
        self,
        dn: str,
        rdn: str,
        superior: str | None = None,
        *,
        delete_old_rdn: bool = True,
        assertion: str | None = None,
    ) -> None:
        """Give an entry another RDN, and with `superior` another parent."""
        ...

    def sync(
        self,
        base: str,
        filter: str = "(objectClass=*)",
        cookie: bytes | None = None,
        *,
        persist: bool = True,
        idle: float = 1.0,
    ) -> Iterator[Sequence[SyncEvent]]:
        """Give the content below `base` and then, with `persist`, every change to it (RFC 4533).

        Events come in batches, all that are there at a time; an empty batch says that for `idle` seconds
        nothing came. Other operations may be called between two batches. It ends after the refresh without
        `persist`, and never otherwise but by an error.
        """
        ...

    def abort(self) -> None:
        """Cut the connection, from any thread: whatever waits for an answer raises `Unavailable` at once."""
        ...

    def close(self) -> None:
        """Say goodbye and release everything. May be called again."""
        ...
