"""What people hold: the objects of a directory, each bound to the directory it was found in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import frozen

from ..errors import InvalidValue
from ..freshness import Freshness
from ..inherit import Effective, Layers, layers_of
from ..ldap.dn import DN
from ..ldap.entry import Entry
from ..lists import Expansion
from ..reasons import Level
from ..rights import Delegate, Granted, allowed_senders, delegates, owned_lists, owners
from ..snapshot import Snapshot
from ..status import Status, status_of
from ..tables import Table
from ..values import Address
from .display import name_of, object_table
from .settings import Settings

if TYPE_CHECKING:
    from .directory import Directory
    from .domains import ClassOfService, Domain

__all__ = [
    "Account",
    "Addressed",
    "DynamicList",
    "HasStatus",
    "MailingList",
    "Object",
    "Resource",
]


@frozen(eq=False, repr=False, slots=False)
class Object:
    """One object of a directory: an entry, and what the entries around it make of it.

    Two objects are equal if they are the same entry of the same directory.
    """

    directory: Directory
    entry: Entry
    kind: ClassVar[str] = "object"

    @property
    def freshness(self) -> Freshness:
        """How far what is said of the object can be taken for what is so now."""
        return self.directory.freshness

    @property
    def dn(self) -> DN:
        """The distinguished name of the entry."""
        return self.entry.dn

    @cached_property
    def name(self) -> str:
        """What people call it: the address, the domain name, the name of the class of service."""
        return name_of(self._snapshot, self._layers)

    def facts(self) -> Iterator[tuple[str, object]]:
        """What there is to say about the object before its settings: name and value."""
        return iter(())

    @cached_property
    def settings(self) -> Settings:
        """What applies to the object, setting by setting."""
        return Settings(self._snapshot, self.entry)

    def explain(self, name: str) -> Effective[Any]:
        """The value of one setting with its whole story, by public or LDAP name."""
        return self.settings.explain(name)

    @property
    def _snapshot(self) -> Snapshot:
        return self.directory.snapshot

    @cached_property
    def _layers(self) -> Layers:
        return layers_of(self._snapshot, self.entry)

    def as_table(self) -> Table:
        """The object in a few lines, for people."""
        return object_table(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Object):
            return NotImplemented
        return self.directory is other.directory and self.entry is other.entry

    def __hash__(self) -> int:
        return hash(self.entry.dn)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def _repr_html_(self) -> str:
        return self.as_table().html()


class HasStatus(Object):
    """An object whose mail can be stopped."""

    @cached_property
    def status(self) -> Status:
        """What the object may do, by the directory's status table; a stored lockout counts as one."""
        return status_of(self._snapshot, self._layers, self.directory.statuses)

    def status_at(self, time: datetime) -> Status:
        """The status at a moment, which lets a lockout expire.

        InvalidValue for a time without a zone: nobody knows which moment that is.
        """
        if time.tzinfo is None:
            raise InvalidValue(time.isoformat(), "a time with its zone", attribute="time")
        return status_of(self._snapshot, self._layers, self.directory.statuses, time)

    def facts(self) -> Iterator[tuple[str, object]]:
        yield "status", self.status


class Addressed(HasStatus):
    """An object with an address of its own."""

    @property
    def address(self) -> Address | None:
        """The primary address; None where the entry has none that can be read."""
        return self.settings.address

    @property
    def aliases(self) -> tuple[Address, ...]:
        """The further addresses."""
        return self.settings.aliases or ()

    @property
    def domain(self) -> Domain | None:
        """The domain of the primary address; None where the directory does not have it."""
        return self.directory.domain_of(self)


class Account(Addressed):
    """A mailbox and its owner.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> john = acme.account("john@acme.example")
    >>> john, john.cos, john.status.name
    (<Account john@acme.example>, <ClassOfService premium>, 'active')
    """

    kind = "account"

    @cached_property
    def cos(self) -> ClassOfService | None:
        """The class of service: its own, else its domain's default, else the one named `default`."""
        entry = next((layer.entry for layer in self._layers if layer.level is Level.COS), None)
        return None if entry is None else self.directory.cos(entry.dn)

    @property
    def lists(self) -> tuple[MailingList, ...]:
        """The lists it surely is on, direct, nested and dynamic, nearest first; see `Directory.lists_of`."""
        return tuple(each.list for each in self.directory.lists_of(self))

    @property
    def owned_lists(self) -> tuple[MailingList, ...]:
        """The lists it may manage, by grants to itself or to a list it is on."""
        found = owned_lists(self._snapshot, self.entry)
        return tuple(each for each in map(self.directory.object, found) if isinstance(each, MailingList))

    @property
    def delegates(self) -> tuple[Delegate, ...]:
        """Those who may read it, write to it or send in its name, by the grants that stand on it."""
        return delegates(self._snapshot, self.entry)

    def facts(self) -> Iterator[tuple[str, object]]:
        yield from super().facts()
        yield "cos", None if self.cos is None else self.cos.name


class Resource(Account):
    """A room or a thing that can be booked; it has a mailbox, and the settings of one.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> acme.resource("everest@acme.example").settings.capacity
    12
    """

    kind = "resource"


class MailingList(Addressed):
    """An address that stands for others.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> acme.list("staff@acme.example").settings.posting_policy
    <PostingPolicy.DOMAIN: 'domain'>
    """

    kind = "list"
    is_dynamic: ClassVar[bool] = False

    @cached_property
    def members(self) -> Expansion:
        """The direct members, as the server would say: lists that are on it are members themselves.

        `members.entries` has those without an address, too, which a search may find.
        """
        return self.directory.expand(self, depth=1)

    def is_member(self, whom: str | Object) -> bool:
        """Whether somebody is on the list or on one that is on it; the list is not expanded for that.

        `whom` is an object, its address or DN, or an address of another domain.
        """
        return self.directory.is_member(self, whom)

    @property
    def owners(self) -> tuple[Granted, ...]:
        """Those who may manage it, by the grants that stand on it."""
        return owners(self._snapshot, self.entry)

    @property
    def allowed_senders(self) -> tuple[Granted, ...]:
        """Those whom grants name that may, or may not, write to it."""
        return allowed_senders(self._snapshot, self.entry)


class DynamicList(MailingList):
    """A list that finds its members by searching.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> sales = acme.list("sales@acme.example")
    >>> sales.is_dynamic, str(sales.settings.member_urls[0].filter)
    (True, '(ou=Sales)')
    """

    is_dynamic = True
