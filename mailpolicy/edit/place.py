"""Where entries come to stand: creating and renaming."""

from __future__ import annotations

from uuid import NAMESPACE_X500, uuid5

from ..errors import InvalidValue, NotFound, SchemaError
from ..inherit import domain_of
from ..ldap.dn import DN
from ..ldap.entry import Entry
from ..ldap.matching.names import dn_key, parent_key
from ..lookup import parse_selector, selected
from ..reasons import Level
from ..snapshot import Snapshot
from ..snapshot.changes import Create, Rename
from ..values import Address
from .values import Values, stored_values

__all__ = ["created", "renamed"]

NAMED_BY = {Level.DOMAIN: "domain_name"}
"""The setting that an object's name becomes, where it is not its address or common name."""


def created(snapshot: Snapshot, change: Create) -> dict[str, Entry | None]:
    """Give the new entry that a selector such as `account:ann@acme.example` asks for.

    It gets the object classes of its kind, its name, and what its classes require and its name can
    tell; everything else is for the values given. Without a DN it stands where its like stand.
    """
    level, name = parse_selector(change.selector)
    if level is None:
        raise InvalidValue(change.selector, "the kind of object first, as in account:john@acme.example")
    dn = DN.parse(change.dn) if change.dn else place(snapshot, level, name)
    key = dn_key(dn, snapshot.definitions)
    above = parent_key(key)
    problems = []
    if snapshot.at(key) is not None:
        problems.append(f"there is an entry {dn} already")
    if above and snapshot.at(above) is None:
        problems.append(f"there is no entry {dn.parent} for it to stand below")
    values = dict(named(snapshot, level, name, dn, dynamic="member_urls" in change.values))
    for setting, value in change.values.items():
        try:
            values |= stored_values(snapshot.dialect, level, setting, value)
        except (InvalidValue, NotFound) as problem:
            problems.append(str(problem))
    if problems:
        raise SchemaError(tuple(problems))
    return {key: Entry(dn, {each: strings for each, strings in values.items() if strings}, snapshot.definitions)}


def named(snapshot: Snapshot, level: Level, name: str, dn: DN, *, dynamic: bool) -> Values:
    """What an entry has for being called so."""
    dialect, definitions = snapshot.dialect, snapshot.definitions
    classes = dialect.dynamic_list_classes if dynamic else dialect.object_classes[level]
    values: dict[str, tuple[bytes, ...]] = {"objectClass": tuple(each.encode() for each in classes)}
    required = {
        definitions.canonical_name(attribute)
        for each in classes
        if (known := definitions.object_class(each))
        for one in definitions.superclasses(known)
        for attribute in one.must
    }
    spoken = name.rpartition("@")[0] or name
    values |= {each: (spoken.encode(),) for each in ("uid", "cn", "sn", "o", "dc") if each in required}
    if dialect.id_attribute in required:
        values[dialect.id_attribute] = (str(uuid5(NAMESPACE_X500, dn)).encode(),)
    values |= {each: (text.encode(),) for each, text in dialect.initial_values.get(level, {}).items()}
    for ava in dn.rdn:
        values[definitions.canonical_name(ava.attribute)] = (ava.value,)
    if level in (Level.ACCOUNT, Level.RESOURCE, Level.LIST):
        values |= stored_values(dialect, level, "address", name)
    elif level in NAMED_BY:
        values |= stored_values(dialect, level, NAMED_BY[level], name)
    return values


def place(snapshot: Snapshot, level: Level, name: str) -> DN:
    """A DN beside the first object of the same kind, in the place that it has in its own domain."""
    like = next(snapshot.of_level(level), None)
    if like is None or not like.dn.rdn:
        raise SchemaError((f"a dn: there is no other {level} to stand beside",))
    home, target = domain_of(snapshot, like), None
    if "@" in name:
        target = snapshot.domain(Address(name).domain)
        if target is None:
            raise NotFound("domain", Address(name).domain)
    above = like.dn.parent
    if home is not None and target is not None and like.dn.endswith(f",{home.dn}"):
        above = DN(above.removesuffix(home.dn) + target.dn)
    return above.child(like.dn.rdn[0].attribute, name.rpartition("@")[0] or name)


def renamed(snapshot: Snapshot, change: Rename) -> dict[str, Entry | None]:
    """Give an entry and all below it under the new DN. The values that name it follow."""
    entry = selected(snapshot, change.selector)
    old, new = entry.dn, DN.parse(change.dn)
    key = snapshot.key(new)
    if snapshot.at(key) not in (None, entry):
        raise SchemaError((f"there is an entry {new} already",))
    if parent_key(key) and snapshot.entry(new.parent) is None:
        raise SchemaError((f"there is no entry {new.parent} for it to stand below",))
    if snapshot.key(old) != key and key.endswith("," + snapshot.key(old)):
        raise SchemaError(("an entry cannot move below itself",))
    edited: dict[str, Entry | None] = {}
    for each in snapshot.within(old, "sub"):
        edited[snapshot.key(each.dn)] = None
    for each in snapshot.within(old, "sub"):
        dn = new if each is entry else DN.build(*each.dn.rdns[: each.dn.depth - old.depth], *new.rdns)
        values = renaming(snapshot, entry, new) if each is entry else each.raw
        edited[snapshot.key(dn)] = Entry(dn, values, snapshot.definitions, each.line)
    return edited


def renaming(snapshot: Snapshot, entry: Entry, new: DN) -> Values:
    """The values of an entry with those of its old RDN replaced by those of the new one."""
    values = dict(entry.raw)
    for ava in entry.dn.rdn:
        name = snapshot.definitions.canonical_name(ava.attribute)
        values[name] = tuple(each for each in values.get(name, ()) if each != ava.value)
    for ava in new.rdn:
        name = snapshot.definitions.canonical_name(ava.attribute)
        values[name] = (ava.value, *(each for each in values.get(name, ()) if each != ava.value))
    return {name: each for name, each in values.items() if each}
