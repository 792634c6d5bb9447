"""Questions about rights: who holds them, and who may change what."""

from __future__ import annotations

from typing import Any

import mailpolicy as mp
from mailpolicy.rights.table import RIGHTS

from .about import JANE, JOHN, NOBODY, OUTSIDER, crossed, objects
from .table import question

ACTORS = [None, JOHN, JANE, "admin@acme.example", NOBODY, OUTSIDER]
CHOSEN = ["sendAs", "sendOnBehalfOf", "sendToDistList", "ownDistList", "loginAs", "domainAdminRights", "nope"]


@question(lambda file: crossed(ACTORS, CHOSEN, objects(file), [False, True], every=5))
def holds(directory: Any, actor: str | None, right: str, target: str, as_admin: bool) -> Any:
    return told(mp.holds(directory, actor, right, target, as_admin=as_admin))


@question(lambda file: crossed([JANE], [*RIGHTS], [JOHN, "domain:acme.example", "board@acme.example"]))
def holds_each_right(directory: Any, actor: str, right: str, target: str) -> Any:
    return told(mp.holds(directory, actor, right, target, as_admin=True, onward=True))


@question(lambda file: crossed(
    ACTORS, [JOHN, "cos:premium", "config", "nope@acme.example"],
    [("auto_reply_text", None), ("mailbox_quota", "1 GiB"), ("grants", None), ("qouta", None)], [False, True],
))  # fmt: skip
def may_edit(directory: Any, actor: str | None, target: str, edit: tuple[str, Any], as_admin: bool) -> Any:
    name, value = edit
    return told(mp.may_edit(directory, actor, target, name, as_admin=as_admin, value=value))


def told(holding: Any) -> Any:
    return holding.right, holding.answer, holding.reasons, holding.deciding
