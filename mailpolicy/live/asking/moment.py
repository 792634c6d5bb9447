"""A directory on a server as it is from one moment on."""

from __future__ import annotations

from typing import TypeVar

from attrs import frozen

from ...lookup import find, parse_selector
from ...model import Directory
from ...model.display import freshness_cell
from ...model.objects import Object
from ...reasons import Level
from ...tables import Table

__all__ = ["Moment"]

O = TypeVar("O", bound=Object)  # noqa: E741


@frozen(eq=False, repr=False, slots=False)
class Moment(Directory):
    """A directory that fetches what it is asked for, and remembers it; its snapshot is a `Partial`.

    What it has answered once it answers so again, whatever has become of it meanwhile, until a question takes
    everything. Objects may ask for more when they are read.
    """

    def find(self, address: str) -> Object:
        """Give whatever object mail for `address` reaches, as `Directory.find` does."""
        self._expect(address)
        return self.object(find(self.snapshot, address))

    def select(self, selector: str) -> Object:
        """Give the object a selector names, as `Directory.select` does."""
        self._expect(parse_selector(selector)[1])
        return super().select(selector)

    def _named(self, name: str, level: Level, kind: type[O]) -> O:
        self._expect(name)
        return super()._named(name, level, kind)

    def _expect(self, name: str) -> None:
        if "@" in name:
            self.snapshot.expect([name])

    def as_table(self) -> Table:
        """What is asked, without asking it anything."""
        return Table(
            "directory",
            (),
            [("dialect", self.snapshot.dialect.name), ("freshness", freshness_cell(self.freshness))],
        )

    def __repr__(self) -> str:
        return f"<Directory {self.snapshot.dialect.name}: asking {self.freshness.source}>"
