"""The whole content of a server, from nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from types import MappingProxyType
from typing import Final, TypeAlias

from ...ldap.definitions import Definitions
from ...ldap.dn import DN
from ...ldap.entry import Entry
from ...ldap.matching import dn_key
from ...schema.dialects import Dialect, find_dialect
from ...snapshot import Finding, Snapshot
from ...snapshot.load import Layouts, without_collecting
from ..backend import Attributes
from ..recognising import giving_away, spoken_by
from .content import Content
from .reading import Reader

__all__ = ["Given", "Language", "loaded", "retold"]

Given: TypeAlias = tuple[bytes, str, Attributes | None]
"""An entry as the server gives it: UUID, DN and attributes; without these, that it is gone meanwhile."""

MOST_HEARD: Final = 20_000
"""Entries to look at for what tells the dialect: all of a small directory, and not all of a large one."""


NOTHING: Final[Mapping[bytes, Finding]] = MappingProxyType({})


class Language:
    """How the entries of a server are to be understood: `dialect` by name or `auto`, with a site's schema.

    The schema tells the dialect where it can; else the entries do, at once or once there are any that do.
    Raises NotFound for a name that is none.
    """

    def __init__(self, dialect: str = "auto", schema: Definitions | None = None) -> None:
        self._schema = schema
        found = spoken_by(schema) if dialect == "auto" else find_dialect(dialect)
        self.is_certain = found is not None
        """Whether no entry can say otherwise."""
        self._spoken: Dialect | None = None if found is None else self._of_the_site(found)

    def spoken(self, entries: Iterable[Entry]) -> Dialect:
        """The dialect, which may look at entries to find out. The same one stays the same object."""
        if self._spoken is not None and self.is_certain:
            return self._spoken
        heard: list[Entry] = []
        found = giving_away(noted(entries, heard))
        self.is_certain = found is not None
        found = found or find_dialect("auto", heard)
        # Where nothing tells, that is what the search ends with: no reason to change one's mind.
        if self._spoken is None or (found.name != self._spoken.name and any(map(found.level_of, heard))):
            self._spoken = self._of_the_site(found)
        return self._spoken

    def adopt(self, dialect: Dialect) -> bool:
        """Take a dialect as it is, unless it is known to be another one."""
        if self.is_certain and self._spoken is not None and self._spoken.name != dialect.name:
            return False
        self._spoken = dialect
        return True

    def _of_the_site(self, dialect: Dialect) -> Dialect:
        return dialect if self._schema is None else dialect.using(self._schema)


def noted(entries: Iterable[Entry], heard: list[Entry]) -> Iterator[Entry]:
    for entry in entries:
        heard.append(entry)
        yield entry


def loaded(given: Iterable[Given], language: Language) -> Content:
    """Read entries one after the other; what comes twice counts as it comes last."""
    arriving = iter(given)
    heard: list[Given] = []
    dialect = language.spoken(listened(arriving, heard))
    with without_collecting():
        loading = Loading(dialect)
        for each in chain(heard, arriving):
            loading.take(*each)
        return loading.content()


def retold(content: Content, dialect: Dialect) -> Content:
    """The same entries in another dialect."""
    with without_collecting():
        loading = Loading(dialect, content.left_out)
        for uuid in content:
            if (entry := content.entry(uuid)) is not None:
                loading.take(uuid, str(entry.dn), entry.raw)
        told = loading.content()
    told.doubtful, told.gone_names = content.doubtful, content.gone_names
    return told


def listened(arriving: Iterator[Given], heard: list[Given]) -> Iterator[Entry]:
    """Show entries to whoever recognises the dialect, and keep them for loading."""
    layouts = Layouts(Definitions.standard())
    for each in islice(arriving, MOST_HEARD):
        heard.append(each)
        if each[2] is not None:
            yield layouts.entry(DN(), each[2])


class Loading:
    """A content while it arrives."""

    def __init__(self, dialect: Dialect, left_out: Mapping[bytes, Finding] = NOTHING) -> None:
        self._dialect = dialect
        self._read = Reader(dialect).entry
        self._entries: dict[str, Entry] = {}
        self._keys: dict[bytes, str] = {}
        self._left_out = dict(left_out)

    def take(self, uuid: bytes, dn: str, attributes: Attributes | None) -> None:
        """Keep an entry, or forget it."""
        if uuid in self._keys or uuid in self._left_out:
            self._forget(uuid)
        if attributes is None:
            return
        entry = self._read(dn, attributes)
        if isinstance(entry, Finding):
            self._left_out[uuid] = entry
            return
        key = dn_key(entry.dn, self._dialect.definitions)
        if self._entries.setdefault(key, entry) is entry:
            self._keys[uuid] = key
        else:
            text = "another entry has the same name; this one is left out"
            self._left_out[uuid] = Finding("duplicate-entry", text, dn=str(entry.dn))

    def _forget(self, uuid: bytes) -> None:
        self._left_out.pop(uuid, None)
        key = self._keys.pop(uuid, None)
        if key is not None:
            del self._entries[key]

    def content(self) -> Content:
        """What has arrived."""
        problems = tuple(self._left_out.values())
        snapshot = Snapshot.of(self._dialect, self._entries, problems, len(problems))
        return Content(snapshot, self._keys, self._left_out)
