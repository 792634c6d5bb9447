"""Decisions out of the log of a Postfix: what it took, and what it refused.

Several lines tell of one message: who sent it (`smtpd`), from which address (`qmgr`), and where it went
(`smtp`, `lmtp`, `virtual`, …). A refused recipient stands in one line alone::

    NOQUEUE: reject: RCPT from x[192.0.2.1]: 550 5.1.1 <a@b>: …; from=<c@d> to=<a@b> proto=ESMTP helo=<x>

Which rule was asked, which counts there were and which directory it was, no log tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from attrs import define, field

from ..decision import Delivery, Submission, Usage, Verdict
from ..errors import InvalidValue
from ..forms import said_in
from .record import Record

__all__ = ["MAILLOG", "MOMENT", "MailLog", "from_maillog"]

MAILLOG: Final = "maillog"
"""The adapter of what a log tells."""

MOMENT: Final = re.compile(
    r"(?:<\d+>)?(?:(?P<iso>\d{4}-\d\d-\d\d[T ]\S+)"
    r"|(?P<syslog>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)(?:\.\d+)?) "
)
REFUSED: Final = re.compile(
    r": reject: RCPT from [^\s\[\]]*\[[^\]]*\](?::\d+)?: (?P<reply>(?P<class>[45])\d\d .*); from=<"
)
TAKEN: Final = re.compile(r" status=(?:sent|bounced|deferred|expired)\b")
"""Whatever became of it behind, it was taken."""

MOST_OPEN: Final = 10_000
"""Messages whose beginning is remembered until their end comes."""
AHEAD: Final = timedelta(days=1)
"""A line without a year is not of tomorrow, whatever clocks say: then it is of last year."""


@define
class Message:
    """What lines have said of a message so far, and which of its recipients are told already."""

    said: dict[str, str] = field(factory=dict)
    told: set[str] = field(factory=set)


def from_maillog(
    lines: Iterable[str], now: datetime | None = None, zone: tzinfo | None = None
) -> Iterator[Record]:
    """Give a decision for each recipient of a log; lines about something else are passed over.

    >>> line = "2026-11-21T12:00:00Z mx postfix/smtpd[7]: NOQUEUE: reject: RCPT from x[192.0.2.1]: 550 5.1.1 "
    >>> line += "<a@b.example>: no; from=<c@d.example> to=<a@b.example> proto=ESMTP helo=<x>"
    >>> [record] = from_maillog([line])
    >>> str(record.verdict), record.request
    ('reject', Delivery(client='192.0.2.1', sender='c@d.example', recipient='a@b.example'))

    A list is one recipient, however many members it has. InvalidValue for a line whose time is none.
    """
    log = MailLog(now, zone)
    return (found for line in lines if (found := log.told(line)) is not None)


class MailLog:
    """A log that is read line by line, also on from one file to the next.

    `now` says which year it is, for logs do not, and `zone` whose clock they go by: that of this machine.
    """

    def __init__(self, now: datetime | None = None, zone: tzinfo | None = None) -> None:
        self._today = datetime.now(UTC) if now is None else now
        self._zone = zone
        self._open: dict[str, Message] = {}

    def told(self, line: str) -> Record | None:
        """The decision that a line tells of; None where it is of something else, or of a part of one."""
        said = dict(said_in(line))
        if not said:
            return None
        found = MOMENT.match(line)
        if found is None:
            raise InvalidValue(line.strip(), "a line that begins with its time")
        at = self._moment(found)
        if refused := REFUSED.search(line):
            if "recipient" not in said or "sender" not in said:
                return None
            verdict = Verdict.REJECT if refused["class"] == "5" else Verdict.DEFER
            return record(said, verdict, at, refused["reply"])
        queue = said.pop("queue_id")
        if queue == "NOQUEUE":
            return None
        return self._taken(queue, said, line, at)

    def _taken(self, queue: str, said: dict[str, str], line: str, at: datetime) -> Record | None:
        known = self._open
        if queue not in known and len(known) >= MOST_OPEN:
            del known[next(iter(known))]
        message = known.setdefault(queue, Message())
        recipient = said.pop("recipient", None)
        message.said.update(said)
        if recipient is None:
            if line.rstrip().endswith(": removed"):
                del known[queue]
        elif TAKEN.search(line) and recipient not in message.told and "sender" in message.said:
            message.told.add(recipient)
            return record({**message.said, "recipient": recipient}, Verdict.ACCEPT, at, "")
        return None

    def _moment(self, found: re.Match[str]) -> datetime:
        text = found["iso"] or found["syslog"]
        try:
            if found["iso"]:
                return self._in_utc(datetime.fromisoformat(text))
            # The 29th of February has no place in most years, so the year goes in before the text is read.
            for year in range(self._today.year, self._today.year - 8, -1):
                try:
                    at = self._in_utc(datetime.strptime(f"{year} {text}", "%Y %b %d %H:%M:%S"))  # noqa: DTZ007
                except ValueError:
                    continue
                if at <= self._today + AHEAD:
                    return at
        except (ValueError, OverflowError):
            pass
        raise InvalidValue(text, "a time")

    def _in_utc(self, at: datetime) -> datetime:
        if at.tzinfo is None and self._zone is not None:
            at = at.replace(tzinfo=self._zone)
        return at.astimezone(UTC)


def record(said: dict[str, str], verdict: Verdict, at: datetime, reply: str) -> Record:
    sender, recipient, client = said["sender"], said["recipient"], said.get("client", "")
    size = int(said.get("size", 0))
    request: Delivery | Submission
    if login := said.get("login"):
        request = Submission(login, sender, recipient, size=size, client=client)
    else:
        request = Delivery(sender, recipient, size=size, client=client)
    return Record(at, request, Usage(counts_unseen=True), None, verdict, reply=reply, adapter=MAILLOG)
