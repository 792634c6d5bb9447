"""Which protocols are served, each with what makes its sessions and where it listens."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from ..config import Given, Misconfigured, access_to
from ..mta.desk import Desk
from ..mta.session import Opened
from ..mta.tables import MAPS, SocketmapSession, Tables, TcpTableSession
from .source import Source

if TYPE_CHECKING:
    from ..config.fields import Configuration
    from ..config.sections import Listener, SaslSection, SocketmapSection
    from ..mta.sasl import Gate, Verifier

__all__ = ["Adapter", "adapters_of"]


@frozen
class Adapter:
    """A protocol at some places: a name for the log and the metrics, and what makes its sessions."""

    name: str
    places: tuple[str, ...]
    listener: Listener
    opened: Opened


def adapters_of(configuration: Configuration, desk: Desk, source: Source) -> Iterator[Adapter]:
    """Give what a configuration serves; Misconfigured where something for it is missing."""
    if postfix := configuration.policy:
        from ..mta.postfix import policy_sessions

        yield adapter("policy", postfix, policy_sessions(desk, settle_at=postfix.settle_at))
    if exim := configuration.exim:
        from ..mta.postfix import policy_sessions

        # Exim asks at RCPT and never again: what it accepts counts.
        yield adapter("exim", exim, policy_sessions(desk, settle_at="rcpt"))
    if milter := configuration.milter:
        from ..mta.milter import MilterSession

        yield adapter("milter", milter, partial(MilterSession, desk))
    if socketmap := configuration.socketmap:
        yield from tables(socketmap, source)
    if sasl := configuration.sasl:
        from ..mta.sasl import SaslSession

        yield adapter("sasl", sasl, partial(SaslSession, gate=gate_of(configuration, desk, source, sasl)))


def adapter(name: str, section: Listener, opened: Opened) -> Adapter:
    return Adapter(name, tuple(section.listen), section, opened)


def tables(section: SocketmapSection, source: Source) -> Iterator[Adapter]:
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
    yield adapter("socketmap", section, partial(SocketmapSession, source=source, tables=options))
    for name, places in section.tcp_table.items():
        if name not in MAPS:
            known = ", ".join(MAPS)
            raise Misconfigured("", (f"socketmap.tcp_table.{name}: unknown; expected one of {known}",))
        opened = partial(TcpTableSession, source=source, name=name, tables=options)
        yield Adapter(f"tcp_table {name}", tuple(places), section, opened)


def gate_of(configuration: Configuration, desk: Desk, source: Source, section: SaslSection) -> Gate:
    """What checks passwords and lets people in."""
    try:
        from ..mta import sasl
    except ModuleNotFoundError:
        needed = "sasl: checking passwords takes more: pip install 'mailpolicy[sasl]'"
        raise Misconfigured("", (needed,)) from None

    live = source.live
    if live is None and ("bind" in section.passwords or section.write_lockouts):
        raise Misconfigured("", ("sasl: bind and write_lockouts need a source on LDAP servers",))
    verifiers: list[Verifier] = []
    for how in section.passwords:
        if how == "stored":
            verifiers.append(sasl.ByStoredHashes())
        else:
            from ..live.servers import Servers

            assert configuration.source is not None
            access = access_to(configuration.source, Given(), {}, configuration)
            verifiers.append(sasl.ByBind(Servers.parse(access.url, **access.connecting())))
    applications = None
    if section.application_passwords is not None:
        applications = sasl.ByApplicationPasswords(sasl.InFile(Path(section.application_passwords)))
    failures = sasl.WrittenFailures(live) if section.write_lockouts and live is not None else None
    return sasl.Gate(
        desk,
        verifiers[0] if len(verifiers) == 1 else sasl.FirstOf(*verifiers),
        sasl.Threads(),
        applications=applications,
        failures=failures,
    )
