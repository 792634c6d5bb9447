"""Changes at random, as many at once as a test wants, and what stays true of the entries all the time.

Each writer has entries of its own and makes one change after the other. In each of its accounts `displayName`
and `description` are one and the same, for a modify is whole or not at all. And each writes down how many
changes it has made: first on its `first` entry, then on its `second`.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

import ldap

from tests.slapd import Slapd

__all__ = ["LARGE", "PEOPLE", "Writer", "connection", "flood", "make_large", "modify"]

PEOPLE = "ou=people,dc=acme.example,o=mail"
MOST_ALIVE = 60
"""Accounts and teams that a writer keeps at a time."""
REPLACE = ldap.MOD_REPLACE
LARGE = 500_000
"""Bytes: several times all the rest that is sent to somebody who begins to follow."""


@contextmanager
def connection(slapd: Slapd, name: str | None = None) -> Iterator[Any]:
    """Somebody who may do anything there; as `tests.slapd.CONFIG`, with its configuration."""
    opened = slapd.connect(name)
    try:
        yield opened
    finally:
        opened.unbind_s()


def modify(slapd: Slapd, dn: str, **values: str) -> None:
    with connection(slapd) as wire:
        wire.modify_s(dn, [(REPLACE, name, value.encode()) for name, value in values.items()])


def make_large(slapd: Slapd, dn: str) -> None:
    """Give an entry so much to say that it is seen in the number of bytes whether it was sent.

    It should name no other entry: those that do are read again where names change.
    """
    modify(slapd, dn, description="x" * LARGE)


class Writer(threading.Thread):
    """Makes changes until it has made so many; one that cannot reach its server tries again."""

    def __init__(self, slapd: Slapd, name: str, changes: int) -> None:
        super().__init__(name=f"writer {name}")
        self.title = name
        self.made = 0
        self._slapd, self._changes, self._random = slapd, changes, Random(name)
        self._accounts: list[str] = []
        self._teams: list[str] = []
        self._named = 0
        self._ending = threading.Event()

    def run(self) -> None:
        while self.made < self._changes and not self._ending.is_set():
            try:
                with connection(self._slapd) as wire:
                    self._write(wire)
            except (ldap.SERVER_DOWN, ldap.UNAVAILABLE, ldap.TIMEOUT, ldap.BUSY):
                time.sleep(0.02)

    def end(self) -> None:
        self._ending.set()

    def _write(self, wire: Any) -> None:
        self._begin(wire)
        while self.made < self._changes and not self._ending.is_set():
            # A change whose answer got lost may or may not be made: then what follows from it fails.
            with contextlib.suppress(ldap.NO_SUCH_OBJECT, ldap.ALREADY_EXISTS, ldap.NOT_ALLOWED_ON_NONLEAF):
                self._change(wire)
            self.made += 1

    def _begin(self, wire: Any) -> None:
        for part in ("first", "second"):
            with contextlib.suppress(ldap.ALREADY_EXISTS):
                self._add(wire, f"{self.title}-{part}", PEOPLE, text="0")

    def _change(self, wire: Any) -> None:
        kind = self._random.choice(("add", "modify", "modify", "modify", "count", "rename", "move", "delete"))
        if kind == "count":
            self._count(wire)
        elif kind == "add" or len(self._accounts) < 4:
            self._add_something(wire)
        elif kind == "modify":
            wire.modify_s(self._random.choice(self._accounts), same_twice(f"changed {self.made}"))
        elif kind == "rename":
            self._rename(wire, self._random.choice(self._accounts))
        elif kind == "move" and self._teams:
            self._rename_team(wire, self._random.randrange(len(self._teams)))
        else:
            self._remove(wire)

    def _count(self, wire: Any) -> None:
        for part in ("first", "second"):
            dn = f"uid={self.title}-{part},{PEOPLE}"
            wire.modify_s(dn, [(REPLACE, "description", str(self.made).encode())])

    def _new_name(self) -> str:
        self._named += 1
        return f"{self.title}-{self._named}"

    def _add_something(self, wire: Any) -> None:
        name = self._new_name()
        if len(self._teams) < 3:
            dn = f"ou={name},{PEOPLE}"
            wire.add_s(dn, [("objectClass", [b"organizationalUnit"]), ("ou", name.encode())])
            self._teams.append(dn)
        else:
            above = self._random.choice((PEOPLE, *self._teams))
            self._accounts.append(self._add(wire, name, above, text="new"))

    def _add(self, wire: Any, name: str, above: str, text: str) -> str:
        dn, value = f"uid={name},{above}", text.encode()
        wire.add_s(dn, [
            ("objectClass", [b"inetOrgPerson", b"mpAccount"]), ("uid", name.encode()),
            ("cn", name.encode()), ("sn", b"Writer"), ("mail", f"{name}@acme.example".encode()),
            ("displayName", value), ("description", value),
        ])  # fmt: skip
        return dn

    def _rename(self, wire: Any, dn: str) -> None:
        name, above = self._new_name(), self._random.choice((PEOPLE, *self._teams))
        self._accounts.remove(dn)
        wire.rename_s(dn, f"uid={name}", above, True)
        self._accounts.append(f"uid={name},{above}")

    def _rename_team(self, wire: Any, which: int) -> None:
        """Rename an entry with others below it: the server tells of the upper one alone."""
        old, name = self._teams[which], self._new_name()
        new = f"ou={name},{PEOPLE}"
        wire.rename_s(old, f"ou={name}", None, True)
        self._teams[which] = new
        self._accounts = [dn.replace(f",{old}", f",{new}") for dn in self._accounts]

    def _remove(self, wire: Any) -> None:
        for _ in range(1 + (len(self._accounts) > MOST_ALIVE)):
            dn = self._accounts.pop(self._random.randrange(len(self._accounts)))
            wire.delete_s(dn)


def same_twice(text: str) -> list[tuple[int, str, bytes]]:
    return [(REPLACE, name, text.encode()) for name in ("displayName", "description")]


@contextmanager
def flood(slapd: Slapd, changes: int, *, writers: int = 1) -> Iterator[Sequence[Writer]]:
    """Writers that are at it during the block; at its end they finish what they have to do."""
    started = [Writer(slapd, f"w{number}", changes // writers) for number in range(writers)]
    for writer in started:
        writer.start()
    try:
        yield started
    except BaseException:
        for writer in started:
            writer.end()
        raise
    finally:
        for writer in started:
            writer.join()
