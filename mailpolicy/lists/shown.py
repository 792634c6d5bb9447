"""How an expansion looks to people: its members as a table, the lists on each other as a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import evolve

from ..reasons import Level
from ..status import Receive
from ..tables import Cell, Style, Table
from ..trees import Branch, Tree
from .members import Direct, name_of

if TYPE_CHECKING:
    from .expansion import Expansion, Member

__all__ = ["expansion_table", "expansion_tree"]

MOST_MEMBERS: Final = 100
"""Members that a table shows."""

MOST_LEAVES: Final = 25
"""Members of one list that a tree shows."""

MOST_DEEP: Final = 40
"""How deep a tree goes: deeper lines would have no room for text."""

MOST_BRANCHES: Final = 1000

MOST_ON_THE_WAY: Final = 8
"""Lists of a way that are all named; of a longer one only the first and the last."""

T = TypeVar("T")

STYLES: Final = {Receive.DELIVER: Style.PLAIN, Receive.DEFER: Style.NOTE, Receive.REJECT: Style.BAD}


def expansion_table(expansion: Expansion) -> Table:
    """The members with the way to each, and what stands in the way of others."""
    rows: list[tuple[Cell | str, ...]] = [
        member_row(expansion, each) for each in islice(expansion, MOST_MEMBERS)
    ]
    if (more := len(expansion) - len(rows)) > 0:
        rows.append((Cell(f"… and {more:,} more", Style.NOTE), "", "", ""))
    for dangling in expansion.dangling:
        way = Cell(dangling.list, Style.NOTE)
        rows.append((Cell(dangling.address, Style.BAD), way, "dangling", Cell(dangling.text, Style.BAD)))
    rows += [(Cell(way_text(loop), Style.BAD), "", "loop", "") for loop in expansion.loops]
    title = f"{expansion.name}: {len(expansion):,} members"
    return Table(title, ("member", "by way of", "kind", "mail"), rows)


def member_row(expansion: Expansion, member: Member) -> tuple[Cell | str, ...]:
    receive = member.receive
    style = STYLES[receive] if receive else Style.PLAIN
    marks = [word for word, is_so in (("hidden", member.hidden), ("system", member.system)) if is_so]
    lists = [*expansion.walk.way(member._holder)][-2::-1]
    way = Cell(way_text(lists, lambda row: name_of(expansion.snapshot, row)), Style.NOTE)
    return Cell(member.address, style), way, ", ".join([member.kind, *marks]), Cell(receive or "", style)


def way_text(way: Sequence[T], name: Callable[[T], str] = str) -> str:
    """A way through lists on one line; of a long one only the ends are named.

    >>> way_text(["a@acme.example", "b@acme.example"]), way_text(range(100_000))
    ('a@acme.example → b@acme.example', '0 → 99,998 lists between → 99999')
    """
    if len(way) <= MOST_ON_THE_WAY:
        return " → ".join(map(name, way))
    return f"{name(way[0])} → {len(way) - 2:,} lists between → {name(way[-1])}"


def expansion_tree(expansion: Expansion) -> Tree:
    """The list with all that is on it, list by list; one that is there twice is opened once."""
    shown = [*islice(branches(expansion), MOST_BRANCHES + 1)]
    if len(shown) > MOST_BRANCHES:
        shown[MOST_BRANCHES] = Branch(0, (Cell("… and more", Style.NOTE),))
    return Tree(shown)


def branches(expansion: Expansion) -> Iterator[Branch]:
    walk = expansion.walk
    members = dict(zip(walk.opened, walk.members, strict=True))
    opened: set[int] = set()
    todo: list[tuple[int, int | Branch]] = [(0, next(iter(members)))]
    while todo:
        depth, item = todo.pop()
        if isinstance(item, Branch):
            yield item
            continue
        name = Cell(name_of(expansion.snapshot, item), Style.OWN)
        if item in opened:
            yield Branch(depth, (name, Cell("see above", Style.NOTE)))
        elif item not in members or depth >= MOST_DEEP:
            yield Branch(depth, (name, Cell("not opened", Style.NOTE)))
        else:
            opened.add(item)
            direct = members[item]
            direct = only_members(expansion, direct)
            yield Branch(depth, (name, Cell(said(direct), Style.NOTE)))
            below: list[int | Branch] = [*direct.lists, *leaves(expansion, direct, depth + 1)]
            todo += [(depth + 1, each) for each in reversed(below)]


def only_members(expansion: Expansion, direct: Direct) -> Direct:
    """Without those who are left out of the expansion."""
    outside = direct.outside if expansion.home is None else ()
    lists = tuple([row for row in direct.lists if row not in expansion.walk.elsewhere])
    return evolve(direct, rows=direct.rows & expansion.rows, lists=lists, outside=outside)


def said(direct: Direct) -> str:
    count = len(direct.rows) + len(direct.lists) + len(direct.outside)
    return f"{count:,} {'member' if count == 1 else 'members'}"


def leaves(expansion: Expansion, direct: Direct, depth: int) -> Iterator[Branch]:
    """The members of one list that are no lists."""
    for row in islice(direct.rows, MOST_LEAVES):
        member = expansion.member_at(row)
        receive = member.receive
        status = () if receive in (None, Receive.DELIVER) else (Cell(f"{receive}", STYLES[receive]),)
        kind = () if member.kind == Level.ACCOUNT else (Cell(member.kind, Style.NOTE),)
        yield Branch(depth, (Cell(member.address), *kind, *status))
    for address in direct.outside[:MOST_LEAVES]:
        yield Branch(depth, (Cell(address), Cell("external", Style.NOTE)))
    for each in direct.dangling[:MOST_LEAVES]:
        yield Branch(depth, (Cell(each.address, Style.BAD), Cell(each.text, Style.BAD)))
    for items in (direct.rows, direct.outside, direct.dangling):
        if len(items) > MOST_LEAVES:
            yield Branch(depth, (Cell(f"… and {len(items) - MOST_LEAVES:,} more", Style.NOTE),))
