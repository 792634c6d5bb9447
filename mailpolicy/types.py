"""The types that annotations need and programs seldom name.

What one makes or catches is in `mailpolicy` itself and in `mailpolicy.errors`; here is what one gets
from it: the settings of an account, a layer that was shadowed, the plan of a search, the members of a
list, an answer about a right, the types of values, the words of the schema. Import it under
`TYPE_CHECKING` where start-up time counts: it loads every floor.
"""

from __future__ import annotations

from .freshness import Freshness
from .gal import AddressBook, External, ExternalEntry, ExternalSearch, Found, Match
from .inherit import Shadowed, Why
from .ldap.definitions import AttributeType, Definitions, MatchingRule, ObjectClass, Syntax
from .lists import Dangling, Expansion, Member
from .lists.predicate import Problem
from .model import Object, Objects, SearchResult, Settings
from .model.at_once import EffectiveValues
from .model.lists import ListMembership, ListMemberships
from .model.preview import Preview
from .query import SearchPlan, SearchStep
from .reasons import Level
from .rights import Delegate, Delegation, Granted, Holding, Mode, Notice, Posting, Right, Subscription
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
from .trees import Branch, Tree
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
    "AddressBook",
    "AggregateQuotaPolicy",
    "AttributeType",
    "Branch",
    "Cell",
    "CertificateChain",
    "Change",
    "Codec",
    "Combine",
    "Dangling",
    "DateFormat",
    "Definitions",
    "Delegate",
    "Delegation",
    "DeviceAccess",
    "Dialect",
    "DomainKind",
    "DomainStatus",
    "EffectiveValues",
    "Expansion",
    "External",
    "ExternalEntry",
    "ExternalSearch",
    "Found",
    "Freshness",
    "GalMode",
    "GalSearchBase",
    "Grant",
    "Granted",
    "Grantee",
    "HexColor",
    "Holding",
    "Hostname",
    "IPAddress",
    "JoinPolicy",
    "LdapSetting",
    "Level",
    "ListMembership",
    "ListMemberships",
    "Locale",
    "LockoutPolicy",
    "LockoutState",
    "MailStatus",
    "Match",
    "MatchingRule",
    "Member",
    "Mode",
    "Modifier",
    "Network",
    "Notice",
    "Object",
    "ObjectClass",
    "Objects",
    "OverQuotaVerdict",
    "Pem",
    "Posting",
    "PostingPolicy",
    "Preview",
    "Problem",
    "Protocol",
    "ProvisioningState",
    "ReadReceipts",
    "Receive",
    "RecoveryStatus",
    "Reference",
    "Regex",
    "ResourceKind",
    "Right",
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
    "Subscription",
    "Syntax",
    "Table",
    "TimeFormat",
    "TimeZone",
    "Tree",
    "TwoFactorPolicy",
    "Url",
    "Why",
]
