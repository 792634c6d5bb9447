"""How a value with its story looks to people: a table, whatever shows it in the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..ldap.dn import DN
from ..reasons import Level, Origin
from ..tables import Cell, Style, Table
from ..values import shown

if TYPE_CHECKING:
    from .effective import Effective, Shadowed

__all__ = ["effective_table", "origin_text"]


def effective_table(effective: Effective[Any]) -> Table:
    """One value through all its layers: what applies first, then what it won against."""
    winner = (
        Cell(str(effective), Style.OWN),
        place_text(effective.origin),
        Cell(because(effective), Style.NOTE),
    )
    joined = [("", place_text(origin), Cell("takes part", Style.NOTE)) for origin in effective.joined]
    columns = ("value", "stands at", "because")
    return Table(effective.name, columns, [winner, *joined, *shadowed_rows(effective.shadowed)])


def because(effective: Effective[Any]) -> str:
    ceiling = effective.ceiling
    if ceiling is not None:
        return f"capped by {ceiling.name} = {ceiling} ({origin_text(ceiling.origin)})"
    if effective.origin.level is Level.DEFAULT:
        return "no layer has a value"
    return "the nearest with a value"


def shadowed_rows(shadowed: Iterable[Shadowed]) -> Iterator[tuple[Cell, str, Cell]]:
    for each in shadowed:
        text = shown(each.value) if each.value is not None else ", ".join(each.origin.raw) or "(secret)"
        why = each.why.replace("_", " ")
        note = Cell(f"{why}: {each.text}" if each.text else why, Style.NOTE)
        yield Cell(text, Style.SHADOWED), place_text(each.origin), note


def place_text(origin: Origin) -> str:
    return f"{origin_text(origin)} ({origin.attribute})" if origin.attribute else origin_text(origin)


def origin_text(origin: Origin) -> str:
    """Where a value stands, in a word or two: the level, and the name where there may be several.

    >>> origin_text(Origin(Level.COS, "cn=premium,ou=cos,o=mail", "mpMailboxQuota"))
    'cos premium'
    """
    if origin.dn is None or origin.level in (Level.GLOBAL, Level.DEFAULT):
        return str(origin.level)
    rdn = DN(origin.dn).rdn
    return f"{origin.level} {rdn[0].value.decode('utf-8', 'replace')}" if rdn else str(origin.level)
