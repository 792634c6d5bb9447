"""Who may send as which address: slow, obvious, and written from the description alone.

The directory is a few plain sets of lower-case addresses; nothing of the code that it judges is used.
"""

from __future__ import annotations

from attrs import field, frozen

ACME, ALIAS, GLOBEX = "acme.example", "alias.example", "globex.example"
PEOPLE = ("ann", "bob", "eve")
LISTS = ("red", "blue")

OWN, AS, ON_BEHALF_OF = "own", "as", "on behalf of"


@frozen
class Directory:
    """Two domains, one of which has another name, some people, two lists.

    Everybody is known by a name. `grants` are what is granted: on whom, which right, to whom, whether it
    gives or denies; `members` who is on which list, lists included.
    """

    homes: dict[str, str]
    aliases: dict[str, tuple[str, ...]] = field(factory=dict)
    old: dict[str, str] = field(factory=dict)
    catch_alls: dict[str, str] = field(factory=dict)
    grants: tuple[tuple[str, str, str, bool], ...] = ()
    members: frozenset[tuple[str, str]] = frozenset()
    closed: frozenset[str] = frozenset()

    def addresses(self, name: str) -> set[str]:
        return {f"{name}@{self.homes[name]}", *self.aliases.get(name, ())}


def as_stored(address: str) -> list[str]:
    """The spellings in which an address may stand in the directory, nearest first."""
    local, _, domain = address.lower().rpartition("@")
    # A local part in quotes that it does not need is the one without them.
    local = local.strip('"')
    homes = [domain, ACME] if domain == ALIAS else [domain]
    found = []
    for home in homes:
        found.append(f"{local}@{home}")
        if "+" in local[1:]:
            detailed = local[0] + local[1:].partition("+")[0]
            found.append(f"{detailed}@{home}")
    return found


def owner(directory: Directory, address: str) -> str | None:
    """Who has an address: as it stands or without its detail; else who once had it."""
    for spelling in as_stored(address):
        for name in directory.homes:
            if spelling in directory.addresses(name):
                return name
    local, _, domain = address.lower().rpartition("@")
    for home in (domain, ACME) if domain == ALIAS else (domain,):
        for name, once in directory.old.items():
            if once == f"{local.strip(chr(34))}@{home}":
                return name
    return None


def on_list(directory: Directory, who: str, of: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether somebody is on a list, directly or by a list on it."""
    if (of, who) in directory.members:
        return True
    inner = [name for name in LISTS if (of, name) in directory.members and name not in seen]
    return any(on_list(directory, who, each, seen | {each}) for each in inner)


def holds(directory: Directory, who: str, right: str, on: str) -> bool:
    """The nearer grant decides: those on the target, then, for a list, those on all lists that it is on.

    Of the grants at one place a person counts before a list, and what denies before what gives.
    """
    above = {each for each in LISTS if each != on and on in LISTS and on_list(directory, on, each)}
    for places in ({on}, above):
        relevant = [
            (to, gives) for place, what, to, gives in directory.grants if place in places and what == right
        ]
        direct = [gives for to, gives in relevant if to == who]
        through = [gives for to, gives in relevant if to in LISTS and on_list(directory, who, to)]
        for matching in (direct, through):
            if matching:
                return all(matching)
    return False


def manner(directory: Directory, login: str, address: str) -> str | None:
    """In which way somebody sends as an address; None where she may not."""
    having = owner(directory, address)
    if having == login:
        return OWN
    if having is None:
        # What nobody has is the catch-all's: of the domain as it stands, else of the one it is a name of.
        domain = address.lower().rpartition("@")[2]
        for home in (domain, ACME) if domain == ALIAS else (domain,):
            if home in directory.catch_alls:
                return OWN if directory.catch_alls[home] == login else None
        return None
    if having in LISTS:
        if holds(directory, login, "sendAsDistList", having) or holds(
            directory, login, "ownDistList", having
        ):
            return AS
        return ON_BEHALF_OF if holds(directory, login, "sendOnBehalfOfDistList", having) else None
    if having in directory.closed:
        return None
    if holds(directory, login, "sendAs", having):
        return AS
    return ON_BEHALF_OF if holds(directory, login, "sendOnBehalfOf", having) else None
