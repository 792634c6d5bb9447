"""Whether a configuration could be served, without serving it: nothing listens, no file is written."""

from __future__ import annotations

import asyncio
import grp
import os
import pwd
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ..config import Misconfigured
from ..counters.memory import MemoryCounters
from ..errors import MailPolicyError
from ..mta.desk import Desk
from .adapters import Adapters
from .observers import concealing_of
from .places import Served, places_of
from .process import FIRST_SECONDS, said
from .rules import policy_of
from .source import Source, awaited, opened
from .stores import Stores, cannot_be_counted, cannot_be_kept, usage_said

if TYPE_CHECKING:
    from ..config.fields import Configuration

__all__ = ["check"]


def check(configuration: Configuration) -> Iterator[str]:
    """Say what there is, line by line; then Misconfigured with everything that is wrong.

    Where nothing is wrong but that the source cannot be read, that is what is raised.
    """
    problems: list[str] = []
    failures: list[MailPolicyError | OSError] = []
    for part in PARTS:
        try:
            yield from part(configuration)
        except Misconfigured as problem:
            problems += problem.problems
        except (MailPolicyError, OSError) as problem:
            failures.append(problem)
    if problems:
        raise Misconfigured(str(configuration.file), (*problems, *map(said, failures)))
    if failures:
        raise failures[0]


def rules(configuration: Configuration) -> Iterator[str]:
    policy = policy_of(configuration)
    watched = [f"{rule.id} ({rule.mode})" for rule in policy.rules if rule.mode != "enforce"]
    yield f"rules: {len(policy.rules)}, of which only watched: {', '.join(watched) or 'none'}"


def source_and_protocols(configuration: Configuration) -> Iterator[str]:
    """The protocols need the source: some only go with servers."""
    # No cache is written, no store opened: all that is asked is whether it would do.
    alone = configuration.model_copy(update={"cache": None, "stores": None, "workers": 1})
    held = opened(alone)
    source = Source(held)
    counters = MemoryCounters()
    stores = Stores(counters)
    adapters = Adapters(Desk(source, counters), source, stores)
    try:
        if asyncio.run(awaited(held, FIRST_SECONDS)):
            yield f"source: {source.directory!r}"
        else:
            why = source.live.freshness.why if source.live else ""
            yield f"source: {why or 'no answer yet'}; until it answers mail is deferred"
        adapters.made(alone, source.live)
    finally:
        adapters.close()
        stores.close()
        source.close()


def kept(configuration: Configuration) -> Iterator[str]:
    """Counts, stores and the journal."""
    problems = [why for why in (cannot_be_counted(configuration), cannot_be_kept(configuration)) if why]
    counters, stores, journal = configuration.counters, configuration.stores, configuration.journal
    for key, path in (
        ("counters.path", counters.path),
        ("stores.path", None if stores is None else stores.path),
        ("journal.path", None if journal is None else journal.path),
    ):
        if path is not None and (why := not_writable(configuration.path(path))):
            problems.append(f"{key}: {why}")
    for look in (usage_said, concealing_of):
        try:
            look(configuration)
        except Misconfigured as problem:
            problems += problem.problems
    if configuration.metrics is not None and find_spec("prometheus_client") is None:
        problems.append("metrics: takes more: pip install 'mailpolicy[metrics]'")
    if problems:
        raise Misconfigured("", tuple(problems))
    yield f"counters: {counters.store}"
    if journal is not None:
        yield f"journal: {configuration.path(journal.path)}"


def places(configuration: Configuration) -> Iterator[str]:
    served = places_of(configuration)
    problems = tuple(problem for each in served for problem in unfit(each))
    if problems:
        raise Misconfigured("", problems)
    yield from (f"{each.name}: {each.place}" for each in served)
    if configuration.metrics is not None:
        yield f"metrics: {configuration.metrics.listen}"


PARTS = (source_and_protocols, rules, kept, places)


def unfit(served: Served) -> Iterator[str]:
    """What is in the way of a file at a place."""
    if not served.place.startswith("unix:"):
        return
    folder = Path(served.place.removeprefix("unix:")).parent
    if not folder.is_dir():
        yield f"{served.name}.listen: there is no folder {folder}"
    user, _, group = (served.listener.owner or "").partition(":")
    if user and not user.isdecimal() and user not in {each.pw_name for each in pwd.getpwall()}:
        yield f"{served.name}.owner: there is no user {user}"
    if group and not group.isdecimal() and group not in {each.gr_name for each in grp.getgrall()}:
        yield f"{served.name}.owner: there is no group {group}"


def not_writable(path: Path) -> str:
    """Why a file could not be written; empty where it could. It is not touched."""
    if path.is_dir():
        return f"{path} is a folder"
    if path.exists():
        return "" if os.access(path, os.W_OK) else f"{path} cannot be written"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    return "" if os.access(path.parent, os.W_OK | os.X_OK) else f"{path.parent} cannot be written"
