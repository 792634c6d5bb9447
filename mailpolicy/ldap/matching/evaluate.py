"""Filters, compiled into functions of an entry.

Simple filters become tests, and `&`, `|` and `!` combine tests by three-valued logic (RFC 4511,
section 4.5.1.7): what is Undefined stays so unless the rest decides. Filters may nest a thousand
deep, and Python's calls may not: only shallow ones become functions in one another, and what stands
around them is worked off on a stack.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from ..definitions import Definitions
from ..entry import Entry
from ..filter import And, Extensible, Filter, Not, Or
from .assertions import Assertion, HasSubordinates, compile_assertion
from .clauses import Clause
from .extensible import compile_extensible
from .values import Test

__all__ = ["Matcher", "compile_filter"]

Matcher: TypeAlias = Test

SHALLOW = 32
"""Up to this depth a filter becomes functions in one another."""


def compile_filter(
    filter: Filter, definitions: Definitions, *, has_subordinates: HasSubordinates | None = None
) -> Matcher:
    """Turn `filter` into a function that tells whether an entry matches: True, False or None (Undefined).

    A search returns the entries for which it is True. Compile once and run over many entries: the
    schema is asked and the asserted values are prepared only here. Whether an entry has others below
    it is not in the entry: unless `has_subordinates` tells, `(hasSubordinates=TRUE)` is Undefined.

    >>> from mailpolicy.ldap.dn import DN
    >>> standard = Definitions.standard()
    >>> jane = Entry(DN("cn=Jane,o=mail"), {"cn": (b"Jane",), "sn": (b"Doe",)}, standard)
    >>> for text in ("(name=JANE)", "(!(mail=*))", "(cn=j*y)", "(!(shoeSize=42))"):
    ...     print(text, compile_filter(Filter.parse(text), standard)(jane))
    (name=JANE) True
    (!(mail=*)) True
    (cn=j*y) False
    (!(shoeSize=42)) None
    """
    return _Compiler(definitions, has_subordinates).test(filter)


class _Compiler(NamedTuple):
    definitions: Definitions
    has_subordinates: HasSubordinates | None

    def test(self, filter: Filter) -> Test:
        """The test of a filter of any depth."""
        if filter.depth <= SHALLOW:
            return self._nested(filter)
        steps: list[Test | _Junction] = []
        rest = [filter]
        while rest:
            each = rest.pop()
            if each.depth <= SHALLOW:
                steps.append(self._nested(each))
            else:
                steps.append(_Junction(_DECISIVE[type(each)], len(each.inner)))
                rest += each.inner
        return _in_steps(steps[::-1])

    def _nested(self, filter: Filter) -> Test:
        """The test of a shallow filter: the only recursion there is, and a bounded one."""
        if isinstance(filter, Extensible):
            return compile_extensible(filter, self.definitions)
        if isinstance(filter, Assertion):
            compiled = compile_assertion(filter, self.definitions, self.has_subordinates)
            return compiled.test(self.definitions) if isinstance(compiled, Clause) else compiled
        tests = [self._nested(each) for each in filter.inner]
        decisive = _DECISIVE[type(filter)]
        return _negation(*tests) if decisive is None else _junction(tests, decisive)


_DECISIVE: Mapping[type[Filter], bool | None] = {And: False, Or: True, Not: None}
"""What combines filters, and the outcome of one of them that settles the whole."""


def _junction(tests: Sequence[Test], decisive: bool) -> Test:
    def test(entry: Entry) -> bool | None:
        result: bool | None = not decisive
        for each in tests:
            outcome = each(entry)
            if outcome is decisive:
                return decisive
            if outcome is None:
                result = None
        return result

    return test


def _negation(inner: Test) -> Test:
    def test(entry: Entry) -> bool | None:
        outcome = inner(entry)
        return None if outcome is None else not outcome

    return test


class _Junction(NamedTuple):
    """A step that puts what the last `width` outcomes come to in their place."""

    decisive: bool | None
    width: int

    def outcome(self, outcomes: Sequence[bool | None]) -> bool | None:
        if self.decisive is None:
            return None if outcomes[0] is None else not outcomes[0]
        if self.decisive in outcomes:
            return self.decisive
        return None if None in outcomes else not self.decisive


def _in_steps(steps: Sequence[Test | _Junction]) -> Test:
    def test(entry: Entry) -> bool | None:
        outcomes: list[bool | None] = []
        for step in steps:
            if isinstance(step, _Junction):
                outcomes[-step.width :] = [step.outcome(outcomes[-step.width :])]
            else:
                outcomes.append(step(entry))
        return outcomes[0]

    return test
