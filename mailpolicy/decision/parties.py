"""Whom the names in a request mean: an object, nobody, or nobody can tell."""

from __future__ import annotations

import re
from typing import Final

from ..errors import Ambiguous, InvalidValue, NotFound, Unavailable
from ..freshness import State
from ..inherit import Why
from ..ldap.filter import Equal
from ..lookup import Straight, absent, having
from ..model import Account, Directory, Object
from ..model.objects import Addressed
from ..reasons import Level
from ..snapshot import folded_domain
from ..values import Address, folded

__all__ = ["looked_up"]


def looked_up(directory: Directory, how: str, name: str) -> Object | None:
    """The object of that name; None where the directory answers that there is none."""
    try:
        if how == "find":
            return whole(directory.find(name))
        if how == "domain":
            return directory.domain(name)
        if how == "config":
            return directory.config
        if how == "host":
            return served_at(directory, name)
        entry = having(directory.snapshot, folded(name))
    except NotFound:
        return None
    except InvalidValue:
        return None  # text that is no address is nobody's
    except Unavailable:
        if how in PLACES and was_foreign(directory, name):
            return None
        raise
    if entry is not None:
        return whole(directory.object(entry))
    problem = absent(directory.snapshot, "address", name)
    if isinstance(problem, NotFound):
        return None
    raise problem


def whole(found: Object) -> Object:
    """The same; Unavailable where what it inherits from may stand in a record that nobody could read.

    A class of service or a domain that is gone leaves its accounts to what holds for all. One that is lost
    does not: a second factor that it wants, or mail that it stops, must not fall away for that.
    """
    directory = found.directory
    lost = directory.snapshot.lost
    if not lost or not isinstance(found, Addressed):
        return found
    lacking = "domain" if found.domain is None else lost_cos(found)
    if lacking:
        records = "one record" if lost == 1 else f"{lost} records"
        why = f"shows no {lacking} of {found.name}, but {records} could not be used"
        raise Unavailable("the source", why=why)
    return found


def lost_cos(found: Addressed) -> str:
    """Whether it names a class of service that is not there."""
    if not isinstance(found, Account):
        return ""
    dangling = any(each.why is Why.DANGLING for each in found.explain("cos").shadowed)
    return "class of service" if dangling else ""


PLACES: Final = ("find", "domain")
"""Questions where mail goes; who somebody is, is another matter."""


TAKEN_APART: Final = re.compile('[%!@"]')
"""What may lead a mail server on to another domain, of which then nothing is known."""


def was_foreign(directory: Directory, name: str) -> bool:
    """Whether the domain of an address was none of ours when the directory last answered.

    Then mail to others goes on leaving while it does not: whether the domain is a new one of ours is for the
    mail server's own tables to say. Of a directory that was never seen whole nothing follows.
    """
    snapshot = directory.snapshot
    if snapshot.lost or not snapshot or directory.freshness.state is not State.STALE:
        return False
    try:
        address = Address(name if "@" in name else f"x@{name}")  # who writes in capitals means the same
    except InvalidValue:
        return False
    return TAKEN_APART.search(address.local) is None and Straight(snapshot).is_foreign(address.domain)


def served_at(directory: Directory, host: str) -> Object:
    """The one domain that is reached by the name of a host; Ambiguous where several are."""
    snapshot = directory.snapshot
    binding = snapshot.dialect.binding("virtual_hostnames", Level.DOMAIN)
    name = folded_domain(host)
    if not name.isprintable():  # lone surrogates, which no directory could be asked for
        raise absent(snapshot, "domain at", host)
    found = []
    for part in binding.parts if binding else ():
        entries = directory.search("", filter=Equal(part.attribute, name))
        found += [entry for entry in entries if snapshot.level_of(entry) is Level.DOMAIN]
    if not found:
        raise absent(snapshot, "domain at", host)
    if len(found) > 1:
        raise Ambiguous(host, tuple(str(entry.dn) for entry in found))
    return directory.object(found[0])
