"""What people hold: the objects of a directory, each bound to the directory it was found in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import frozen

from ..errors import InvalidValue
from ..inherit import Effective, Layers, layers_of
from ..ldap.dn import DN
from ..ldap.entry import Entry
from ..lookup import alias_target, target_domain
from ..reasons import Level
from ..snapshot import Snapshot
from ..status import Status, status_of
from ..tables import Table
from ..values import Address, DomainName
from .display import name_of, object_table
from .settings import Settings

if TYPE_CHECKING:
    from .directory import Directory

__all__ = [
    "Account",
    "Alias",
    "ClassOfService",
    "Config",
    "Domain",
    "DynamicList",
    "MailingList",
    "Object",
    "Resource",
    "Server",
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
    def dn(self) -> DN:
        """The distinguished name of the entry."""
        return self.entry.dn

    @property
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
        return None if entry is None else ClassOfService(self.directory, entry)

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


class DynamicList(MailingList):
    """A list that finds its members by searching.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> sales = acme.list("sales@acme.example")
    >>> sales.is_dynamic, str(sales.settings.member_urls[0].filter)
    (True, '(ou=Sales)')
    """

    is_dynamic = True


class Domain(HasStatus):
    """A mail domain.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> acme.domain("acme.example").settings.domain_kind
    <DomainKind.LOCAL: 'local'>
    """

    kind = "domain"

    @property
    def domain_name(self) -> DomainName | None:
        """The name after the `@`; None where the entry has none that can be read."""
        return self.settings.domain_name

    @property
    def target(self) -> Domain | None:
        """The domain for which this is another name; None for a domain of its own."""
        entry = target_domain(self._snapshot, self.entry)
        return None if entry is None else Domain(self.directory, entry)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts whose primary address is in this domain."""
        return self.directory.accounts(self)


class ClassOfService(Object):
    """What accounts that name it, or whose domain does, inherit. It has no status.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> acme.cos("kiosk").settings.mailbox_quota
    Size('250 MiB')
    """

    kind = "cos"

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts to which it applies: they name it themselves, or their domain does for them."""
        return self.directory.accounts(cos=self)


class Alias(Object):
    """An entry whose address leads to another object.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> acme.aliases()[0].target
    <Account root@acme.example>
    """

    kind = "alias"

    @property
    def target(self) -> Object | None:
        """The object mail for the alias goes to; None if it dangles."""
        entry = alias_target(self._snapshot, self.entry)
        return None if entry is None else self.directory.object(entry)

    def facts(self) -> Iterator[tuple[str, object]]:
        yield "leads to", None if self.target is None else self.target.name


class Config(Object):
    """What holds for everybody who has nothing nearer.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> acme.config.settings.password_min_length
    10
    """

    kind = "config"


class Server(Object):
    """A machine of the mail system.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> acme.servers()[0]
    <Server mail1.provider.example>
    """

    kind = "server"
