"""What an LDAP server is asked to do: add, modify, rename or delete one entry.

An operation knows which entry it is about, whatever the entry is called by then, and shows no values:
some are secret.
"""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from attrs import field, frozen

from ...ldap.dn import DN
from ...ldap.ldif.records import Modification
from ..backend import Backend
from ..stamps import Stamp
from .difference import Values

__all__ = ["Add", "Delete", "Kind", "Modify", "Operation", "Rename", "Subject"]

Kind: TypeAlias = Literal["add", "modify", "rename", "delete"]


@frozen(eq=False)
class Subject:
    """One entry, through all that happens to it; two are never equal.

    `dn` is where the snapshot has it, None for one that does not exist yet, and `stamp` its state there.
    """

    dn: DN | None = None
    stamp: Stamp = field(factory=Stamp)


def names_only(values: Values) -> str:
    return ", ".join(values)


def steps_only(modifications: tuple[Modification, ...]) -> str:
    return ", ".join(f"{each.operation} {each.attribute}" for each in modifications)


@frozen
class Add:
    """Create an entry.

    >>> Add(Subject(), DN("uid=ann,o=mail"), {"userPassword": (b"secret",)})
    Add(dn='uid=ann,o=mail', attributes=userPassword)
    """

    kind: ClassVar[Kind] = "add"

    subject: Subject = field(repr=False)
    dn: DN
    attributes: Values = field(repr=names_only)

    @property
    def target(self) -> DN:
        """Where the entry stands afterwards."""
        return self.dn

    def send(self, backend: Backend, assertion: str | None) -> None:
        # Nothing can be asserted of what is not there; the server refuses a name that is taken.
        backend.add(self.dn, self.attributes)


@frozen
class Modify:
    """Change values of an entry, all or nothing."""

    kind: ClassVar[Kind] = "modify"

    subject: Subject = field(repr=False)
    dn: DN
    modifications: tuple[Modification, ...] = field(repr=steps_only)

    @property
    def target(self) -> DN:
        """Where the entry stands afterwards."""
        return self.dn

    def send(self, backend: Backend, assertion: str | None) -> None:
        backend.modify(self.dn, self.modifications, assertion=assertion)


@frozen
class Rename:
    """Give an entry, and all below it, another DN; the values of the old RDN go, those of the new one come.

    `moves` tells whether the parent is another one.
    """

    kind: ClassVar[Kind] = "rename"

    subject: Subject = field(repr=False)
    dn: DN
    target: DN
    moves: bool

    def send(self, backend: Backend, assertion: str | None) -> None:
        superior = self.target.parent if self.moves else None
        backend.rename(self.dn, str(DN.build(self.target.rdn)), superior, assertion=assertion)


@frozen
class Delete:
    """Remove an entry."""

    kind: ClassVar[Kind] = "delete"

    subject: Subject = field(repr=False)
    dn: DN

    @property
    def target(self) -> DN:
        """Where the entry stood."""
        return self.dn

    def send(self, backend: Backend, assertion: str | None) -> None:
        backend.delete(self.dn, assertion=assertion)


Operation: TypeAlias = Add | Modify | Rename | Delete
