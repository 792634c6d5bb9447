"""`mailpolicy check`: whether servers are as a policy host needs them."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from ...errors import Unavailable
from ...schema import DIALECTS
from ...show import Screen
from ...tables import Style, harmless
from ..exits import Exit
from ..servers import access, server_arguments, servers_of
from ..verb import Verb

if TYPE_CHECKING:
    from ...live.checkup import Item

__all__ = ["VERB"]

INDENT: Final = 9


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("server", metavar="URL", help="an LDAP URL, or @NAME of the configuration file")
    parser.add_argument(
        "--dialect",
        default="auto",
        choices=("auto", *DIALECTS),
        help="how the directory stores settings; recognised by default",
    )
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    server_arguments(parser)


def answer(asked: Namespace, screen: Screen) -> Exit:
    from ...live.checkup import Verdict, checkup

    reached = access(asked, asked.server)
    dialect = asked.dialect if asked.dialect != "auto" else reached.dialect or "auto"
    found: list[Item] = []
    verdict = Exit.YES
    try:
        for item in checkup(servers_of(reached), dialect):
            found.append(item)
            if not asked.json:
                show(item, screen)
    except Unavailable as problem:
        print(f"mailpolicy: {harmless(str(problem))}", file=sys.stderr)
        verdict = Exit.UNKNOWN
    if asked.json:
        screen.print_json({"server": asked.server, "items": [as_json(each) for each in found]})
    if verdict is Exit.YES and any(each.verdict is Verdict.WRONG for each in found):
        verdict = Exit.NO
    return verdict


def show(item: Item, screen: Screen) -> None:
    style = STYLES[item.verdict]
    first, *others = lines(f"{item.name}: {item.text}", screen.width)
    screen.say(f"{item.verdict:<{INDENT}}{first}", style)
    for line in others:
        screen.say(" " * INDENT + line, style)
    for number, line in enumerate(lines(item.remedy, screen.width - 2)):
        screen.say(f"{' ' * INDENT}{'  ' if number else '→ '}{line}")


def lines(text: str, width: int) -> list[str]:
    # What it takes to mend something is never cut, so this is no table.
    # Nor is it broken within a word: it may be a value to copy.
    room = max(width - INDENT, 20)
    return wrap(harmless(text), room, break_on_hyphens=False, break_long_words=False)


STYLES: Final = {
    "ok": Style.GOOD,
    "warning": Style.NOTE,
    "wrong": Style.BAD,
    "unseen": Style.NOTE,
}


def as_json(item: Item) -> dict[str, str | None]:
    return {"name": item.name, "verdict": item.verdict, "text": item.text, "remedy": item.remedy or None}


VERB = Verb(
    "check",
    "whether servers are as a policy host needs them",
    """\
Look at servers as a policy host would, and say of each thing how it is: ok,
warning, wrong, or unseen where it cannot be told from here. What is not ok
comes with what to do about it. The connection is looked at for every URL, the
rest for the first server that answers.

The exit code is 0 if nothing is wrong, 1 if something is, 4 if no server
answers.
""",
    """\
  mailpolicy check @acme
  mailpolicy check 'ldaps://ldap1.acme.example ldaps://ldap2.acme.example'
  mailpolicy check ldapi:///o=mail --external --json
""",
    arguments,
    answer,
)
