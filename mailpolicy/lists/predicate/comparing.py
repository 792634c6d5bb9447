"""What a filter asserts of a value: its text is read once, as people write it, and then compared.

The codec of a setting reads it, so `5GiB`, `2d` and `unlimited` mean what they mean wherever a value is
written. Text compares as a directory compares it: case and the number of spaces do not count, unless the
syntax of the setting says that they do. Of several values one is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sized
from datetime import datetime, timedelta
from functools import lru_cache
from operator import ge, le
from typing import Any, Final, TypeAlias

from attrs import evolve, frozen

from ...errors import InvalidValue
from ...ldap.filter import Approx, Equal, GreaterOrEqual, LessOrEqual, Present, Substrings
from ...ldap.matching import Part, prepare
from ...ldap.matching.assertions import Assertion
from ...ldap.matching.conditions import HasParts
from ...ldap.matching.phonetic import asserted_words, sounds_like, stored_words
from ...schema import Codec
from ...schema.codec import One
from ...schema.several import Among, Keyed, Many

__all__ = ["SameText", "ValueTest", "is_there", "value_test", "written"]

ValueTest: TypeAlias = Callable[[Any], bool]
"""Tells of the value that applies to an object whether it is as asserted; None is no value."""

ORDERED: Final = (int, timedelta, datetime)
CASE_COUNTS: Final = ("caseExactMatch", "caseExactIA5Match", "octetStringMatch")


def value_test(filter: Assertion, codec: Codec[Any], *, secret: bool = False) -> ValueTest:
    """The test of values that a codec reads; InvalidValue where they cannot be compared so.

    >>> from mailpolicy.schema import find_setting
    >>> from mailpolicy.values import Size
    >>> large = value_test(GreaterOrEqual("mailbox-quota", "5GiB"), find_setting("mailbox_quota").codec)
    >>> large(Size("10 GiB")), large(Size.UNLIMITED), large(Size("1 GiB"))
    (True, True, False)
    """
    if isinstance(filter, Present):
        return is_there
    if secret:
        raise InvalidValue("…", "=*, as its values are secret", attribute=filter.attribute)
    if isinstance(codec, Keyed):
        return _keyed(filter, codec)
    try:
        if isinstance(codec, Many | Among):
            of_item = _item_test(filter, codec.item)
            if isinstance(of_item, SameText):
                return evolve(of_item, several=True)
            return lambda value: value is not None and any(map(of_item, value))
        assert isinstance(codec, One)  # the catalog has no other kind
        of_value = _item_test(filter, codec)
        if isinstance(of_value, SameText):
            return of_value
    except InvalidValue as problem:
        raise InvalidValue(problem.text, problem.expected, problem.position, filter.attribute) from None
    return lambda value: value is not None and of_value(value)


@frozen(eq=False)
class SameText:
    """The value is a certain text, or with `several` one of its items is: what can be looked up."""

    item: One[Any]
    wanted: bytes | None
    several: bool = False

    def __call__(self, value: Any) -> bool:
        """Tell whether it is that text."""
        return self.wanted in self.texts(value)

    def texts(self, value: Any) -> list[bytes | None]:
        """The texts of a value, in the form in which they compare."""
        if value is None:
            return []
        form = _form(self.item)
        return list(map(form, value)) if self.several else [form(value)]


def is_there(value: Any) -> bool:
    """Whether there is a value; a collection of nothing is none, and neither is empty text."""
    return value is not None and not (isinstance(value, Sized) and not len(value))


def written(value: bytes) -> str:
    """What a filter asserts, as text."""
    return value.decode("utf-8", "surrogateescape")


def _item_test(filter: Assertion, item: One[Any]) -> ValueTest:
    match filter:
        case Equal(value=value):
            return _equal(written(value), item)
        case Approx(value=value):
            return _alike(written(value), item)
        case GreaterOrEqual(value=value):
            return _in_order(written(value), item, ge)
        case LessOrEqual(value=value):
            return _in_order(written(value), item, le)
        case Substrings():
            return _with_parts(filter, item)
    return is_there


def _accepted(text: str, item: One[Any]) -> Any:
    """What the text says; switches may be written in small letters, too."""
    return item.accept(text.strip().upper() if item.holds is bool else text)


def _equal(text: str, item: One[Any]) -> ValueTest:
    wanted = _accepted(text, item)
    if not isinstance(wanted, str):
        return lambda value: bool(value == wanted)
    return SameText(item, _form(item)(wanted))


def _alike(text: str, item: One[Any]) -> ValueTest:
    """Text is alike that sounds so; everything else, that is equal."""
    if not _is_text(item):
        return _equal(text, item)
    form = _form(item)
    sounds = asserted_words(form(text) or b"")
    return lambda value: sounds_like(stored_words(form(value) or b""), sounds)


def _in_order(text: str, item: One[Any], compare: Callable[[Any, Any], bool]) -> ValueTest:
    if not _is_ordered(item):
        raise InvalidValue(text, f"another comparison, as {_kind(item)} has no order")
    bound = _accepted(text, item)
    return lambda value: compare(value, bound)


def _with_parts(filter: Substrings, item: One[Any]) -> ValueTest:
    if not _is_text(item):
        text = str(filter).partition("=")[2][:-1]
        raise InvalidValue(text, f"a whole value, as {_kind(item)} has no parts")
    fold, form = _folds(item), _form(item)

    def part(value: bytes | None, place: Part) -> bytes:
        return prepare(value or b"", fold=fold, part=place) or b""

    between = tuple([part(each, Part.ANY) for each in filter.any])
    condition = HasParts(part(filter.initial, Part.INITIAL), between, part(filter.final, Part.FINAL))
    return lambda value: condition.passes(form(value))


def _keyed(filter: Assertion, codec: Keyed[Any, Any]) -> ValueTest:
    """A mapping has a key, or a key with a value: `imap`, or `imap disabled`."""
    if not isinstance(filter, Equal):
        raise InvalidValue(str(filter), "= or =*, as it has values by key", attribute=filter.attribute)
    text = written(filter.value)
    try:
        ((key, wanted),) = codec.accept(text).items()
    except InvalidValue:
        key = _key(text, codec, filter.attribute)
        return lambda value: value is not None and key in value
    return lambda value: value is not None and key in value and _holds(value[key], wanted)


def _key(text: str, codec: Keyed[Any, Any], name: str) -> Any:
    try:
        return codec.key.accept(text)
    except InvalidValue as problem:
        expected = f"a key, with or without its value ({problem.expected})"
        raise InvalidValue(text, expected, problem.position, name) from None


def _holds(value: Any, wanted: Any) -> bool:
    """Whether what stands under a key is the wanted value, or among others has the wanted ones."""
    if isinstance(wanted, Iterable) and not isinstance(wanted, str | bytes | Mapping):
        return set(wanted) <= set(value)
    return bool(value == wanted)


def _is_ordered(item: One[Any]) -> bool:
    holds = item.holds
    return isinstance(holds, type) and issubclass(holds, ORDERED) and holds is not bool


def _is_text(item: One[Any]) -> bool:
    return not _is_ordered(item) and item.holds is not bool


def _kind(item: One[Any]) -> str:
    return f"a {item.kind}" if _is_ordered(item) else item.kind


def _folds(item: One[Any]) -> bool:
    return item.syntax.equality not in CASE_COUNTS


@lru_cache(maxsize=1024)
def _form(item: One[Any]) -> Callable[[Any], bytes | None]:
    """The text of a value as it compares, without the secret that it may hold; None where it is no text."""
    fold, show = _folds(item), item.public or item.show

    def form(value: Any) -> bytes | None:
        text = value if isinstance(value, str) else show(value)
        return prepare(text.encode("utf-8", "surrogateescape"), fold=fold)

    return form
