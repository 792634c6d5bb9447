"""What people hold: a directory and its objects."""

from __future__ import annotations

from .directory import Directory
from .objects import (
    Account,
    Alias,
    ClassOfService,
    Config,
    Domain,
    DynamicList,
    MailingList,
    Object,
    Resource,
    Server,
)
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
