"""The types that annotations need and programs seldom name.

What one makes or catches is in `mailpolicy` itself and in `mailpolicy.errors`; here is what one gets
from it: the settings of an account, a layer that was shadowed, the types of values, the words of
the schema. Import it under `TYPE_CHECKING` where start-up time counts: it loads every floor.
"""

from __future__ import annotations

from .inherit import Shadowed, Why
from .ldap.definitions import AttributeType, Definitions, MatchingRule, ObjectClass, Syntax
from .model import Object, Objects, SearchResult, Settings
from .reasons import Level
from .schema import Codec, Combine, Dialect, LdapSetting, Setting
from .snapshot import Severity, Snapshot
from .snapshot.changes import Change
from .status import LockoutPolicy, LockoutState, Receive
from .tables import Cell, Style, Table
from .values import (
    Grant,
    Grantee,
    HexColor,
    Hostname,
    IPAddress,
    Locale,
    Modifier,
    Network,
    Pem,
    Reference,
    Regex,
    Service,
    TimeZone,
    Url,
)

__all__ = [
    "AttributeType",
    "Cell",
    "Change",
    "Codec",
    "Combine",
    "Definitions",
    "Dialect",
    "Grant",
    "Grantee",
    "HexColor",
    "Hostname",
    "IPAddress",
    "LdapSetting",
    "Level",
    "Locale",
    "LockoutPolicy",
    "LockoutState",
    "MatchingRule",
    "Modifier",
    "Network",
    "Object",
    "ObjectClass",
    "Objects",
    "Pem",
    "Receive",
    "Reference",
    "Regex",
    "SearchResult",
    "Service",
    "Setting",
    "Settings",
    "Severity",
    "Shadowed",
    "Snapshot",
    "Style",
    "Syntax",
    "Table",
    "TimeZone",
    "Url",
    "Why",
]
