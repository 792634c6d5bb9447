"""Who is on a list, the slow and obvious way: every address is put to `Directory.find`, every entry tried."""

from __future__ import annotations

from attrs import frozen

from mailpolicy.errors import Ambiguous, InvalidValue, NotFound, Unavailable
from mailpolicy.ldap.entry import Entry
from mailpolicy.lists.dynamic import is_found
from mailpolicy.lookup import target_domain
from mailpolicy.model import Directory
from mailpolicy.reasons import Level
from mailpolicy.snapshot import Snapshot
from mailpolicy.values import Address

PROBLEMS = {NotFound: "nobody", Ambiguous: "ambiguous", Unavailable: "unknown", InvalidValue: "invalid"}
WITH_MAIL = (Level.ACCOUNT, Level.RESOURCE, Level.LIST)


@frozen
class Naive:
    """The direct members of one list: DNs of entries and of lists, addresses, texts with what is wrong,
    and the DNs of those who have what belongs to several."""

    entries: frozenset[str]
    lists: frozenset[str]
    outside: frozenset[str]
    dangling: frozenset[tuple[str, str]]
    rivals: frozenset[str]


class Membership:
    """The members of all lists of a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.directory = Directory(snapshot, snapshot.dialect.statuses)
        self.lists = {entry.dn: entry for entry in snapshot if snapshot.level_of(entry) is Level.LIST}
        self.direct = {dn: self._direct(entry) for dn, entry in self.lists.items()}

    def _direct(self, list_entry: Entry) -> Naive:
        finds = []
        if self.snapshot.dialect.is_dynamic(list_entry):
            finds = [entry for entry in self.snapshot if is_found(self.snapshot, list_entry, entry)]
        units = [entry for entry in finds if self.snapshot.level_of(entry) is None]
        found = {entry.dn for entry in finds}
        outside, dangling, rivals = set(), set(), set()
        for holder in (list_entry, *units):
            for text in self._texts(holder):
                try:
                    found.add(self.directory.find(text).entry.dn)
                except (NotFound, Unavailable, Ambiguous, InvalidValue) as error:
                    if self._is_outside(text, error):
                        outside.add(str(Address(text)))
                    else:
                        dangling.add((text, PROBLEMS[type(error)]))
                        rivals.update(error.dns if isinstance(error, Ambiguous) else ())
        nested = found & self.lists.keys()
        sets = (found - nested, nested, outside, dangling, rivals)
        return Naive(*map(frozenset, sets))

    def _texts(self, entry: Entry) -> list[str]:
        binding = self.snapshot.dialect.binding("member_addresses", Level.LIST)
        assert binding is not None
        return [str(text) for part in binding.parts for text in entry.get(part.attribute)]

    def _is_outside(self, text: str, error: Exception) -> bool:
        return isinstance(error, NotFound | Unavailable) and not self.snapshot.domain(Address(text).domain)

    def distances(self, dn: str) -> dict[str, int]:
        """The lists below one, itself first, by how many steps they are away."""
        found = {dn: 0}
        waiting = [dn]
        for each in waiting:
            for nested in sorted(self.direct[each].lists):
                if nested not in found:
                    found[nested] = found[each] + 1
                    waiting.append(nested)
        return found

    def entries(self, dn: str) -> dict[str, int]:
        """Everybody on a list who has an address, by how far away the nearest list is that has her."""
        return self._nearest(dn, {of: self.direct[of].entries & self.addressed for of in self.lists})

    def outside(self, dn: str) -> dict[str, int]:
        return self._nearest(dn, {of: self.direct[of].outside for of in self.lists})

    def may_have(self, dn: str, whom: str) -> bool:
        """Whether somebody is on a list if each doubtful address leads to whom it may lead to."""
        waiting = [dn]
        for each in waiting:
            here = self.direct[each]
            perhaps = here.entries | here.lists | here.outside | here.rivals
            if whom in perhaps or any(problem == "unknown" for _, problem in here.dangling):
                return whom != dn
            waiting += [below for below in perhaps & self.lists.keys() if below not in waiting]
        return False

    def within(self, dn: str) -> set[str]:
        """Whoever is of the domain of a list and on it, or on a list of the domain that is on it."""
        home = self._home(dn)
        found: set[str] = set()
        waiting = [dn]
        for each in waiting:
            members = self.direct[each].entries | self.direct[each].lists
            own = {member for member in members if home and self._home(member) == home}
            found |= own
            waiting += [below for below in own & self.lists.keys() if below not in waiting]
        return found

    def _home(self, dn: str) -> frozenset[str]:
        """All DNs of domains that are one with that of an entry, or the name of one that is not here."""
        entry = self.snapshot.entry(dn)
        assert entry is not None
        address = self.address(entry)
        domain: Entry | None = None
        if address is not None:
            name = Address(address).domain
            domain = self.snapshot.domain(name)
            if domain is None:
                return frozenset({name})
        above = entry.dn
        while domain is None and above:
            there = self.snapshot.entry(above)
            domain = there if there and self.snapshot.level_of(there) is Level.DOMAIN else None
            above = above.parent
        way: list[str] = []
        while domain is not None and domain.dn not in way:
            way.append(domain.dn)
            domain = target_domain(self.snapshot, domain)
        # Where the way ends, or goes round.
        return frozenset(way[-1:] if domain is None else way[way.index(domain.dn) :])

    def _nearest(self, dn: str, by_list: dict[str, frozenset[str]]) -> dict[str, int]:
        found: dict[str, int] = {}
        for each, distance in self.distances(dn).items():
            for member in by_list[each]:
                found[member] = min(distance, found.get(member, distance))
        return found

    @property
    def addressed(self) -> frozenset[str]:
        return frozenset(entry.dn for entry in self.snapshot if self.address(entry))

    def address(self, entry: Entry) -> str | None:
        """The first address that can be read, the primary one before aliases."""
        level = self.snapshot.level_of(entry)
        for name in ("address", "aliases") if level in WITH_MAIL else ():
            binding = self.snapshot.dialect.binding(name, level)
            for part in binding.parts if binding else ():
                for text in entry.get(part.attribute):
                    try:
                        return str(Address(str(text)))
                    except InvalidValue:
                        continue
        return None

    def has_loop(self, dn: str) -> bool:
        """Whether a way leads back: taking away again and again what leads nowhere leaves something."""
        left = {each: set(self.direct[each].lists) for each in self.distances(dn)}
        while ends := [each for each, further in left.items() if not further]:
            for end in ends:
                del left[end]
            for further in left.values():
                further.difference_update(ends)
        return bool(left)
