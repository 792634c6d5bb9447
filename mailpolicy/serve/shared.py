"""Where several workers listen together: files, which only one process can make, and ports."""

from __future__ import annotations

import contextlib
import logging
import socket
from typing import TYPE_CHECKING, Final

from attrs import define

from ..errors import MailPolicyError
from ..mta.listening import Endpoint
from .places import Handed, Served, cannot_listen, endpoints, note_gone, places_of, refitted

if TYPE_CHECKING:
    from ..config.fields import Configuration

__all__ = ["Files", "try_ports"]

log: Final = logging.getLogger(__name__)


@define
class File:
    """A socket that is a file."""

    endpoint: Endpoint
    socket: socket.socket
    mark: object

    def close(self) -> None:
        """Let nobody in any more, and take the file away."""
        self.socket.close()
        self.endpoint.close(self.mark)


class Files:
    """All sockets that are files, by their places; but for those that somebody else has opened."""

    def __init__(self, handed: Handed) -> None:
        self._handed = handed
        self._files: dict[str, File] = {}

    @property
    def sockets(self) -> dict[str, socket.socket]:
        """The sockets, for workers."""
        return {place: each.socket for place, each in self._files.items()}

    def open(self, configuration: Configuration) -> None:
        """Open what a configuration has more, and give the others its modes and owners.

        OSError and Misconfigured where something cannot be; then what was opened is closed again.
        """
        opened: dict[str, File] = {}
        try:
            for served in files_of(configuration):
                if (file := self._files.get(served.place)) is not None:
                    note_gone(served, file.endpoint)
                    file.endpoint = refitted(served, file.endpoint)
                elif served.place not in self._handed:
                    [where] = endpoints(served, {}, shared=True)
                    try:
                        [listener] = where.open()
                    except (OSError, LookupError) as problem:
                        raise cannot_listen(served, problem) from None
                    opened[served.place] = File(where, listener, where.mark())
        except (MailPolicyError, OSError):
            for each in opened.values():
                each.close()
            raise
        self._files |= opened

    def keep(self, configuration: Configuration) -> None:
        """Close what a configuration does not have; the others are as it says, or the log says why not."""
        wanted = {each.place: each for each in files_of(configuration)}
        for place in self._files.keys() - wanted.keys():
            self._files.pop(place).close()
        for place, file in self._files.items():
            try:
                file.endpoint = refitted(wanted[place], file.endpoint)
            except (MailPolicyError, OSError) as problem:
                log.error("%s", problem)

    def close(self) -> None:
        """Close them, and take the files away."""
        while self._files:
            self._files.popitem()[1].close()


def files_of(configuration: Configuration) -> list[Served]:
    """The places that are files."""
    return [each for each in places_of(configuration) if each.place.startswith("unix:")]


def try_ports(configuration: Configuration, but: Configuration | None = None) -> None:
    """OSError where a port is taken, by others or among ourselves; `but` is what we listen at already.

    Ports that workers share could be shared with others unawares, of another protocol even.
    """
    known = set() if but is None else {each.place for each in places_of(but)}
    with contextlib.ExitStack() as held:
        for served in places_of(configuration):
            if served.place.startswith("inet:") and served.place not in known:
                [where] = endpoints(served, {}, shared=False)
                try:
                    for listener in where.open():
                        held.enter_context(listener)
                except OSError as problem:
                    raise cannot_listen(served, problem) from None
