"""The verbs of the command line, one file each."""

from __future__ import annotations

from typing import Final

from ..verb import Verb
from . import (
    check,
    decide,
    dump,
    expand,
    explain,
    lists_of,
    load,
    preview,
    replay,
    schema,
    search,
    serve,
    status,
    test,
)

__all__ = ["VERBS"]

VERBS: Final[tuple[Verb, ...]] = (
    explain.VERB,
    status.VERB,
    decide.VERB,
    search.VERB,
    expand.VERB,
    lists_of.VERB,
    preview.VERB,
    serve.VERB,
    replay.VERB,
    test.VERB,
    schema.VERB,
    load.VERB,
    dump.VERB,
    check.VERB,
)
"""In the order in which the help lists them; a further verb is a file and a name here."""
