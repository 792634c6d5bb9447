"""The `ldap:` tables by which Postfix reads each dialect."""

from __future__ import annotations

from typing import Final

from tests.postfix_files import Maps, Table

__all__ = ["CARBONIO", "NATIVE", "NATIVE_WITHOUT_DYNLIST"]

MAILBOX: Final = "(|(objectClass=mpAccount)(objectClass=mpResource))(!(mpMailStatus=disabled))"
LIST: Final = "(objectClass=mpList)(|(mail=%s)(mpAliases=%s))(!(mpMailStatus=disabled))"

DOMAINS: Final[Table] = {
    "query_filter": "(&(objectClass=mpDomain)(associatedDomain=%s)(!(mpDomainKind=alias)))",
    "result_attribute": "associatedDomain",
}
ALIAS_DOMAINS: Final[Table] = {
    "query_filter": "(&(objectClass=mpDomain)(associatedDomain=%s)(mpDomainKind=alias))",
    "result_attribute": "associatedDomain",
}
MAILBOXES: Final[Table] = {"query_filter": f"(&{MAILBOX}(mail=%s))", "result_attribute": "mail"}
TO_MAILBOX: Final[Table] = {
    "query_filter": f"(&{MAILBOX}(|(mail=%s)(mpAliases=%s)(mpOldAddress=%s)(mpCatchAllAddresses=%s)))",
    "result_attribute": "mail, mpForwardingAddresses",
}
"""An address that stands for a mailbox; the mailbox itself too, lest a catch-all takes its mail."""

TO_STATIC_LIST: Final[Table] = {
    "query_filter": f"(&{LIST}(!(memberURL=*)))",
    "result_attribute": "mpMemberAddresses",
}
TO_DYNAMIC_LIST: Final[Table] = {
    "query_filter": f"(&{LIST}(memberURL=*))",
    "result_attribute": "mpMemberAddresses",
    "special_result_attribute": "member",
    "leaf_result_attribute": "mail",
}
"""The names of members that slapd's dynlist finds are followed to their addresses."""

TO_ALIAS_DOMAIN: Final[Table] = {
    "query_filter": "(&(objectClass=mpDomain)(associatedDomain=%d)(mpDomainKind=alias))",
    "special_result_attribute": "mpAliasTarget",
    "leaf_result_attribute": "associatedDomain",
    "result_attribute": "",
    "result_format": "@%s",
}
"""Every address of an alias domain is the same one in its target."""

NATIVE: Final[Maps] = {
    "virtual_mailbox_domains": (DOMAINS,),
    "virtual_alias_domains": (ALIAS_DOMAINS,),
    "virtual_mailbox_maps": (MAILBOXES,),
    "virtual_alias_maps": (TO_MAILBOX, TO_STATIC_LIST, TO_DYNAMIC_LIST, TO_ALIAS_DOMAIN),
}
"""For a slapd with the dynlist overlay."""

TO_FOUND_BY_POSTFIX: Final[Table] = {**TO_DYNAMIC_LIST, "special_result_attribute": "memberURL"}
NATIVE_WITHOUT_DYNLIST: Final[Maps] = {
    **NATIVE,
    "virtual_alias_maps": (TO_MAILBOX, TO_STATIC_LIST, TO_FOUND_BY_POSTFIX, TO_ALIAS_DOMAIN),
}
"""For a slapd without it: Postfix itself asks what the URLs ask."""

# As Carbonio writes them, but for the credentials.

ENABLED: Final = "(zimbraMailStatus=enabled)"

CARBONIO: Final[Maps] = {
    "virtual_mailbox_domains": (
        {
            "query_filter": f"(&(zimbraDomainName=%s)(zimbraDomainType=local){ENABLED})",
            "result_attribute": "zimbraDomainName",
        },
    ),
    "virtual_alias_domains": (
        {
            "query_filter": f"(&(zimbraDomainName=%s)(zimbraDomainType=alias){ENABLED})",
            "result_attribute": "zimbraDomainName",
        },
    ),
    "virtual_mailbox_maps": (
        {
            "query_filter": f"(&(zimbraMailDeliveryAddress=%s){ENABLED})",
            "result_attribute": "zimbraMailDeliveryAddress",
        },
    ),
    "virtual_alias_maps": (
        {
            "query_filter": "(&(|(zimbraMailDeliveryAddress=%s)(zimbraMailAlias=%s)(zimbraOldMailAddress=%s)"
            f"(zimbraMailCatchAllAddress=%s)){ENABLED})",
            "result_attribute": "zimbraMailDeliveryAddress, zimbraMailForwardingAddress, "
            "zimbraPrefMailForwardingAddress, zimbraMailCatchAllForwardingAddress",
            "special_result_attribute": "member",
        },
    ),
}
