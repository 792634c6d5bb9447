"""Who is on a list, and why: static, nested and dynamic members.

`expand` goes down from a list to everybody who gets its mail, `lists_of` and `is_member` up from somebody
to her lists. `preview` and `explain_member` say who a member URL finds, and why somebody is not found.
"""

from __future__ import annotations

from .check import findings
from .expand import Expansion, Member, expand
from .members import Dangling
from .preview import preview
from .upward import Membership, Memberships, doubt_of, is_member, lists_of
from .why.explain import explain_member

__all__ = [
    "Dangling",
    "Expansion",
    "Member",
    "Membership",
    "Memberships",
    "doubt_of",
    "expand",
    "explain_member",
    "findings",
    "is_member",
    "lists_of",
    "preview",
]
