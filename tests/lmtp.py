"""A mailbox server that takes everything: where the Postfix of the tests delivers to (LMTP, RFC 2033)."""

from __future__ import annotations

import os
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from attrs import frozen

__all__ = ["Arrival", "Sink"]


@frozen
class Arrival:
    """One message as it was handed over: the envelope and what was in it."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


class Sink:
    """Listens on a socket file and keeps what arrives.

    A file rather than a port, because nothing else can be listening there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._arrived: list[Arrival] = []
        self._lock = threading.Lock()
        self._server = Server(str(path), Session)
        self._server.keep = self._keep
        path.chmod(0o666)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def _keep(self, arrival: Arrival) -> None:
        with self._lock:
            self._arrived.append(arrival)

    def taken(self) -> list[Arrival]:
        """Give what arrived since the last time, in order."""
        with self._lock:
            arrived, self._arrived = self._arrived, []
        return arrived

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = os.cpu_count() or 1
    keep: Any


class Session(socketserver.StreamRequestHandler):
    """One connection: commands in, and replies that are always yes."""

    server: Server

    def handle(self) -> None:
        self._say("220 sink LMTP")
        self._forget()
        for line in self.rfile:
            verb, _, argument = line.decode("utf-8", "surrogateescape").rstrip("\r\n").partition(" ")
            match verb.upper():
                case "MAIL":
                    self._sender = path_of(argument)
                    self._say("250 ok")
                case "RCPT":
                    self._recipients.append(path_of(argument))
                    self._say("250 ok")
                case "DATA":
                    self._take()
                case "RSET":
                    self._forget()
                    self._say("250 ok")
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 sink")

    def _take(self) -> None:
        self._say("354 go on")
        self.server.keep(Arrival(self._sender, tuple(self._recipients), b"".join(self._lines())))
        for _ in self._recipients:
            self._say("250 ok")
        self._forget()

    def _lines(self) -> Iterator[bytes]:
        for line in self.rfile:
            if line == b".\r\n":
                return
            yield line.removeprefix(b".")

    def _forget(self) -> None:
        self._sender = ""
        self._recipients: list[str] = []

    def _say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())


def path_of(argument: str) -> str:
    """The address in `FROM:<…>` or `TO:<…>`, whatever parameters follow it."""
    return argument.partition("<")[2].rpartition(">")[0]
