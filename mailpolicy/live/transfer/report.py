"""What has become of every entry of a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from attrs import define, field, frozen

from ...ldap.ldif import Record, write

__all__ = ["Outcome", "Report", "Told", "rejected"]


class Outcome(StrEnum):
    """What has become of an entry."""

    ADDED = "added"
    PRESENT = "present"
    """It was there already, with the same content."""
    DIFFERENT = "different"
    """An entry of this name is there, and stays as it is."""
    REFUSED = "refused"
    BAD = "bad"
    """The record is no entry."""


GOOD = (Outcome.ADDED, Outcome.PRESENT)


@frozen
class Told:
    """One entry, and why it is not on the server as the file has it; `line` is where its record is."""

    outcome: Outcome
    dn: str
    line: int | None
    why: str
    record: Record | str = field(repr=False)
    """The record itself, a broken one as its text."""

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        name = f"{self.dn}: " if self.dn else ""
        return f"{where}{name}{self.why}"


@define
class Report:
    """How many entries have come to what."""

    counts: Counter[Outcome] = field(factory=Counter)

    def note(self, outcome: Outcome) -> None:
        self.counts[outcome] += 1

    def __getitem__(self, outcome: Outcome) -> int:
        return self.counts[outcome]

    @property
    def done(self) -> int:
        """How many entries were tried."""
        return self.counts.total() - self.counts[Outcome.BAD]

    def __str__(self) -> str:
        parts = [
            f"{self.counts[outcome]:,} {words}" for outcome, words in WORDS.items() if self.counts[outcome]
        ]
        return ", ".join(parts) or "no entries"


WORDS = {
    Outcome.ADDED: "added",
    Outcome.PRESENT: "there already",
    Outcome.DIFFERENT: "there with other content",
    Outcome.REFUSED: "refused",
    Outcome.BAD: "broken",
}


def rejected(told: Told) -> Iterator[bytes]:
    """A record that did not make it, as LDIF again, with the reason in a comment above it."""
    yield f"# {told}\n".replace("\r", " ").encode("utf-8", "backslashreplace")
    if isinstance(told.record, str):
        yield told.record.rstrip("\r\n").encode("utf-8", "surrogateescape") + b"\n"
    else:
        yield from write([told.record])
    yield b"\n"
