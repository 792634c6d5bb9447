"""`mailpolicy serve`: answer mail servers."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ...config import Misconfigured
from ...show import Screen
from ..exits import Exit
from ..policies import configuration
from ..verb import Verb

if TYPE_CHECKING:
    from ...config.fields import Configuration

__all__ = ["VERB"]


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--config", metavar="FILE", required=True, help="the configuration file")
    parser.add_argument(
        "--check", action="store_true", help="only say whether it could be served, and what is wrong if not"
    )
    parser.add_argument("--verbose", action="store_true", help="say more of what is going on")


def answer(asked: Namespace, screen: Screen) -> Exit:
    found = read(asked.config)
    if asked.check:
        from ...serve.checking import check

        for line in check(found):
            screen.say(line)
        return Exit.YES
    from ...serve.log import LogLines

    logging.basicConfig(
        level=logging.INFO if asked.verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
        handlers=[LogLines()],
    )
    from ...serve.workers import serve

    serve(found, lambda: read(asked.config))
    return Exit.YES


def read(path: str) -> Configuration:
    """The configuration, if there is anything to serve in it."""
    found = configuration(path)
    problems = []
    if found.source is None:
        problems.append("source: missing; expected an LDIF file, LDAP URLs or @NAME")
    sections = (found.policy, found.socketmap, found.sasl, found.milter, found.dovecot, found.exim)
    if not any(sections):
        known = "[policy], [socketmap], [sasl], [milter], [dovecot] or [exim]"
        problems.append(f"nothing is served; expected {known}")
    from ...serve.paths import clashes

    problems += clashes(found)
    if problems:
        raise Misconfigured(str(Path(path)), tuple(problems))
    return found


VERB = Verb(
    "serve",
    "answer mail servers: Postfix, Dovecot, Exim, milters",
    """\
Listen where the configuration says, and answer mail servers until SIGTERM. On
SIGHUP the configuration is read anew: rules, places, journal and source
change, connections stay. On SIGTERM connections may finish what they are at.

The exit code is 0 at the end, or with --check if it could be served, be it that
mail waits until servers answer, which is said; 2 for a mistake in the
configuration; 4 for what is not there, such as a port that is taken.
""",
    """\
  mailpolicy serve --config /etc/mailpolicy/mailpolicy.toml --check
  mailpolicy serve --config /etc/mailpolicy/mailpolicy.toml
""",
    arguments,
    answer,
)
