"""The command `mailpolicy`: it reads the question, finds who answers, and says what went wrong."""

from __future__ import annotations

import os
import sys
import traceback
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import StringIO, TextIOWrapper
from typing import Final, NoReturn

from .. import __version__
from ..errors import InvalidLDIF, SchemaError
from ..show import Screen
from ..tables import harmless
from .exits import FAILURES, Exit, exit_for
from .verb import Verb
from .verbs import VERBS

__all__ = ["guarded", "main"]

DESCRIPTION = """\
Which value applies to this mailbox, and why? What may this account do now?
Asked of a mail directory: LDIF as OpenLDAP, Carbonio or Zimbra write it, or a
server of theirs.
"""

EPILOG = """\
exit codes:
  0  yes                            3  bad input: broken LDIF, two owners
  1  no, or nothing found           4  unknown: the source, or a part that
  2  wrong usage, unknown setting      matters, could not be read

mailpolicy VERB --help tells more about each, with examples.
"""

MOST_PROBLEMS: Final = 3
"""Problems of a source that one line can tell."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer one question and give the exit code; `arguments` are those of the process by default.

    Wrong usage and `--help` leave by SystemExit, as argparse does.
    """

    def answer() -> Exit:
        asked = command_parser().parse_args(arguments)
        verb: Verb = asked.verb
        with ExitStack() as asked.until_answered:  # connections, which end with the answer
            return verb.answer(asked, Screen.of(sys.stdout))

    return guarded(answer)


def guarded(answer: Callable[[], Exit]) -> int:
    """The exit code of an answer; what goes wrong on the way is one line on standard error."""
    try:
        with output():
            return answer()
    except BrokenPipeError:
        return Exit.CLOSED
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except FAILURES as failure:
        print(f"mailpolicy: {on_one_line(failure)}", file=sys.stderr)
        return exit_for(failure)
    except Exception:  # noqa: BLE001 - Python's own exit code for a bug is 1, which here means no
        traceback.print_exc()
        return Exit.UNKNOWN


@contextmanager
def output() -> Iterator[None]:
    """Standard output that takes any character, and that fails here rather than when Python exits."""
    if sys.stdout is None:
        sys.stdout = StringIO()  # closed by the caller, who wants the exit code alone
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        yield
    finally:
        try:
            sys.stdout.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise


def on_one_line(failure: BaseException) -> str:
    match failure:
        case SchemaError(problems=problems) if len(problems) > MOST_PROBLEMS:
            more = len(problems) - MOST_PROBLEMS
            text = f"{SchemaError(problems[:MOST_PROBLEMS])}; and {more} more"
        case InvalidLDIF(line=int(line), expected=expected):  # its text may hold a password
            text = f"line {line}: expected {expected}"
        case OSError(filename=str(name), strerror=str(why)):
            text = f"{name}: {why}"
        case _:
            text = str(failure) or type(failure).__name__
    return harmless(text)


class Parser(ArgumentParser):
    """A parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(Exit.USAGE, f"{self.prog}: {harmless(message)}; see {self.prog} --help\n")


def command_parser() -> ArgumentParser:
    """Everything that can be asked: a parser for each verb of the table."""
    parser = Parser(
        prog="mailpolicy",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for verb in VERBS:
        own = verbs.add_parser(
            verb.name,
            help=verb.summary,
            description=verb.description,
            epilog=f"examples:\n{verb.examples}",
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        verb.arguments(own)
        own.set_defaults(verb=verb)
    return parser
