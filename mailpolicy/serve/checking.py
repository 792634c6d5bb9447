"""Whether a configuration could be served, without serving it: nothing listens, no file is written."""

from __future__ import annotations

import asyncio
import grp
import os
import pwd
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..config import Misconfigured
from ..config.access import MARK, section_of
from ..counters.memory import MemoryCounters
from ..errors import MailPolicyError
from ..mta.desk import Desk
from ..source import is_url
from .adapters import Adapters
from .changing import said
from .observers import concealing_of
from .paths import paths_written
from .places import Served, places_of
from .process import FIRST_SECONDS
from .rules import policy_of
from .source import Source, awaited, opened
from .stores import Stores, cannot_be_counted, cannot_be_kept, usage_said

if TYPE_CHECKING:
    from ..config.fields import Configuration

__all__ = ["check"]

LONGEST_PATH: Final = 107
"""Bytes of the path of a socket; the kernel has no room for more."""
DATABASE: Final = b"SQLite format 3\0"


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
        with asyncio.Runner() as loop:
            if loop.run(awaited(held, FIRST_SECONDS)):
                yield f"source: {source.directory!r}"
            else:
                why = source.live.freshness.why if source.live else ""
                yield f"source: {why or 'no answer yet'}; until it answers mail is deferred"
            loop.run(adapters.made(alone, source.live))
    finally:
        adapters.close()
        stores.close()
        source.close()


def kept(configuration: Configuration) -> Iterator[str]:
    """Counts, stores and the journal."""
    problems = [why for why in (cannot_be_counted(configuration), cannot_be_kept(configuration)) if why]
    for key, path in paths_written(configuration):
        if why := not_writable(configuration.path(path)):
            problems.append(f"{key}: {why}")
    stores = configuration.stores
    if stores is not None and (why := no_database(configuration.path(stores.path))):
        problems.append(f"stores.path: {why}")
    problems += unread(configuration)
    for look in (usage_said, concealing_of):
        try:
            look(configuration)
        except Misconfigured as problem:
            problems += problem.problems
    if configuration.metrics is not None and find_spec("prometheus_client") is None:
        problems.append("metrics: takes more: pip install 'mailpolicy[metrics]'")
    if problems:
        raise Misconfigured("", tuple(problems))
    yield f"counters: {configuration.counters.store}"
    if configuration.journal is not None:
        yield f"journal: {configuration.path(configuration.journal.path)}"


def unread(configuration: Configuration) -> Iterator[str]:
    """What is in the way of passwords: they are read when they are needed, and may come later."""
    sasl = configuration.sasl
    if sasl is not None and (applications := sasl.application_passwords) is not None:
        yield from not_readable(configuration, "sasl.application_passwords", applications)
    source = str(configuration.source)
    if not (source.startswith(MARK) or is_url(source)):
        return
    surroundings = {**os.environ, "MAILPOLICY_CONFIG": str(configuration.file)}
    try:
        section = section_of(source, surroundings, configuration)
    except Misconfigured:  # which opening it says, too
        return
    for name, each in configuration.servers.items():
        if each is section and (path := each.password_file) is not None:
            yield from not_readable(configuration, f"servers.{name}.password_file", path)


def not_readable(configuration: Configuration, key: str, path: str) -> Iterator[str]:
    try:
        configuration.path(path).open("rb").close()
    except OSError as problem:
        yield f"{key}: {path}: {problem.strerror}"


def places(configuration: Configuration) -> Iterator[str]:
    served = places_of(configuration)
    problems = tuple(problem for each in served for problem in unfit(each))
    if problems:
        raise Misconfigured("", problems)
    yield from (f"{each.name}: {each.place}" for each in served)
    if configuration.metrics is not None:
        place = configuration.metrics.listen
        same = (each.name for each in served if each.place == place and not place.endswith(":0"))
        if other := next(same, None):
            raise Misconfigured("", (f"metrics: {other} listens at {place} already",))
        yield f"metrics: {place}"


PARTS = (source_and_protocols, rules, kept, places)


def unfit(served: Served) -> Iterator[str]:
    """What is in the way of a file at a place."""
    if not served.place.startswith("unix:"):
        return
    path = Path(served.place.removeprefix("unix:"))
    if len(os.fsencode(path)) > LONGEST_PATH:
        yield f"{served.name}.listen: {path}: expected at most {LONGEST_PATH} bytes, as a socket may have"
    elif path.exists() and not path.is_socket():
        yield f"{served.name}.listen: {path} is there, and no socket"
    elif not path.parent.is_dir():
        yield f"{served.name}.listen: there is no folder {path.parent}"
    elif not os.access(path.parent, os.W_OK | os.X_OK):
        yield f"{served.name}.listen: nothing can be made in {path.parent}"
    user, _, group = (served.listener.owner or "").partition(":")
    uid = number(user, lambda: pwd.getpwnam(user).pw_uid)
    gid = number(group, lambda: grp.getgrnam(group).gr_gid)
    if user and uid is None:
        yield f"{served.name}.owner: there is no user {user}"
    elif user and os.geteuid() not in (0, uid):
        yield f"{served.name}.owner: only root may give a file to {user}"
    if group and gid is None:
        yield f"{served.name}.owner: there is no group {group}"
    elif group and os.geteuid() and gid not in (os.getegid(), *os.getgroups()):
        yield f"{served.name}.owner: who serves must be in the group {group} to give a file to it"


def number(name: str, found: Callable[[], int]) -> int | None:
    """That of a user or a group, by its name or as it is."""
    try:
        return int(name) if name.isdecimal() else found()
    except (KeyError, ValueError):
        return None


def not_writable(path: Path) -> str:
    """Why a file could not be written; empty where it could. It is not touched."""
    if path.is_dir():
        return f"{path} is a folder"
    if path.exists():
        return "" if os.access(path, os.W_OK) else f"{path} cannot be written"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    return "" if os.access(path.parent, os.W_OK | os.X_OK) else f"{path.parent} cannot be written"


def no_database(path: Path) -> str:
    """Why a file that is there could not be used by SQLite; it is only read."""
    try:
        with path.open("rb") as file:
            begin = file.read(len(DATABASE))
    except OSError:  # there is none yet, or it is said above what is wrong
        return ""
    return "" if begin in (b"", DATABASE) else f"{path} is no database"
