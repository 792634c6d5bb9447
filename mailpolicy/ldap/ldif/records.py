"""What an LDIF file holds: entries as they are, or changes to entries (RFC 2849).

Values are bytes, always: LDIF says how they are written, never what they mean. Attribute
descriptions (`cn`, `cn;lang-de`) stay as the file spells them; which of them are the same is for
the schema to say. `line` is the number of the record's `dn:` line, None for one made in Python;
it does not take part in comparison.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import field, frozen

from ..dn import DN

__all__ = [
    "Add",
    "Attribute",
    "Change",
    "ChangeRecord",
    "ContentRecord",
    "Control",
    "Delete",
    "Modification",
    "Modify",
    "Record",
    "Rename",
]

Attribute: TypeAlias = tuple[str, bytes]
"""One line of an entry: an attribute description and one value."""


@frozen
class ContentRecord:
    """An entry as it is: its DN and its attribute lines, in the order of the file."""

    dn: DN
    attributes: tuple[Attribute, ...]
    line: int | None = field(default=None, eq=False)


@frozen
class Add:
    """Create the entry with these attribute lines."""

    attributes: tuple[Attribute, ...]


@frozen
class Delete:
    """Remove the entry."""


@frozen
class Modification:
    """One step of a `Modify`; `delete` and `replace` without values mean the whole attribute.

    `increment` adds the one value to each stored integer (RFC 4525).
    """

    operation: Literal["add", "delete", "replace", "increment"]
    attribute: str
    values: tuple[bytes, ...] = ()


@frozen
class Modify:
    """Change attributes of the entry, step by step, all or none."""

    modifications: tuple[Modification, ...]


@frozen
class Rename:
    """Give the entry a new RDN and, with `superior`, a new place in the tree."""

    rdn: DN
    delete_old_rdn: bool
    superior: DN | None = None


Change: TypeAlias = Add | Delete | Modify | Rename


@frozen
class Control:
    """A control sent along with a change (RFC 4511, section 4.1.11)."""

    oid: str
    critical: bool = False
    value: bytes | None = None


@frozen
class ChangeRecord:
    """A change to one entry."""

    dn: DN
    change: Change
    controls: tuple[Control, ...] = ()
    line: int | None = field(default=None, eq=False)


Record: TypeAlias = ContentRecord | ChangeRecord
