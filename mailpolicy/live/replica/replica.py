"""What is known of a server's content, from one connection to the next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from ...ldap.definitions import Definitions
from ...ldap.dn import DN
from ...snapshot import Snapshot
from .content import Content, Touched, changes, differing
from .cookies import Cookies
from .echoes import Echoes
from .loading import Given, Language, loaded
from .steps import EntryChange

__all__ = ["Replica"]


class Replica:
    """A copy of the entries below `base` that pass `filter`, as far as a server lets us see them.

    `dialect` names one or leaves it to the entries, `schema` adds a site's definitions. One thread at a
    time may `follow` a server with it; the snapshots it hands out never change. Raises InvalidDN.

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
    ) -> None:
        self.base = str(DN(base))
        self.filter = filter
        self.cookies = Cookies()
        """Where to go on from: what the server has said up to there is in the snapshot."""
        self.content: Content | None = None
        self.url = ""
        """The server that was followed last."""
        self.echoes = Echoes(self.base)
        self._untold: Touched = {}
        """What entries were before something happened to them that nobody has been told of."""
        self._language = Language(dialect, schema)
        self._restored: Snapshot | None = None

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
        replica._language.adopt(snapshot.dialect)
        replica._restored = snapshot
        replica.content = Content.of(snapshot)
        replica.cookies = Cookies() if replica.content is None else Cookies.parse(cookies)
        return replica

    @property
    def snapshot(self) -> Snapshot | None:
        """The entries as the server last had them, all together; None before it has told all of them."""
        return self._restored if self.content is None else self.content.snapshot

    def forget(self) -> None:
        """Begin with everything the next time. The snapshot stays, to be compared with."""
        self.cookies = Cookies()

    def load(self, given: Iterable[Given]) -> tuple[EntryChange, ...]:
        """Put everything that a server has in place of what was there; gives the difference."""
        content = loaded(given, self._language)
        if self.content is not None:
            self.note(differing(self.content, content))
        self.content = content
        return self._told()

    def note(self, touched: Touched) -> None:
        """Remember what entries were before something has happened to them, until that is told.

        A connection may break in between, and the next one goes on from what has happened.
        """
        for uuid, entry in touched.items():
            self._untold.setdefault(uuid, entry)

    def came(self, touched: Touched, now: float) -> tuple[EntryChange, ...]:
        """What has become of entries that something has happened to."""
        assert self.content is not None
        self.note(touched)
        changed = self._told()
        self.echoes.expect(self.content.snapshot, self.content.gone_names, changed, now)
        self.content.gone_names.clear()
        return changed

    def _told(self) -> tuple[EntryChange, ...]:
        assert self.content is not None
        untold, self._untold = self._untold, {}
        return changes(untold, self.content)
