"""`mailpolicy preview`: whom a search would put on a list, before it is saved."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import Final

from ...errors import SchemaError
from ...ldap.filter import Filter
from ...lists.check import findings_of
from ...lists.urls import Unusable, read_url
from ...model import Directory, MailingList
from ...model.preview import Preview
from ...show import Screen, preview_json, reasons_table, verdict_json
from ...snapshot.changes import set as set_values
from ...tables import harmless
from ..arguments import is_url, readable
from ..exits import Exit, Usage
from ..members import chosen_list, name_of, note_gaps
from ..named import chosen, note
from ..verb import Verb, opened, source_arguments

__all__ = ["VERB"]

TOLD: Final = {"unusable-url", "base-only", "undefined-filter", "finds-nobody"}
"""Findings about a URL that a preview has among its problems, or in its count."""


def arguments(parser: ArgumentParser) -> None:
    source_arguments(parser)
    parser.add_argument(
        "question",
        metavar="URL|FILTER",
        type=readable(url_or_filter),
        help="a member URL; or an LDAP filter, for which the whole directory is searched",
    )
    parser.add_argument("--against", metavar="LIST", help="say what it would change on that list")
    parser.add_argument(
        "--effective",
        action="store_true",
        help="the filter is about what applies, by names of settings: (imap-enabled=TRUE)",
    )
    parser.add_argument("--why", metavar="ADDRESS", help="say why somebody would be a member, or would not")
    parser.add_argument(
        "--plan",
        action="store_true",
        help="say below how the search is done: by which indexes, and how many entries are tried",
    )


def url_or_filter(text: str) -> str | Filter:
    """A URL as its text, for a list takes some that RFC 4516 does not, and the other way round."""
    return text if is_url(text) else Filter.parse(text)


def answer(asked: Namespace, screen: Screen) -> Exit:
    if asked.effective and isinstance(asked.question, str):
        raise Usage("a URL says by its extension !x-effective what it is about: leave --effective away")
    directory = opened(asked)
    refuse_unusable(directory, asked.question)
    against = None if asked.against is None else chosen_list(directory, asked.against)
    preview = directory.preview(asked.question, against, effective=asked.effective)
    if asked.why is not None:
        return answer_why(preview, asked, screen)
    if asked.json:
        screen.print_json(preview_json(preview, against, with_plan=asked.plan))
    else:
        show(preview, asked, screen)
        note_gaps(directory)
        if against is not None:
            note_what_saving_does(preview, against)
    return Exit.NO if changes(preview, against) else Exit.YES


def refuse_unusable(directory: Directory, question: str | Filter) -> None:
    """Refuse a URL that a server passes over, and say what was probably meant."""
    if not isinstance(question, str):
        return
    read = read_url(question.encode("utf-8", "surrogateescape"), directory.snapshot.dialect)
    if isinstance(read, Unusable):
        meant = f"; did you mean {read.meant}?" if read.meant else ""
        raise Usage(f"{read.text}: a server passes it over, {read.problem}{meant}")


def changes(preview: Preview, against: MailingList | None) -> bool:
    """Whether anybody comes or goes."""
    return against is not None and any((preview.added, preview.removed, preview.removed_addresses))


def show(preview: Preview, asked: Namespace, screen: Screen) -> None:
    screen.show(preview.as_table())
    if asked.plan:
        screen.say("")
        screen.show(preview.cost.as_table())


def note_what_saving_does(preview: Preview, against: MailingList) -> None:
    """Say on standard error what would be wrong with the list if the search were saved."""
    try:
        future = preview.directory.with_changes(set_values(against.dn, member_urls=[preview.url]))
    except SchemaError as problem:
        print(f"mailpolicy: note: it cannot be saved: {harmless(str(problem))}", file=sys.stderr)
        return
    saved = future.select(against.dn).entry
    note([each for each in findings_of(future.snapshot, saved) if each.id not in TOLD])


def answer_why(preview: Preview, asked: Namespace, screen: Screen) -> Exit:
    whom = chosen(preview.directory, asked.why, as_mail_goes=True)
    against_it = preview.why_not(whom)
    is_member = not against_it
    reasons = preview.why(whom) if is_member else against_it
    if asked.json:
        screen.print_json({"url": preview.url, **verdict_json(whom, reasons, answer=is_member)})
    else:
        title = f"{name_of(whom)} {'would' if is_member else 'would not'} be a member"
        screen.show(reasons_table(title, reasons, answer=is_member))
    return Exit.YES if is_member else Exit.NO


VERB = Verb(
    "preview",
    "whom a member URL or a filter would put on a list",
    """\
Whom a member URL or a filter would put on a list, before it is saved. With
--against a list the exit code is 0 if nothing changes, and 1 if somebody would
come (+) or go (-). With --why it is about one address, and the exit code is 0
if that would be a member, 1 if not. In all other cases it is 0.
""",
    """\
  mailpolicy preview acme.ldif '(&(ou=Sales)(l=Paris))'
  mailpolicy preview acme.ldif '(ou=IT)' --against sales@acme.example
  mailpolicy preview acme.ldif '(imap-enabled=TRUE)' --effective --plan
  mailpolicy preview acme.ldif '(ou=Sales)' --why jane@acme.example
  mailpolicy preview acme.ldif 'ldap:///dc=acme.example,o=mail??sub?(ou=Sales)'
""",
    arguments,
    answer,
)
