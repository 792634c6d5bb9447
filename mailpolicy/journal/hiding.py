"""Who a line of the journal is about, hidden: what may name anybody becomes a hash, or is left out.

All text of a request is hidden but what is named here, so that nobody forgets a field. Numbers, moments, yes
and no stay: they name nobody, and mean something to operators.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import Enum
from typing import Any, Final, get_args

from ..decision import REPLIES, Counter, Decision, Edit, Reply
from ..errors import InvalidValue
from ..rights.editing import OF_USERS
from ..schema import SETTINGS
from ..values import Address, Network, Service, ip_address
from .concealing import DOMAIN, WITHHELD, Concealing

__all__ = ["NAMES", "hide"]

NAMES: Final = frozenset(
    {
        "account",
        "actor",
        "header_from",
        "list",
        "login",
        "organizer",
        "recipient",
        "resource",
        "sender",
        "target",
    }
)
"""What of a request names somebody of a directory, whether or not it looks like an address."""
OURS: Final = frozenset(each.text for each in REPLIES.values())
"""Texts of replies that name nobody. Others are written by a site or by whoever refuses mail."""

HOST: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,10}[a-z][a-z0-9-]{0,61}[a-z0-9]", re.IGNORECASE
)


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except InvalidValue:
        return False
    return "%" not in text  # behind it stands whatever somebody calls a device


def one_of(*words: str) -> Callable[[str], bool]:
    return frozenset(words).__contains__


READABLE: Final[Mapping[str, Callable[[str], bool]]] = {
    # From where attacks come, and what rules about networks are asked.
    "client": is_address,
    # A server, as domains stay: by it a bare name is found again.
    "host": lambda text: HOST.fullmatch(text) is not None,
    # Words of ours, by which people count. What somebody else says in their place is hidden.
    "kind": lambda _: True,
    "service": one_of(*Service, "admin"),
    "password_is": one_of("right", "wrong", "unknown", "ignored"),
    "state": one_of("allowed", "blocked", "quarantined", "wipe", "reset", "suspended"),
    "operation": one_of("modify", "create", "delete", "rename"),
    "field": one_of(*SETTINGS, *OF_USERS),
}
"""What of the text of a request stays, where it looks as it should, and why."""

TELLING: Final = (bool, int, float, timedelta, date, Enum, *get_args(Network))
"""Values of settings that name nobody: switches, sizes, words to choose from, and networks as of clients."""


def hide(line: dict[str, Any], decision: Decision, concealing: Concealing) -> None:
    """Hide in a line who it is about. Equal things stay equal, so that they can be counted."""
    line["request"] = {key: part(key, value, decision, concealing) for key, value in line["request"].items()}
    reply = decision.reply
    if reply is not None and reply.text not in OURS:
        line["reply"] = without_words(reply)
    if "counts" in line:
        line["counts"] = {
            counted(counter, concealing): count for counter, count in decision.usage.counts.items()
        }
    # Words of whoever did not answer, with paths and names of ours: that there were any is what counts.
    for key in ("doubt", "unknown"):
        if key in line:
            line[key] = WITHHELD
    if "errors" in line:
        line["errors"] = [f"{each.rule}: {kind_of(each.error)}" for each in decision.errors]
    if "message" in line:
        # The name that a mail server gave it, for whoever looks into the log, stays; it may have one of
        # its recipients behind it, in any spelling.
        first, blank, rest = line["message"].partition(" ")
        line["message"] = f"{concealing.hide(first)}{blank}{concealing.name(rest)}"


def part(key: str, value: Any, decision: Decision, concealing: Concealing) -> Any:
    if key == "value":
        return value_of(decision.request, value, concealing)
    if key == "addressed":
        return [concealing.name(each) for each in value]
    if not isinstance(value, str):
        return value
    if key in NAMES:
        return concealing.name(value)
    stays = READABLE.get(key)
    return value if stays is not None and stays(value) else concealing.whole(value)


def value_of(edit: Any, value: Any, concealing: Concealing) -> Any:
    """What a setting becomes: addresses are found again, what names nobody stays, all else is hidden."""
    assert isinstance(edit, Edit)
    if edit.operation == "rename":
        return hidden(value, concealing.name)
    setting = SETTINGS.get(edit.field)
    if setting is None or setting.secret or edit.operation != "modify":
        return hidden(value, concealing.whole)
    try:
        accepted = setting.accept(edit.value)
    except InvalidValue:
        return hidden(value, concealing.whole)
    several = accepted if isinstance(accepted, tuple | frozenset) else (accepted,)
    if all(isinstance(each, TELLING) for each in several):
        return value
    are_addresses = all(isinstance(each, Address) for each in several)
    return hidden(value, concealing.name if are_addresses else concealing.whole)


def hidden(value: Any, hash_of: Callable[[str], str]) -> Any:
    """A value of JSON with all of its text hidden, and numbers, which may be those of telephones."""
    match value:
        case None | bool():
            return value
        case list():
            return [hidden(each, hash_of) for each in value]
        case dict():
            return {hash_of(key): hidden(each, hash_of) for key, each in value.items()}
    return hash_of(str(value))


def counted(counter: Counter, concealing: Concealing) -> str:
    """A counter; whose it is may be said by an address or a DN, and of `replied` there are two."""
    of, name = counter.of, concealing.name
    if counter.what == "aggregate" and DOMAIN.fullmatch(of):
        return str(counter)  # of a domain, which stays
    if counter.what == "replied":
        first, blank, second = of.partition(" ")
        of = f"{name(first)}{blank}{name(second)}"
    else:
        of = name(of)
    return str(counter._replace(of=of))


def without_words(reply: Reply) -> str:
    return f"{reply.code} {reply.status} {WITHHELD}"


def kind_of(error: str) -> str:
    """Of what class an error is; its words are about somebody."""
    kind, _, _ = error.partition(":")
    return kind if kind.replace(".", "").isidentifier() else WITHHELD
