"""How much lies in each mailbox, and with it in each domain."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol

from ..counters import Counters
from ..decision import Counter
from ..errors import InvalidValue
from ..values import Address, Size
from .file import StoreFile

__all__ = ["MailboxUsage", "UsageInFile", "read_usage"]


class MailboxUsage(Protocol):
    """What mailboxes hold, as whoever keeps them says. Unavailable where the store does not answer."""

    def say(self, mailbox: Address, size: int) -> None:
        """A mailbox holds so much now."""
        ...

    def say_all(self, sizes: Iterable[tuple[Address, int]]) -> None:
        """Several mailboxes hold so much now; others hold what they did."""
        ...

    def forget(self, mailbox: Address) -> None:
        """There is no such mailbox any more."""
        ...

    def of(self, mailbox: Address) -> int | None:
        """What a mailbox holds; None where nobody has said."""
        ...


AT_ONCE: Final = 500
"""Mailboxes that are written in one go: others who write wait for that."""

TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS mailbox (address TEXT PRIMARY KEY, domain TEXT, size INTEGER) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS aggregate (domain TEXT PRIMARY KEY, size INTEGER) WITHOUT ROWID",
)


class UsageInFile:
    """Usage in a file, and in the counts that decisions look at: at once, and again at the start.

    The sums of domains are of the mailboxes somebody has told of, so all that feed it share one file.

    >>> from mailpolicy.counters.memory import MemoryCounters
    >>> file, counters = StoreFile(), MemoryCounters()
    >>> usage = UsageInFile(file, counters)
    >>> usage.say(Address("john@acme.example"), 1000)
    >>> usage.say(Address("jane@acme.example"), 500)
    >>> domain = Counter("aggregate", "acme.example")
    >>> counters.read("", (domain,), 0.0, lambda usage: print(usage.of(domain)))
    1500
    >>> file.close()
    """

    def __init__(self, file: StoreFile, counters: Counters) -> None:
        self._file, self._counters = file, counters
        for table in TABLES:
            file.rows(table)
        for of, size in file.rows("SELECT address, size FROM mailbox"):
            counters.set(Counter("mailbox", of), size)
        for of, size in file.rows("SELECT domain, size FROM aggregate"):
            counters.set(Counter("aggregate", of), size)

    def say(self, mailbox: Address, size: int) -> None:
        """A mailbox holds so much now."""
        self.say_all([(mailbox, size)])

    def say_all(self, sizes: Iterable[tuple[Address, int]]) -> None:
        """Several mailboxes hold so much now; others hold what they did."""
        said = [*sizes]  # whatever is wrong with them comes up before anything is written
        for begin in range(0, len(said), AT_ONCE):
            told: dict[Counter, int] = {}
            with self._file.at_once():
                for mailbox, size in said[begin : begin + AT_ONCE]:
                    told[Counter("mailbox", str(mailbox))] = size
                    told[Counter("aggregate", str(mailbox.domain))] = self._written(mailbox, size)
            for counter, value in told.items():
                self._counters.set(counter, value)

    def _written(self, mailbox: Address, size: int) -> int:
        """Write what has changed, and give the sum of the domain."""
        domain = mailbox.domain
        rows = self._file.rows("SELECT size FROM mailbox WHERE address = ?", mailbox)
        if not rows or rows[0][0] != size:
            more = size - (rows[0][0] if rows else 0)
            self._file.rows("INSERT OR REPLACE INTO mailbox VALUES (?, ?, ?)", mailbox, domain, size)
            self._file.rows(
                "INSERT INTO aggregate VALUES (?, ?) ON CONFLICT (domain)"
                " DO UPDATE SET size = size + excluded.size",
                *(domain, more),
            )
        return int(self._file.rows("SELECT size FROM aggregate WHERE domain = ?", domain)[0][0])

    def forget(self, mailbox: Address) -> None:
        """There is no such mailbox any more; a gauge stays, at nothing."""
        if self.of(mailbox) is not None:
            self.say(mailbox, 0)
            self._file.changed("DELETE FROM mailbox WHERE address = ?", mailbox)

    def of(self, mailbox: Address) -> int | None:
        """What a mailbox holds; None where nobody has said."""
        rows = self._file.rows("SELECT size FROM mailbox WHERE address = ?", mailbox)
        return int(rows[0][0]) if rows else None


def read_usage(path: Path) -> Iterable[tuple[Address, int]]:
    """Read a file with a mailbox and its bytes, or a size such as 1.5 GiB, on each line.

    InvalidValue names the line that cannot be read; empty lines and comments are passed over.
    """
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        words = line.split(None, 1)
        if not words or words[0].startswith("#"):
            continue
        try:
            yield Address(words[0]), Size(words[1] if len(words) > 1 else "")
        except InvalidValue as problem:
            raise InvalidValue(line, "an address and a size", attribute=f"{path}:{number}") from problem
