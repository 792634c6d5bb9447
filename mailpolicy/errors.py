"""Everything that can go wrong, in one tree.

::

    MailPolicyError
    ├── InvalidValue (ValueError)        text from outside that cannot be read
    │   ├── InvalidDN
    │   ├── InvalidFilter
    │   ├── InvalidUrl
    │   └── InvalidLDIF                  knows its line
    ├── SchemaError                      a write breaks the schema: all problems at once
    ├── NotFound (LookupError)           the directory answered: there is none
    ├── Ambiguous                        one address, two entries
    └── Unavailable (ConnectionError)    the directory did not answer

`NotFound` shares no base below `MailPolicyError` with `Unavailable` or `Ambiguous`:
whoever catches one of them as another refuses mail for a mailbox that exists.
The data is on the exception; the message is made from it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from attrs import define

__all__ = [
    "Ambiguous",
    "InvalidDN",
    "InvalidFilter",
    "InvalidLDIF",
    "InvalidUrl",
    "InvalidValue",
    "MailPolicyError",
    "NotFound",
    "SchemaError",
    "Unavailable",
]

LONGEST_QUOTE = 120
"""Characters of an offending text that a message repeats; the whole text stays on the exception."""


def quote(text: str, position: int | None = None) -> str:
    """Show `text` in a message: whole when short, else the part around `position`.

    >>> quote("5GB?")
    "'5GB?'"
    """
    if len(text) <= LONGEST_QUOTE:
        return repr(str(text))
    start = max(0, (position or 0) - LONGEST_QUOTE // 2)
    end = start + LONGEST_QUOTE
    return ("…" if start else "") + repr(str(text)[start:end]) + ("…" if end < len(text) else "")


class MailPolicyError(Exception):
    """The root of every error this library raises on purpose."""


E = TypeVar("E", bound=MailPolicyError)


def kept(error: E) -> E:
    """The error as something to keep: without the calls it came through, and all they held in their hands."""
    error.__traceback__ = error.__context__ = error.__cause__ = None
    return error


@define(slots=False, eq=False)
class InvalidValue(MailPolicyError, ValueError):
    """Text from outside that cannot be read.

    `text` is the offending text, `expected` what would have been right, `position` the
    offset of the first wrong character (counted from 0), `attribute` where the text stood.

    >>> raise InvalidValue("5GB?", "a size such as 10 MiB", position=3, attribute="mailbox_quota")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: mailbox_quota: '5GB?' at character 3: expected a size such as 10 MiB
    """

    text: str
    expected: str
    position: int | None = None
    attribute: str | None = None

    def __str__(self) -> str:
        where = f"{self.attribute}: " if self.attribute else ""
        at = f" at character {self.position}" if self.position is not None else ""
        return f"{where}{quote(self.text, self.position)}{at}: expected {self.expected}"


class InvalidDN(InvalidValue):
    """Text that is not a distinguished name (RFC 4514)."""


class InvalidFilter(InvalidValue):
    """Text that is not a search filter (RFC 4515)."""


class InvalidUrl(InvalidValue):
    """Text that is not an LDAP URL (RFC 4516)."""


@define(slots=False, eq=False, repr=False)
class InvalidLDIF(InvalidValue):
    """Text that is not LDIF (RFC 2849). `line` is counted from 1 in the source as it stands.

    `text` is the whole record; neither message nor repr repeat it, for it may hold passwords.

    >>> raise InvalidLDIF("dn: o=mail\\nuserPassword:: x", "base64", 11, "userPassword", line=2)
    Traceback (most recent call last):
    mailpolicy.errors.InvalidLDIF: line 2: userPassword: expected base64
    """

    line: int | None = None

    def __str__(self) -> str:
        line = f"line {self.line}" if self.line else None
        return ": ".join(filter(None, (line, self.attribute, f"expected {self.expected}")))

    def __repr__(self) -> str:
        return f"InvalidLDIF({str(self)!r})"


@define(slots=False, eq=False)
class SchemaError(MailPolicyError):
    """A change that would break the schema: `problems` lists every one, as text."""

    problems: tuple[str, ...]

    def __str__(self) -> str:
        return "; ".join(self.problems)


@define(slots=False, eq=False)
class NotFound(MailPolicyError, LookupError):
    """The directory answered: there is no such object.

    `kind` is what was looked for, `name` under which name, `nearest` the names that come close.

    >>> raise NotFound("account", "jon@acme.example", ("john@acme.example",))
    Traceback (most recent call last):
    mailpolicy.errors.NotFound: no account 'jon@acme.example'; did you mean john@acme.example?
    """

    kind: str
    name: str
    nearest: tuple[str, ...] = ()

    def __str__(self) -> str:
        hint = f"; did you mean {' or '.join(self.nearest)}?" if self.nearest else ""
        return f"no {self.kind} {quote(self.name)}{hint}"


@define(slots=False, eq=False)
class Ambiguous(MailPolicyError):
    """One address, several entries: `dns` names them. Nobody is chosen."""

    address: str
    dns: tuple[str, ...]

    def __str__(self) -> str:
        return f"{quote(self.address)} belongs to {len(self.dns)} entries: {'; '.join(self.dns)}"


@define(slots=False, eq=False)
class Unavailable(MailPolicyError, ConnectionError):
    """The directory did not answer, so nothing is known: neither yes nor no.

    `source` is what was asked and `why` what it did instead of answering. `since` is the moment of
    the last answer, `retry_after` the seconds to wait before asking again. A file of which a part
    cannot be read does not answer either, where that part may hold what was asked for.

    >>> raise Unavailable("ldap1.acme.example")
    Traceback (most recent call last):
    mailpolicy.errors.Unavailable: ldap1.acme.example has not answered
    """

    source: str
    since: datetime | None = None
    retry_after: float | None = None
    why: str = "has not answered"

    def __str__(self) -> str:
        since = f" since {self.since.isoformat(timespec='seconds')}" if self.since else ""
        return f"{self.source} {self.why}{since}"
