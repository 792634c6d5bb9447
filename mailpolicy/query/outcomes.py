"""A filter as what its simple filters must come to for it to be true.

Filters know three outcomes, but "this one is true" and "this one is false" hold or do not. An `&`
is true where all in it are true, and false where one of them is; a `|` the other way round; and a
`!` asks what is in it for the opposite. So every `!` moves inwards until it is gone, and what is
left is about rows only: those of every part, or those of any.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from attrs import frozen

from ..ldap.definitions import Definitions
from ..ldap.entry import Entry
from ..ldap.filter import And, Filter, Not, Or
from ..ldap.matching.assertions import Assertion, HasSubordinates, compile_assertion
from ..ldap.matching.clauses import Clause
from ..ldap.matching.evaluate import SHALLOW
from ..ldap.matching.values import undefined

__all__ = ["AnyOf", "Asked", "EveryOf", "Never", "Node", "Untold", "asks_tree", "read", "text_of"]


@frozen(eq=False)
class Asked:
    """A clause about stored values comes to this outcome."""

    filter: Filter
    clause: Clause
    outcome: bool


@frozen(eq=False)
class Never:
    """The filter is Undefined for every entry, so neither true nor false for any."""

    filter: Filter


@frozen(eq=False)
class Untold:
    """Something that only the entries themselves tell: no index knows it."""

    filter: Filter


@frozen(eq=False)
class EveryOf:
    """All of the parts hold; where there are none, that is so."""

    parts: tuple[Node, ...]


@frozen(eq=False)
class AnyOf:
    """One of the parts holds."""

    parts: tuple[Node, ...]


Node: TypeAlias = Asked | Never | Untold | EveryOf | AnyOf


def read(filter: Filter, definitions: Definitions, has_subordinates: HasSubordinates | None) -> Node:
    """What has to hold for `filter` to be true. One that is nested too deep to walk is `Untold`."""
    if filter.depth > SHALLOW:
        return Untold(filter)
    return _Reader(definitions, has_subordinates).node(filter, True)


def asks_tree(node: Node, definitions: Definitions) -> bool:
    """Whether it depends on what stands below an entry, and so on more than that entry.

    Then something in it means nothing to a reader who is not told of that, and something to one who is.
    """
    return any(
        compile_assertion(each, definitions, None) is undefined
        and compile_assertion(each, definitions, nothing_below) is not undefined
        for each in simple_filters(node)
        if isinstance(each, Assertion)
    )


def nothing_below(entry: Entry) -> bool:
    return False


def simple_filters(node: Node) -> Iterator[Filter]:
    """The simple filters that are about something else than stored values, however deep they are nested."""
    waiting: list[Node | Filter] = [node]
    while waiting:
        match waiting.pop():
            case EveryOf(parts=parts) | AnyOf(parts=parts):
                waiting += parts
            case Never(filter=filter) | Untold(filter=filter):
                waiting.append(filter)
            case Filter() as filter:
                waiting += filter.inner
                yield filter


class _Reader(NamedTuple):
    definitions: Definitions
    has_subordinates: HasSubordinates | None

    def node(self, filter: Filter, outcome: bool) -> Node:
        """What has to hold for `filter` to come to `outcome`."""
        match filter:
            case Not(filter=inner):
                return self.node(inner, not outcome)
            case And() | Or():
                kind = EveryOf if isinstance(filter, And) is outcome else AnyOf
                nodes = [self.node(each, outcome) for each in filter.inner]
                return kind(tuple([part for node in nodes for part in parts_of(node, kind)]))
        stated = filter if outcome else Not(filter)
        if not isinstance(filter, Assertion):
            return Untold(stated)
        compiled = compile_assertion(filter, self.definitions, self.has_subordinates)
        if isinstance(compiled, Clause):
            return Asked(stated, compiled, outcome)
        return Never(stated) if compiled is undefined else Untold(stated)


def parts_of(node: Node, kind: type[EveryOf | AnyOf]) -> tuple[Node, ...]:
    """The node as parts of a node of that kind: what combines in the same way becomes one."""
    return node.parts if isinstance(node, EveryOf | AnyOf) and isinstance(node, kind) else (node,)


def text_of(node: Node) -> str:
    """The part as the filter it comes to."""
    match node:
        case EveryOf(parts=parts):
            return f"(&{''.join(map(text_of, parts))})"
        case AnyOf(parts=parts):
            return f"(|{''.join(map(text_of, parts))})"
    return str(node.filter)
