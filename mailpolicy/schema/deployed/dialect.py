"""What Carbonio and Zimbra have in common: one code, two attribute tables.

A table names every attribute with its type, the object classes that may hold it, and flags. The
flags decide what is inherited; that an attribute stands on a class of service or on the domain
does not. The defaults of the tables are what a new class of service is created with and are no layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Final

from ...ldap.definitions import Definitions
from ...ldap.entry import Entry
from ...reasons import Level
from .. import kinds
from ..by_syntax import setting_by_syntax
from ..codec import Codec
from ..dialect import Dialect, LdapSetting
from ..setting import Setting
from ..stored import Binding, Part, Stored
from .kinds import BYTE_COUNT, BYTE_LIMIT, SPAN, attribute_codec
from .secrets import SECRET
from .table import Attribute, read_table

__all__ = ["Deployed"]

LEVEL_OF_KIND: Final[Mapping[str, tuple[Level, ...]]] = {
    "account": (Level.ACCOUNT, Level.RESOURCE),
    "calendarResource": (Level.RESOURCE,),
    "mailRecipient": (Level.ACCOUNT, Level.RESOURCE, Level.LIST, Level.DOMAIN),
    "distributionList": (Level.LIST,),
    "group": (Level.LIST,),
    "cos": (Level.COS,),
    "domain": (Level.DOMAIN,),
    "globalConfig": (Level.GLOBAL,),
    "server": (Level.SERVER,),
    "alias": (Level.ALIAS,),
}
"""The kinds of object that the words of the tables stand for."""

OTHER_SPELLING: Final[Mapping[Codec[Any], Codec[Any]]] = {
    kinds.LIMIT: BYTE_LIMIT,
    kinds.SIZE: BYTE_COUNT,
    kinds.DURATION: SPAN,
}
"""Kinds that a deployed server writes in one way only."""


PERSON: Final = (b"USER",)


class Deployed(Dialect):
    """A directory as a Carbonio or Zimbra server keeps it."""

    statuses = "server"
    sibling: str
    """The dialect with the same classes."""
    levels: ClassVar = {
        "zimbraaccount": Level.ACCOUNT,
        "zimbracalendarresource": Level.ACCOUNT,
        "zimbradistributionlist": Level.LIST,
        "zimbragroup": Level.LIST,
        "zimbraalias": Level.ALIAS,
        "zimbradomain": Level.DOMAIN,
        "zimbracos": Level.COS,
        "zimbraserver": Level.SERVER,
        "zimbraglobalconfig": Level.GLOBAL,
    }
    object_classes: ClassVar = {
        Level.ACCOUNT: ("inetOrgPerson", "zimbraAccount", "amavisAccount"),
        Level.RESOURCE: ("inetOrgPerson", "zimbraAccount", "zimbraCalendarResource", "amavisAccount"),
        Level.LIST: ("zimbraDistributionList", "zimbraMailRecipient"),
        Level.COS: ("zimbraCOS",),
        Level.DOMAIN: ("dcObject", "organization", "zimbraDomain", "amavisAccount"),
        Level.GLOBAL: ("organizationalRole", "zimbraGlobalConfig"),
        Level.SERVER: ("zimbraServer",),
        Level.ALIAS: ("zimbraAlias",),
    }
    dynamic_list_classes = ("groupOfURLs", "dgIdentityAux", "zimbraGroup")
    id_attribute = "zimbraId"
    old_address_attribute = "zimbraOldMailAddress"
    alias_target_attribute = "zimbraAliasTargetId"
    lockout_started_attribute = "zimbraPasswordLockoutLockedTime"
    lockout_failure_attribute = "zimbraPasswordLockoutFailureTime"
    external_attribute = "zimbraIsExternalVirtualAccount"
    system_attribute = "zimbraIsSystemAccount"
    external_cos_attribute = "zimbraDomainDefaultExternalUserCOSId"
    initial_values: ClassVar = {
        Level.ACCOUNT: {"zimbraAccountStatus": "active", "zimbraMailStatus": "enabled"},
        Level.RESOURCE: {
            "zimbraAccountStatus": "active",
            "zimbraMailStatus": "enabled",
            "zimbraAccountCalendarUserType": "RESOURCE",
            "zimbraCalResType": "Location",
        },
        Level.LIST: {"zimbraMailStatus": "enabled"},
        Level.DOMAIN: {
            "zimbraDomainType": "local",
            "zimbraDomainStatus": "active",
            "zimbraMailStatus": "enabled",
        },
    }
    dynamic_list_values = MappingProxyType({"zimbraMailStatus": "enabled", "zimbraIsACLGroup": "FALSE"})
    domain_admin_attribute = "zimbraIsDomainAdminAccount"

    @cached_property
    def table(self) -> Mapping[str, Attribute]:
        """Every attribute, by its name in lower case."""
        return read_table(self.name)

    def own_definitions(self) -> Definitions:
        from .definitions import definitions_of

        return definitions_of(self.name)

    def level_of(self, entry: Entry) -> Level | None:
        level = super().level_of(entry)
        if level is not Level.ACCOUNT:
            return level
        is_person = tuple(entry.stored("zimbraAccountCalendarUserType")) in ((), PERSON)
        return Level.ACCOUNT if is_person else Level.RESOURCE

    def is_dynamic(self, entry: Entry) -> bool:
        return b"zimbragroup" in map(bytes.lower, entry.stored("objectClass"))

    def is_marked(self, entry: Entry) -> bool:
        return not distinctive(self.name, self.sibling).isdisjoint(map(str.lower, entry))

    def attribute(self, name: str) -> LdapSetting | None:
        bare = name.partition(";")[0].lower()
        listed = self._attributes.get(bare)
        if listed is not None:
            return listed
        known = self.definitions.attribute(bare)
        return None if known is None else setting_by_syntax(known)

    def attributes(self) -> Iterable[LdapSetting]:
        return self._attributes.values()

    @cached_property
    def _attributes(self) -> dict[str, LdapSetting]:
        return {key: self._ldap_setting(row) for key, row in self.table.items()}

    def _ldap_setting(self, row: Attribute) -> LdapSetting:
        on = frozenset(level for kind in row.classes for level in LEVEL_OF_KIND.get(kind, ()))
        return LdapSetting(row.name, attribute_codec(row), on, row.paths, self.is_secret(row.name))

    def is_secret(self, name: str) -> bool:
        return name.partition(";")[0].lower() in SECRET

    def _bind(self, setting: Setting[Any], level: Level) -> Binding[Any] | None:
        stored = next((each for each in setting.carbonio if level in each.asked_by), None)
        if stored is None or not all(name.lower() in self.table for name in stored.attributes):
            return None
        parts = (self._part(setting, stored, place) for place in range(len(stored.attributes)))
        return Binding(tuple(parts), stored.rule, stored.derived)

    def _part(self, setting: Setting[Any], stored: Stored, place: int) -> Part:
        row = self.table[stored.attributes[place].lower()]
        path = stored.at or row.paths.get(Level.ACCOUNT) or row.paths.get(Level.DOMAIN, ())
        codec = stored.codec or respelled(setting.codec)
        return Part(row.name, kinds.BOOLEAN if place and stored.gate else codec, path)


def respelled(codec: Codec[Any]) -> Codec[Any]:
    """The kind in the spelling of a deployed server."""
    return OTHER_SPELLING.get(codec, codec)


@cache
def distinctive(name: str, sibling: str) -> frozenset[str]:
    """The attributes that only one of two tables has, in lower case: nobody knows the schema yet."""
    return frozenset(read_table(name).keys() - read_table(sibling).keys())
