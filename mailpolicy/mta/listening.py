"""Where a server listens: a port, the file of a socket, or a socket that somebody else has opened."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import stat
from pathlib import Path
from typing import Final, TypeAlias

from attrs import field, frozen

from ..errors import InvalidValue

__all__ = ["Endpoint", "Inet", "Inherited", "Unix", "endpoint"]

BACKLOG: Final = 512
"""Connections that may wait to be accepted: a mail server that starts opens a hundred at once."""

EXPECTED: Final = "an address such as inet:127.0.0.1:10031, unix:/run/mailpolicy/policy or fd:3"
INET: Final = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.%a-z]+)\]|(?P<host>[^:\[\]\s]+)):(?P<port>[0-9]{1,5})")


@frozen
class Inet:
    """A port of TCP; `*` is every address of the machine, port 0 one that is free.

    With `shared_port` several processes listen there, and the kernel deals connections out among them.
    """

    host: str
    port: int
    shared_port: bool = field(default=False, kw_only=True)

    def open(self) -> list[socket.socket]:
        """Listen: one socket for each address that the name has."""
        found = socket.getaddrinfo(
            None if self.host == "*" else self.host,
            self.port,
            type=socket.SOCK_STREAM,
            flags=socket.AI_PASSIVE,
        )
        opened: list[socket.socket] = []
        try:
            for family, kind, protocol, _, address in found:
                listener = socket.socket(family, kind, protocol)
                opened.append(listener)
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if self.shared_port:
                    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                if family == socket.AF_INET6:
                    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                # A free port is found once, and then the same for all addresses.
                port = self.port or (opened[0].getsockname()[1] if len(opened) > 1 else 0)
                listener.bind((address[0], port, *address[2:]))
                listener.listen(BACKLOG)
        except BaseException:
            for each in opened:
                each.close()
            raise
        return opened

    def mark(self) -> object:
        """A port leaves nothing behind."""
        return None

    def close(self, mark: object) -> None:
        """Nothing is to be taken away."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"inet:{host}:{self.port}"


@frozen
class Unix:
    """The file of a socket, with its mode and owner: who may open it may ask.

    `owner` is ``user``, ``user:group`` or ``:group``; empty leaves it to whoever starts the server.
    """

    path: Path
    mode: int = field(default=0o660, kw_only=True)
    owner: str = field(default="", kw_only=True)

    def open(self) -> list[socket.socket]:
        """Listen; a file that a server has left behind is replaced, one with a server behind it is not."""
        self._make_room()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(str(self.path))
            try:
                # Until it listens nobody gets in, so nobody gets in before mode and owner are right.
                self.own()
                listener.listen(BACKLOG)
            except BaseException:
                self.path.unlink(missing_ok=True)
                raise
        except BaseException:
            listener.close()
            raise
        return [listener]

    def own(self) -> None:
        """Give the file its mode and owner. At no moment may more people open it than before and after."""
        user, _, group = self.owner.partition(":")
        self.path.chmod(self.mode & stat.S_IMODE(self.path.stat().st_mode))
        if user or group:
            shutil.chown(self.path, named(user), named(group))  # type: ignore[arg-type]
        self.path.chmod(self.mode)

    def _make_room(self) -> None:
        try:
            found = self.path.lstat()
        except FileNotFoundError:
            return
        if not stat.S_ISSOCK(found.st_mode):
            raise FileExistsError(f"{self.path} is there, and no socket")
        with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as caller:
            caller.settimeout(1)
            try:
                caller.connect(str(self.path))
            except ConnectionRefusedError:
                self.path.unlink(missing_ok=True)
                return
            except (TimeoutError, BlockingIOError):
                pass  # somebody is there, and busy
        raise FileExistsError(f"somebody listens at {self.path} already")

    def mark(self) -> object:
        """What tells the file from another of that name; None where there is none."""
        try:
            found = self.path.lstat()
        except OSError:
            return None
        # While our socket is open no other file gets its number; its mode and owner may change.
        return found.st_dev, found.st_ino

    def close(self, mark: object) -> None:
        """Take the file away, unless it is another one: that of a successor."""
        if mark == self.mark():
            self.path.unlink(missing_ok=True)

    def __str__(self) -> str:
        return f"unix:{self.path}"


def named(owner: str) -> str | int | None:
    """A user or a group, by its name or its number; None for none."""
    return int(owner) if owner.isdecimal() else owner or None


@frozen
class Inherited:
    """A socket that somebody else has opened, by its descriptor: systemd, or the server before this one."""

    descriptor: int

    def open(self) -> list[socket.socket]:
        """Listen there, with a descriptor of our own: the other stays as it is."""
        listener = socket.socket(fileno=os.dup(self.descriptor))
        os.set_inheritable(listener.fileno(), False)
        listener.listen(BACKLOG)
        return [listener]

    def mark(self) -> object:
        """Whoever has opened it takes away what it leaves behind."""
        return None

    def close(self, mark: object) -> None:
        """Nothing is to be taken away."""

    def __str__(self) -> str:
        return f"fd:{self.descriptor}"


Endpoint: TypeAlias = Inet | Unix | Inherited


def endpoint(text: str, *, mode: int = 0o660, owner: str = "", shared_port: bool = False) -> Endpoint:
    """Read where to listen; `mode` and `owner` are for files, `shared_port` is for ports.

    >>> endpoint("inet:[::1]:10031")
    Inet(host='::1', port=10031, shared_port=False)
    >>> print(endpoint("unix:/run/mailpolicy/policy", mode=0o666))
    unix:/run/mailpolicy/policy
    >>> endpoint("127.0.0.1:10031")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: '127.0.0.1:10031': expected an address such as inet:127.0.0.1:10031, ...
    """
    kind, _, rest = text.partition(":")
    if kind == "inet" and (found := INET.fullmatch(rest)) and int(found["port"]) < 65536:
        return Inet(found["six"] or found["host"], int(found["port"]), shared_port=shared_port)
    if kind == "unix" and rest.startswith("/") and "\0" not in rest:
        return Unix(Path(rest), mode=mode, owner=owner)
    if kind == "fd" and rest.isascii() and rest.isdecimal() and len(rest) < 6:
        return Inherited(int(rest))
    raise InvalidValue(text, EXPECTED)


def called(listener: socket.socket) -> str:
    """The address at which a socket listens, as `endpoint` reads it; ports that were free are known now."""
    name = listener.getsockname()
    if listener.family == socket.AF_UNIX:
        return f"unix:{name}"
    return str(Inet(name[0], name[1]))
