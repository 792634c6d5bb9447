"""Small questions to big servers: a directory that fetches only the entries a question needs."""

from __future__ import annotations

import time
from threading import Lock
from types import TracebackType
from typing import Any, Final, Self

from ...errors import NotFound
from ...freshness import Freshness
from ...ldap.definitions import Definitions
from ...model import Directory
from ...model.objects import Object
from ...schema import Dialect, find_dialect
from ...status.table import TABLES
from ..recognising import recognised
from ..verbs import Verbs
from .known import Known
from .line import Line, Reachable
from .moment import Moment
from .partial import Partial

__all__ = ["Asking", "asking"]

REMEMBERED: Final = 5.0
"""Seconds for which an answer may be given again without asking the server."""


class Asking(Verbs):
    """A mail directory on a server, that asks for what a question needs when it is asked.

    It has the verbs of `Directory` and gives the same answers. An account with all that applies to it takes a
    handful of searches, however large the directory; so do a search, and a list by hundreds of its members.
    Whatever concerns everybody (which lists somebody is on, the address book, changes) fetches everything
    first. What has an order in a file, such as the members of a list, comes in the order in which the server
    gives it.

    No answer is older than five seconds when it is asked for: until then what came is remembered, after
    that the next question begins anew. Questions that belong together are asked of `snapshot`, which
    remembers; objects are of the snapshot that gave them, and may ask for more when they are read. Any
    thread may ask; their questions wait for each other.

        with mp.open("ldaps://ldap1.acme.example/o=mail", live=False) as acme:
            acme.account("john@acme.example").explain("mailbox_quota")

    Unavailable where the server does not answer: what is not there is NotFound, as in any directory.
    """

    def __init__(self, line: Line, dialect: Dialect, base: str, statuses: str, remembered: float) -> None:
        self._line, self._dialect, self._base, self._statuses = line, dialect, base, statuses
        self._remembered = remembered
        self._renewing = Lock()
        self._renew()

    @property
    def directory(self) -> Directory:
        """The directory as it is now, for a question or for several that belong together."""
        with self._renewing:
            if not self._line.is_closed and time.monotonic() - self._began > self._remembered:
                self._renew()
            return self._moment

    def _renew(self) -> None:
        self._began = time.monotonic()
        self._moment = Moment(Partial(Known(self._line, self._dialect, self._base)), self._statuses)

    @property
    def dialect(self) -> Dialect:
        """How the directory stores what the catalog of settings describes."""
        return self._dialect

    @property
    def freshness(self) -> Freshness:
        """Whether the server has answered when it was asked last, and how long ago that was."""
        return self._line.freshness()

    def find(self, address: str) -> Object:
        """Give whatever object mail for `address` reaches, as `Directory.find` does."""
        return self.directory.find(address)

    def select(self, selector: str) -> Object:
        """Give the object a selector names, as `Directory.select` does."""
        return self.directory.select(selector)

    def anew(self) -> Asking:
        """The same directory over the same connection, with nothing known of it yet."""
        return Asking(self._line, self._dialect, self._base, self._statuses, self._remembered)

    def close(self) -> None:
        """End the connection, also under a question that waits for it; that is Unavailable then.

        What is known can still be asked, the rest is Unavailable.
        """
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
        return self.directory.__reduce__()

    def __repr__(self) -> str:
        return f"<Asking {self._line.url}: {self.freshness.state}>"


def asking(
    servers: Reachable,
    *,
    dialect: str = "auto",
    schema: Definitions | None = None,
    statuses: str | None = None,
    remembered: float = REMEMBERED,
) -> Asking:
    """Open the directory that stands on servers, to be asked small questions.

    The arguments are as for `mailpolicy.open`; without a `schema` the server's own counts. `remembered` is
    for how many seconds an answer may be given again. Unavailable where no server answers, NotFound for a
    dialect or a status table that there is not.
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
        # Nobody else has it yet, and it may be interrupted.
        line.close()
        raise
    site = schema or theirs
    if site is not None:
        spoken = spoken.using(site)
    return Asking(line, spoken, base, statuses or spoken.statuses, remembered)
