"""Our own directories: standard attributes where an RFC has one, `mp` names for the rest."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar

from ...ldap.definitions import Definitions
from ...reasons import Level
from .. import own
from ..by_syntax import PASSWORDS, setting_by_syntax
from ..catalog import SETTINGS
from ..dialect import Dialect, LdapSetting
from ..setting import Setting
from ..stored import Binding, Part


class Native(Dialect):
    """The schema this library brings along."""

    name = "native"
    statuses = "documented"
    levels: ClassVar = {name.lower(): level for name, _, level, _, _ in own.CLASSES}
    object_classes: ClassVar = {
        Level.ACCOUNT: ("inetOrgPerson", "mpAccount"),
        Level.RESOURCE: ("mpResource",),
        Level.LIST: ("groupOfURLs", "mpList"),
        Level.COS: ("mpClassOfService",),
        Level.DOMAIN: ("domain", "mpDomain"),
        Level.GLOBAL: ("mpConfig",),
        Level.SERVER: ("mpServer",),
        Level.ALIAS: ("mpAlias",),
    }
    dynamic_list_classes = object_classes[Level.LIST]
    old_address_attribute = own.OLD_ADDRESS
    alias_target_attribute = own.ALIAS_TARGET
    choices_attribute = own.CHOICES
    lockout_started_attribute = own.LOCKOUT_STARTED
    lockout_failure_attribute = own.LOCKOUT_FAILURE

    def own_definitions(self) -> Definitions:
        return own.own_definitions()

    def _bind(self, setting: Setting[Any], level: Level) -> Binding[Any]:
        codec = setting.codec_on.get(level, setting.codec)
        return Binding((Part(setting.attribute, codec, setting.path),))

    @cached_property
    def _settings(self) -> dict[str, Setting[Any]]:
        return {each.attribute.lower(): each for each in SETTINGS.values()}

    def attribute(self, name: str) -> LdapSetting | None:
        known = self.definitions.attribute(name.partition(";")[0])
        if known is None:
            return None
        setting = self._settings.get(known.name.lower())
        if setting is None:
            return setting_by_syntax(known)
        paths = {level: setting.path[place:] for place, level in enumerate(setting.path)}
        return LdapSetting(known.name, setting.codec, setting.on, paths, setting.secret)

    def attributes(self) -> Iterable[LdapSetting]:
        own = (self.attribute(each.name) for each in self.own_definitions().attribute_types)
        return filter(None, own)

    def is_secret(self, name: str) -> bool:
        bare = name.partition(";")[0].lower()
        return bare in PASSWORDS or (bare in self._settings and self._settings[bare].secret)


DIALECT = Native()
