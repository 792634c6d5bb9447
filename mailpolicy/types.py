"""The types that annotations need and programs seldom name.

What one makes or catches is in `mailpolicy` itself and in `mailpolicy.errors`; here is what one gets
from it: the settings of an account, a layer that was shadowed, the plan of a search, the types of
values, the words of the schema. Import it under `TYPE_CHECKING` where start-up time counts: it loads
every floor.
"""

from __future__ import annotations

from .inherit import Shadowed, Why
from .ldap.definitions import AttributeType, Definitions, MatchingRule, ObjectClass, Syntax
from .model import Object, Objects, SearchResult, Settings
from .model.at_once import EffectiveValues
from .query import SearchPlan, SearchStep
from .reasons import Level
from .schema import Codec, Combine, Dialect, LdapSetting, Setting
from .schema.catalog.domain import CertificateChain, DomainKind, Protocol
from .schema.catalog.gal import GalMode, GalSearchBase
from .schema.catalog.lists import JoinPolicy
from .schema.catalog.mailbox import (
    AggregateQuotaPolicy,
    OverQuotaVerdict,
    ReadReceipts,
    SaveTarget,
    SignatureStyle,
)
from .schema.catalog.password import RecoveryStatus
from .schema.catalog.person import DateFormat, TimeFormat
from .schema.catalog.resources import ResourceKind
from .schema.catalog.second_factor import TwoFactorPolicy
from .schema.catalog.services import DeviceAccess
from .schema.catalog.status import AccountStatus, DomainStatus, MailStatus, ProvisioningState
from .schema.posting import PostingPolicy
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
    "AccountStatus",
    "AggregateQuotaPolicy",
    "AttributeType",
    "Cell",
    "CertificateChain",
    "Change",
    "Codec",
    "Combine",
    "DateFormat",
    "Definitions",
    "DeviceAccess",
    "Dialect",
    "DomainKind",
    "DomainStatus",
    "EffectiveValues",
    "GalMode",
    "GalSearchBase",
    "Grant",
    "Grantee",
    "HexColor",
    "Hostname",
    "IPAddress",
    "JoinPolicy",
    "LdapSetting",
    "Level",
    "Locale",
    "LockoutPolicy",
    "LockoutState",
    "MailStatus",
    "MatchingRule",
    "Modifier",
    "Network",
    "Object",
    "ObjectClass",
    "Objects",
    "OverQuotaVerdict",
    "Pem",
    "PostingPolicy",
    "Protocol",
    "ProvisioningState",
    "ReadReceipts",
    "Receive",
    "RecoveryStatus",
    "Reference",
    "Regex",
    "ResourceKind",
    "SaveTarget",
    "SearchPlan",
    "SearchResult",
    "SearchStep",
    "Service",
    "Setting",
    "Settings",
    "Severity",
    "Shadowed",
    "SignatureStyle",
    "Snapshot",
    "Style",
    "Syntax",
    "Table",
    "TimeFormat",
    "TimeZone",
    "TwoFactorPolicy",
    "Url",
    "Why",
]
