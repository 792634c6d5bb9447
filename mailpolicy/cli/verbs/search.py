"""`mailpolicy search`: the entries an LDAP search finds."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Final

from ...errors import InvalidUrl
from ...ldap.dn import DN
from ...ldap.filter import Filter
from ...ldap.url import LdapUrl, Scope
from ...lookup import absent, is_partial
from ...model import Directory, SearchResult
from ...show import Screen, attributes_table, ldif_text, search_json
from ..arguments import count, is_url, readable
from ..exits import Exit, Usage
from ..named import note_lost
from ..verb import Verb, opened, source_arguments

__all__ = ["VERB"]

EVERYWHERE: Final = ""

USER_ATTRIBUTES: Final = ("*",)
"""What a search shows by default (RFC 4511 section 4.5.1.8)."""


def arguments(parser: ArgumentParser) -> None:
    source_arguments(parser)
    parser.add_argument(
        "question",
        metavar="FILTER|URL",
        type=readable(filter_or_url),
        help="an LDAP filter; or an LDAP URL, which says base and scope itself",
    )
    where = parser.add_argument_group("the search")
    where.add_argument(
        "--base", metavar="DN", type=readable(DN.parse), help="where to start; by default at the top"
    )
    where.add_argument(
        "--scope",
        type=readable(Scope.parse),
        metavar="{base,one,sub,children}",
        help="how far below the base to look; sub by default",
    )
    where.add_argument("--limit", metavar="N", type=count, help="at most that many entries")
    where.add_argument(
        "--attributes",
        metavar="A,B",
        type=names,
        help="what to show; * is all but what the server keeps, the default, and + is that",
    )
    where.add_argument("--table", action="store_true", help="print a line per entry instead of LDIF")
    where.add_argument(
        "--plan",
        action="store_true",
        help="say below how all of it was found: by which indexes, and how many entries were tried",
    )


def filter_or_url(text: str) -> Filter | LdapUrl:
    return LdapUrl.parse(text) if is_url(text) else Filter.parse(text)


def names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def answer(asked: Namespace, screen: Screen) -> Exit:
    if isinstance(asked.question, LdapUrl) and (asked.base is not None or asked.scope):
        raise Usage("a URL says base and scope itself: leave --base and --scope away")
    directory = opened(asked)
    found = searched(directory, asked)
    if not found and is_partial(directory.snapshot):
        note_lost(directory.snapshot)
        raise absent(directory.snapshot, "entry", str(asked.question))
    if asked.json:
        screen.print_json(search_json(found, found.dialect, found.plan))
    elif asked.table:
        show_table(found, asked.attributes, screen)
    else:
        show_ldif(found, screen)
    return Exit.YES if found else Exit.NO


def show_table(found: SearchResult, names: Sequence[str] | None, screen: Screen) -> None:
    screen.show(attributes_table(found, names, found.dialect) if names else found.as_table())
    if found.plan is not None:
        screen.say("")
        screen.show(found.plan.as_table())


def show_ldif(found: SearchResult, screen: Screen) -> None:
    screen.stream.writelines(ldif_text(found, found.dialect))
    if found.plan is not None:
        screen.remark(found.plan.as_table())


def searched(directory: Directory, asked: Namespace) -> SearchResult:
    wanted = asked.attributes or USER_ATTRIBUTES
    if isinstance(asked.question, LdapUrl):
        try:
            return directory.search(
                str(asked.question), attributes=wanted, limit=asked.limit, explain=asked.plan
            )
        except InvalidUrl as problem:
            raise Usage(str(problem)) from problem
    base, scope = asked.base or EVERYWHERE, asked.scope or Scope.SUB
    return directory.search(base, scope, asked.question, wanted, asked.limit, asked.plan)


VERB = Verb(
    "search",
    "the entries that an LDAP search finds",
    """\
The entries that an LDAP search finds: exactly those that slapd would return, as
LDIF. The exit code is 0 if there is one, 1 if there is none.
""",
    """\
  mailpolicy search acme.ldif '(ou=Sales)'
  mailpolicy search acme.ldif '(ou=Sales)' --attributes mail,cn --table
  mailpolicy search acme.ldif '(&(ou=Sales)(!(l=Paris)))' --plan
  mailpolicy search acme.ldif 'ldap:///dc=acme.example,o=mail??sub?(l=Paris)'
""",
    arguments,
    answer,
)
