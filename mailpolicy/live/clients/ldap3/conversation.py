"""Requests and their responses on one connection, told apart by their numbers."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

from attrs import define, field

from ....errors import MailPolicyError, Unavailable
from ...bind import Bind
from ..refusals import CONNECTION, SUCCESS, Kinds, Refusal, refused
from . import messages
from .messages import Message, Result
from .stream import Stream

if TYPE_CHECKING:
    from ...servers import Servers

__all__ = ["Conversation"]


@define
class Conversation:
    """Send requests, and get the responses to each of them, whatever else comes in between."""

    stream: Stream
    _patience: float
    """Seconds to wait for an answer."""
    _numbers: Iterator[int] = field(factory=lambda: count(1), init=False)
    _arrived: dict[int, deque[Message]] = field(factory=dict, init=False)
    """What has come for each request that is not finished."""

    @classmethod
    def begin(cls, url: str, servers: Servers) -> Conversation:
        """Connect, encrypt and bind as `servers` says."""
        conversation = cls(Stream(url, servers), servers.network_timeout)
        try:
            if servers.start_tls and url.lower().startswith("ldap:"):
                conversation.answer(messages.extended(START_TLS))
                conversation.stream.encrypt()
            if servers.bind is not None:
                conversation._bind(servers.bind)
        except BaseException:
            # Nobody else has it yet, and it may be interrupted.
            conversation.stream.close()
            raise
        conversation.stream.trust()
        conversation._patience = servers.operation_timeout
        return conversation

    def _bind(self, bind: Bind) -> None:
        if bind.mechanism == "EXTERNAL":
            request = messages.external_bind()
        elif bind.dn:
            request = messages.simple_bind(bind.dn, bind.secret())
        else:
            return  # Nobody: the connection is anonymous without a bind.
        self.answer(request)

    def answer(
        self, request: bytes, controls: Sequence[Any] = (), *, dn: str = "", to: Kinds = CONNECTION
    ) -> Message:
        """The one response to a request. Raises what `refused` makes `to` it of any but success."""
        number = self.ask(request, controls)
        try:
            response = self.next(number)
        finally:
            self.finish(number)
        if not isinstance(response.content, Result):
            raise Unavailable(self.stream.url, why=NO_LDAP)
        if response.content.code != SUCCESS:
            raise self.refused(response.content, dn, to=to)
        return response

    def ask(self, request: bytes, controls: Sequence[Any] = ()) -> int:
        """Send a request; `finish` is to be called with its number, in the end."""
        number = next(self._numbers)
        self._arrived[number] = deque()
        try:
            self.stream.send(messages.message(number, request, controls))
        except Unavailable:
            self.finish(number)
            raise
        return number

    def next(self, number: int) -> Message:
        """The next response to a request; `Unavailable` where the time for an operation is over."""
        response = self.next_within(number, self._patience)
        if response is None:
            raise Unavailable(self.stream.url, why="has not answered in time")
        return response

    def check_patience(self, heard: float) -> None:
        """`Unavailable`, and the end, where nothing has come since then in all the time for an operation."""
        if time.monotonic() - heard >= self._patience:
            self.stream.cut()
            raise Unavailable(self.stream.url, why="has not answered in time")

    def next_within(self, number: int, seconds: float) -> Message | None:
        """The next response to a request, None where there is none for so long."""
        arrived = self._arrived[number]
        deadline = time.monotonic() + seconds
        while not arrived:
            received = self.stream.receive(deadline)
            if received is None:
                return None
            self._deliver(received)
        return arrived.popleft()

    def further(self, number: int) -> Iterator[Message]:
        """The responses to a request that are here already."""
        arrived = self._arrived[number]
        while (received := self.stream.received()) is not None:
            self._deliver(received)
        while arrived:
            yield arrived.popleft()

    def _deliver(self, received: bytes) -> None:
        try:
            message = messages.decoded(received)
            if message.id == 0:
                # Only a server that is about to hang up speaks without being asked (RFC 4511, section 4.4).
                raise self.refused(message.result)
        except ValueError as error:
            raise Unavailable(self.stream.url, why=NO_LDAP) from error
        if message.id in self._arrived:
            self._arrived[message.id].append(message)

    def finish(self, number: int, *, abandon: bool = False) -> None:
        """Drop whatever still comes to a request; with `abandon` the server is told, too."""
        self._arrived.pop(number, None)
        if abandon:
            with contextlib.suppress(Unavailable):
                self.stream.send(messages.message(next(self._numbers), messages.abandon(number)))

    def refused(self, result: Result, dn: str = "", *, to: Kinds = CONNECTION) -> MailPolicyError:
        """The error for a result that is not success."""
        return refused(Refusal(self.stream.url, result.code, result.said, dn), to)

    def end(self) -> None:
        """Say goodbye and hang up; may be called again."""
        with contextlib.suppress(Unavailable):
            self.stream.send(messages.message(next(self._numbers), messages.unbind()))
        self.stream.close()


START_TLS = "1.3.6.1.4.1.1466.20037"
NO_LDAP = "does not speak LDAP"
