"""Asking a snapshot what changes made of it, or what is said against them."""

from __future__ import annotations

from typing import Any

import pytest

from mailpolicy.edit import applied
from mailpolicy.errors import SchemaError
from mailpolicy.snapshot import Snapshot
from tests.trees import entry


def raw(snapshot: Snapshot, selector: str, attribute: str) -> tuple[bytes, ...]:
    return entry(snapshot, selector).raw.get(attribute, ())


def refused(snapshot: Snapshot, *changes: Any) -> tuple[str, ...]:
    """Everything that is said against the changes; none of them is made."""
    with pytest.raises(SchemaError) as caught:
        applied(snapshot, changes)
    return caught.value.problems
