"""`mailpolicy status`: what an object may do now, and why."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from contextlib import suppress
from datetime import UTC, datetime

from attrs import evolve

from ...errors import InvalidValue
from ...model.objects import HasStatus, MailingList
from ...show import Screen, status_json
from ...status import Receive, Status
from ...values import moment
from ..exits import Exit, Usage
from ..named import chosen, note_findings
from ..verb import SELECTORS, Verb, opened, source_arguments

__all__ = ["VERB"]


def arguments(parser: ArgumentParser) -> None:
    source_arguments(parser)
    parser.add_argument("address", metavar="ADDRESS", help="the object: an address, or domain:NAME")
    parser.add_argument(
        "--at",
        metavar="TIME",
        type=time,
        default="now",
        help="the status at that moment, when a lockout may be over: 2026-12-31T23:59:59Z; "
        "a time without a zone is local; now if left out",
    )


def time(text: str) -> datetime:
    """A moment as people, RFC 3339 or a directory write it."""
    if text == "now":
        return datetime.now(UTC)
    with suppress(InvalidValue):
        return moment(text)  # first, because Python takes its digits for another time
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as problem:
        raise ArgumentTypeError(f"{text!r}: expected a time such as 2026-12-31T23:59:59Z") from problem


def answer(asked: Namespace, screen: Screen) -> Exit:
    thing = chosen(opened(asked), asked.address, as_mail_goes=True)
    if not isinstance(thing, HasStatus):
        raise Usage(f"{thing.kind} {thing.name} has no status; accounts, lists, resources and domains have")
    status = thing.status_at(asked.at)
    if asked.json:
        screen.print_json(status_json(thing, status))
    else:
        screen.show(evolve(status.as_table(), title=f"{thing.kind} {thing.name}"))
        note_findings(thing)
    return Exit.YES if is_in_service(thing, status) else Exit.NO


def is_in_service(thing: HasStatus, status: Status) -> bool:
    """Whether nothing is stopped: login, mail in, mail out. A list only takes mail in."""
    receives = status.receive is Receive.DELIVER
    return receives if isinstance(thing, MailingList) else receives and status.login and status.send


VERB = Verb(
    "status",
    "what an account, list, resource or domain may do now, and why",
    f"""\
What an account, list, resource or domain may do now, and why. The exit code is
0 if it may log in, receive and send (a list: receive), 1 if one is stopped.
An address that nobody has is followed as mail is: without its detail, or to
the catch-all of its domain.

{SELECTORS}""",
    """\
  mailpolicy status acme.ldif john@acme.example
  mailpolicy status acme.ldif frank@acme.example --at 2026-12-31T08:00:00Z
  mailpolicy status acme.ldif hank@globex.example --statuses server
  mailpolicy status acme.ldif domain:globex.example --json
""",
    arguments,
    answer,
)
