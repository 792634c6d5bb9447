"""What applies to this mailbox, why, and what may it do right now?

The verbs and nouns of the library, from one place::

    import mailpolicy as mp

    acme = mp.open("acme.ldif")
    john = acme.account("john@acme.example")
    john.settings.mailbox_quota       # the value that applies
    john.explain("mailbox_quota")     # and where it comes from
    john.status                       # may she log in, receive, send?

    live = mp.open("ldaps://ldap1.acme.example/o=mail", bind=mp.Bind(dn, password))   # the same of a server

Errors are in `mailpolicy.errors`, the parts of filters in `mailpolicy.filters`, what only annotations need in
`mailpolicy.types`.

A name is imported when it is first used, so that `import mailpolicy` costs a mail filter that starts
for every message next to nothing.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_HOMES = {
    "mailpolicy.decision": (
        "DEFAULT_POLICY",
        "Booking",
        "Decision",
        "Delivery",
        "Device",
        "Edit",
        "Login",
        "Opinion",
        "Policy",
        "Post",
        "Recovery",
        "Rule",
        "Submission",
        "Usage",
        "Verdict",
        "decide",
    ),
    "mailpolicy.inherit": ("Effective",),
    "mailpolicy.ldap.dn": ("DN",),
    "mailpolicy.ldap.entry": ("Entry",),
    "mailpolicy.ldap.filter": ("Filter",),
    "mailpolicy.ldap.url": ("LdapUrl",),
    "mailpolicy.live.bind": ("Bind",),
    "mailpolicy.live.live": ("Live",),
    "mailpolicy.model": (
        "Account",
        "Alias",
        "ClassOfService",
        "Config",
        "Directory",
        "Domain",
        "DynamicList",
        "MailingList",
        "Resource",
        "Server",
    ),
    "mailpolicy.model.rights": ("holds", "may_edit", "may_post", "may_subscribe", "may_unsubscribe"),
    "mailpolicy.reasons": ("Origin", "Reason"),
    "mailpolicy.snapshot": ("Finding",),
    "mailpolicy.snapshot.changes": (
        "add_value",
        "create",
        "delete",
        "remove_value",
        "rename",
        "set",
        "unset",
    ),
    "mailpolicy.source": ("dumps", "loads", "open"),
    "mailpolicy.status": ("Status", "resolve_status"),
    "mailpolicy.values": ("Address", "DomainName", "Duration", "Size"),
}
"""Where each public name lives."""

if TYPE_CHECKING:
    # The same table for those who read types: checkers and editors do not run `__getattr__`.
    from mailpolicy import errors as errors, filters as filters, types as types
    from mailpolicy.decision import (
        DEFAULT_POLICY as DEFAULT_POLICY,
        Booking as Booking,
        Decision as Decision,
        Delivery as Delivery,
        Device as Device,
        Edit as Edit,
        Login as Login,
        Opinion as Opinion,
        Policy as Policy,
        Post as Post,
        Recovery as Recovery,
        Rule as Rule,
        Submission as Submission,
        Usage as Usage,
        Verdict as Verdict,
        decide as decide,
    )
    from mailpolicy.inherit import Effective as Effective
    from mailpolicy.ldap.dn import DN as DN
    from mailpolicy.ldap.entry import Entry as Entry
    from mailpolicy.ldap.filter import Filter as Filter
    from mailpolicy.ldap.url import LdapUrl as LdapUrl
    from mailpolicy.live.bind import Bind as Bind
    from mailpolicy.live.live import Live as Live
    from mailpolicy.model import (
        Account as Account,
        Alias as Alias,
        ClassOfService as ClassOfService,
        Config as Config,
        Directory as Directory,
        Domain as Domain,
        DynamicList as DynamicList,
        MailingList as MailingList,
        Resource as Resource,
        Server as Server,
    )
    from mailpolicy.model.rights import (
        holds as holds,
        may_edit as may_edit,
        may_post as may_post,
        may_subscribe as may_subscribe,
        may_unsubscribe as may_unsubscribe,
    )
    from mailpolicy.reasons import Origin as Origin, Reason as Reason
    from mailpolicy.snapshot import Finding as Finding
    from mailpolicy.snapshot.changes import (
        add_value as add_value,
        create as create,
        delete as delete,
        remove_value as remove_value,
        rename as rename,
        set as set,
        unset as unset,
    )
    from mailpolicy.source import dumps as dumps, loads as loads, open as open
    from mailpolicy.status import Status as Status, resolve_status as resolve_status
    from mailpolicy.values import (
        Address as Address,
        DomainName as DomainName,
        Duration as Duration,
        Size as Size,
    )
else:
    # Hidden from checkers, which would otherwise take every misspelt name for one of ours.
    _HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
    _MODULES = ("errors", "filters", "types")

    __all__ = list(_HOME_OF) + list(_MODULES)

    def __getattr__(name):
        if name in _MODULES:
            return importlib.import_module(f"mailpolicy.{name}")
        if name not in _HOME_OF:
            raise AttributeError(
                f"module 'mailpolicy' has no attribute {name!r}", name=name, obj=sys.modules[__name__]
            )
        value = getattr(importlib.import_module(_HOME_OF[name]), name)
        globals()[name] = value
        return value

    def __dir__():
        return [*__all__, "__version__"]
