"""Requests out of the log of Postfix."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ..decision import Delivery, Submission
from .addresses import from_log
from .problems import InvalidForm

__all__ = ["request_from_maillog", "said_in"]

HEAD: Final = re.compile(
    r"\bpostfix[\w./-]*/(?P<daemon>[\w-]+)\[\d+\]: (?P<queue_id>[0-9A-Za-z]+): (?P<rest>.*)"
)
"""What stands before the words of a daemon: its name and the queue id, or NOQUEUE."""

CLIENT: Final = re.compile(r"(?:\bfrom |\bclient=)[^\s\[\]]*\[(?P<address>[^\]]*)\]")
LOGIN: Final = re.compile(r"\bsasl_username=(?:<(?P<in_brackets>[^>]*)>|(?P<bare>[^,\s]*))")
SIZE: Final = re.compile(r"\bsize=(?P<size>\d{1,20})\b")
IN_BRACKETS: Final = r'(?:"(?:[^"\\]|\\.)*"|[^">])*'
"""A local part in quotes may hold a closing bracket."""
PATH: Final = re.compile(rf"(?:^|[\s;,])(?P<name>from|to)=<(?P<path>{IN_BRACKETS})>")
WENT: Final = re.compile(rf"to=<(?P<to>{IN_BRACKETS})>, (?:orig_to=<(?P<orig_to>{IN_BRACKETS})>, )?")
"""How a line begins about where mail went. What the other side said follows, and may be anything."""
FROM_HEADERS: Final = ("message-id=", "resent-message-id=")
"""How lines begin that quote the message itself."""


def said_in(line: str) -> Mapping[str, str]:
    """What a line of the log says: `queue_id`, `client`, `login`, `sender`, `recipient`, `size`.

    Empty for lines of something else. Names are there only if the line says them: `sender` may be empty,
    which is the null sender.

    >>> found = said_in("Mar  1 09:00:00 mx postfix/smtpd[7]: NOQUEUE: reject: RCPT from mx[192.0.2.7]: 550 "
    ...     "5.1.1 <jon@acme.example>: Recipient address rejected: There is no such address here; "
    ...     "from=<wile.e@customer.example> to=<jon@acme.example> proto=ESMTP helo=<mx>")
    >>> found["client"], found["sender"], found["recipient"]
    ('192.0.2.7', 'wile.e@customer.example', 'jon@acme.example')
    """
    head = HEAD.search(line)
    return {} if head is None else dict(pieces(head))


def pieces(head: re.Match[str]) -> Iterator[tuple[str, str]]:
    rest = head["rest"]
    yield "queue_id", head["queue_id"]
    if rest.startswith(FROM_HEADERS):
        return
    if went := WENT.match(rest):
        yield "recipient", from_log(went["orig_to"] or went["to"])
        return
    if client := CLIENT.search(rest):
        yield "client", "" if client["address"] == "unknown" else client["address"]
    if login := LOGIN.search(rest):
        yield "login", login["in_brackets"] or login["bare"] or ""
    if size := SIZE.search(rest):
        yield "size", size["size"]
    # The last of each: before it stands the text of a reply, and behind it a name from outside. Both can be
    # anything, but for blanks in the name.
    addresses = rest.rpartition(" proto=")[0] or rest
    paths = {found["name"]: from_log(found["path"]) for found in PATH.finditer(addresses)}
    if "from" in paths:
        yield "sender", paths["from"]
    if paths.get("to"):
        yield "recipient", paths["to"]


def request_from_maillog(text: str) -> Delivery | Submission:
    """The request that a line of the log of Postfix tells of, or several lines about one message.

    >>> print(request_from_maillog("postfix/smtpd[7]: NOQUEUE: reject: RCPT from mx[192.0.2.7]: 450 4.2.1 "
    ...     "<john@acme.example>: later; from=<> to=<john@acme.example> proto=SMTP helo=<mx>"))
    Delivery(client='192.0.2.7', sender='', recipient='john@acme.example')
    >>> request_from_maillog("postfix/smtpd[7]: 4Fx1: client=mx[192.0.2.7], sasl_username=john@acme.example")
    Traceback (most recent call last):
    mailpolicy.forms.problems.InvalidForm: sender: missing; expected from=<…> in this line or another of ...
    """
    said: dict[str, str] = {}
    for line in text.splitlines():
        found = said_in(line)
        if said and found and found["queue_id"] != said["queue_id"]:
            raise InvalidForm((f"{said['queue_id']} and {found['queue_id']}: expected lines of one message",))
        for name, value in found.items():
            said.setdefault(name, value)
    if not said:
        raise InvalidForm(("expected a line of Postfix such as: postfix/smtpd[…]: NOQUEUE: reject: …",))
    wanted = {"sender": "from=<…>", "recipient": "to=<…>"}
    missing = tuple(
        f"{name}: missing; expected {field} in this line or another of {said['queue_id']}"
        for name, field in wanted.items()
        if name not in said
    )
    if missing:
        raise InvalidForm(missing)
    size, client = int(said.get("size", 0)), said.get("client", "")
    if login := said.get("login"):
        return Submission(login, said["sender"], said["recipient"], client=client, size=size)
    return Delivery(said["sender"], said["recipient"], client=client, size=size)
