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
        help="go by the rules of this configuration file, as `serve` does; by all rules if left out",
    )


def configuration(path: str) -> Configuration:
    """Read the configuration file of that path; Misconfigured, OSError."""
    found = configured({**os.environ, "MAILPOLICY_CONFIG": path})
    assert found is not None  # a file that is named must be there
    return found


def policy(asked: Namespace) -> Policy:
    """The policy that is meant."""
    if asked.config is None:
        return DEFAULT_POLICY
    from ..serve.rules import policy_of

    return policy_of(configuration(asked.config))
