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
    ├── Unavailable (ConnectionError)    the directory did not answer
    ├── ReadOnly                         it answered, and does not let us write
    ├── StalePlan                        somebody else has changed what is to be written
    └── PartialApply                     some changes are made, and then one was refused

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
    "PartialApply",
    "ReadOnly",
    "SchemaError",
    "StalePlan",
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


@define(slots=False, eq=False)
class ReadOnly(MailPolicyError):
    """The directory does not let us write: `source` is who refused, `dn` where, `why` in its words.

    >>> raise ReadOnly("ldap1.acme.example", "uid=john,o=mail", "no write access")
    Traceback (most recent call last):
    mailpolicy.errors.ReadOnly: ldap1.acme.example does not let us write uid=john,o=mail: no write access
    """

    source: str
    dn: str = ""
    why: str = ""

    def __str__(self) -> str:
        what = f" {self.dn}" if self.dn else ""
        why = f": {self.why}" if self.why else ""
        return f"{self.source} does not let us write{what}{why}"


@define(slots=False, eq=False)
class StalePlan(MailPolicyError):
    """Somebody else has changed what is to be written, since it was read: `changed` names the entries.

    Nothing was written. Look at them again before writing over what another has decided.

    >>> raise StalePlan(("uid=john,o=mail",))
    Traceback (most recent call last):
    mailpolicy.errors.StalePlan: changed by somebody else meanwhile: uid=john,o=mail
    """

    changed: tuple[str, ...]

    def __str__(self) -> str:
        return f"changed by somebody else meanwhile: {'; '.join(self.changed)}"


@define(slots=False, eq=False)
class PartialApply(MailPolicyError):
    """Some changes are made, and then one was not: an LDAP server has no transactions over entries.

    `done` names the entries that are written, `failed` the one that is not and `error` why, `remaining` those
    that were not tried. Where the server did not answer, nobody knows whether `failed` is written.

    >>> raise PartialApply(("cn=a,o=mail",), "cn=b,o=mail", StalePlan(("cn=b,o=mail",)), ("cn=c,o=mail",))
    Traceback (most recent call last):
    mailpolicy.errors.PartialApply: written: 1 entry; then cn=b,o=mail: changed by somebody else ...
    """

    done: tuple[str, ...]
    failed: str
    error: MailPolicyError
    remaining: tuple[str, ...] = ()

    def __str__(self) -> str:
        written = "1 entry" if len(self.done) == 1 else f"{len(self.done)} entries"
        left = f"; not tried: {len(self.remaining)}" if self.remaining else ""
        return f"written: {written}; then {self.failed}: {self.error}{left}"
