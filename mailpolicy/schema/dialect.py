"""How one kind of directory stores what the catalog describes.

A dialect says what an entry is (by its object classes, never by its place in the tree), under which
attributes a setting stands there, which layers are asked for it, and what every other attribute of
that directory means.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, ClassVar, Final

from attrs import field, frozen

from ..ldap.definitions import Definitions
from ..ldap.entry import Entry
from ..reasons import Level
from .catalog import SETTINGS
from .codec import Codec
from .setting import Setting
from .stored import Binding, Part

__all__ = ["Dialect", "LdapSetting"]

CLASS_COMBINATIONS: Final = 1024
"""How many combinations of object classes are remembered; a directory has a few dozen."""


@frozen(eq=False)
class LdapSetting:
    """An attribute as a setting of its own: what it is called in LDAP, and how it is inherited.

    `paths` gives, for the kind of object that is asked, the layers from there on; a kind that is
    missing looks at its own entry only. There is no ceiling and no default: unset is None.
    """

    name: str
    codec: Codec[Any] = field(repr=False)
    on: frozenset[Level] = field(repr=False, default=frozenset())
    paths: Mapping[Level, tuple[Level, ...]] = field(repr=False, factory=dict)
    secret: bool = field(repr=False, default=False)

    def path_from(self, level: Level) -> tuple[Level, ...]:
        """The layers that an object of this kind asks, itself first; empty if only itself."""
        return self.paths.get(Level.ACCOUNT if level is Level.RESOURCE else level, ())

    def binding(self, level: Level) -> Binding[Any]:
        """The attribute as the one part of a binding."""
        return Binding((Part(self.name, self.codec, self.path_from(level)),))

    def conceal(self, raw: tuple[str, ...]) -> tuple[str, ...]:
        """The stored strings as they may be shown."""
        return () if self.secret else self.codec.conceal(raw)


class Dialect(ABC):
    """One way of storing a mail directory."""

    name: str
    statuses: str
    """The status table that answers for such a directory: `documented` or `server`."""
    levels: ClassVar[Mapping[str, Level]]
    """What an object class (in lower case) makes of an entry."""
    object_classes: ClassVar[Mapping[Level, tuple[str, ...]]]
    """The classes of a new entry of each kind."""
    dynamic_list_classes: tuple[str, ...]

    id_attribute: str | None = None
    old_address_attribute: str | None = None
    alias_target_attribute: str | None = None
    choices_attribute: str | None = None
    lockout_started_attribute: str
    lockout_failure_attribute: str
    external_attribute: str | None = None
    """TRUE marks the account of somebody outside, who only shares folders."""
    system_attribute: str | None = None
    """TRUE marks an account of the mail system's own."""
    external_cos_attribute: str | None = None
    initial_values: ClassVar[Mapping[Level, Mapping[str, str]]] = MappingProxyType({})
    """What a new object of each kind has from the start, beside what its name tells."""
    dynamic_list_values: Mapping[str, str] = MappingProxyType({})
    """The same for a list that finds its members by searching."""
    domain_admin_attribute: str | None = None
    """TRUE takes a global administrator's exemption from the status of her domain away."""

    def __init__(self, site: Definitions | None = None) -> None:
        self._site = site
        self._bindings: dict[tuple[str, Level], Binding[Any] | None] = {}
        self._level_of_classes = lru_cache(CLASS_COMBINATIONS)(self._find_level)

    def using(self, site: Definitions) -> Dialect:
        """The same dialect where a site's own schema adds to it."""
        return type(self)(site)

    @property
    def site(self) -> Definitions | None:
        """The site's own schema, if it adds to the dialect's."""
        return self._site

    @cached_property
    def definitions(self) -> Definitions:
        """The standard schema, the dialect's own, and the site's."""
        known = Definitions.standard() | self.own_definitions()
        return known if self._site is None else known | self._site

    @abstractmethod
    def own_definitions(self) -> Definitions:
        """The schema that a server of this dialect loads beside the standard one."""

    @abstractmethod
    def attribute(self, name: str) -> LdapSetting | None:
        """What an attribute is, by its LDAP name in any case; None if this dialect has none such."""

    @abstractmethod
    def attributes(self) -> Iterable[LdapSetting]:
        """Every attribute of the dialect's own schema."""

    @abstractmethod
    def is_secret(self, name: str) -> bool:
        """Whether the values of this attribute may never be shown; `name` in any case, with options."""

    @abstractmethod
    def _bind(self, setting: Setting[Any], level: Level) -> Binding[Any] | None: ...

    def binding(self, setting: Setting[Any] | str, level: Level) -> Binding[Any] | None:
        """Where an object of this kind finds the setting; None where the directory has no place for it."""
        name = setting if isinstance(setting, str) else setting.name
        key = name, level
        if key not in self._bindings:
            self._bindings[key] = self._bind(SETTINGS[name], level)
        return self._bindings[key]

    def level_of(self, entry: Entry) -> Level | None:
        """What the entry is; None for entries that only hold the tree together."""
        return self._level_of_classes(tuple(entry.stored("objectClass")))

    def _find_level(self, classes: tuple[bytes, ...]) -> Level | None:
        names = [name.decode("utf-8", "replace") for name in classes]
        found = {self.levels.get(name.lower()) for name in (*names, *self._superclasses(names))} - {None}
        return min(found, key=PRECEDENCE.index, default=None)

    def _superclasses(self, names: Iterable[str]) -> Iterator[str]:
        """What the classes of a site derive from; ours and the standard ones derive from none of ours."""
        for known in map(self._site.object_class, names) if self._site else ():
            for superclass in self.definitions.superclasses(known) if known else ():
                yield from superclass.names

    def is_marked(self, entry: Entry) -> bool:
        """Whether the entry can only be of this dialect; asked only where `level_of` knows it."""
        return True

    def is_dynamic(self, entry: Entry) -> bool:
        """Whether a list finds its members by searching."""
        return "memberURL" in entry

    def __repr__(self) -> str:
        return f"<Dialect {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        from .dialects import find_dialect  # which holds one of each, its tables read

        return (find_dialect, (self.name,)) if self._site is None else (type(self), (self._site,))


PRECEDENCE: Final = (
    Level.RESOURCE,
    Level.ACCOUNT,
    Level.ALIAS,
    Level.LIST,
    Level.COS,
    Level.SERVER,
    Level.GLOBAL,
    Level.DOMAIN,
)
"""Which kind an entry is that has the classes of two."""
