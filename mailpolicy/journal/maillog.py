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
from ..forms import said_in
from .record import Record

__all__ = ["from_maillog"]

MOMENT: Final = re.compile(
    r"(?P<iso>\d{4}-\d\d-\d\dT\S+)|(?P<syslog>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)(?:\.\d+)? "
)
REFUSED: Final = re.compile(r": reject: RCPT from [^:]*: (?P<reply>(?P<class>[45])\d\d .*); from=<")
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

    `now` says which year it is, for logs do not, and `zone` whose clock they go by: that of this machine.

    >>> line = "2026-11-21T12:00:00Z mx postfix/smtpd[7]: NOQUEUE: reject: RCPT from x[192.0.2.1]: 550 5.1.1 "
    >>> line += "<a@b.example>: no; from=<c@d.example> to=<a@b.example> proto=ESMTP helo=<x>"
    >>> [record] = from_maillog([line])
    >>> str(record.verdict), record.request
    ('reject', Delivery(client='192.0.2.1', sender='c@d.example', recipient='a@b.example'))

    A list is one recipient, however many members it has.
    """
    today = datetime.now(UTC) if now is None else now
    known: dict[str, Message] = {}
    for line in lines:
        said = dict(said_in(line))
        found = MOMENT.match(line)
        if not said or found is None:
            continue
        at = moment(found, today, zone)
        if refused := REFUSED.search(line):
            if "recipient" in said and "sender" in said:
                verdict = Verdict.REJECT if refused["class"] == "5" else Verdict.DEFER
                yield record(said, verdict, at, refused["reply"])
            continue
        queue = said["queue_id"]
        if queue == "NOQUEUE":
            continue
        if len(known) >= MOST_OPEN:
            del known[next(iter(known))]
        message = known.setdefault(queue, Message())
        recipient = said.pop("recipient", None)
        message.said.update(said)
        if recipient is None:
            if line.rstrip().endswith(": removed"):
                del known[queue]
        elif TAKEN.search(line) and recipient not in message.told and "sender" in message.said:
            message.told.add(recipient)
            yield record({**message.said, "recipient": recipient}, Verdict.ACCEPT, at, "")


def moment(found: re.Match[str], today: datetime, zone: tzinfo | None) -> datetime:
    if found["iso"]:
        return datetime.fromisoformat(found["iso"]).astimezone(UTC)
    # The 29th of February has no place in most years, so the year goes in before the text is read.
    for year in (today.year, today.year - 1):
        try:
            local = datetime.strptime(f"{year} {found['syslog']}", "%Y %b %d %H:%M:%S")  # noqa: DTZ007
        except ValueError:
            continue
        at = (local.replace(tzinfo=zone) if zone else local.astimezone()).astimezone(UTC)
        if at <= today + AHEAD:
            return at
    return today


def record(said: dict[str, str], verdict: Verdict, at: datetime, reply: str) -> Record:
    sender, recipient, client = said["sender"], said["recipient"], said.get("client", "")
    size = int(said.get("size", 0))
    request: Delivery | Submission
    if login := said.get("login"):
        request = Submission(login, sender, recipient, size=size, client=client)
    else:
        request = Delivery(sender, recipient, size=size, client=client)
    return Record(at, request, Usage(counts_unseen=True), None, verdict, reply=reply, adapter="maillog")
