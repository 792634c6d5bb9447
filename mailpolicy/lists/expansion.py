"""What a list comes to: everybody who gets its mail, each once and with the way."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain, compress
from types import MappingProxyType
from typing import Final, cast

from attrs import field, frozen

from ..errors import Ambiguous, Unavailable
from ..freshness import Freshness
from ..ldap.dn import DN
from ..ldap.entry import Entry
from ..reasons import Level
from ..snapshot import Snapshot
from ..snapshot.facets import OfLevel
from ..snapshot.rows import Rows
from ..snapshot.segment import Column
from ..status import Receive
from ..status.swept import status_of
from ..tables import Table
from ..trees import Tree
from .doubts import doubt
from .homes import NO_HOME, domain_in, home_named, home_of
from .loops import loops
from .members import Dangling, name_of
from .reach import HIDDEN, PRIMARY, SYSTEM, entry_at
from .shown import expansion_table, expansion_tree
from .upward import start_of
from .walk import Walk

__all__ = ["Expansion", "Member"]

UNTOLD: Final = ("ambiguous", "unknown")
"""What is wrong with members that may be somebody all the same."""


@frozen(eq=False, repr=False, slots=False)
class Expansion:
    """Everybody whom mail for a list comes to: entries in the order of the directory, then outside addresses.

    Each is there once, however many ways lead to her. What is on a list and has no address, an
    organizational unit that a search finds, say, is not among them but counted.
    """

    snapshot: Snapshot
    statuses: str
    """The status table that says who receives."""
    walk: Walk
    home: str | None = None
    """The domain that members have to be at home in, by its key; None where any will do."""

    @property
    def freshness(self) -> Freshness:
        """How far this can be taken for who is on the list now."""
        return self.snapshot.freshness

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """The address of each member."""
        within = compress(self._primary, self._are_in)
        return (*cast("Iterator[str]", within), *self._outside)

    @cached_property
    def entries(self) -> list[Entry]:
        """Every entry that is on one of the lists, whether it has an address or not; lists are, too.

        Where members have to be of the list's own domain, so have these.
        """
        nested = Rows.of(chain.from_iterable(members.lists for members in self.walk.members))
        if self.home is None:
            return self.snapshot.entries(self._rows | nested)
        entries = self.snapshot.entries(self._rows | (nested - Rows.of(self.walk.elsewhere)))
        return [entry for entry in entries if NO_HOME != self.home == home_of(self.snapshot, entry)]

    def __len__(self) -> int:
        return len(self.addresses)

    def __iter__(self) -> Iterator[Member]:
        for row, address in compress(zip(self._rows, self._primary, strict=True), self._are_in):
            assert address is not None
            yield self._member(row, address)
        for address, holder in self._outside.items():
            yield Member(address, "external", self, holder, None)

    def __contains__(self, address: object) -> bool:
        """Whether an address, in any of its spellings, is that of a member.

        Ambiguous or Unavailable where nobody can tell whose it is, or whether she is a member.
        """
        start = start_of(self.snapshot, address) if isinstance(address, str) else None
        if start is None:
            return False
        is_in = start in self._outside if isinstance(start, str) else start in self.rows
        if not is_in and (why := self._doubt_of(start)) is not None:
            raise why
        return is_in

    def _doubt_of(self, start: int | str) -> Ambiguous | Unavailable | None:
        """Why nobody can tell whether somebody is a member who is not seen to be one."""
        opened = self.walk.opened
        if start in opened or not any(each.problem in UNTOLD for each in self.dangling):
            return None
        if not self._admits(start):
            return None
        return doubt(self.snapshot, next(iter(opened)), start, opened)

    def _admits(self, start: int | str) -> bool:
        """Whether somebody would be a member if she were on one of the lists."""
        if isinstance(start, str):
            return self.home is None
        entry = entry_at(self.snapshot, start)
        has_address = PRIMARY.value(entry, self.snapshot.dialect) is not None
        return has_address and (self.home is None or NO_HOME != self.home == home_of(self.snapshot, entry))

    def member_at(self, row: int) -> Member:
        """The member in one of the `rows`."""
        (address,) = self.snapshot.column(PRIMARY, Rows.of((row,)))
        assert address is not None
        return self._member(row, address)

    def _member(self, row: int, address: str) -> Member:
        kind = str(self.snapshot.level_of(entry_at(self.snapshot, row)))
        return Member(address, kind, self, self._holder_of[row], row)

    @property
    def name(self) -> str:
        """The address of the list that is expanded."""
        return name_of(self.snapshot, next(iter(self.walk.opened)))

    @cached_property
    def loops(self) -> tuple[tuple[str, ...], ...]:
        """Ways by which lists come to be on themselves: one for each knot of lists, a shortest.

        Each begins and ends with the same list.
        """
        opened = self.walk.opened
        graph = {
            row: [each for each in members.lists if each in opened]
            for row, members in zip(opened, self.walk.members, strict=True)
        }
        return tuple(tuple(name_of(self.snapshot, row) for row in way) for way in loops(graph))

    @cached_property
    def dangling(self) -> tuple[Dangling, ...]:
        """The members that lead to nobody, or nobody can tell where."""
        return tuple(chain.from_iterable(members.dangling for members in self.walk.members))

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many there are.

        Of members `account`, `resource`, `list` (too deep to be opened) and `external`; among them
        `hidden` from the address book and `system` accounts. Beside them `dangling`, `unaddressed`
        (entries that have no address) and `elsewhere` (of another domain, where those are left out).
        """
        members, snapshot = self.rows, self.snapshot
        kinds = {
            str(level): len(snapshot.among(members, OfLevel(level)))
            for level in (Level.ACCOUNT, Level.RESOURCE, Level.LIST)
        }
        addressed = sum(address is not None for address in self._primary)
        elsewhere = addressed - len(members) + len(self.walk.elsewhere)
        return MappingProxyType(
            {
                **kinds,
                "external": len(self._outside),
                "hidden": self._marked(HIDDEN),
                "system": self._marked(SYSTEM),
                "dangling": len(self.dangling),
                "unaddressed": len(self._rows) - addressed,
                "elsewhere": elsewhere + (len(self._met_outside) - len(self._outside)),
            }
        )

    def _marked(self, column: Column[bool]) -> int:
        return self.snapshot.column(column, self.rows).count(True)

    @cached_property
    def _rows(self) -> Rows:
        found = Rows.union(members.rows for members in self.walk.members)
        return found | Rows.of(self.walk.unopened) if self.walk.unopened else found

    @cached_property
    def _primary(self) -> list[str | None]:
        return self.snapshot.column(PRIMARY, self._rows)

    @cached_property
    def _are_in(self) -> list[str | None] | list[bool]:
        """Of each row, whether a member is there."""
        if self.home is None:
            return self._primary
        home, snapshot = self.home, self.snapshot
        return [
            address is not None and NO_HOME != home == home_named(snapshot, domain_in(address))
            for address in self._primary
        ]

    @cached_property
    def rows(self) -> Rows:
        """The rows of the members that are entries."""
        if all(self._are_in):
            return self._rows
        return Rows.of(compress(self._rows, self._are_in))

    @cached_property
    def _met_outside(self) -> dict[str, int]:
        """Addresses of domains that are not ours, each with the list that it was first met on."""
        found: dict[str, int] = {}
        for row, members in zip(self.walk.opened, self.walk.members, strict=True):
            for address in members.outside:
                found.setdefault(address, row)
        return found

    @property
    def _outside(self) -> dict[str, int]:
        return self._met_outside if self.home is None else {}

    @cached_property
    def _holder_of(self) -> array[int]:
        """Of each row that a list has, the first such list."""
        holders = array("I", bytes(4 * (1 + max(self._rows, default=-1))))
        for list_row, members in reversed([*zip(self.walk.opened, self.walk.members, strict=True)]):
            for row in members.rows:
                holders[row] = list_row
        for row, list_row in self.walk.unopened.items():
            holders[row] = list_row
        return holders

    def way_to(self, holder: int) -> tuple[str, ...]:
        """The lists from the first one down to one of them."""
        return tuple(reversed([name_of(self.snapshot, row) for row in self.walk.way(holder)]))

    def as_table(self) -> Table:
        """The members with the way to each, and what is wrong, for people."""
        return expansion_table(self)

    def tree(self) -> Tree:
        """List below list with their members, for people; in a notebook it folds."""
        return expansion_tree(self)

    def __repr__(self) -> str:
        return f"<Expansion of {self.name}: {len(self)} members>"

    def _repr_html_(self) -> str:
        tree = self.tree().html() if len(self.walk.opened) > 1 else ""
        return self.as_table().html() + tree


@frozen(repr=False)
class Member:
    """Somebody whom mail for a list comes to.

    `kind` is ``account``, ``resource``, ``external``, or ``list`` where one was too deep to be opened.
    """

    address: str
    kind: str
    _expansion: Expansion = field(eq=False)
    _holder: int = field(eq=False)
    _row: int | None = field(eq=False)

    @property
    def via(self) -> tuple[str, ...]:
        """The addresses of the lists by which she is on it: from the expanded list down, a shortest way."""
        return self._expansion.way_to(self._holder)

    @property
    def dn(self) -> DN | None:
        """The name of her entry; None for an outside address."""
        return None if self._row is None else self._entry.dn

    @property
    def receive(self) -> Receive | None:
        """What her mail comes to: ``deliver``, ``defer`` or ``reject``; None for an outside address."""
        if self._row is None:
            return None
        snapshot, entry = self._expansion.snapshot, self._entry
        return status_of(snapshot, entry, Level(self.kind), self._expansion.statuses).receive

    @property
    def hidden(self) -> bool:
        """Whether the address book does not show her."""
        return self._has(HIDDEN)

    @property
    def system(self) -> bool:
        """Whether the account is the mail system's own."""
        return self._has(SYSTEM)

    def _has(self, column: Column[bool]) -> bool:
        snapshot = self._expansion.snapshot
        return self._row is not None and snapshot.column(column, Rows.of((self._row,))) == [True]

    @property
    def _entry(self) -> Entry:
        assert self._row is not None
        return entry_at(self._expansion.snapshot, self._row)

    def __repr__(self) -> str:
        return f"<Member {self.address}: {self.kind}>"
