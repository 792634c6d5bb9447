"""Put the entries of an LDIF file into a server, one by one; a server takes them no faster otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from attrs import frozen

from ...errors import InvalidDN, MailPolicyError, NotFound, ReadOnly, SchemaError, StalePlan, Unavailable
from ...ldap.definitions import Definitions
from ...ldap.ldif import ContentRecord
from ...ldap.matching.forms import exact
from ...ldap.matching.names import stored_form
from ...ldap.url import Scope
from ...schema import DIALECTS, find_dialect
from ..backend import Backend
from ..subschema import definitions_of, subschema_of
from .reading import Source
from .report import Outcome, Told

__all__ = ["Loading"]

Values = dict[str, list[bytes]]


@frozen
class Loading:
    """A server that takes entries.

    What is there already with the same content is passed over, so a second run goes on where the first was
    interrupted. Attributes that only the server itself may set are left out; it sets its own.
    """

    backend: Backend
    definitions: Definitions

    @classmethod
    def into(cls, backend: Backend) -> Loading:
        """Ask the server for its schema. Raises Unavailable."""
        site = definitions_of(subschema_of(backend))
        return cls(backend, Definitions.standard() | site if site else Definitions.standard())

    def load(self, source: Source) -> Iterator[Told]:
        """Say of each record what has become of it, as it happens; bad ones first.

        Raises Unavailable where the server is gone. The entry that it was given last may be there or not.
        """
        yield from source.bad
        for record in source:
            outcome, why = self.put(record)
            yield Told(outcome, str(record.dn), record.line, why, record)

    def put(self, record: ContentRecord) -> tuple[Outcome, str]:
        """Add one entry, and say what came of it and why."""
        dn, attributes = str(record.dn), self.settable(record)
        try:
            self.backend.add(dn, attributes)
        except MailPolicyError as refusal:
            return self.refused(record, attributes, refusal)
        return Outcome.ADDED, ""

    def settable(self, record: ContentRecord) -> Values:
        """The values by attribute, without what the server sets itself."""
        found: Values = {}
        for name, value in record.attributes:
            known = self.definitions.attribute(name)
            if known is None or not known.no_user_modification:
                found.setdefault(self.definitions.canonical_name(name), []).append(value)
        return found

    def refused(self, record: ContentRecord, wanted: Values, refusal: MailPolicyError) -> tuple[Outcome, str]:
        """What it means that an entry was not added. Raises Unavailable where nobody answers any more."""
        dn = str(record.dn)
        found = self.entry(dn)
        if found is None:
            return Outcome.REFUSED, self.reason(record, refusal)
        expected = named(record, wanted, self.definitions)
        different = [name for name in {**expected, **found} if self.differs(name, expected, found)]
        if not different:
            return Outcome.PRESENT, ""
        return Outcome.DIFFERENT, f"is there with other values of {', '.join(different)}"

    def entry(self, dn: str) -> Values | None:
        """The entry as it is there; None for one that is not, or not for us to see."""
        try:
            for _, attributes in self.backend.search(dn, Scope.BASE, attributes=("*",)):
                return {
                    self.definitions.canonical_name(name): list(each) for name, each in attributes.items()
                }
        except (NotFound, InvalidDN):
            pass
        return None

    def reason(self, record: ContentRecord, refusal: MailPolicyError) -> str:
        match refusal:
            case StalePlan():
                if self.entry(record.dn.parent) is None:
                    return "the entry above it is not there"
                return "is there, but not for this account to see"
            case SchemaError(problems=problems):
                return "; ".join(each.removeprefix(f"{record.dn}: ") for each in problems)
            case ReadOnly(why=why) | Unavailable(why=why):
                return why
        return str(refusal)

    def differs(self, name: str, wanted: Values, found: Values) -> bool:
        """Whether the values of an attribute are others, as far as this account can see."""
        if name not in found and is_secret(name):
            return False  # who may write passwords cannot always read them
        return self.compared(name, wanted) != self.compared(name, found)

    def compared(self, name: str, values: Values) -> set[bytes]:
        known = self.definitions.attribute(name)
        form = stored_form(known, self.definitions) if known else exact
        return {form(each) or each for each in values.get(name, ())}


def named(record: ContentRecord, values: Values, definitions: Definitions) -> Values:
    """The values with those that the name of the entry has; a server adds them where they are missing."""
    found = {name: list(each) for name, each in values.items()}
    for ava in record.dn.rdn:
        here = found.setdefault(definitions.canonical_name(ava.attribute), [])
        here.append(ava.value)
    return found


@cache
def is_secret(name: str) -> bool:
    return any(find_dialect(each).is_secret(name) for each in DIALECTS)
