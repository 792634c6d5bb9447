"""`mailpolicy decide`: what becomes of a message or a login, and why."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ...decision import Counter, Decision, Delivery, Login, Request, Submission, Usage, Verdict, decide
from ...errors import InvalidValue
from ...forms import InvalidForm, decision_json, pasted
from ...mta.postfix import rendered
from ...show import Screen
from ...tables import Style
from ..arguments import readable
from ..exits import Exit, Usage as WrongUsage
from ..policies import policy, policy_arguments
from ..verb import Verb, opened, source_arguments
from .status import time

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["VERB"]


def arguments(parser: ArgumentParser) -> None:
    source_arguments(parser)
    mail = parser.add_argument_group("a message")
    mail.add_argument("--sender", metavar="ADDRESS", help="the sender of the envelope; '' is the null sender")
    mail.add_argument("--recipient", metavar="ADDRESS", help="the recipient of the envelope")
    mail.add_argument("--login", metavar="ADDRESS", default="", help="who has logged in to send it")
    mail.add_argument("--size", metavar="BYTES", type=int, default=0, help="how large it is")
    mail.add_argument("--header-from", metavar="ADDRESS", default="", help="the address of its From:")
    mail.add_argument("--spam", action="store_true", help="a filter takes it for spam")
    login = parser.add_argument_group("a login")
    login.add_argument("--account", metavar="ADDRESS", help="who logs in")
    login.add_argument("--service", default="imap", help="where: imap, pop3, smtp, webmail, admin, …")
    login.add_argument("--host", default="", help="the name by which the server was called")
    login.add_argument("--second-factor", action="store_true", help="she has shown a second factor")
    login.add_argument("--application-password", action="store_true", help="the password is one of these")
    login.add_argument("--insecure", action="store_true", help="the connection is not encrypted")
    both = parser.add_argument_group("either")
    both.add_argument("--client", metavar="IP", default="", help="where it comes from")
    both.add_argument(
        "--request",
        metavar="FILE",
        help="a file with the request instead, or - for standard input: a policy request of Postfix, lines "
        "of its log, or JSON",
    )
    both.add_argument(
        "--used",
        metavar="COUNTER=NUMBER",
        action="append",
        default=[],
        type=readable(used),
        help="what is used so far: 'messages/86400 john@acme.example=499'; nothing if left out",
    )
    both.add_argument("--at", metavar="TIME", type=time, default="now", help="the moment; now if left out")
    policy_arguments(parser)


def used(text: str) -> tuple[Counter, int]:
    """A counter and what it shows."""
    name, _, number = text.rpartition("=")
    if not name or not number.isdecimal():
        raise InvalidValue(text, "a counter and a number, such as 'messages/86400 john@acme.example=499'")
    return Counter.parse(name), int(number)


def answer(asked: Namespace, screen: Screen) -> Exit:
    request = requested(asked)
    directory = opened(asked)
    decision = decide(directory, request, at=asked.at, usage=counted(asked.used), policy=policy(asked))
    if asked.json:
        screen.print_json(decision_json(decision))
    else:
        show(decision, screen)
    return exit_of(decision)


def requested(asked: Namespace) -> Request:
    """The request that the options describe."""
    said = [name for name in ("request", "recipient", "account") if getattr(asked, name) is not None]
    if len(said) != 1:
        raise WrongUsage("expected one of --recipient, --account and --request")
    if asked.request is not None:
        text = (
            sys.stdin.read()
            if asked.request == "-"
            else Path(asked.request).read_text(errors="surrogateescape")
        )
        try:
            return pasted(text)
        except InvalidForm as problem:
            raise WrongUsage(str(problem)) from None
    if asked.account is not None:
        return Login(
            asked.account,
            asked.service,
            second_factor=asked.second_factor,
            host=asked.host,
            secure=not asked.insecure,
            application_password=asked.application_password,
            client=asked.client,
        )
    if asked.login:
        sender = asked.login if asked.sender is None else asked.sender
        return Submission(
            asked.login,
            sender,
            asked.recipient,
            size=asked.size,
            header_from=asked.header_from,
            client=asked.client,
        )
    if asked.sender is None:
        raise WrongUsage("a message needs a --sender; '' is the null sender")
    return Delivery(asked.sender, asked.recipient, size=asked.size, spam=asked.spam, client=asked.client)


def counted(counts: Iterable[tuple[Counter, int]]) -> Usage:
    return Usage(dict(counts), counts_unseen=True)


def show(decision: Decision, screen: Screen) -> None:
    style = Style.BAD if decision.is_refused else Style.GOOD
    screen.say(str(decision.reply) if decision.reply else f"{decision.verdict}", style)
    if isinstance(decision.request, Delivery | Submission):
        screen.say(f"Postfix is told: {rendered(decision).decode().strip()}")
    screen.say("")
    screen.show(decision.as_table())


def exit_of(decision: Decision) -> Exit:
    """The exit code: unknown is never no."""
    if decision.unknown:
        return Exit.UNKNOWN
    return Exit.YES if decision.verdict in (Verdict.ACCEPT, Verdict.NO_OPINION) else Exit.NO


VERB = Verb(
    "decide",
    "what becomes of a message or a login, and why",
    """\
What a mail server would be told about a message or a login: the reply, and
every rule that was asked, with what it said and the settings it went by.
Nothing is counted, nothing is sent.

The exit code is 0 if it is accepted or none of ours, 1 if it is refused, 4 if
the directory cannot tell.
""",
    """\
  mailpolicy decide acme.ldif --sender wile.e@customer.example \\
      --recipient board@acme.example
  mailpolicy decide acme.ldif --login john@acme.example \\
      --sender jane@acme.example --recipient wile.e@customer.example
  mailpolicy decide acme.ldif --account john@acme.example --client 192.0.2.7
  mailpolicy decide acme.ldif --request - < pasted-from-the-log
""",
    arguments,
    answer,
)
