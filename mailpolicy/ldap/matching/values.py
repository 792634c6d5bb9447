"""Which stored values a filter looks at.

A *value test* answers for one stored value, a *test* for an entry: True, False, or None for
Undefined (RFC 4511, section 4.5.1.7).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from ..definitions import AttributeType, Definitions
from ..entry import Entry
from .descriptions import Description

__all__ = ["COMPUTED", "ENTRY_DN", "HAS_SUBORDINATES", "Raw", "Test", "ValueTest", "any_value", "undefined"]

Raw: TypeAlias = Mapping[str, tuple[bytes, ...]]
ValueTest: TypeAlias = Callable[[bytes], bool | None]
Test: TypeAlias = Callable[[Raw, tuple[str, ...], Entry], bool | None]
"""Takes the stored values, those of their names that have options, and the entry they are from."""

ENTRY_DN = "1.3.6.1.1.20"
HAS_SUBORDINATES = "2.5.18.9"
SUBSCHEMA_SUBENTRY = "2.5.18.10"
COMPUTED = frozenset((ENTRY_DN, HAS_SUBORDINATES, SUBSCHEMA_SUBENTRY))
"""What a server works out when asked: every entry has these, and stored values of them do not count."""


def undefined(raw: Raw, tagged: tuple[str, ...], entry: Entry) -> None:
    """The test of a filter that means nothing under this schema."""


def any_value(
    description: Description,
    definitions: Definitions,
    value_test_of: Callable[[AttributeType], ValueTest | None],
) -> Test:
    """The test that a value of the attribute passes its value test.

    Values of subtypes count, each by the rules of its own attribute. Where `value_test_of` gives None,
    the attribute has no such rule, and an entry that has it leaves the filter Undefined.
    """
    value_tests = {
        subtype.name: value_test_of(subtype)
        for subtype in definitions.subtypes(description.attribute)
        if subtype.oid not in COMPUTED
    }
    plain = tuple(value_tests.items()) if description.is_plain else ()

    def test(raw: Raw, tagged: tuple[str, ...], entry: Entry) -> bool | None:
        found = [(name, value_test) for name, value_test in plain if name in raw]
        for stored in tagged:
            name, *options = stored.split(";")
            if name in value_tests and description.allows(frozenset(options)):
                found.append((stored, value_tests[name]))
        result: bool | None = False
        for name, value_test in found:
            if value_test is None:
                result = None
                continue
            for value in raw[name]:
                outcome = value_test(value)
                if outcome is not False:
                    return outcome
        return result

    only, only_test = plain[0] if len(plain) == 1 else ("", None)
    if only_test is None:
        return test

    # Nearly every attribute in a mail filter has no subtype: this way is taken for each entry.
    def test_one(raw: Raw, tagged: tuple[str, ...], entry: Entry) -> bool | None:
        for value in raw.get(only, ()):
            outcome = only_test(value)
            if outcome is not False:
                return outcome
        return test(raw, tagged, entry) if tagged else False

    return test_one
