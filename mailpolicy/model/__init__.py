"""What people hold: a directory and its objects."""

from __future__ import annotations

from .directory import Directory
from .domains import Alias, ClassOfService, Config, Domain, Server
from .objects import Account, DynamicList, MailingList, Object, Resource
from .results import Objects, SearchResult
from .settings import Settings

__all__ = [
    "Account",
    "Alias",
    "ClassOfService",
    "Config",
    "Directory",
    "Domain",
    "DynamicList",
    "MailingList",
    "Object",
    "Objects",
    "Resource",
    "SearchResult",
    "Server",
    "Settings",
]
