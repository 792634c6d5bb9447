"""`mailpolicy decide`: what becomes of a message or a login, and why."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ...decision import Counter, Decision, Delivery, Login, Request, Submission, Usage, Verdict, decide
from ...errors import InvalidValue
from ...forms import InvalidForm, decision_json, pasted
from ...mta.postfix import rendered
from ...show import Screen
from ...source import STANDARD_INPUT
from ...tables import Style, harmless
from ..arguments import readable
from ..exits import Exit, Usage as WrongUsage
from ..policies import policy, policy_arguments
from ..verb import Verb, opened, source_arguments, whole
from .status import time

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["VERB"]


def arguments(parser: ArgumentParser) -> None:
    source_arguments(parser)
    mail = parser.add_argument_group("a message")
    mail.add_argument("--sender", metavar="ADDRESS", help="the sender of the envelope; '' is the null sender")
    mail.add_argument("--recipient", metavar="ADDRESS", help="the recipient of the envelope")
    mail.add_argument("--login", metavar="ADDRESS", help="who has logged in to send it")
    mail.add_argument("--size", metavar="BYTES", type=size, default=0, help="how large it is")
    mail.add_argument("--header-from", metavar="ADDRESS", help="the address of its From:, with --login")
    mail.add_argument("--spam", action="store_true", help="a filter takes it for spam")
    login = parser.add_argument_group("a login")
    login.add_argument("--account", metavar="ADDRESS", help="who logs in")
    login.add_argument(
        "--service", metavar="SERVICE", help="where: imap, pop3, smtp, webmail, admin, …; imap if left out"
    )
    login.add_argument("--host", metavar="NAME", help="the name by which the server was called")
    login.add_argument("--second-factor", action="store_true", help="she has shown a second factor")
    login.add_argument("--application-password", action="store_true", help="the password is one of these")
    login.add_argument("--insecure", action="store_true", help="the connection is not encrypted")
    both = parser.add_argument_group("either")
    both.add_argument("--client", metavar="IP", type=client, help="where it comes from")
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


def size(text: str) -> int:
    """A number of bytes."""
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r}: expected a number of bytes, such as 10485760")
    return int(text)


def client(text: str) -> str:
    """An address of the network."""
    try:
        return str(ip_address(text))
    except ValueError:
        raise ArgumentTypeError(f"{text!r}: expected an IP address, such as 192.0.2.7") from None


def used(text: str) -> tuple[Counter, int]:
    """A counter and what it shows."""
    name, _, number = text.rpartition("=")
    try:
        counter = Counter.parse(name)
    except ValueError:
        counter = Counter("", "")
    if not (counter.what and counter.of and number.isdecimal()):
        raise InvalidValue(text, "a counter and a number, such as 'messages/86400 john@acme.example=499'")
    return counter, int(number)


def answer(asked: Namespace, screen: Screen) -> Exit:
    request = requested(asked)
    rules = policy(asked)
    directory = opened(asked)
    counts = Looked(asked.used)
    decision = decide(directory, request, at=asked.at, usage=Usage(counts, counts_unseen=True), policy=rules)
    for counter in sorted(counts.keys() - counts.seen):
        print(f"mailpolicy: note: {counts.unused(counter)}", file=sys.stderr)
    if asked.json:
        screen.print_json(decision_json(decision))
    else:
        show(decision, screen)
    return exit_of(decision)


def requested(asked: Namespace) -> Request:
    """The request that the options describe."""
    said = [name for name in WAYS if getattr(asked, name) is not None]
    if len(said) != 1:
        raise WrongUsage("expected one of --recipient, --account and --request")
    [way] = said
    for option in (option for other in WAYS if other != way for option in WAYS[other]):
        if option not in WAYS[way] and getattr(asked, option):
            raise WrongUsage(f"--{option.replace('_', '-')} says nothing with --{way}")
    match way:
        case "request":
            return copied(asked)
        case "account":
            return Login(
                asked.account,
                asked.service or "imap",
                second_factor=asked.second_factor,
                host=asked.host or "",
                secure=not asked.insecure,
                application_password=asked.application_password,
                client=asked.client or "",
            )
    return message(asked)


WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "request": (),
    "recipient": ("sender", "login", "size", "header_from", "spam", "client"),
    "account": ("service", "host", "second_factor", "application_password", "insecure", "client"),
}
"""What is said of each kind of request."""


def message(asked: Namespace) -> Delivery | Submission:
    client = asked.client or ""
    if asked.login:
        if asked.spam:
            raise WrongUsage("--spam says nothing with --login")
        return Submission(
            asked.login,
            asked.login if asked.sender is None else asked.sender,
            asked.recipient,
            size=asked.size,
            header_from=asked.header_from or "",
            client=client,
        )
    if asked.header_from:
        raise WrongUsage("--header-from says nothing without --login")
    if asked.sender is None:
        raise WrongUsage("a message needs a --sender; '' is the null sender")
    return Delivery(asked.sender, asked.recipient, size=asked.size, spam=asked.spam, client=client)


def copied(asked: Namespace) -> Request:
    """The request in a file, or on standard input."""
    path = asked.request
    if path == STANDARD_INPUT == asked.source:
        raise WrongUsage("the directory and the request cannot both come from standard input")
    with whole(path):
        content = sys.stdin.buffer.read() if path == STANDARD_INPUT else Path(path).read_bytes()
    try:
        return pasted(content.decode("utf-8", "surrogateescape"))
    except InvalidForm as problem:
        raise WrongUsage(str(problem)) from None


class Looked(dict[Counter, int]):
    """Counts that know which of them a rule has looked at: a name that is misspelt changes nothing."""

    def __init__(self, counts: Iterable[tuple[Counter, int]]) -> None:
        super().__init__(counts)
        self.seen: set[Counter] = set()

    def get(self, counter: Counter, default: Any = None) -> Any:
        """How much is used."""
        self.seen.add(counter)
        return super().get(counter, default)

    def unused(self, counter: Counter) -> str:
        """What to say of one that no rule has looked at."""
        looked = ", ".join(sorted(map(str, self.seen))) or "none"
        return harmless(f"no rule has looked at --used {str(counter)!r}; looked at: {looked}")


def show(decision: Decision, screen: Screen) -> None:
    style = Style.GOOD if exit_of(decision) is Exit.YES else Style.BAD
    screen.say(str(decision.reply) if decision.reply else f"{decision.verdict}", style)
    if isinstance(decision.request, Delivery | Submission):
        screen.say(f"Postfix is told: {rendered(decision).decode().strip()}")
    screen.say("")
    screen.show(decision.as_table())
    for error in decision.errors:
        screen.say(f"{error.rule} failed: {error.error}", Style.BAD)


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

The exit code is 0 if it is accepted or none of ours, 1 if it is refused, or
becomes something else (discarded, held, sent to somebody else), 4 if the
directory cannot tell. A rule with • before it had something to say.
""",
    """\
  mailpolicy decide acme.ldif --sender a@b.example --recipient ops@acme.example
  mailpolicy decide acme.ldif --login john@acme.example --recipient a@b.example
  mailpolicy decide acme.ldif --account john@acme.example --client 192.0.2.7
  mailpolicy decide acme.ldif --request request.txt
""",
    arguments,
    answer,
)
