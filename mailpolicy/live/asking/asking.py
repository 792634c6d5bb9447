"""Small questions to big servers: a directory that fetches only the entries a question needs."""

from __future__ import annotations

from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar

from attrs import field, frozen

from ...errors import NotFound
from ...freshness import Freshness
from ...ldap.definitions import Definitions
from ...lookup import find, parse_selector
from ...model import Directory
from ...model.display import freshness_cell
from ...model.objects import Object
from ...reasons import Level
from ...schema import Dialect, find_dialect
from ...status.table import TABLES
from ...tables import Table
from ..recognising import recognised
from .known import Known
from .line import Line, Reachable
from .partial import Partial

__all__ = ["Asking", "asking"]

O = TypeVar("O", bound=Object)  # noqa: E741


@frozen(eq=False, repr=False, slots=False)
class Asking(Directory):
    """A mail directory on a server, that asks for what a question needs when it is asked.

    It has the verbs of `Directory` and gives the same answers. An account with all that applies to it takes a
    handful of searches, however large the directory; so do a search, and a list by hundreds of its members.
    Whatever concerns everybody (which lists somebody is on, the address book, changes) fetches everything
    first, once.

    What was asked is remembered: the directory is one of the moments of its questions, and `anew` asks again.
    Objects may ask for more when they are read. Any thread may use it; their questions wait for each other.

        with mp.open("ldaps://ldap1.acme.example/o=mail", live=False) as acme:
            acme.account("john@acme.example").explain("mailbox_quota")

    Unavailable where the server does not answer: what is not there is NotFound, as in any directory.
    """

    _line: Line = field(kw_only=True)
    _base: str = field(kw_only=True)

    def find(self, address: str) -> Object:
        """Give whatever object mail for `address` reaches, as `Directory.find` does."""
        self._expect(address)
        return self.object(find(self.snapshot, address))

    def select(self, selector: str) -> Object:
        """Give the object a selector names, as `Directory.select` does."""
        self._expect(parse_selector(selector)[1])
        return super().select(selector)

    def _named(self, name: str, level: Level, kind: type[O]) -> O:
        self._expect(name)
        return super()._named(name, level, kind)

    def _expect(self, name: str) -> None:
        if "@" in name:
            self.snapshot.expect([name])

    def anew(self) -> Asking:
        """The same directory over the same connection, with nothing known of it yet."""
        return opened(self._line, self.snapshot.dialect, self._base, self.statuses)

    def close(self) -> None:
        """End the connection. What is known can still be asked, the rest is Unavailable."""
        self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        # A connection stays where it is; everything goes along.
        return Directory, (self.snapshot, self.statuses)

    def as_table(self) -> Table:
        """What is asked, without asking it anything."""
        return Table(
            "directory",
            (),
            [("dialect", self.snapshot.dialect.name), ("freshness", freshness_cell(self.freshness))],
        )

    def __repr__(self) -> str:
        return f"<Asking {self.freshness.source}>"


def asking(
    servers: Reachable,
    *,
    dialect: str = "auto",
    schema: Definitions | None = None,
    statuses: str | None = None,
) -> Asking:
    """Open the directory that stands on servers, to be asked small questions.

    The arguments are as for `mailpolicy.open`; without a `schema` the server's own counts. Unavailable where
    no server answers, NotFound for a dialect or a status table that there is not.
    """
    if statuses is not None and statuses not in TABLES:
        raise NotFound("status table", statuses, tuple(TABLES))
    named = None if dialect == "auto" else find_dialect(dialect)
    line = Line(servers)
    try:
        base = line.base()
        theirs = None if named and schema else line.definitions()
        spoken = named or recognised(line, base, theirs)
    except BaseException:
        line.close()
        raise
    site = schema or theirs
    if site is not None:
        spoken = spoken.using(site)
    return opened(line, spoken, base, statuses or spoken.statuses)


def opened(line: Line, dialect: Dialect, base: str, statuses: str) -> Asking:
    freshness = Freshness(method="search", source=line.url, since=datetime.now(UTC))
    return Asking(Partial(Known(line, dialect, base), freshness), statuses, line=line, base=base)
