"""Creating objects."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from uuid import NAMESPACE_X500, uuid5

from ..errors import InvalidValue, NotFound, SchemaError
from ..ldap.dn import DN
from ..ldap.entry import Entry
from ..ldap.matching.names import parent_key
from ..lookup import parse_selector
from ..reasons import Level
from ..snapshot import Index, Snapshot
from ..snapshot.changes import Create
from ..values import Address
from .alias import acquired
from .place import Place, local_part, place_for
from .values import Values, stored_values, united

__all__ = ["created"]

ADDRESSED = (Level.ACCOUNT, Level.RESOURCE, Level.LIST)


def created(snapshot: Snapshot, change: Create) -> Mapping[str, Entry | None]:
    """Give the new entry that a selector such as `account:ann@acme.example` asks for.

    It gets the object classes of its kind, its name, and what its classes require and its name can
    tell; everything else is for the values given. Without a DN it stands where its like stand.
    """
    level, name = parse_selector(change.selector)
    if level is None:
        raise InvalidValue(change.selector, "the kind of object first, as in account:john@acme.example")
    if "@" in name:
        name = Address(name)
    dynamic = level is Level.LIST and "member_urls" in change.values
    place = Place(DN.parse(change.dn)) if change.dn else place_for(snapshot, level, name, dynamic=dynamic)
    problems = misplaced(snapshot, place)
    values = dict(named(snapshot, level, name, place.dn, dynamic=dynamic))
    for setting, value in change.values.items():
        try:
            values |= stored_values(snapshot, level, setting, value)
        except (InvalidValue, NotFound) as problem:
            problems.append(str(problem))
    if problems:
        raise SchemaError(tuple(problems))
    kept = {
        each: united(snapshot.definitions, each, (), strings) for each, strings in values.items() if strings
    }
    entry = Entry(place.dn, kept, snapshot.definitions)
    made = {snapshot.key(each.dn): each for each in (*place.containers, entry)}
    return {**made, **acquired(snapshot, entry, name)}


def misplaced(snapshot: Snapshot, place: Place) -> list[str]:
    """Say what keeps an entry from standing there."""
    problems = []
    key = snapshot.key(place.dn)
    if snapshot.at(key) is not None:
        problems.append(f"there is an entry {place.dn} already")
    above = parent_key(key)
    if above and snapshot.at(above) is None and not place.containers:
        problems.append(f"there is no entry {place.dn.parent} for it to stand below")
    return problems


def named(snapshot: Snapshot, level: Level, name: str, dn: DN, *, dynamic: bool) -> Values:
    """What an entry has for being called so."""
    dialect, definitions = snapshot.dialect, snapshot.definitions
    classes = dialect.dynamic_list_classes if dynamic else dialect.object_classes[level]
    known = [found for each in classes if (found := definitions.object_class(each))]
    everything = [each for one in known for each in definitions.superclasses(one)]
    required = {definitions.canonical_name(attribute) for each in everything for attribute in each.must}
    allowed = required | {
        definitions.canonical_name(attribute) for each in everything for attribute in each.may
    }
    values: dict[str, tuple[bytes, ...]] = {"objectClass": tuple(each.encode() for each in classes)}
    spoken = dict.fromkeys(("uid", "cn", "sn", "displayName"), local_part(name)) | {"o": name, "mail": name}
    values |= {each: (text.encode(),) for each, text in spoken.items() if each in required}
    if level in ADDRESSED and "mail" in allowed:
        values["mail"] = (name.encode(),)
    if dialect.id_attribute in required:
        values[dialect.id_attribute] = (new_id(snapshot, dn).encode(),)
    initial = dialect.dynamic_list_values if dynamic else dialect.initial_values.get(level, {})
    values |= {each: (text.encode(),) for each, text in initial.items()}
    if level in ADDRESSED:
        values |= stored_values(snapshot, level, "address", name)
    elif level is Level.DOMAIN:
        values |= stored_values(snapshot, level, "domain_name", name)
    for ava in dn.rdn:
        values[definitions.canonical_name(ava.attribute)] = (ava.value,)
    return values


def new_id(snapshot: Snapshot, dn: DN) -> str:
    """An id that nobody has. It follows from the DN: the same change gives the same directory."""
    drawn = (str(uuid5(NAMESPACE_X500, f"{dn}#{number}" if number else dn)) for number in count())
    return next(each for each in drawn if not snapshot.lookup(Index.ID, each))
