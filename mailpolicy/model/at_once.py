"""One setting of all objects of a kind: for reports, and for questions about everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from attrs import field, frozen

from ..errors import InvalidValue, NotFound
from ..inherit import sweep
from ..reasons import Level
from ..schema import find_setting
from ..tables import Cell, Style, Table
from ..values import shown
from .display import SECRET, number_of, plural

if TYPE_CHECKING:
    from .directory import Directory
    from .objects import Object

__all__ = ["EffectiveValues", "effective_values"]

T = TypeVar("T")

KINDS: Final = (Level.ACCOUNT, Level.RESOURCE, Level.LIST, Level.DOMAIN, Level.COS, Level.SERVER)
MOST_SHOWN: Final = 20
"""How many different values a table tells apart; the others are counted together."""


@frozen(eq=False, repr=False)
class EffectiveValues(Generic[T]):
    """What applies to each object of a kind, in the order of the source.

    Iterating gives pairs of an object and its value; `values` the values alone, which is much cheaper.
    """

    directory: Directory
    name: str
    """The setting."""
    level: Level
    """The kind of the objects."""
    _is_secret: bool
    _values: list[T] = field(alias="values")

    def values(self) -> list[T]:
        """The values alone."""
        return self._values.copy()

    def counts(self) -> Counter[T]:
        """How many objects each value applies to."""
        return Counter(self._values)

    def __iter__(self) -> Iterator[tuple[Object, T]]:
        objects = map(self.directory.object, self.directory.snapshot.of_level(self.level))
        return zip(objects, self._values, strict=True)

    def __len__(self) -> int:
        return len(self._values)

    @property
    def _title(self) -> str:
        return f"{self.name} of {number_of(self.level, len(self))}"

    def as_table(self) -> Table:
        """Each value with the number of objects it applies to, the most frequent first."""
        counts = Counter([SECRET] * len(self) if self._is_secret else map(shown, self._values))
        most = counts.most_common(MOST_SHOWN)
        rows: list[tuple[Cell | str, ...]] = [
            (text, f"{count:,}", f"{count / len(self):.0%}") for text, count in most
        ]
        rest = len(self) - sum(count for _, count in most)
        if rest:
            others = Cell(f"{len(counts) - len(most):,} other values", Style.NOTE)
            rows.append((others, f"{rest:,}", f"{rest / len(self):.0%}"))
        return Table(self._title, ("value", plural(self.level), "share"), rows)

    def __repr__(self) -> str:
        return f"<EffectiveValues {self._title}>"

    def _repr_html_(self) -> str:
        return self.as_table().html()


def effective_values(directory: Directory, name: str, kind: str) -> EffectiveValues[Any]:
    """Ask all objects of a kind at once."""
    if kind not in KINDS:
        raise InvalidValue(kind, f"one of {', '.join(KINDS)}", attribute="kind")
    setting, level = find_setting(name), Level(kind)
    if not setting.concerns(level):
        raise NotFound(f"setting of {'an' if level[0] in 'aeiou' else 'a'} {level}", name)
    return EffectiveValues(directory, name, level, setting.secret, sweep(directory.snapshot, level, setting))
