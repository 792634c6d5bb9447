"""Where a new object comes to stand: beside its like.

A directory shows by example how it is laid out. A new account stands in its domain where the first
account of that domain does, or else as one stands in another domain; the containers that its own
domain lacks are made in the image of those. A new domain is spelled in labels, as in
`dc=acme,dc=example`, where the first one is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from attrs import frozen

from ..errors import NotFound, SchemaError
from ..inherit import layers_of, resolve
from ..ldap.dn import AVA, DN, RDN
from ..ldap.entry import Entry
from ..ldap.matching.names import parent_key
from ..reasons import Level
from ..schema import find_setting
from ..snapshot import Snapshot
from ..snapshot.revision import is_operational
from ..values import Address

__all__ = ["Place", "place_for"]

MOST_EXAMPLES: Final = 100
"""How many objects elsewhere are looked at for one that shows the way."""

LABEL: Final = "dc"
LABEL_CLASSES: Final = (b"dcObject", b"organization")


@frozen
class Place:
    """The DN of a new object, and the containers that have to come first."""

    dn: DN
    containers: tuple[Entry, ...] = ()


def place_for(snapshot: Snapshot, level: Level, name: str, *, dynamic: bool) -> Place:
    """Find the place for an object of that kind and name; SchemaError where nothing shows it."""
    domain = domain_for(snapshot, name)
    like = find_like(snapshot, level, domain, dynamic=dynamic)
    if like is None or not like.dn.rdn:
        raise SchemaError((f"a dn is needed, because there is no other {level} to stand beside",))
    if level is Level.DOMAIN and (labels := count_labels(snapshot, like)):
        return labelled(snapshot, name, like.dn.rdns[labels:])
    naming = like.dn.rdn[0].attribute
    value = name if naming == "mail" else local_part(name)
    home = home_of(snapshot, like)
    if home is None or domain is None:
        return Place(like.dn.parent.child(naming, value))
    between = like.dn.parent.rdns[: like.dn.depth - 1 - home.dn.depth]
    above = DN.build(*between, *domain.dn.rdns)
    return Place(above.child(naming, value), tuple(copied(snapshot, between, home, domain)))


def domain_for(snapshot: Snapshot, name: str) -> Entry | None:
    """The domain of a name that is an address; NotFound where the directory does not have it."""
    if "@" not in name:
        return None
    wanted = Address(name).domain
    domain = snapshot.domain(wanted)
    if domain is None:
        raise NotFound("domain", wanted)
    return domain


def local_part(name: str) -> str:
    return name.rpartition("@")[0] or name


def find_like(snapshot: Snapshot, level: Level, domain: Entry | None, *, dynamic: bool) -> Entry | None:
    """An object of the kind below the domain, else one below another domain, else any."""
    dialect = snapshot.dialect
    apart = dialect.dynamic_list_classes != dialect.object_classes[Level.LIST]

    def is_like(entry: Entry) -> bool:
        is_kind = snapshot.level_of(entry) is level
        return is_kind and (level is not Level.LIST or not apart or dialect.is_dynamic(entry) is dynamic)

    nearby = snapshot.within(domain.dn, "children") if domain else ()
    if (found := next(filter(is_like, nearby), None)) is not None:
        return found
    elsewhere = list(islice(filter(is_like, snapshot.of_level(level)), MOST_EXAMPLES))
    at_home = (each for each in elsewhere if home_of(snapshot, each) is not None)
    return next(at_home, elsewhere[0] if elsewhere else None)


def home_of(snapshot: Snapshot, entry: Entry) -> Entry | None:
    """The domain that an entry stands below, whatever its address."""
    key = snapshot.key(entry.dn)
    while key := parent_key(key):
        above = snapshot.at(key)
        if above is not None and snapshot.level_of(above) is Level.DOMAIN:
            return above
    return None


def copied(snapshot: Snapshot, between: Sequence[RDN], home: Entry, domain: Entry) -> Iterator[Entry]:
    """Give the containers that `home` has and `domain` lacks, those above before those below."""
    for start in reversed(range(len(between))):
        dn = DN.build(*between[start:], *domain.dn.rdns)
        example = snapshot.entry(DN.build(*between[start:], *home.dn.rdns))
        if snapshot.entry(dn) is None and example is not None:
            kept = {
                name: values
                for name, values in example.raw.items()
                if not is_operational(name, snapshot.definitions)
            }
            yield Entry(dn, kept, snapshot.definitions)


def count_labels(snapshot: Snapshot, domain: Entry) -> int:
    """How many parts of the domain's DN spell its name, label by label; 0 if they do not."""
    name = resolve(snapshot, layers_of(snapshot, domain), find_setting("domain_name"))
    labels = [] if name is None else [(AVA(LABEL, label),) for label in name.split(".")]
    spelled = list(domain.dn.rdns[: len(labels)])
    return len(labels) if labels == spelled else 0


def labelled(snapshot: Snapshot, name: str, base: Sequence[RDN]) -> Place:
    """The place of a domain spelled in labels, with the domains above that exist in name only."""
    labels = name.split(".")
    dns = [DN.build(*(AVA(LABEL, label) for label in labels[start:]), *base) for start in range(len(labels))]
    missing = [
        Entry(
            dn,
            {"objectClass": LABEL_CLASSES, LABEL: (label.encode(),), "o": (label.encode(),)},
            snapshot.definitions,
        )
        for dn, label in zip(dns, labels, strict=True)
        if snapshot.entry(dn) is None
    ]
    return Place(dns[0], tuple(each for each in reversed(missing) if each.dn != dns[0]))
