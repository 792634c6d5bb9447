"""The server that is looked at, and what it says of itself."""

from __future__ import annotations

from functools import cached_property

from attrs import frozen

from ...errors import NotFound
from ...ldap.definitions import Definitions
from ...ldap.dn import DN
from ...ldap.matching import dn_key
from ...ldap.url import Scope
from ...schema import Dialect
from ..backend import Attributes, Backend
from ..replica.probe import contexts as suffix_of
from ..subschema import definitions_of, subschema_of

__all__ = ["Subject", "text"]


@frozen(slots=False)
class Subject:
    """A connection to a server, the base below which the directory stands, and the dialect that it speaks."""

    backend: Backend
    base: str
    dialect: Dialect

    @cached_property
    def root_dse(self) -> Attributes:
        return {name.lower(): values for name, values in self.backend.root_dse().items()}

    @cached_property
    def schema(self) -> Definitions | None:
        """The definitions that the server shows; None where it shows none."""
        try:
            return definitions_of(subschema_of(self.backend))
        except NotFound:
            return None

    @cached_property
    def suffix(self) -> str:
        """The top entry of the database that holds the base; the base where the server does not say."""
        found = suffix_of(self.backend.root_dse(), self.base)
        return self.base if found is None else str(found)

    @property
    def contexts(self) -> tuple[str, ...]:
        """The top entries of all its databases."""
        return tuple(text(each) for each in self.root_dse.get("namingcontexts", ()))

    def key(self, dn: str) -> str:
        return dn_key(DN.parse(dn), self.dialect.definitions)

    def supports(self, control: str) -> bool:
        return control.encode() in self.root_dse.get("supportedcontrol", ())

    def entry(self, dn: str, *attributes: str) -> Attributes:
        """The attributes of an entry, by names in lower case. NotFound where it is not there."""
        for _, found in self.backend.search(dn, Scope.BASE, attributes=attributes):
            return {name.lower(): values for name, values in found.items()}
        raise NotFound("entry", dn)


def text(value: bytes) -> str:
    """A value that is text."""
    return value.decode("utf-8", "replace")
