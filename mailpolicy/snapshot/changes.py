"""Changes to a directory, as values.

A change says what to do, not how: it names its entry by a selector (see `selector`) and its
values by setting name, as text or as Python values. Nothing happens until a change meets a
directory: `Directory.with_changes` gives the directory that would be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from attrs import field, frozen

__all__ = [
    "AddValue",
    "Change",
    "Create",
    "Delete",
    "Named",
    "RemoveValue",
    "Rename",
    "Set",
    "Unset",
    "add_value",
    "create",
    "delete",
    "remove_value",
    "rename",
    "set",
    "unset",
]


class Named(Protocol):
    """An object of a directory stands for its own DN wherever a selector is expected."""

    @property
    def dn(self) -> str: ...


def as_selector(selector: str | Named) -> str:
    return selector if isinstance(selector, str) else selector.dn


def changed_names(values: Mapping[str, Any]) -> str:
    return ", ".join(values)


@frozen
class Set:
    """Give settings their whole value, replacing what the entry had."""

    selector: str = field(converter=as_selector)
    values: Mapping[str, Any] = field(repr=changed_names)


@frozen
class Unset:
    """Remove settings from the entry, so that they inherit again."""

    selector: str = field(converter=as_selector)
    names: tuple[str, ...]


@frozen
class AddValue:
    """Add one value to each of some settings that hold several."""

    selector: str = field(converter=as_selector)
    values: Mapping[str, Any] = field(repr=changed_names)


@frozen
class RemoveValue:
    """Remove one value from each of some settings that hold several."""

    selector: str = field(converter=as_selector)
    values: Mapping[str, Any] = field(repr=changed_names)


@frozen
class Create:
    """Create an object. Without a `dn` it is placed beside its like."""

    selector: str
    values: Mapping[str, Any] = field(repr=changed_names)
    dn: str | None = None


@frozen
class Delete:
    """Delete an entry that has no entries below it."""

    selector: str = field(converter=as_selector)


@frozen
class Rename:
    """Give an entry another DN; the entries below it move along."""

    selector: str = field(converter=as_selector)
    dn: str


Change = Set | Unset | AddValue | RemoveValue | Create | Delete | Rename


def set(selector: str | Named, attributes: Mapping[str, Any] | None = None, /, **settings: Any) -> Set:
    """Set settings of one object, by public name; `attributes` takes LDAP names. None unsets.

    >>> set("cos:premium", mailbox_quota="10 GiB")
    Set(selector='cos:premium', values=mailbox_quota)
    """
    return Set(selector, {**(attributes or {}), **settings})


def unset(selector: str | Named, *names: str) -> Unset:
    """Remove settings from one object: what it inherits applies again.

    >>> unset("john@acme.example", "mailbox_quota")
    Unset(selector='john@acme.example', names=('mailbox_quota',))
    """
    return Unset(selector, names)


def add_value(
    selector: str | Named, attributes: Mapping[str, Any] | None = None, /, **settings: Any
) -> AddValue:
    """Add a value to settings that hold several; a value already there is left as it is.

    >>> add_value("john@acme.example", aliases="j.doe@acme.example")
    AddValue(selector='john@acme.example', values=aliases)
    """
    return AddValue(selector, {**(attributes or {}), **settings})


def remove_value(
    selector: str | Named, attributes: Mapping[str, Any] | None = None, /, **settings: Any
) -> RemoveValue:
    """Remove a value from settings that hold several.

    >>> remove_value("list:all@acme.example", member_addresses="old@acme.example")
    RemoveValue(selector='list:all@acme.example', values=member_addresses)
    """
    return RemoveValue(selector, {**(attributes or {}), **settings})


def create(
    selector: str, attributes: Mapping[str, Any] | None = None, /, *, dn: str | None = None, **settings: Any
) -> Create:
    """Create the object that `selector` will name: ``account:…``, ``cos:…``, ``domain:…`` and so on.

    >>> create("cos:gold", mailbox_quota="50 GiB")
    Create(selector='cos:gold', values=mailbox_quota, dn=None)
    """
    return Create(selector, {**(attributes or {}), **settings}, dn)


def delete(selector: str | Named) -> Delete:
    """Delete an object. What names it dangles afterwards, and is a finding.

    >>> delete("list:old@acme.example")
    Delete(selector='list:old@acme.example')
    """
    return Delete(selector)


def rename(selector: str | Named, dn: str) -> Rename:
    """Give an object another DN; its values stay, its naming value follows, entries below it move along.

    It does what a server does, and no more: what names the object by its old DN dangles
    afterwards, and is a finding.

    >>> rename("cos:gold", "cn=platinum,ou=cos,o=mail")
    Rename(selector='cos:gold', dn='cn=platinum,ou=cos,o=mail')
    """
    return Rename(selector, dn)
