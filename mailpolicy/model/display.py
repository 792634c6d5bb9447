"""How objects look to people: tables of cells, whatever shows them in the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..freshness import Freshness
from ..inherit import Effective, Layers, origin_text, resolve, shadowed_cells
from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import Dialect, find_setting
from ..schema.public import public_values
from ..snapshot import Snapshot
from ..tables import Cell, Style, Table
from ..values import shown

if TYPE_CHECKING:
    from .directory import Directory
    from .objects import Object
    from .settings import Settings

__all__ = [
    "directory_line",
    "directory_table",
    "entries_table",
    "name_of",
    "object_table",
    "objects_table",
    "settings_table",
    "values_row",
]

MOST_READ: Final = 10_000
"""A directory with more entries is shown without what takes reading all of them."""

MOST_ROWS: Final = 100
"""Rows that a table of many objects shows; a notebook does not want a million."""

MOST_VALUES: Final = 10
"""Values of one setting that a table of settings shows; the setting by itself shows all."""

MOST_ATTRIBUTES: Final = 6
"""Attributes that get a column each; of entries with more, a table names them."""

SECRET: Final = "(secret)"

PLURALS: Final[Mapping[str, str]] = {
    "alias": "aliases",
    "config": "config",
    "cos": "classes of service",
    "entry": "entries",
    Level.GLOBAL: "config",
}
"""Those not made with an s, by kind of object or level; there is but one config."""


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
    text = str(effective) if effective.secret else value_text(effective.value)
    return Cell(text, Style.OWN if effective.is_own else Style.INHERITED)


def value_text(value: object) -> str:
    """A value on one line, the first items of it if there are very many."""
    if isinstance(value, tuple | frozenset) and len(value) > MOST_VALUES:
        first = sorted(value, key=shown) if isinstance(value, frozenset) else value
        return f"{shown(tuple(first[:MOST_VALUES]))}, … and {len(value) - MOST_VALUES:,} more"
    return shown(value)


def origin_note(effective: Effective[Any]) -> str:
    """Where a value comes from; nothing for an own one, which is marked already."""
    if effective.ceiling is not None:
        return f"{origin_text(effective.origin)}, capped by {origin_text(effective.ceiling.origin)}"
    return "" if effective.is_own else origin_text(effective.origin)


def object_table(thing: Object) -> Table:
    """An object in a few lines: what it is, where it stands, what it may do, what is its own."""
    facts = {name: value_text(value) for name, value in thing.facts()}
    said = {"address", "domain_name", *facts}
    rows: list[tuple[Cell | str, ...]] = [("dn", str(thing.dn), ""), *((*fact, "") for fact in facts.items())]
    for each in thing.settings.effective():
        failed = [shadowed_cells(one) for one in each.shadowed if one.origin.level is each.own]
        if failed:
            rows += labelled(each.name, [*failed, (value_cell(each), Cell(origin_note(each), Style.NOTE))])
        elif each.is_own and each.value is not None and each.name not in said:
            rows.append((each.name, value_cell(each), Cell(origin_note(each), Style.NOTE)))
    return Table(f"{thing.kind} {thing.name}", (), rows)


def labelled(name: str, rows: Sequence[tuple[Cell, ...]]) -> Iterator[tuple[Cell | str, ...]]:
    """Rows of which the first has a name and the others belong to it."""
    return ((name if number == 0 else "", *row) for number, row in enumerate(rows))


# Many


def objects_table(objects: Sequence[Object]) -> Table:
    """A line per object, the first of them if there are very many."""
    facts = [dict(each.facts()) for each in objects[:MOST_ROWS]]
    columns = list(dict.fromkeys(name for each in facts for name in each))
    rows = [
        (each.name, each.kind, *(value_text(known.get(name)) for name in columns))
        for each, known in zip(objects, facts, strict=False)
    ]
    kinds = {each.kind for each in objects}
    kind = kinds.pop() if len(kinds) == 1 else "object"
    return Table(counted(len(objects), kind), ("name", "kind", *columns), rows)


def entries_table(entries: Sequence[Entry], dialect: Dialect) -> Table:
    """A line per entry: its DN, and its values, or of entries that hold much what they hold."""
    first = entries[:MOST_ROWS]
    names = tuple(dict.fromkeys(name for each in first for name in each))
    title = counted(len(entries), "entry")
    if len(names) <= MOST_ATTRIBUTES:
        return Table(title, ("dn", *names), [values_row(each, names, dialect) for each in first])
    return Table(title, ("dn", "attributes"), [(str(each.dn), ", ".join(each)) for each in first])


def values_row(entry: Entry, names: Sequence[str], dialect: Dialect) -> tuple[Cell, ...]:
    """The DN of an entry, and a cell for each of these attributes."""
    return Cell(str(entry.dn)), *(values_cell(entry, name, dialect) for name in names)


def values_cell(entry: Entry, name: str, dialect: Dialect) -> Cell:
    values = public_values(entry, name, dialect)
    if values is None:
        return Cell(SECRET if name in entry else "", Style.NOTE)
    texts = (f"({len(each)} bytes)" if isinstance(each, bytes) else each for each in values)
    return Cell(shown(tuple(texts)) if values else "")


def counted(number: int, kind: str) -> str:
    if number > MOST_ROWS:
        return f"the first {MOST_ROWS} of {number:,} {plural(kind)}"
    return number_of(kind, number)


def number_of(kind: str, number: int) -> str:
    """A number with the word for what is counted."""
    return f"{number:,} {kind if number == 1 else plural(kind)}"


def plural(kind: str) -> str:
    return PLURALS.get(kind, f"{kind}s")


def directory_table(directory: Directory) -> Table:
    """A directory in a few lines: what is in it, and whether anything is wrong if that is soon told."""
    snapshot = directory.snapshot
    levels = {level: len(snapshot.rows_of(level)) for level in Level}
    rows: list[tuple[str, Cell | str]] = [
        ("dialect", snapshot.dialect.name),
        ("statuses", directory.statuses),
        ("entries", f"{len(snapshot):,}"),
        *((plural(level), f"{number:,}") for level, number in levels.items() if number),
    ]
    if is_soon_read(snapshot):
        findings = len(directory.findings)
        rows.append(("findings", Cell(f"{findings:,}", Style.BAD if findings else Style.GOOD)))
        rows.append(("revision", directory.revision))
    if snapshot.freshness.method != "file":
        rows.append(("freshness", freshness_cell(snapshot.freshness)))
    return Table("directory", (), rows)


def freshness_cell(freshness: Freshness) -> Cell:
    return Cell(str(freshness), Style.GOOD if freshness else Style.BAD)


def directory_line(directory: Directory) -> str:
    """A directory in one line."""
    snapshot = directory.snapshot
    revision = f", revision {directory.revision[:12]}" if is_soon_read(snapshot) else ""
    return f"<Directory {snapshot.dialect.name}: {len(snapshot)} entries{revision}>"


def is_soon_read(snapshot: Snapshot) -> bool:
    """Whether all entries are read before somebody gets impatient who only wanted to look."""
    return len(snapshot) <= MOST_READ
