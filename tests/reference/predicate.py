"""What a predicate comes to: slow, obvious, asked of the objects that people hold.

Nothing is swept, nothing is remembered: each setting is read from the object, each status is its status.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from mailpolicy.errors import InvalidValue, NotFound
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.filter import (
    And,
    Approx,
    Equal,
    Filter,
    GreaterOrEqual,
    LessOrEqual,
    Not,
    Or,
    Present,
    Substrings,
)
from mailpolicy.ldap.matching import compile_filter
from mailpolicy.ldap.matching.phonetic import asserted_words, sounds_like, stored_words
from mailpolicy.model import Account, Directory, Object
from mailpolicy.schema import SETTINGS
from mailpolicy.status import Receive
from mailpolicy.status.table import CAPABILITIES

UNKNOWN = object()
KINDS = ("account", "resource", "list", "cos", "domain", "config", "server", "alias")


def evaluate(filter: Filter, directory: Directory, entry: Entry) -> bool | None:
    """True, False or None for Undefined."""
    if isinstance(filter, And | Or):
        decisive = isinstance(filter, Or)
        outcomes = [evaluate(each, directory, entry) for each in filter.filters]
        return decisive if decisive in outcomes else None if None in outcomes else not decisive
    if isinstance(filter, Not):
        inner = evaluate(filter.filter, directory, entry)
        return None if inner is None else not inner
    name: str = filter.attribute.lower()  # type: ignore[attr-defined]
    try:
        if name in ("status", "login", "receive", "send", "modify"):
            return of_status(filter, name, directory.object(entry))
        if name == "kind":
            return of_kind(filter, directory, entry)
        if name == "cos":
            thing = directory.object(entry)
            if not isinstance(thing, Account):
                return None
            return compared(filter, thing.cos and tuple(map(str, thing.cos.entry.get("cn"))), str)
        setting = name.replace("-", "_")
        if setting in SETTINGS:
            return of_setting(filter, setting, directory.object(entry))
    except (InvalidValue, NotFound):
        return None
    return compile_filter(filter, directory.snapshot.definitions)(entry)


def of_status(filter: Filter, name: str, thing: Object) -> bool | None:
    if not hasattr(thing, "status"):
        return None
    if name == "status":
        return compared(filter, thing.status.name, lambda text: one_of(text, CAPABILITIES))
    if name == "receive":
        return compared(filter, str(thing.status.receive), lambda text: one_of(text, Receive))
    return compared(filter, getattr(thing.status, name), boolean)


def of_kind(filter: Filter, directory: Directory, entry: Entry) -> bool | None:
    is_object = directory.snapshot.level_of(entry) is not None
    kind = directory.object(entry).kind if is_object else None
    return compared(filter, kind, lambda text: one_of(text, KINDS))


def of_setting(filter: Filter, name: str, thing: Object) -> bool | None:
    setting = SETTINGS[name]
    value = thing.settings[name]
    if setting.secret and not isinstance(filter, Present):
        return None
    if isinstance(setting.default, bool):
        return compared(filter, value, boolean)
    codec: Any = setting.codec
    if hasattr(codec, "key"):
        return of_mapping(filter, value, codec)
    item = getattr(codec, "item", codec)
    exact = "Exact" in item.syntax.equality
    return compared(filter, value, item.accept, item.public or item.show, exact=exact, holds=item.holds)


def of_mapping(filter: Filter, value: Any, codec: Any) -> bool | None:
    if isinstance(filter, Present):
        return bool(value)
    if not isinstance(filter, Equal):
        return None
    text = filter.value.decode()
    try:
        asserted = codec.accept(text)
    except InvalidValue:
        key = codec.key.accept(text)
        return value is not None and key in value
    if value is None:
        return False
    (key,) = asserted
    if key not in value:
        return False
    if isinstance(asserted[key], tuple):
        return all(each in value[key] for each in asserted[key])
    return bool(value[key] == asserted[key])


def boolean(text: str) -> bool:
    return {"TRUE": True, "FALSE": False}[one_of(text, ("true", "false")).upper()]


def one_of(text: str, words: Any) -> str:
    folded = text.strip().lower()
    if folded not in [str(word) for word in words]:
        raise InvalidValue(text, "one of the words")
    return folded


def compared(
    filter: Filter, value: Any, read: Any, show: Any = str, *, exact: bool = False, holds: Any = None
) -> bool | None:
    if isinstance(filter, Present):
        return value not in (None, "", (), frozenset()) and value != {}
    values = [] if value is None else list(value) if isinstance(value, tuple | frozenset) else [value]
    kind = holds or (bool if read is boolean else str)
    ordered = isinstance(kind, type) and issubclass(kind, (int, timedelta, datetime)) and kind is not bool
    text = not ordered and kind is not bool

    def plain(value: Any) -> str:
        shown = " ".join((value if isinstance(value, str) else show(value)).split())
        return shown if exact else shown.lower()

    match filter:
        case GreaterOrEqual() | LessOrEqual() if not ordered:
            return None
        case GreaterOrEqual(value=bound):
            limit = read(bound.decode())
            return any(each >= limit for each in values)
        case LessOrEqual(value=bound):
            limit = read(bound.decode())
            return any(each <= limit for each in values)
        case Substrings() if not text:
            return None
        case Substrings():
            parts = [filter.initial or b"", *filter.any, filter.final or b""]
            pattern = ".*".join(re.escape(plain(part.decode())) for part in parts)
            return any(re.fullmatch(pattern, plain(each), re.DOTALL) for each in values)
        case Approx(value=asserted) if text:
            words = asserted_words(plain(asserted.decode()).encode())
            return any(sounds_like(stored_words(plain(each).encode()), words) for each in values)
        case Equal(value=asserted) | Approx(value=asserted):
            wanted = read(asserted.decode())
            if isinstance(wanted, str) and not isinstance(wanted, Mapping):
                return any(plain(each) == plain(wanted) for each in values)
            return any(each == wanted for each in values)
    raise AssertionError(filter)
