"""Which object is meant: by an address, as mail goes, or by a selector, as people say it."""

from __future__ import annotations

from .absent import absent, is_partial
from .ladder import addressed, alias_target, find, having, target_domain
from .selector import parse_selector, selected
from .straight import Straight

__all__ = [
    "Straight",
    "absent",
    "addressed",
    "alias_target",
    "find",
    "having",
    "is_partial",
    "parse_selector",
    "selected",
    "target_domain",
]
