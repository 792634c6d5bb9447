"""Where entries are: all of a directory at one moment, ways to find them, and changes to them."""

from __future__ import annotations

from .changes import (
    AddValue,
    Change,
    Create,
    Delete,
    RemoveValue,
    Rename,
    Set,
    Unset,
    add_value,
    create,
    delete,
    remove_value,
    rename,
    set,
    unset,
)
from .concealed import concealed
from .finding import Finding, Severity
from .index import Index, folded_address, folded_domain
from .load import LOST, load
from .snapshot import Snapshot

__all__ = [
    "LOST",
    "AddValue",
    "Change",
    "Create",
    "Delete",
    "Finding",
    "Index",
    "RemoveValue",
    "Rename",
    "Set",
    "Severity",
    "Snapshot",
    "Unset",
    "add_value",
    "concealed",
    "create",
    "delete",
    "folded_address",
    "folded_domain",
    "load",
    "remove_value",
    "rename",
    "set",
    "unset",
]
