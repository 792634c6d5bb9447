"""What is wrong with a directory, as values.

Reading is tolerant but never silent: whatever had to be skipped to keep an account loadable is a
`Finding`. Findings name the place (entry, attribute, line of the source) and repeat the raw text,
so that nothing is lost.
"""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

__all__ = ["Finding", "Severity"]


class Severity(StrEnum):
    """How much a finding matters: an error loses or misdirects something, a warning may."""

    ERROR = "error"
    WARNING = "warning"


@frozen
class Finding:
    """Something wrong in the directory.

    `id` is stable and meant for programs, `text` for a person. `dn` and `attribute` say where it
    stands, `line` the line of the source (counted from 1) where that is known, `raw` the text as
    it was found; secrets are left out.

    >>> finding = Finding("invalid-value", "expected a size such as 10 MiB", raw="5GB?",
    ...                   dn="uid=ann,dc=acme,dc=example", attribute="mpMailboxQuota")
    >>> print(finding)
    error invalid-value: uid=ann,dc=acme,dc=example: mpMailboxQuota: '5GB?': expected a size such as 10 MiB
    """

    id: str
    text: str
    severity: Severity = Severity.ERROR
    dn: str | None = None
    attribute: str | None = None
    line: int | None = None
    raw: str | None = None

    def __str__(self) -> str:
        line = f"line {self.line}" if self.line else None
        raw = None if self.raw is None else repr(self.raw)
        place = [part for part in (line, self.dn, self.attribute, raw, self.text) if part]
        return f"{self.severity} {self.id}: {': '.join(place)}"
