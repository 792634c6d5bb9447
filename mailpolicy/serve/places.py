"""Where is listened: every place that a configuration names, and the sockets behind one."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit, setrlimit
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from ..config.file import Misconfigured
from ..mta.listening import Endpoint, Unix, endpoint
from ..mta.server import Serving
from ..mta.session import Opened, Outlet, Session

if TYPE_CHECKING:
    from ..config.fields import Configuration
    from ..config.protocols import Listener

__all__ = [
    "Handed",
    "Place",
    "Served",
    "allow_files",
    "cannot_listen",
    "endpoints",
    "note_gone",
    "places_of",
    "refitted",
]

log: Final = logging.getLogger(__name__)

Handed = Mapping[str, Sequence[int]]
"""Sockets that are open already, by the place that the configuration has for them."""

MODE = 0o660
OTHER_FILES: Final = 200
"""Files that are open besides connections: the journal, servers, counts, and all that libraries open."""
INFINITE: Final = sys.maxsize


@frozen
class Served:
    """A protocol at a place: its name for the log and the metrics, and the section that says so."""

    name: str
    place: str
    listener: Listener


def places_of(configuration: Configuration) -> tuple[Served, ...]:
    """Everything that a configuration wants to be served; Misconfigured where two share a place."""
    found: dict[str, Served] = {}
    problems: list[str] = []
    for each in named(configuration):
        other = found.setdefault(each.place, each)
        if other is not each:
            problems.append(f"{each.name}: {other.name} listens at {each.place} already")
    if problems:
        raise Misconfigured("", tuple(problems))
    return tuple(found.values())


def named(configuration: Configuration) -> Iterator[Served]:
    for name in ("policy", "exim", "milter", "socketmap", "sasl", "dovecot"):
        section: Listener | None = getattr(configuration, name)
        if section is not None:
            yield from (Served(name, place, section) for place in section.listen)
    if socketmap := configuration.socketmap:
        for name, places in socketmap.tcp_table.items():
            yield from (Served(f"tcp_table {name}", place, socketmap) for place in places)
    if dovecot := configuration.dovecot:
        yield from (Served("quota", place, dovecot) for place in dovecot.quota)


def allow_files(configuration: Configuration) -> None:
    """Let as many files be open as there may be connections, as far as we may; say so where that is fewer."""
    wanted = OTHER_FILES + sum(each.listener.max_connections for each in places_of(configuration))
    soft, hard = (INFINITE if each == RLIM_INFINITY else each for each in getrlimit(RLIMIT_NOFILE))
    if soft < wanted:
        setrlimit(RLIMIT_NOFILE, (min(wanted, hard), RLIM_INFINITY if hard == INFINITE else hard))
    if hard < wanted:
        log.warning("at most %d files may be open, which max_connections could come to %d of", hard, wanted)


def endpoints(served: Served, handed: Handed, *, shared: bool) -> list[Endpoint]:
    """What to open for a place; several where systemd has given several sockets one name."""
    if (descriptors := handed.get(served.place)) is not None:
        return [endpoint(f"fd:{each}") for each in descriptors]
    if served.place.startswith("fd:"):
        there = ", ".join(each for each in handed if each.startswith("fd:")) or "none"
        raise Misconfigured(
            "", (f"{served.name}: nobody has handed over a socket {served.place}; got {there}",)
        )
    mode = MODE if served.listener.mode is None else int(served.listener.mode, 8)
    return [endpoint(served.place, mode=mode, owner=served.listener.owner or "", shared_port=shared)]


def cannot_listen(served: Served, problem: OSError | LookupError) -> Exception:
    """The error that says where, and what is in the way."""
    if isinstance(problem, LookupError):  # of shutil.chown
        return Misconfigured("", (f"{served.name}.owner: {problem.args[0]}",))
    return OSError(problem.errno, problem.strerror or str(problem), f"{served.name} at {served.place}")


def refitted(served: Served, where: Endpoint) -> Endpoint:
    """Where is listened already, with the mode and owner of its file as a configuration has them now."""
    if not isinstance(where, Unix):
        return where
    [wanted] = endpoints(served, {}, shared=False)
    if not isinstance(wanted, Unix) or wanted == where:
        return where
    try:
        # Without an owner it is whoever serves, as at the start.
        evolve(wanted, owner=wanted.owner or f"{os.geteuid()}:{os.getegid()}").own()
    except (OSError, LookupError) as problem:
        raise cannot_listen(served, problem) from None
    return wanted


def note_gone(served: Served, where: Endpoint) -> None:
    """Say where nobody can connect any more, because somebody has taken the file away."""
    if isinstance(where, Unix) and where.mark() is None:
        log.error("%s: the file %s is gone; the next start makes it anew", served.name, where.path)


class Place:
    """A place that listens. What makes its sessions may change while connections are open."""

    def __init__(self, served: Served, opened: Opened, where: Sequence[Endpoint]) -> None:
        self._servings = [Serving(each, self._session) for each in where]
        self.go_by(served, opened)

    @property
    def connections(self) -> int:
        """How many there are."""
        return sum(each.connections for each in self._servings)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it listens, with the ports that were found free."""
        return tuple(address for each in self._servings for address in each.addresses)

    async def start(self) -> None:
        """Listen; OSError and Misconfigured where that cannot be."""
        try:
            for each in self._servings:
                await each.start()
        except (OSError, LookupError) as problem:
            await self.close()
            raise cannot_listen(self.served, problem) from None

    def refit(self, served: Served) -> None:
        """Take on the mode and owner that another configuration has; OSError and Misconfigured."""
        for each in self._servings:
            note_gone(served, each.endpoint)
            each.endpoint = refitted(served, each.endpoint)

    def go_by(self, served: Served, opened: Opened) -> None:
        """Let sessions and connections be as a configuration has them; those that are open stay."""
        self.served, self.opened = served, opened
        for each in self._servings:
            each.idle, each.most = served.listener.idle_seconds, served.listener.max_connections

    def stop_accepting(self) -> None:
        """Let nobody in any more; who is in stays."""
        for each in self._servings:
            each.stop_accepting()

    async def drain(self, seconds: float, quiet: float) -> None:
        """Let those who are in finish."""
        await asyncio.gather(*(each.drain(seconds, quiet) for each in self._servings))

    async def close(self) -> None:
        """Close everything at once."""
        for each in self._servings:
            await each.close()

    def _session(self, outlet: Outlet) -> Session:
        # Looked up at each connection: a reload may have changed it.
        return self.opened(outlet)
