"""The operations of a backend, as requests and what comes back."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import chain
from typing import TYPE_CHECKING, Any, Self

from attrs import frozen

from ....errors import NotFound, Unavailable
from ....ldap.ldif.records import Modification
from ....ldap.text import decode
from ....ldap.url import Scope
from ...backend import EVERYTHING, Attributes, Found, SyncEntry, SyncEvent, SyncPhase
from ..refusals import RESUMPTION, SEARCH, SUCCESS, WRITE
from ..root_dse import as_documented
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
from . import messages
from .conversation import Conversation
from .messages import INTERMEDIATE_NAME, INTERMEDIATE_VALUE, MANAGE_DSA_IT, SEARCH_DONE, SEARCH_ENTRY, Message

if TYPE_CHECKING:
    from ...servers import Servers

__all__ = ["Client"]

WHO_AM_I = "1.3.6.1.4.1.4203.1.11.3"


@frozen
class Client:
    """A `Backend` over the messages of ldap3."""

    _conversation: Conversation

    @classmethod
    def connected(cls, url: str, servers: Servers) -> Self:
        return cls(Conversation.begin(url, servers))

    @property
    def url(self) -> str:
        return self._conversation.stream.url

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
        given, cookie = 0, b""
        while limit is None or given < limit:
            request = messages.search(base, scope, filter, attributes, limit or 0)
            paging = [messages.page_of(page, cookie)] if page else []
            done: Message | None = None
            with closing(self._results(request, paging)) as results:
                for message in results:
                    if message.operation == SEARCH_ENTRY:
                        yield message.found
                        given += 1
                        if given == limit:
                            return
                    done = message
            cookie = self._next_page(done, base)
            if not cookie:
                return

    def _next_page(self, done: Message | None, base: str) -> bytes:
        assert done is not None
        if done.result.code != SUCCESS:
            raise self._conversation.refused(done.result, base, to=SEARCH)
        try:
            return messages.next_page(done.controls)
        except ValueError as error:
            raise Unavailable(self.url, why=f"does not speak RFC 2696: {error}") from error

    def _results(self, request: bytes, controls: Sequence[Any]) -> Generator[Message, None, None]:
        """The responses to a search, its end included; who stops before has it abandoned."""
        number = self._conversation.ask(request, [messages.control(MANAGE_DSA_IT), *controls])
        finished = False
        try:
            while not finished:
                message = self._conversation.next(number)
                finished = message.operation == SEARCH_DONE
                yield message
        finally:
            self._conversation.finish(number, abandon=not finished)

    def root_dse(self) -> Attributes:
        return as_documented(self._only("", "(objectClass=*)"))

    def subschema(self) -> Attributes:
        names = self.root_dse().get("subschemaSubentry")
        if not names:
            raise NotFound("subschema", self.url)
        return self._only(decode(names[0]), "(objectClass=subschema)")

    def _only(self, dn: str, filter: str) -> Attributes:
        for _, attributes in self.search(dn, Scope.BASE, filter):
            return attributes
        raise NotFound("entry", dn)

    def whoami(self) -> str:
        response = self._conversation.answer(messages.extended(WHO_AM_I))
        return decode(response.fields.get(messages.RESPONSE_VALUE, b""))

    def add(self, dn: str, attributes: Attributes) -> None:
        self._write(messages.add(dn, attributes), dn)

    def modify(self, dn: str, changes: Sequence[Modification], *, assertion: str | None = None) -> None:
        self._write(messages.modify(dn, changes), dn, assertion)

    def delete(self, dn: str, *, assertion: str | None = None) -> None:
        self._write(messages.delete(dn), dn, assertion)

    def rename(
        self,
        dn: str,
        rdn: str,
        superior: str | None = None,
        *,
        delete_old_rdn: bool = True,
        assertion: str | None = None,
    ) -> None:
        self._write(messages.rename(dn, rdn, superior, delete_old_rdn=delete_old_rdn), dn, assertion)

    def _write(self, request: bytes, dn: str, assertion: str | None = None) -> None:
        self._conversation.answer(request, messages.asserting(assertion), dn=dn, to=WRITE)

    def sync(
        self,
        base: str,
        filter: str = "(objectClass=*)",
        cookie: bytes | None = None,
        *,
        persist: bool = True,
        idle: float = 1.0,
    ) -> Iterator[Sequence[SyncEvent]]:
        wanted = sync_request(cookie, persist=persist)
        controls = [messages.control(MANAGE_DSA_IT), messages.control(SYNC_REQUEST, wanted, critical=True)]
        number = self._conversation.ask(messages.search(base, Scope.SUB, filter, EVERYTHING), controls)
        done: Message | None = None
        refreshed, heard = False, time.monotonic()
        try:
            while done is None:
                arrived = list(self._arrived(number, idle))
                if arrived:
                    heard = time.monotonic()
                elif not refreshed:
                    self._conversation.check_patience(heard)
                if arrived and arrived[-1].operation == SEARCH_DONE:
                    done = arrived.pop()
                if arrived or done is None:
                    events = list(chain.from_iterable(map(self._events, arrived)))
                    refreshed = refreshed or any(isinstance(each, SyncPhase) and each.done for each in events)
                    yield events
        finally:
            self._conversation.finish(number, abandon=done is None)
        if done.result.code != SUCCESS:
            raise self._conversation.refused(done.result, base, to=RESUMPTION if cookie else SEARCH)
        if persist:
            raise Unavailable(self.url, why="sends no more changes")
        yield list(self._events(done))

    def _arrived(self, number: int, idle: float) -> Iterator[Message]:
        """All that is there of the responses to a request, none where nothing comes for so long."""
        first = self._conversation.next_within(number, idle)
        if first is not None:
            yield first
            yield from self._conversation.further(number)

    def _events(self, message: Message) -> Iterator[SyncEvent]:
        try:
            if message.operation == SEARCH_ENTRY:
                state, uuid, cookie = sync_state(message.controls[SYNC_STATE])
                yield SyncEntry(state, uuid, *message.found, cookie)
            elif message.operation == SEARCH_DONE:
                yield sync_done(message.controls[SYNC_DONE])
            elif message.fields.get(INTERMEDIATE_NAME) == SYNC_MESSAGE.encode():
                yield sync_message(message.fields[INTERMEDIATE_VALUE])
        except (LookupError, ValueError) as error:
            raise Unavailable(self.url, why="does not speak RFC 4533") from error

    def abort(self) -> None:
        self._conversation.stream.cut()

    def close(self) -> None:
        self._conversation.end()
