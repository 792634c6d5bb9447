"""Domains and classes of service, from which accounts inherit, and what else is no mailbox or list."""

from __future__ import annotations

from collections.abc import Iterator

from ..lookup import alias_target, target_domain
from ..values import DomainName
from .objects import Account, HasStatus, Object

__all__ = ["Alias", "ClassOfService", "Config", "Domain", "Server"]


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
