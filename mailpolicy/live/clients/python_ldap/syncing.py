"""Follow the content of a server (RFC 4533) over libldap."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import ldap
from attrs import define, field

from ....errors import MailPolicyError, Unavailable
from ...backend import SyncEntry, SyncEvent, SyncPhase
from ..refusals import RESUMPTION, SEARCH
from ..sync_controls import SYNC_DONE, SYNC_INFO, SYNC_REQUEST, SYNC_STATE, request
from .connection import Connection, Control, Message
from .sync_values import MalformedControl, sync_done, sync_info, sync_state

__all__ = ["synchronised"]

LARGEST_BATCH: Final = 512
"""Events that are given at once, so that others get their turn in a long refresh."""


def synchronised(
    connection: Connection,
    send: Callable[[Control], int],
    base: str,
    cookie: bytes | None,
    *,
    persist: bool,
    idle: float,
) -> Iterator[Sequence[SyncEvent]]:
    """The events of a sync; `send` sends the search with the control that asks for one."""
    number = send((SYNC_REQUEST, True, request(cookie, persist=persist)))
    stream = _Stream(connection, number, base, resumes=cookie is not None)
    try:
        while True:
            batch = stream.batch(idle)
            if batch or not stream.ended:
                yield batch
            if stream.problem is not None:
                raise stream.problem from None
            if stream.ended:
                break
    finally:
        if not stream.ended:
            connection.abandon(number)
    if persist:
        raise Unavailable(connection.url, why="sends no more changes")


@define
class _Stream:
    """What comes for one search."""

    _connection: Connection
    _number: int
    _base: str
    _resumes: bool = field(kw_only=True)
    _refreshed: bool = field(default=False, init=False)
    _heard: float = field(factory=time.monotonic, init=False)
    """When the last message came; while a refresh lasts, the server may not be silent for long."""
    _given: int = field(default=0, init=False)
    ended: bool = field(default=False, init=False)
    problem: MailPolicyError | None = field(default=None, init=False)
    """Why there is no more; what came before it is given first."""

    def batch(self, idle: float) -> list[SyncEvent]:
        """All that is there, or that comes first within `idle` seconds."""
        events: list[SyncEvent] = []
        seconds = idle if self._refreshed else min(idle, self._connection.timeout)
        try:
            while len(events) < LARGEST_BATCH and not self.ended:
                message = self._connection.next(self._number, seconds)
                if message[0] is None:
                    break
                seconds = 0
                self._take(message, events)
        except ldap.TIMEOUT:
            self._check_silence()
        except ldap.LDAPError as error:
            to = RESUMPTION if self._resumes else SEARCH
            self._end(self._connection.meaning(error, self._base, to=to, given=self._given))
        except MalformedControl as error:
            self._connection.cut(f"does not speak RFC 4533: {error}")
            self._end(Unavailable(self._connection.url, why=f"does not speak RFC 4533: {error}"))
        if events:
            self._heard = time.monotonic()
        return events

    def _end(self, problem: MailPolicyError) -> None:
        self.ended, self.problem = True, problem

    def _check_silence(self) -> None:
        if not self._refreshed and time.monotonic() - self._heard >= self._connection.timeout:
            self._connection.cut("has not answered in time")
            self._end(Unavailable(self._connection.url, why="has not answered in time"))

    def _take(self, message: Message, events: list[SyncEvent]) -> None:
        kind, found, _, controls = message
        if kind == ldap.RES_SEARCH_ENTRY:
            for dn, attributes, said in found:
                events.append(_entry(dn, attributes, said))
                self._given += 1
        elif kind == ldap.RES_INTERMEDIATE:
            for name, value, _ in found:
                if name == SYNC_INFO:
                    event = sync_info(value)
                    self._refreshed |= isinstance(event, SyncPhase) and event.done
                    events.append(event)
        elif kind == ldap.RES_SEARCH_RESULT:
            self.ended = True
            done = value_of(SYNC_DONE, controls)
            events.append(sync_done(done))


def _entry(dn: str, attributes: dict[str, list[bytes]], controls: Sequence[Control]) -> SyncEntry:
    state, uuid, cookie = sync_state(value_of(SYNC_STATE, controls))
    return SyncEntry(state, uuid, dn, attributes, cookie)


def value_of(oid: str, controls: Sequence[Control]) -> bytes:
    for each, _, value in controls:
        if each == oid and value is not None:
            return value
    raise MalformedControl(f"expected the control {oid}")
