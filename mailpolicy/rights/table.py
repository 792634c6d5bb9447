"""The rights there are, as data: on what, by default or not, where they may be granted, and to whom.

A *user right* is what people give each other: whoever holds it need not be an administrator. An *admin
right* counts for administrators only, while they act as such. A combined right stands for several.
Names, targets and defaults are those of the deployed servers, and native directories use the same;
two rights are native only, because the deployed servers keep them inside the mailbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final

from attrs import frozen

from ..values import Grantee

__all__ = ["ANYBODY", "RIGHTS", "Right", "Target", "find_right"]


class Target(StrEnum):
    """The kinds of entry that a right can be about."""

    ACCOUNT = "account"
    RESOURCE = "resource"
    LIST = "list"
    GROUP = "group"
    """A dynamic list of a deployed server; a native one is a list like any other."""
    COS = "cos"
    DOMAIN = "domain"
    SERVER = "server"
    CONFIG = "config"
    EVERYTHING = "global"
    """The entry whose grants hold everywhere."""


MAILBOXES: Final = (Target.ACCOUNT, Target.RESOURCE)
LISTS: Final = (Target.LIST, Target.GROUP)
ABOVE: Final = (Target.DOMAIN, Target.EVERYTHING)

ANYBODY: Final = frozenset(Grantee)
ADMINISTRATORS: Final = frozenset({Grantee.USER, Grantee.GROUP, Grantee.EXTERNAL_GROUP})
DOMAINS: Final = frozenset({Grantee.DOMAIN})


@frozen
class Right:
    """One right.

    `on` are the kinds of entry it is about, `grantable` those that may hold its grants, `grantees` the
    kinds of name that may be granted it. `allowed` says whether everybody holds it as long as nobody has
    granted it to anyone. `contains` names the rights that a combined one stands for. `attributes` tells
    of a right to change attributes whether that is all of them, or only those that the schema leaves to
    administrators of a domain.

    >>> RIGHTS["sendToDistList"].allowed, sorted(map(str, RIGHTS["sendAs"].grantable))
    (True, ['account', 'resource'])
    >>> "createAccount" in RIGHTS["domainAdminRights"].contains
    True
    """

    name: str
    on: frozenset[Target]
    grantable: frozenset[Target]
    is_user: bool = False
    allowed: bool = False
    contains: frozenset[str] = frozenset()
    grantees: frozenset[Grantee] = ADMINISTRATORS
    is_native: bool = False
    """Whether only native directories know it."""
    attributes: str | None = None

    def covers(self, name: str) -> bool:
        """Whether a grant of this right is one of the right of that name."""
        return name == self.name or name in self.contains


def user(
    name: str,
    on: Iterable[Target],
    above: Iterable[Target] = (),
    *,
    allowed: bool = False,
    is_native: bool = False,
) -> Right:
    on = frozenset(on)
    return Right(
        name,
        on,
        on | frozenset(above),
        is_user=True,
        allowed=allowed,
        grantees=ANYBODY,
        is_native=is_native,
    )


USER_RIGHTS: Final = (
    user("invite", MAILBOXES, ABOVE, allowed=True),
    user("viewFreeBusy", MAILBOXES, ABOVE, allowed=True),
    user("loginAs", MAILBOXES, ABOVE),
    user("sendAs", MAILBOXES),
    user("sendOnBehalfOf", MAILBOXES),
    user("read", MAILBOXES, is_native=True),
    user("readWrite", MAILBOXES, is_native=True),
    user("sendToDistList", LISTS, ABOVE, allowed=True),
    user("viewDistList", LISTS, ABOVE, allowed=True),
    user("sendAsDistList", LISTS),
    user("sendOnBehalfOfDistList", LISTS),
    user("ownDistList", LISTS),
    user("createDistList", (Target.DOMAIN,), (Target.EVERYTHING,)),
)

ADMIN_RIGHTS: Final[Mapping[Target, str]] = {
    Target.ACCOUNT: """
        listAccount renameAccount deleteAccount addAccountAlias removeAccountAlias getAccountInfo
        getAccountMembership adminLoginAs checkRightUsr getMailboxInfo purgeMessages reindexMailbox
        moveAccountMailbox setAccountPassword changeAccountPassword checkPasswordStrength viewAccountAdminUI
        getAccount manageAccountArchives remoteWipe
        """,
    Target.RESOURCE: """
        listCalendarResource renameCalendarResource deleteCalendarResource addCalendarResourceAlias
        removeCalendarResourceAlias adminLoginCalendarResourceAs getCalendarResourceInfo
        setCalendarResourcePassword changeCalendarResourcePassword checkCalendarResourcePasswordStrength
        reindexCalendarResourceMailbox moveCalendarResourceMailbox getCalendarResource
        manageCalendarResourceArchives
        """,
    Target.LIST: """
        listDistributionList renameDistributionList deleteDistributionList addDistributionListAlias
        removeDistributionListAlias getDistributionListMembership addDistributionListMember
        removeDistributionListMember viewDistributionListAdminUI getDistributionList checkRightGrp
        """,
    Target.GROUP: """
        listGroup renameGroup deleteGroup addGroupAlias removeGroupAlias addGroupMember removeGroupMember
        getGroup
        """,
    Target.COS: "listCos renameCos deleteCos assignCos getCos manageZimlet",
    Target.DOMAIN: """
        listDomain deleteDomain createSubDomain countAccount countAlias countDistributionList
        countCalendarResource getDomainQuotaUsage createAccount autoProvisionAccount createCalendarResource
        createDistributionList createGroup createAlias deleteAlias listAlias accessGAL
        checkExchangeAuthConfig getDomain
        """,
    Target.SERVER: """
        listServer deleteServer flushCache checkHealth getSessions getMailboxStats manageMailQueue
        manageAccountLogger manageVolume getServiceStatus getServerStats getServer
        """,
    Target.CONFIG: "getGlobalConfig",
    Target.EVERYTHING: "countServer countDomain countCos createCos createServer createTopDomain",
}
"""The plain admin rights, by the one kind of entry each is about."""

ATTRIBUTE_RIGHTS: Final[Mapping[str, tuple[str, tuple[Target, ...]]]] = {
    "modifyAccount": ("all", (Target.ACCOUNT,)),
    "modifyCalendarResource": ("all", (Target.RESOURCE,)),
    "modifyDistributionList": ("all", (Target.LIST,)),
    "modifyGroup": ("all", (Target.GROUP,)),
    "modifyCos": ("all", (Target.COS,)),
    "modifyDomain": ("all", (Target.DOMAIN,)),
    "modifyServer": ("all", (Target.SERVER,)),
    "modifyGlobalConfig": ("all", (Target.CONFIG,)),
    "setDomainAdminAccountAndCalendarResourceAttrs": ("domain", MAILBOXES),
    "setDomainAdminCalendarResourceAttrs": ("domain", (Target.RESOURCE,)),
    "setDomainAdminDistributionListAttrs": ("domain", (Target.LIST,)),
    "setDomainAdminDomainAttrs": ("domain", (Target.DOMAIN,)),
}
"""The rights to change attributes: which attributes, and of what."""

COMBINED: Final[Mapping[str, str]] = {
    "domainAdminAccountRights": """
        addAccountAlias adminLoginAs checkPasswordStrength deleteAccount getAccount getAccountInfo
        getAccountMembership getMailboxInfo listAccount reindexMailbox removeAccountAlias renameAccount
        setAccountPassword setDomainAdminAccountAndCalendarResourceAttrs viewAccountAdminUI
        """,
    "domainAdminCalendarResourceRights": """
        addCalendarResourceAlias adminLoginCalendarResourceAs checkCalendarResourcePasswordStrength
        deleteCalendarResource getCalendarResource getCalendarResourceInfo listCalendarResource
        reindexCalendarResourceMailbox removeCalendarResourceAlias renameCalendarResource
        setCalendarResourcePassword setDomainAdminAccountAndCalendarResourceAttrs
        setDomainAdminCalendarResourceAttrs
        """,
    "domainAdminCosRights": "assignCos getCos listCos",
    "domainAdminDistributionListRights": """
        addDistributionListAlias addDistributionListMember deleteDistributionList getDistributionList
        getDistributionListMembership listDistributionList removeDistributionListAlias
        removeDistributionListMember renameDistributionList setDomainAdminDistributionListAttrs
        viewDistributionListAdminUI
        """,
    "domainAdminDomainRights": """
        accessGAL countAccount createAccount createAlias createCalendarResource createDistributionList
        deleteAlias getDomain listDomain listAccount listAlias listCalendarResource listDistributionList
        setDomainAdminDomainAttrs
        """,
    "domainAdminServerRights": "flushCache",
    "domainAdminRights": """
        domainAdminAccountRights domainAdminCalendarResourceRights domainAdminDistributionListRights
        domainAdminDomainRights listAlias
        """,
}
"""The rights that stand for several, each named after those it contains."""

HOLDERS: Final[Mapping[Target, tuple[Target, ...]]] = {
    Target.ACCOUNT: (*LISTS, Target.DOMAIN),
    Target.RESOURCE: (*LISTS, Target.DOMAIN),
    Target.LIST: (Target.DOMAIN,),
    Target.GROUP: (Target.DOMAIN,),
}
"""Where else than on its own kind of entry, and on the one for everything, an admin right is granted."""


def admin(name: str, *on: Target, attributes: str | None = None) -> Right:
    places = {*on, *(place for each in on for place in HOLDERS.get(each, ())), Target.EVERYTHING}
    return Right(name, frozenset(on), frozenset(places), attributes=attributes)


def combined(name: str, known: Mapping[str, Right]) -> Right:
    parts = [known[part] for part in COMBINED[name].split()]
    return Right(
        name,
        on=frozenset().union(*(part.on for part in parts)),
        grantable=frozenset().union(*(part.grantable for part in parts)),
        contains=frozenset().union(*({part.name} | part.contains for part in parts)),
    )


def all_rights() -> Mapping[str, Right]:
    known = {right.name: right for right in USER_RIGHTS}
    for target, names in ADMIN_RIGHTS.items():
        known |= {name: admin(name, target) for name in names.split()}
    for name, (attributes, on) in ATTRIBUTE_RIGHTS.items():
        known[name] = admin(name, *on, attributes=attributes)
    across = frozenset({Target.DOMAIN})
    known["crossDomainAdmin"] = Right("crossDomainAdmin", across, across, grantees=DOMAINS)
    for name in COMBINED:
        known[name] = combined(name, known)
    return MappingProxyType(known)


RIGHTS: Final = all_rights()
"""Every right by its name."""


@cache
def find_right(name: str, *, native: bool = True) -> Right | None:
    """The right of that name; None where the directory knows none such."""
    right = RIGHTS.get(name)
    return None if right is None or (right.is_native and not native) else right
