"""`mailpolicy lists-of`: the lists that somebody is on."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...show import Screen, memberships_json, memberships_table
from ..exits import Exit
from ..members import ADDRESSES, name_of, no, note_doubts, note_gaps, somebody
from ..verb import Verb, opened, source_arguments

__all__ = ["VERB"]


def arguments(parser: ArgumentParser) -> None:
    source_arguments(parser)
    parser.add_argument(
        "address", metavar="ADDRESS", help="an account, list or resource; or somebody outside"
    )


def answer(asked: Namespace, screen: Screen) -> Exit:
    directory = opened(asked)
    whom = somebody(directory, asked.address)
    found = directory.lists_of(whom)
    verdict = Exit.YES if found else no(directory, "list of", name_of(whom))
    if asked.json:
        screen.print_json(memberships_json(whom, found))
    else:
        screen.show(memberships_table(name_of(whom), found))
        note_doubts(name_of(whom), found.doubtful)
        note_gaps(directory)
    return verdict


VERB = Verb(
    "lists-of",
    "the lists that somebody is on, and by which way",
    f"""\
The lists that somebody is on, nearest first: static and dynamic ones, and those
that have such a list on them. The exit code is 0 if there is one, 1 if not.

{ADDRESSES}""",
    """\
  mailpolicy lists-of acme.ldif john@acme.example
  mailpolicy lists-of acme.ldif wile.e@customer.example
  mailpolicy lists-of acme.ldif list:sales@acme.example --json
""",
    arguments,
    answer,
)
