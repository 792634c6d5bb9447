"""`mailpolicy explain`: which values apply to an object, and where they come from."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from ...inherit import Effective
from ...model import Object
from ...model.display import settings_table
from ...show import Screen, effective_json, object_json, settings_json
from ..exits import Exit
from ..named import chosen, explained, note_findings
from ..verb import SELECTORS, Verb, opened, source_arguments

__all__ = ["VERB"]


def arguments(parser: ArgumentParser) -> None:
    source_arguments(parser)
    parser.add_argument("address", metavar="ADDRESS", help="the object: an address, or cos:NAME and the like")
    parser.add_argument(
        "setting", metavar="SETTING", nargs="?", help="one setting, by public or LDAP name; all without it"
    )


def answer(asked: Namespace, screen: Screen) -> Exit:
    thing = chosen(opened(asked), asked.address)
    if asked.setting is not None:
        one(explained(thing, asked.setting), thing, asked, screen)
    elif asked.json:
        screen.print_json(settings_json(thing))
    else:
        has_settings = len(thing.settings) > 0
        title = f"{thing.kind} {thing.name}"
        screen.show(settings_table(title, thing.settings) if has_settings else thing.as_table())
        note_findings(thing)
    return Exit.YES


def one(effective: Effective[Any], thing: Object, asked: Namespace, screen: Screen) -> None:
    if asked.json:
        dialect = thing.directory.snapshot.dialect
        screen.print_json({"object": object_json(thing), **effective_json(effective, dialect)})
        return
    screen.show(effective.as_table())


VERB = Verb(
    "explain",
    "which values apply to an object, and where each comes from",
    f"""\
Which values apply to an object, and where each comes from. With a SETTING: that
value through all layers, with what it wins against and why.

{SELECTORS}""",
    """\
  mailpolicy explain acme.ldif john@acme.example
  mailpolicy explain acme.ldif john@acme.example mailbox_quota
  mailpolicy explain acme.ldif cos:premium --json
  mailpolicy explain carbonio.ldif.gz john@acme.example zimbraMailQuota
""",
    arguments,
    answer,
)
