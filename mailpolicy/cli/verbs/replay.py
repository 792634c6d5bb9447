"""`mailpolicy replay`: which decisions of a journal would be others now."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from ...config import Misconfigured
from ...decision import REFUSING
from ...errors import InvalidValue
from ...forms import decision_json
from ...journal import Concealing, Replay, read, replayed
from ...model import Directory
from ...show import Screen
from ...tables import harmless
from ..arguments import count
from ..exits import Exit
from ..policies import policy, policy_arguments
from ..verb import Verb, opened, source_arguments

__all__ = ["VERB"]

MOST_TOLD = 5
"""Broken lines that are told of one by one."""


def arguments(parser: ArgumentParser) -> None:
    source_arguments(parser)
    parser.add_argument(
        "journal", metavar="JOURNAL", nargs="+", help="journals, also .gz, or logs of Postfix; oldest first"
    )
    parser.add_argument(
        "--examples", metavar="N", type=count, default=5, help="how many of each difference are shown"
    )
    parser.add_argument("--key-file", metavar="FILE", help="the key with which addresses are hidden")
    policy_arguments(parser)


def answer(asked: Namespace, screen: Screen) -> Exit:
    rules = policy(asked)
    concealing = None if asked.key_file is None else with_key(asked.key_file)
    directory = opened(asked)
    if concealing is not None:
        concealing.learn(names(directory))
    replay = replayed(directory, read(asked.journal, concealing), rules, asked.examples)
    if asked.json:
        screen.print_json(as_json(replay))
    else:
        screen.show(replay.as_table())
        for note in replay.notes():
            screen.say(note)
    note_broken(replay)
    if replay.hidden and concealing is None:
        print("mailpolicy: names are hidden; --key-file finds those of the directory", file=sys.stderr)
    is_whole = not replay.unread and (concealing is not None or not replay.hidden)
    return Exit.NO if replay.changed else Exit.YES if is_whole else Exit.BAD


def with_key(path: str) -> Concealing:
    try:
        return Concealing(Path(path).read_bytes().strip())
    except InvalidValue as problem:
        raise Misconfigured(path, (str(problem),)) from None


def names(directory: Directory) -> Iterator[str]:
    """Everything in a directory by which a request may name somebody."""
    for each in (*directory.accounts(), *directory.resources(), *directory.lists()):
        addresses = [str(each.address or ""), *map(str, each.aliases)]
        yield from filter(None, addresses)
        yield from {address.rpartition("@")[0] for address in addresses} - {""}
        yield each.dn


def note_broken(replay: Replay) -> None:
    for each in replay.broken[:MOST_TOLD]:
        print(f"mailpolicy: {harmless(f'{each.source}:{each.line}: {each.why}')}", file=sys.stderr)
    if replay.unread > MOST_TOLD:
        print(
            f"mailpolicy: and {replay.unread - MOST_TOLD:,} more lines that cannot be read", file=sys.stderr
        )


def as_json(replay: Replay) -> dict[str, object]:
    return {
        "total": replay.total,
        "same": replay.same,
        "unknown": replay.unknown,
        "hidden": replay.hidden,
        "other_revision": replay.other_revision,
        "unread": replay.unread,
        "changed": [
            {"then": then, "now": now, "count": number, "worse": then not in REFUSING and now in REFUSING}
            for (then, now), number in replay.counts.items()
        ],
        "examples": [
            {
                "then": flip.record.verdict,
                "rule": flip.record.rule,
                "reply": flip.record.reply,
                "now": decision_json(flip.decision, reasons=False),
            }
            for flip in replay.flips
        ],
        "broken": [{"source": each.source, "line": each.line, "why": each.why} for each in replay.broken],
    }


VERB = Verb(
    "replay",
    "which decisions of a journal would be others now",
    """\
Decide every request of a journal again, at its time and with its counts, by
this directory and these rules, and tell how many would be decided otherwise:
what was accepted and would be refused first, with the newest examples.

The exit code is 0 if all are the same, 1 if some are not, 3 if lines cannot be
read, or hide of whom they are for want of the key.
""",
    """\
  mailpolicy replay tomorrow.ldif /var/lib/mailpolicy/journal
  mailpolicy replay acme.ldif journal --config stricter.toml
  mailpolicy replay acme.ldif /var/log/mail.log --json
""",
    arguments,
    answer,
)
