"""The policy that verbs go by: the built-in one, or that of a configuration file."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from ..config import configured
from ..decision import DEFAULT_POLICY, Policy

if TYPE_CHECKING:
    from ..config.fields import Configuration

__all__ = ["configuration", "policy", "policy_arguments"]


def policy_arguments(parser: ArgumentParser) -> None:
    """The options that say which rules count."""
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="go by the rules, the dialect and the statuses of this configuration file, as `serve` does; "
        "@NAME is in it, too; by all rules if left out",
    )


def configuration(path: str) -> Configuration:
    """Read the configuration file of that path; Misconfigured, OSError."""
    found = configured({**os.environ, "MAILPOLICY_CONFIG": path})
    assert found is not None  # a file that is named must be there
    return found


def policy(asked: Namespace) -> Policy:
    """The policy that is meant. What its file says of how to read the directory is asked for from then on."""
    if asked.config is None:
        return DEFAULT_POLICY
    from ..serve.rules import policy_of

    found = configuration(asked.config)
    if asked.dialect == "auto":
        asked.dialect = found.dialect or "auto"
    asked.statuses = asked.statuses or found.statuses
    return policy_of(found)
