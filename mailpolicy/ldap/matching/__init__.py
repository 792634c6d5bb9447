"""How a directory compares: names, values, and entries against filters.

The rules are those of RFC 4517, the way OpenLDAP 2.5 applies them; `docs/differences.md` lists the
few places where we do not follow it.
"""

from .evaluate import Matcher, compile_filter
from .names import dn_key, is_below, is_within, parent_key
from .prep import Part, prepare, prepare_ascii
from .rules import RULES, Rule, find_rule

__all__ = [
    "RULES",
    "Matcher",
    "Part",
    "Rule",
    "compile_filter",
    "dn_key",
    "find_rule",
    "is_below",
    "is_within",
    "parent_key",
    "prepare",
    "prepare_ascii",
]
