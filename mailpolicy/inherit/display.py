"""How a value with its story looks to people: a table, whatever shows it in the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..ldap.dn import DN
from ..reasons import Level, Origin
from ..tables import Cell, Style, Table
from ..values import shown

if TYPE_CHECKING:
    from .effective import Effective, Shadowed

__all__ = ["effective_table", "origin_text", "shadowed_cells"]


def effective_table(effective: Effective[Any]) -> Table:
    """One value through all its layers: what applies first, then what it won against."""
    winner = (
        Cell(str(effective), Style.OWN),
        place_text(effective.origin),
        Cell(because(effective), Style.NOTE),
    )
    joined = [("", place_text(origin), Cell("takes part", Style.NOTE)) for origin in effective.joined]
    shadowed = [shadowed_row(each) for each in effective.shadowed]
    columns = ("value", "stands at", "because")
    return Table(effective.name, columns, [winner, *joined, *shadowed, *without_own_rows(effective)])


def because(effective: Effective[Any]) -> str:
    ceiling = effective.ceiling
    if ceiling is not None:
        return f"capped by {ceiling.name} = {ceiling} ({origin_text(ceiling.origin)})"
    if effective.origin.level is Level.DEFAULT:
        return "no layer has a value"
    return "the nearest with a value"


def shadowed_row(each: Shadowed) -> tuple[Cell, str, Cell]:
    value, why = shadowed_cells(each)
    return value, place_text(each.origin), why


def shadowed_cells(each: Shadowed) -> tuple[Cell, Cell]:
    """What is stored and does not apply, and why it does not."""
    text = shown(each.value) if each.value is not None else ", ".join(each.origin.raw) or "(secret)"
    why = each.why.replace("_", " ")
    return Cell(text, Style.SHADOWED), Cell(f"{why}: {each.text}" if each.text else why, Style.NOTE)


def without_own_rows(effective: Effective[Any]) -> Iterator[tuple[Cell, str, Cell]]:
    """What removing an own value would bring about."""
    if effective.is_own:
        instead = effective.inherited
        place = place_text(instead.origin) if instead.value is not None else ""
        yield Cell(str(instead), Style.NOTE), place, Cell("without its own value", Style.NOTE)


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
