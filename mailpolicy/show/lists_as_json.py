"""Lists as JSON values: who is on one, who would be, and which ones somebody is on.

Where there may be a million of something, it is an iterator in place of a list: `Screen.print_json` writes
its items as they come.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from ..lists import Expansion, Member
from ..model import MailingList, Object
from ..model.lists import ListMembership
from ..model.preview import Preview
from ..reasons import Reason
from .as_json import object_json, plan_json, reason_json

__all__ = ["expansion_json", "memberships_json", "preview_json", "verdict_json"]

Json: TypeAlias = dict[str, Any]


def expansion_json(of_list: MailingList, expansion: Expansion) -> Json:
    """Who is on a list.

    `{"list", "counts": {kind: number}, "loops": [[address, …], …], "dangling": [dangling, …],
    "members": [member, …]}`, where a dangling member is `{"address", "list", "problem", "text"}`.
    """
    return {
        "list": object_json(of_list),
        "counts": dict(expansion.counts),
        "loops": [list(way) for way in expansion.loops],
        "dangling": [
            {"address": each.address, "list": each.list, "problem": each.problem, "text": each.text}
            for each in expansion.dangling
        ],
        "members": map(member_json, expansion),
    }


def member_json(member: Member) -> Json:
    """One of them: `{"address", "kind", "via", "dn", "receive", "hidden", "system"}`.

    `via` are the lists from the expanded one down; of an outside address `dn` and `receive` are null.
    """
    return {
        "address": member.address,
        "kind": member.kind,
        "via": list(member.via),
        "dn": member.dn,
        "receive": member.receive,
        "hidden": member.hidden,
        "system": member.system,
    }


def verdict_json(whom: Object | str, reasons: Iterable[Reason], *, answer: bool) -> Json:
    """Whether somebody is a member: `{"address", "object", "member", "reasons"}`.

    `object` is null for an address of another domain.
    """
    return {**whom_json(whom), "member": answer, "reasons": [reason_json(each) for each in reasons]}


def whom_json(whom: Object | str) -> Json:
    if isinstance(whom, Object):
        return {"address": whom.name, "object": object_json(whom)}
    return {"address": whom, "object": None}


def memberships_json(whom: Object | str, memberships: Iterable[ListMembership]) -> Json:
    """The lists that somebody is on: `{"address", "object", "lists": [{"list", "direct", "via"}, …]}`."""
    return {**whom_json(whom), "lists": [membership_json(each) for each in memberships]}


def membership_json(membership: ListMembership) -> Json:
    return {
        "list": object_json(membership.list),
        "direct": membership.is_direct,
        "via": list(membership.via),
    }


def preview_json(preview: Preview, against: MailingList | None, *, with_plan: bool = False) -> Json:
    """Whom a search would put on a list.

    `{"url", "against", "problems": [{"part", "text"}, …], "members": [object, …], "added", "removed",
    "removed_addresses"}`; with the `plan` of the search, if that is wanted. What it changes is null where
    there is no list to compare it with.
    """
    compared = against is not None
    found: Json = {
        "url": preview.url,
        "against": None if against is None else object_json(against),
        "problems": [{"part": each.part, "text": each.text} for each in preview.problems],
        "members": map(object_json, preview.members),
        "added": map(object_json, preview.added) if compared else None,
        "removed": map(object_json, preview.removed) if compared else None,
        "removed_addresses": list(preview.removed_addresses) if compared else None,
    }
    return {**found, "plan": plan_json(preview.cost)} if with_plan else found
