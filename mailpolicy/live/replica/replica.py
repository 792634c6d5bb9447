"""What is known of a server's content, from one connection to the next."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Self

from ...ldap.definitions import Definitions
from ...ldap.dn import DN
from ...snapshot import Snapshot
from .content import Content, Touched, changes, differing
from .cookies import Cookies
from .doubts import Doubts
from .echoes import Echoes
from .loading import Given, Language, loaded, retold
from .steps import EntryChange

__all__ = ["Replica"]


class Replica:
    """A copy of the entries below `base` that pass `filter`, as far as a server lets us see them.

    `dialect` names one or leaves it to the `schema`, which adds a site's definitions, and to the entries.
    With the snapshot that was there `before`, however that was read, the first step tells what has changed
    since. One thread at a time may `follow` a server with it; the snapshots it hands out never change.
    Raises InvalidDN, and NotFound for a dialect that there is not.

    >>> Replica("dc=acme,dc=example").snapshot is None
    True
    """

    def __init__(
        self,
        base: str,
        *,
        dialect: str = "auto",
        schema: Definitions | None = None,
        filter: str = "(objectClass=*)",
        before: Snapshot | None = None,
    ) -> None:
        self.base = str(DN(base))
        self.filter = filter
        self.cookies = Cookies()
        """Where to go on from: what the server has said up to there is in the snapshot."""
        self.content: Content | None = None
        self.compared_with = ""
        """The server that is known to have just what we have, but for what it tells from then on."""
        self.doubts = Doubts()
        self.echoes = Echoes(self.base)
        self._untold: Touched = {}
        """What entries were before something happened to them that nobody has been told of."""
        self._language = Language(dialect, schema)
        self._before = before

    @classmethod
    def restored(
        cls,
        snapshot: Snapshot,
        cookies: str,
        base: str,
        *,
        dialect: str = "auto",
        schema: Definitions | None = None,
        filter: str = "(objectClass=*)",
    ) -> Self:
        """A replica that goes on where an earlier one has stopped, with its snapshot and `str(cookies)`."""
        replica = cls(base, dialect=dialect, schema=schema, filter=filter)
        replica.content = Content.of(snapshot) if replica._language.adopt(snapshot.dialect) else None
        if replica.content is None:
            replica._before = snapshot
        else:
            replica.cookies = Cookies.parse(cookies)
        return replica

    @property
    def snapshot(self) -> Snapshot | None:
        """The entries as the server last had them, all together; None before it has told all of them."""
        return self._before if self.content is None else self.content.snapshot

    def forget(self) -> None:
        """Begin with everything the next time. The snapshot stays, to be compared with."""
        self.doubts.seen |= self.cookies
        self.cookies = Cookies()

    def load(self, given: Iterable[Given]) -> tuple[EntryChange, ...]:
        """Put everything that a server has in place of what was there; gives the difference."""
        content, before, now = loaded(given, self._language), self.snapshot, time.monotonic()
        if before is not None:
            touched = differing(before, content)
            self.note(touched)
            self.doubts.took(touched, content, now)
        self.content, self._before = content, None
        return self._told(now)

    def note(self, touched: Touched) -> None:
        """Remember what entries were before something has happened to them, until that is told.

        A connection may break in between, and the next one goes on from what has happened.
        """
        for uuid, entry in touched.items():
            self._untold.setdefault(uuid, entry)

    def came(self, touched: Touched, now: float) -> tuple[EntryChange, ...]:
        """What has become of entries that something has happened to."""
        self.note(touched)
        self._listen(touched)
        changed = self._told(now)
        assert self.content is not None
        self.echoes.expect(self.content.snapshot, self.content.gone_names, changed, now)
        self.content.gone_names.clear()
        return changed

    def _listen(self, touched: Touched) -> None:
        """Read everything in another dialect where what has come shows that it is of that one."""
        content = self.content
        if content is None or self._language.is_certain:
            return
        came = (content.entry(uuid) for uuid in touched)
        dialect = self._language.spoken(entry for entry in came if entry is not None)
        if dialect is not content.snapshot.dialect:
            self.content = retold(content, dialect)
            self.note(differing(content.snapshot, self.content))

    def _told(self, now: float) -> tuple[EntryChange, ...]:
        assert self.content is not None
        untold, self._untold = self._untold, {}
        told = changes(untold, self.content)
        self.doubts.brought(told, self.content.snapshot, now)
        return told
