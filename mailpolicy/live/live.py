"""A directory that lives on a server: the same verbs, answered from a copy that follows every change."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..errors import Unavailable
from ..freshness import Freshness
from ..model import Directory
from ..snapshot.changes import Change
from .bind import Bind
from .board import Board
from .following import Following
from .keeping import Keeping
from .servers import Servers
from .verbs import Verbs
from .waiting import LONGEST_RETURN, Awaited, ready_for
from .watch import Watch
from .write import Applied, written

if TYPE_CHECKING:
    from .asynchronous import AsyncLive

__all__ = ["Live"]


class Live(Verbs):
    """A directory on LDAP servers, answered from memory and kept up to date by what the servers send.

    Every verb of `Directory` is here and is asked of the state that is current then; `snapshot` gives that
    state, which never changes, for questions that belong together. Any thread may ask, and asking
    never waits for a server. Use it in a `with` block, or `close` it; in `async with` it gives its twin.

    While no server answers, what is known is answered as known, and what is not seen raises `Unavailable`,
    never `NotFound`; after `stale_for` everything does. `freshness` says how things stand.

    >>> import mailpolicy as mp
    >>> live = mp.open("ldap://127.0.0.1:1/o=mail", bind=None, wait=None)
    >>> live.find("john@acme.example")
    Traceback (most recent call last):
    mailpolicy.errors.Unavailable: ldap://127.0.0.1:1 ...
    >>> live.close()
    """

    def __init__(
        self, servers: Servers, board: Board, following: Following, keeping: Keeping | None = None
    ) -> None:
        self._servers, self._board = servers, board
        # Also when the last who holds it lets go, and when Python ends.
        self._end = weakref.finalize(self, ended, board, following, keeping)
        self._following = following

    @property
    def directory(self) -> Directory:
        """The directory as it is now, which never changes; Unavailable where nothing can be relied on."""
        return self._board.directory()

    @property
    def freshness(self) -> Freshness:
        """How things stand with the servers, at this moment."""
        return self._board.freshness()

    # Waiting

    def watch(self) -> Watch:
        """The changes of entries from now on, as they come: `before` and `after` of each.

        Several changes of an entry that follow each other at once may come as one. Iterating waits for the
        next one, and ends when the directory is closed.
        """
        return Watch(self._board, self)

    def wait_for(self, what: Awaited, timeout: float | None = None) -> Directory:
        """Wait until the directory shows something, and give it as it is then.

        `what` is a change, as `mp.set` makes it, that somebody else is about to make; a CSN, as servers give
        to each change; what `apply` has given; or a function that is asked of each new state.
        Unavailable where it does not show within `timeout` seconds, or the directory is closed.
        """
        if not self._board.bell.wait(ready_for(self._board, what), timeout):
            raise self.missing()
        return self.directory

    def ready(self, timeout: float | None = None) -> Directory:
        """Wait until a server is followed, and give the directory as it is then; Unavailable if none is."""
        if not self._board.bell.wait(lambda: bool(self.freshness), timeout):
            raise self.missing()
        return self.directory

    def missing(self) -> Unavailable:
        """What to raise where something has not come."""
        freshness = self.freshness
        why = freshness.why or "has not shown it in time"
        return Unavailable(freshness.source, freshness.since, why=why)

    # Writing

    def apply(
        self, *changes: Change, bind: Bind | None = None, timeout: float | None = LONGEST_RETURN
    ) -> Applied:
        """Make changes on the server, and return when they show here.

        They are checked first, as `with_changes` does: SchemaError lists all problems, and then nothing is
        written. Only what differs is sent. StalePlan where somebody else has changed an entry meanwhile,
        ReadOnly where the server does not let us, PartialApply where some entries are written and one is not.
        `bind` says who writes, if not who reads. Unavailable where the directory is not fresh, or where the
        server takes the changes but does not show them within `timeout` seconds.
        """
        applied = self._written(changes, bind, timeout)
        if not self._board.bell.wait(ready_for(self._board, applied), timeout):
            why = "has taken the changes but not shown them in time"
            raise Unavailable(self.freshness.source, self.freshness.since, why=why)
        return applied

    def _written(self, changes: Iterable[Change], bind: Bind | None, timeout: float | None) -> Applied:
        self._board.bell.wait(lambda: bool(self.freshness or self._board.said.problem), timeout)
        current = self.directory
        if not (freshness := current.freshness):
            why = f"is {freshness.state}, {freshness.why}: nothing is written"
            raise Unavailable(freshness.source, freshness.since, why=why)
        backend = (self._servers.bound_as(bind) if bind else self._servers).connected()
        try:
            return written(backend, current.snapshot, changes)
        finally:
            backend.close()

    # The end

    def close(self) -> None:
        """End it: the thread, the connection, and whoever waits. May be called again."""
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def forked(self) -> None:
        """Know in the child of the process that has opened it that nobody follows the servers here."""
        self._end.detach()
        self._following.forked()
        self._board.forked()

    @property
    def asynchronous(self) -> AsyncLive:
        """The same directory, for asyncio: what waits here is awaited there."""
        from .asynchronous import AsyncLive

        return AsyncLive(self, self._board)

    async def __aenter__(self) -> AsyncLive:
        return self.asynchronous

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.asynchronous.close()

    def __repr__(self) -> str:
        return f"<Live {' '.join(self._servers.urls)}/{self._servers.base}: {self.freshness}>"


def ended(board: Board, following: Following, keeping: Keeping | None) -> None:
    """Close what a live directory has opened."""
    following.close()
    board.close()
    if keeping is not None:
        keeping.close()
