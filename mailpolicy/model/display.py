"""How objects look to people: tables of cells, whatever shows them in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ..inherit import Effective, Layers, origin_text, resolve
from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import find_setting
from ..snapshot import Snapshot
from ..tables import Cell, Style, Table
from ..values import shown

if TYPE_CHECKING:
    from .directory import Directory
    from .objects import Object
    from .settings import Settings

__all__ = [
    "directory_table",
    "entries_table",
    "name_of",
    "object_table",
    "objects_table",
    "settings_table",
]

MOST_ROWS: Final = 100
"""Rows that a table of many objects shows; a notebook does not want a million."""


def name_of(snapshot: Snapshot, layers: Layers) -> str:
    """What people call an object: its address, its domain name, its common name, or else its DN."""
    entry = layers[0].entry
    for setting in ("address", "domain_name"):
        if name := resolve(snapshot, layers, find_setting(setting)) if applies(layers, setting) else None:
            return str(name)
    return next((shown(each) for each in entry.get("cn")), str(entry.dn))


def applies(layers: Layers, setting: str) -> bool:
    return layers[0].level in find_setting(setting).on


# One object


def settings_table(title: str, settings: Settings) -> Table:
    """A line per setting that has a value: own values marked, inherited ones with their origin."""
    rows = [
        (each.name, value_cell(each), Cell(origin_note(each), Style.NOTE))
        for each in settings.effective()
        if each.value is not None
    ]
    return Table(title, ("setting", "value", "from"), rows)


def value_cell(effective: Effective[Any]) -> Cell:
    return Cell(str(effective), Style.OWN if effective.is_own else Style.INHERITED)


def origin_note(effective: Effective[Any]) -> str:
    """Where a value comes from; nothing for an own one, which is marked already."""
    if effective.ceiling is not None:
        return f"{origin_text(effective.origin)}, capped by {origin_text(effective.ceiling.origin)}"
    return "" if effective.is_own else origin_text(effective.origin)


def object_table(thing: Object) -> Table:
    """An object in a few lines: what it is, where it stands, what it may do, what is its own."""
    facts = {name: shown(value) for name, value in thing.facts()}
    own = (each for each in thing.settings.effective() if each.is_own and each.value is not None)
    said = {"address", "domain_name", *facts}
    rows: list[tuple[str, Cell | str]] = [("dn", str(thing.dn)), *facts.items()]
    rows += [(each.name, value_cell(each)) for each in own if each.name not in said]
    return Table(f"{thing.kind} {thing.name}", (), rows)


# Many


def objects_table(objects: Sequence[Object]) -> Table:
    """A line per object, the first of them if there are very many."""
    facts = [dict(each.facts()) for each in objects[:MOST_ROWS]]
    columns = list(dict.fromkeys(name for each in facts for name in each))
    rows: list[tuple[Cell | str, ...]] = [
        (Cell(each.name, Style.OWN), each.kind, *(shown(known.get(name)) for name in columns))
        for each, known in zip(objects, facts, strict=False)
    ]
    return Table(counted(len(objects), "object"), ("name", "kind", *columns), rows)


def entries_table(entries: Sequence[Entry]) -> Table:
    """A line per entry: its DN and how much it holds."""
    rows = [(Cell(str(each.dn), Style.OWN), ", ".join(each)) for each in entries[:MOST_ROWS]]
    return Table(counted(len(entries), "entry", "entries"), ("dn", "attributes"), rows)


def counted(number: int, one: str, many: str | None = None) -> str:
    several = many or f"{one}s"
    if number > MOST_ROWS:
        return f"the first {MOST_ROWS} of {number:,} {several}"
    return f"{number} {one if number == 1 else several}"


def directory_table(directory: Directory) -> Table:
    """A directory in a few lines: what is in it, and whether anything is wrong."""
    snapshot = directory.snapshot
    levels = Counter({level: sum(1 for _ in snapshot.of_level(level)) for level in Level})
    findings = len(directory.findings)
    rows: list[tuple[str, Cell | str]] = [
        ("dialect", snapshot.dialect.name),
        ("statuses", directory.statuses),
        ("entries", f"{len(snapshot):,}"),
        *((str(level), f"{number:,}") for level, number in levels.items() if number),
        ("findings", Cell(f"{findings:,}", Style.BAD if findings else Style.GOOD)),
        ("revision", directory.revision),
    ]
    return Table("directory", (), rows)
