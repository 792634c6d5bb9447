"""A connection on which happens what is written down: for what no real server can be made to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from mailpolicy.errors import NotFound, Unavailable
from mailpolicy.ldap.url import Scope
from mailpolicy.live.backend import EVERYTHING, Attributes, Found, SyncEntry, SyncEvent, SyncPhase

__all__ = ["Scripted", "cookie", "done", "entry", "uuid"]

Batch = Sequence[SyncEvent] | Exception


def uuid(number: int) -> bytes:
    return number.to_bytes(16, "big")


def cookie(clock: int, server: int = 1) -> bytes:
    return f"rid=000,csn={csn(clock, server)}".encode()


def csn(clock: int, server: int = 1) -> str:
    return f"20240101{clock:06}.000000Z#000000#{server:03}#000000"


def entry(
    number: int, dn: str, text: str = "", *, clock: int = 1, state: Any = "add", **more: list[bytes]
) -> SyncEntry:
    attributes: dict[str, Sequence[bytes]] = {
        "objectClass": [b"organizationalUnit"],
        "description": [text.encode()],
        "entryUUID": [str(UUID(bytes=uuid(number))).encode()],
        "entryCSN": [csn(clock).encode()],
        "modifyTimestamp": [f"20240101{clock:06}Z".encode()],
        **more,
    }
    return SyncEntry(state, uuid(number), dn, attributes, cookie(clock) if state == "modify" else None)


def done(clock: int, *, deletes: bool = True) -> SyncPhase:
    return SyncPhase(deletes, True, cookie(clock))


class Scripted:
    """A backend. `sessions` are the batches of one synchronisation after the other; an error is raised.

    `entries` is what searches find. Once the script is over, nothing happens any more.
    """

    def __init__(self, *sessions: Sequence[Batch], offered: bool = True, url: str = "ldap://one") -> None:
        self.url = url
        self.sessions = list(sessions)
        self.asked: list[bytes | None] = []
        self.entries: list[SyncEntry] = []
        self.searches: list[tuple[str, Scope, str]] = []
        self.contexts: list[bytes] = []
        self.offered = offered
        self.is_down = False
        self.breaks_down_when_refused = False

    def search(
        self,
        base: str,
        scope: Scope = Scope.SUB,
        filter: str = "(objectClass=*)",
        attributes: Sequence[str] = EVERYTHING,
        *,
        page: int | None = None,
        limit: int | None = None,
    ) -> Iterator[Found]:
        self._alive()
        if tuple(attributes) == ("contextCSN",):
            yield base, {"contextCSN": self.contexts}
            return
        self.searches.append((base, scope, filter))
        found = [each for each in self.entries if scope is Scope.SUB or each.dn == base]
        if not found:
            raise NotFound("entry", base)
        for each in found:
            yield each.dn, each.attributes

    def root_dse(self) -> Attributes:
        self._alive()
        controls = [b"1.3.6.1.4.1.4203.1.9.1.1"] if self.offered else []
        return {"supportedControl": controls, "namingContexts": [b"o=mail"]}

    def sync(
        self,
        base: str,
        filter: str = "(objectClass=*)",
        cookie: bytes | None = None,
        *,
        persist: bool = True,
        idle: float = 1.0,
    ) -> Iterator[Sequence[SyncEvent]]:
        self.asked.append(cookie)
        for batch in self.sessions.pop(0):
            self._alive()
            if isinstance(batch, Exception):
                self.is_down = self.breaks_down_when_refused
                raise batch
            yield batch
        while True:
            self._alive()
            yield ()

    def _alive(self) -> None:
        if self.is_down:
            raise Unavailable(self.url)

    def abort(self) -> None:
        self.is_down = True

    def close(self) -> None:
        self.is_down = True

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"following writes nothing: {name}")
