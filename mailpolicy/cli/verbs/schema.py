"""`mailpolicy schema`: what a directory may hold, as a file for servers, programs or readers."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Final

from ...schema import DIALECTS
from ...schema.emit import FORMATS, emit
from ...show import Screen
from ..exits import Exit
from ..verb import Verb

__all__ = ["VERB"]

OWN: Final = "native"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "dialect", metavar="DIALECT", nargs="?", default=OWN, choices=DIALECTS, help=", ".join(DIALECTS)
    )
    parser.add_argument(
        "--format",
        default="ldif",
        choices=FORMATS,
        help="ldif for cn=config (the default), schema for slapd.conf, markdown for readers, json for a "
        "JSON Schema",
    )
    parser.add_argument(
        "--json", dest="format", action="store_const", const="json", help="the same as --format json"
    )


def answer(asked: Namespace, screen: Screen) -> Exit:
    screen.stream.write(emit(asked.dialect, asked.format))
    return Exit.YES


VERB = Verb(
    "schema",
    "what a directory may hold, for OpenLDAP, readers and programs",
    """\
What a directory may hold: the schema for an OpenLDAP server, the reference of
all settings, or the JSON Schema of their values.
""",
    """\
  mailpolicy schema native > mailpolicy.ldif
  mailpolicy schema carbonio --format schema
  mailpolicy schema native --format markdown
""",
    arguments,
    answer,
)
