"""What makes the sessions of each protocol that is served."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from attrs import frozen

from ..config import Misconfigured
from ..errors import Unavailable
from ..live import Live
from ..mta.desk import Desk
from ..mta.session import Opened
from ..mta.tables import MAPS, SocketmapSession, Tables, TcpTableSession
from .in_time import in_time
from .source import Source
from .stores import Stores

if TYPE_CHECKING:
    from ..config.fields import Configuration
    from ..config.protocols import DovecotSection, SocketmapSection
    from ..mta.dovecot import Seen
    from ..mta.sasl import Threads
    from .logins import Arranged, Logins

__all__ = ["Adapters", "Made"]

log = logging.getLogger(__name__)

MOST_WRITES: Final = 10_000
STORE_SECONDS: Final = 20.0
"""How much may wait to be written into stores, and for how long."""


@frozen
class Made:
    """What makes the sessions of each protocol, by its name in `places_of`."""

    opened: Mapping[str, Opened]
    arranged: Arranged | None


class Adapters:
    """Makes sessions, of what all of them share: it lasts as long as the process."""

    def __init__(self, desk: Desk, source: Source, stores: Stores) -> None:
        self._desk, self._source, self._stores = desk, source, stores
        self._logins: Logins | None = None
        self._writing: Threads | None = None

    async def made(self, configuration: Configuration, live: Live | None) -> Made:
        """Prepare what a configuration says, of which nothing counts until it is exchanged for what was.

        `live` is what the source will be then. Misconfigured where something is wrong or missing.
        """
        # All that waits for a disk, so that below nothing does.
        key = ""
        if (section := configuration.dovecot) and section.key_file is not None:
            key = await in_time(partial(key_of, configuration), f"dovecot.key_file: {section.key_file}")
        await asyncio.to_thread(self._stores.prepare, configuration)
        arranged = self._arranged(configuration, live)
        return Made(dict(self._opened(configuration, key)), arranged)

    def exchange(self, made: Made) -> None:
        """From now on it counts."""
        if self._logins is not None and made.arranged is not None:
            self._logins.exchange(made.arranged)

    def close(self) -> None:
        """End what works beside the event loop."""
        if self._logins is not None:
            self._logins.close()
        if self._writing is not None:
            self._writing.close()

    def _arranged(self, configuration: Configuration, live: Live | None) -> Arranged | None:
        if configuration.sasl is None and configuration.dovecot is None:
            return None
        section = "sasl" if configuration.sasl is not None else "dovecot"
        try:
            from .logins import Logins, arranged
        except ModuleNotFoundError:
            needed = f"{section}: logins take more: pip install 'mailpolicy[sasl]'"
            raise Misconfigured("", (needed,)) from None
        now = arranged(configuration, live)
        if self._logins is None:
            self._logins = Logins(self._desk, now)
        return now

    def _opened(self, configuration: Configuration, key: str) -> Iterator[tuple[str, Opened]]:
        """By the names of `places_of`."""
        if postfix := configuration.policy:
            from ..mta.postfix import policy_sessions

            yield "policy", policy_sessions(self._desk, settle_at=postfix.settle_at, utf8=postfix.utf8)
        if configuration.exim:
            from ..mta.postfix import policy_sessions

            # Exim asks at RCPT and never again: what it accepts counts.
            yield "exim", policy_sessions(self._desk, settle_at="rcpt")
        if milter := configuration.milter:
            from ..mta.milter import MilterSession
            from ..mta.transaction import SpamHeader

            mark = milter.spam_header
            yield (
                "milter",
                partial(
                    MilterSession,
                    self._desk,
                    sees_body=milter.sees_body,
                    forwards=milter.forwards,
                    spam_header=SpamHeader.parse(mark) if mark else None,
                ),
            )
        if socketmap := configuration.socketmap:
            yield from tables(socketmap, self._source)
        if configuration.sasl:
            from ..mta.sasl import SaslSession

            assert self._logins is not None
            yield "sasl", partial(SaslSession, gate=self._logins.gate)
        if dovecot := configuration.dovecot:
            yield from self._dovecot(configuration, dovecot, key)

    def _dovecot(
        self, configuration: Configuration, section: DovecotSection, key: str
    ) -> Iterator[tuple[str, Opened]]:
        from ..mta.dovecot import AuthPolicy, auth_policy_session

        assert self._logins is not None
        policy = AuthPolicy(self._desk, self._logins.failures, seen=self._seen(configuration), key=key)
        yield "dovecot", partial(auth_policy_session, policy=policy)
        if section.quota:
            from ..mta.dovecot_quota import QuotaSession

            usage = self._stores.usage(configuration)
            yield "quota", partial(QuotaSession, usage=usage, aside=self._beside())

    def _seen(self, configuration: Configuration) -> Seen | None:
        accesses = self._stores.accesses(configuration)
        if accesses is None:
            return None
        writing = self._beside()

        def saw(account: str, service: str, at: datetime) -> None:
            try:
                accesses.saw(account, service, at, "")
            except Unavailable as problem:
                log.warning("the last login of %s is not kept: %s", account, problem)

        return lambda account, service, at: writing.run(partial(saw, account, service, at), lambda _: None)

    def _beside(self) -> Threads:
        """A thread that writes into stores, whose file another process may have locked."""
        from ..mta.sasl import Threads

        if self._writing is None:
            self._writing = Threads(1, MOST_WRITES, STORE_SECONDS, "writing into stores")
        return self._writing


def key_of(configuration: Configuration) -> str:
    """What Dovecot has to send; Misconfigured where the file does not say."""
    section = configuration.dovecot
    if section is None or section.key_file is None:
        return ""
    try:
        key = configuration.path(section.key_file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else "expected UTF-8"
        raise Misconfigured("", (f"dovecot.key_file: {section.key_file}: {why}",)) from None
    if not key:  # an empty one would let in everybody
        raise Misconfigured("", (f"dovecot.key_file: {section.key_file} is empty",))
    return key


def tables(section: SocketmapSection, source: Source) -> Iterator[tuple[str, Opened]]:
    try:
        options = Tables(
            expander=section.expander,
            expander_transport=section.expander_transport,
            transport=section.transport,
            transports=section.transports,
            relay_domains=frozenset(section.relay_domains),
            members_send=section.members_send,
            foreign_while_stale=section.foreign_while_stale,
        )
    except ValueError as problem:
        raise Misconfigured("", (f"socketmap: {problem}",)) from None
    yield "socketmap", partial(SocketmapSession, source=source, tables=options)
    for name in section.tcp_table:
        if name not in MAPS:
            known = ", ".join(MAPS)
            raise Misconfigured("", (f"socketmap.tcp_table.{name}: unknown; expected one of {known}",))
        yield f"tcp_table {name}", partial(TcpTableSession, source=source, name=name, tables=options)
