"""What a name in a predicate stands for: a setting, a part of the status, the class of service, the kind.

A subject gives its value for one object, and for all objects of a kind at once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from operator import attrgetter
from typing import Any, Final, Protocol, TypeAlias

from attrs import field, frozen

from ...errors import InvalidValue
from ...inherit import layers_of, resolve_for, sweep
from ...ldap.entry import Entry
from ...reasons import Level
from ...schema import SETTINGS, Codec
from ...schema.codec import One
from ...schema.kinds import BOOLEAN, STRING
from ...schema.several import Many
from ...schema.words import one_of
from ...snapshot import Snapshot
from ...snapshot.facets import LEVEL
from ...status import Receive, Status
from ...status.swept import MAILBOXES, STANDING, status_of, statuses_of
from ...status.table import CAPABILITIES
from .nearest import unknown

__all__ = ["KINDS", "ClassOfServiceName", "Kind", "SettingValue", "StatusPart", "Subject", "named", "unknown"]

Kinds: TypeAlias = frozenset[Level | None]
"""Kinds of object; None stands for entries that are no object."""


class Subject(Hashable, Protocol):
    """What a name stands for; `kinds` have it, and for others the filter is Undefined."""

    @property
    def name(self) -> str:
        """The name, as people write it in a filter."""
        ...

    @property
    def codec(self) -> Codec[Any]:
        """How what is asserted of it is read."""
        ...

    @property
    def secret(self) -> bool:
        """Whether nobody may see its values."""
        ...

    @property
    def kinds(self) -> Kinds: ...

    def value(self, snapshot: Snapshot, entry: Entry, kind: Level | None) -> Any:
        """The value for one entry of these kinds; None where it has none."""
        ...

    def values(self, snapshot: Snapshot, kind: Level) -> list[Any]:
        """The value for each object of a kind, in the order of `Snapshot.of_level`."""
        ...


@frozen
class SettingValue:
    """The effective value of a setting."""

    key: str
    """Its name in the catalog."""
    name: str = field(init=False)
    kinds: Kinds = field(init=False, eq=False)

    @name.default
    def _public_name(self) -> str:
        return self.key.replace("_", "-")

    @kinds.default
    def _concerned(self) -> Kinds:
        return frozenset(level for level in Level if SETTINGS[self.key].concerns(level))

    @property
    def codec(self) -> Codec[Any]:
        """How people write the setting."""
        return SETTINGS[self.key].codec

    @property
    def secret(self) -> bool:
        """Whether the catalog says so."""
        return SETTINGS[self.key].secret

    def value(self, snapshot: Snapshot, entry: Entry, kind: Level | None) -> Any:
        """What applies to the object."""
        return resolve_for(snapshot, entry, SETTINGS[self.key])

    def values(self, snapshot: Snapshot, kind: Level) -> list[Any]:
        """What applies to each of them."""
        return sweep(snapshot, kind, SETTINGS[self.key])


@frozen
class StatusPart:
    """The name of the status, or one of the four capabilities, by one of the status tables."""

    name: str
    table: str
    codec: Codec[Any] = field(eq=False)
    kinds: Kinds = STANDING
    secret: bool = False

    def value(self, snapshot: Snapshot, entry: Entry, kind: Level | None) -> Any:
        """What the status of the object says."""
        assert kind is not None  # others have no status
        return self._of(status_of(snapshot, entry, kind, self.table))

    def values(self, snapshot: Snapshot, kind: Level) -> list[Any]:
        """What the status of each of them says."""
        return list(map(self._of, statuses_of(snapshot, kind, self.table)))

    @property
    def _of(self) -> Callable[[Status], Any]:
        return attrgetter("name" if self.name == "status" else self.name)


@frozen
class ClassOfServiceName:
    """The names of the class of service that applies to a mailbox."""

    name: str = "cos"
    codec: Codec[Any] = field(default=Many(STRING), eq=False)
    kinds: Kinds = frozenset(MAILBOXES)
    secret: bool = False

    def value(self, snapshot: Snapshot, entry: Entry, kind: Level | None) -> tuple[str, ...] | None:
        """Its common names."""
        layers = layers_of(snapshot, entry)
        return next((names_of(layer.entry) for layer in layers if layer.level is Level.COS), None)

    def values(self, snapshot: Snapshot, kind: Level) -> list[tuple[str, ...] | None]:
        """The names for each of them."""
        references = sweep(snapshot, kind, SETTINGS["cos"])
        names = {each: entry_names(snapshot, each) for each in set(references)}
        return list(map(names.__getitem__, references))


@frozen
class Kind:
    """What an entry is, in a word."""

    name: str = "kind"
    codec: Codec[Any] = field(init=False, eq=False)
    kinds: Kinds = frozenset((*Level, None))
    secret: bool = False

    @codec.default
    def _words(self) -> Codec[Any]:
        return word_among(KINDS.values())

    def value(self, snapshot: Snapshot, entry: Entry, kind: Level | None) -> str | None:
        """The word for its kind; entries that only hold the tree together are of none."""
        return None if kind is None else KINDS[kind]

    def values(self, snapshot: Snapshot, kind: Level) -> list[str]:
        """The same word for each."""
        count = len(snapshot.matching(lambda segment: segment.find(LEVEL)[kind]))
        return [KINDS[kind]] * count


KINDS: Final[Mapping[Level, str]] = {
    level: "config" if level is Level.GLOBAL else str(level) for level in Level if level is not Level.DEFAULT
}
"""The words for what an object is."""


def word_among(words: Iterable[str]) -> One[str]:
    """One of a few words, in any case."""
    known = tuple(words)
    expected = f"one of {', '.join(known)}"

    def parse(text: str) -> str:
        found = text.strip().lower()
        if found not in known:
            raise InvalidValue(text, expected)
        return found

    return One(expected, str, parse=parse)


STATUS_PARTS: Final[dict[str, Codec[Any]]] = {
    "status": word_among(CAPABILITIES),
    "login": BOOLEAN,
    "receive": one_of(Receive),
    "send": BOOLEAN,
    "modify": BOOLEAN,
}

OTHERS: Final[dict[str, Callable[[], Subject]]] = {"cos": ClassOfServiceName, "kind": Kind}


def named(name: str, table: str) -> Subject | None:
    """What a name in a predicate stands for, in any case; None where it can only be an attribute.

    `table` is the status table that answers.

    >>> named("Mailbox-Quota", "documented").codec.kind, named("department", "documented").name
    ('size', 'department')
    """
    folded = name.lower()
    if folded in STATUS_PARTS:
        return StatusPart(folded, table, STATUS_PARTS[folded])
    if folded in OTHERS:
        return OTHERS[folded]()
    key = folded.replace("-", "_")
    return SettingValue(key) if key in SETTINGS else None


def names_of(cos: Entry) -> tuple[str, ...]:
    return tuple([str(name) for name in cos.get("cn")])


def entry_names(snapshot: Snapshot, dn: str | None) -> tuple[str, ...] | None:
    entry = None if dn is None else snapshot.entry(dn)
    return None if entry is None else names_of(entry)
