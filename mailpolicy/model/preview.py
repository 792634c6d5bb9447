"""What a search would put on a list, as people ask and look at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import field, frozen

from ..ldap.entry import Entry
from ..lists.predicate import Problem
from ..lists.preview import Preview as Found
from ..lists.reach import marks_of
from ..query import SearchPlan
from ..reasons import Reason
from ..tables import Cell, Style, Table
from .objects import Object
from .results import Objects
from .whom import entry_of

if TYPE_CHECKING:
    from .directory import Directory

__all__ = ["Preview"]

MOST_SHOWN: Final = 100
"""Members of each sort that a preview shows."""


@frozen(eq=False, repr=False, slots=False)
class Preview:
    """Whom a search would put on a list, and what that would change.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> seen = acme.preview("(|(ou=Sales)(ou=IT))", against="sales@acme.example")
    >>> len(seen.members), len(seen.added), len(seen.removed)
    (17, 9, 0)
    >>> [reason.text for reason in seen.why_not("carol@acme.example")]
    ["ou is 'Marketing', not 'Sales'", "ou is 'Marketing', not 'IT'"]
    """

    directory: Directory
    _found: Found = field(alias="found")

    @property
    def url(self) -> str:
        """The search, as a URL that can be stored."""
        return self._found.url

    @cached_property
    def members(self) -> Objects[Object]:
        """The objects that would be direct members, in the order of the source."""
        return self._objects(self._found.members)

    @cached_property
    def added(self) -> Objects[Object]:
        """Those who are not on the list now; all of them where there is no list to compare with."""
        return self._objects(self._found.added)

    @cached_property
    def removed(self) -> Objects[Object]:
        """Those who are on the list now and would not be found."""
        return self._objects(self._found.removed)

    @property
    def removed_addresses(self) -> tuple[str, ...]:
        """Addresses of other domains that would go with what the list finds now."""
        return self._found.removed_addresses

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What in the search can find nobody, and what was probably meant."""
        return self._found.problems

    @property
    def cost(self) -> SearchPlan:
        """How the search is answered: the indexes it uses, and how many entries have to be tried."""
        return self._found.cost

    def why(self, whom: str | Object) -> tuple[Reason, ...]:
        """Say what makes somebody a member; nothing of one who would be none."""
        return self._found.why(self._entry(whom))

    def why_not(self, whom: str | Object) -> tuple[Reason, ...]:
        """Say why somebody would be no member: the clauses of the filter that are false or undefined for her.

        Nothing of one who would be. NotFound where there is nobody of that address.
        """
        return self._found.why_not(self._entry(whom))

    def _entry(self, whom: str | Object) -> Entry:
        return entry_of(self.directory.snapshot, whom)

    def _objects(self, entries: list[Entry]) -> Objects[Object]:
        level_of = self.directory.snapshot.level_of
        return Objects(self.directory.object(each) for each in entries if level_of(each) is not None)

    def as_table(self) -> Table:
        """Who would come, go and stay, for people."""
        added = {each.dn for each in self.added}
        rows: list[tuple[Cell | str, ...]] = [
            *listed((row("+" if each.dn in added else "", each) for each in self.members), len(self.members)),
            *listed((row("-", each) for each in self.removed), len(self.removed)),
            *listed((leaving(each) for each in self.removed_addresses), len(self.removed_addresses)),
            *(("", Cell(str(problem), Style.BAD), "", "") for problem in self.problems),
        ]
        return Table(f"{self.url}: {self._counts()}", ("", "member", "kind", "status"), rows)

    def _counts(self) -> str:
        counts = counted(len(self.members), "member")
        if self._found.against is None:
            return counts
        removed = len(self.removed) + len(self.removed_addresses)
        return f"{counts}, {len(self.added):,} added, {removed:,} removed"

    def __iter__(self) -> Iterator[Object]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def __repr__(self) -> str:
        return f"<Preview of {self.url}: {counted(len(self.members), 'member')}>"

    def _repr_html_(self) -> str:
        return self.as_table().html()


STYLES: Final[Mapping[str, Style]] = {"+": Style.GOOD, "-": Style.NOTE, "": Style.PLAIN}

Cells: TypeAlias = tuple[Cell | str, ...]


def row(mark: str, member: Object) -> Cells:
    status = str(dict(member.facts()).get("status", ""))
    kind = ", ".join([member.kind, *marks_of(member.directory.snapshot, member.entry)])
    return Cell(mark, STYLES[mark]), Cell(member.name, STYLES[mark]), kind, status


def leaving(address: str) -> Cells:
    return Cell("-", Style.NOTE), Cell(address, Style.NOTE), "external", ""


def listed(rows: Iterator[Cells], count: int) -> Iterator[Cells]:
    """The first rows, and how many there are besides."""
    yield from islice(rows, MOST_SHOWN)
    if count > MOST_SHOWN:
        yield "", Cell(f"… and {count - MOST_SHOWN:,} more", Style.NOTE), "", ""


def counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
