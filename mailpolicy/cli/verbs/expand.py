"""`mailpolicy expand`: who is on a list."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...lists import Expansion
from ...model import MailingList
from ...show import Screen, expansion_json, object_json, reasons_table, verdict_json
from ...tables import harmless
from ..arguments import count
from ..exits import Exit, Usage
from ..members import ADDRESSES, chosen_list, name_of, no, note_gaps, somebody
from ..named import note_findings
from ..verb import Verb, opened, source_arguments

__all__ = ["VERB"]


def arguments(parser: ArgumentParser) -> None:
    source_arguments(parser)
    parser.add_argument("list", metavar="LIST", help="the list: its address or DN")
    members = parser.add_argument_group("which members")
    members.add_argument(
        "--depth", metavar="N", type=count, help="open lists on lists N deep only; 1 for the direct members"
    )
    members.add_argument(
        "--within-domain", action="store_true", help="leave out who is not of the list's own domain"
    )
    shape = parser.add_argument_group("the answer").add_mutually_exclusive_group()
    shape.add_argument("--tree", action="store_true", help="show list below list, with their members")
    shape.add_argument(
        "--addresses", action="store_true", help="print all addresses, one a line, for other programs"
    )
    shape.add_argument("--why", metavar="ADDRESS", help="say why somebody is on the list, or is not")


def answer(asked: Namespace, screen: Screen) -> Exit:
    if asked.why is not None:
        return answer_why(asked, screen)
    directory = opened(asked)
    of_list = chosen_list(directory, asked.list)
    expansion = directory.expand(of_list, depth=asked.depth, within_domain=asked.within_domain)
    verdict = Exit.YES if expansion else no(directory, "member of", of_list.name)
    if asked.json:
        screen.print_json(expansion_json(of_list, expansion))
    elif asked.addresses:
        screen.stream.writelines(f"{harmless(address)}\n" for address in expansion.addresses)
    else:
        show(expansion, of_list, asked, screen)
    return verdict


def show(expansion: Expansion, of_list: MailingList, asked: Namespace, screen: Screen) -> None:
    if asked.tree:
        screen.draw(expansion.tree())
    else:
        screen.show(expansion.as_table())
    note_gaps(of_list.directory)
    note_findings(of_list)


def answer_why(asked: Namespace, screen: Screen) -> Exit:
    if asked.depth is not None or asked.within_domain:
        raise Usage("--why goes all ways there are: leave --depth and --within-domain away")
    directory = opened(asked)
    of_list = chosen_list(directory, asked.list)
    whom = somebody(directory, asked.why)
    is_member = of_list.is_member(whom)
    verdict = Exit.YES if is_member else no(directory, "member", name_of(whom))
    reasons = directory.explain_member(of_list, whom)
    if asked.json:
        found = verdict_json(whom, reasons, answer=is_member)
        screen.print_json({"list": object_json(of_list), **found})
    else:
        title = f"{name_of(whom)} {'is' if is_member else 'is not'} on {of_list.name}"
        screen.show(reasons_table(title, reasons, answer=is_member))
    return verdict


VERB = Verb(
    "expand",
    "who is on a list, by which way, and why",
    f"""\
Who is on a list: everybody whom its mail comes to, through lists of any kind
and at any depth, each once. The exit code is 0 if there is somebody, 1 if not.
A table shows the first hundred; --addresses and --json give all. No status
takes anybody off a list: the table says whose mail is deferred or rejected.

With --why it is about one address, and the exit code is 0 if that is on the
list, 1 if it is not.

{ADDRESSES}""",
    """\
  mailpolicy expand acme.ldif staff@acme.example
  mailpolicy expand acme.ldif staff@acme.example --tree
  mailpolicy expand acme.ldif staff@acme.example --why ivan@acme.example
  mailpolicy expand acme.ldif all@acme.example --addresses > recipients
""",
    arguments,
    answer,
)
