"""Follow the content of a server (RFC 4533) over libldap."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import ldap
from attrs import define, field

from ....errors import MailPolicyError, Unavailable
from ...backend import SyncEntry, SyncEvent, SyncPhase
from ..ber import MalformedControl
from ..refusals import RESUMPTION, SEARCH
from ..sync_controls import (
    SYNC_DONE,
    SYNC_MESSAGE,
    SYNC_REQUEST,
    SYNC_STATE,
    sync_done,
    sync_message,
    sync_request,
    sync_state,
)
from .connection import Connection, Control

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
    number = send((SYNC_REQUEST, True, sync_request(cookie, persist=persist)))
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
                kind, found, _, controls = self._connection.next(self._number, seconds)
                seconds = 0
                if kind == ldap.RES_SEARCH_ENTRY:
                    # Here and not in a function of its own: a refresh is hardly anything else.
                    for dn, attributes, said in found:
                        state, uuid, cookie = sync_state(value_of(SYNC_STATE, said))
                        events.append(SyncEntry(state, uuid, dn, attributes, cookie))
                        self._given += 1
                elif kind is None:
                    break
                else:
                    self._take(kind, found, controls, events)
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

    def _take(
        self, kind: int, found: Sequence[Any], controls: Sequence[Control], events: list[SyncEvent]
    ) -> None:
        if kind == ldap.RES_INTERMEDIATE:
            for name, value, _ in found:
                if name == SYNC_MESSAGE:
                    event = sync_message(value)
                    self._refreshed |= isinstance(event, SyncPhase) and event.done
                    events.append(event)
        elif kind == ldap.RES_SEARCH_RESULT:
            self.ended = True
            done = value_of(SYNC_DONE, controls)
            events.append(sync_done(done))


def value_of(oid: str, controls: Sequence[Control]) -> bytes:
    for each, _, value in controls:
        if each == oid and value is not None:
            return value
    raise MalformedControl(f"expected the control {oid}")
