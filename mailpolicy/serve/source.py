"""The directory that is served: opened once for all protocols, exchanged when the configuration changes."""

from __future__ import annotations

import asyncio
import gc
import os
import ssl
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Final

from ..config import Given, Misconfigured, access_to
from ..config.access import section_of
from ..decision import Submission, decide
from ..errors import Unavailable
from ..live import Live
from ..model import Directory
from ..model.held import Held
from ..source import is_url, open as open_directory

if TYPE_CHECKING:
    from ..config.fields import Configuration

__all__ = ["Source", "awaited", "closed", "live_of", "opened", "prepare", "settle_down"]

NOBODY: Final = "nobody@localhost"
STEP: Final = 0.02
"""Seconds between two looks at whether servers have answered."""


class Source:
    """Holds the directory of the moment, wherever it comes from: what protocols ask."""

    def __init__(self, held: Held) -> None:
        self._held = held

    @property
    def directory(self) -> Directory:
        """The directory as it is now; Unavailable where nothing can be relied on."""
        return self._held.directory

    @property
    def live(self) -> Live | None:
        """What follows servers, where that is what it comes from."""
        return live_of(self._held)

    def exchange(self, held: Held) -> Held:
        """Go on with another one, and give the one before, which is to be closed."""
        before, self._held = self._held, held
        return before

    def close(self) -> None:
        """Stop following servers."""
        closed(self._held)


def live_of(held: Held) -> Live | None:
    """What follows servers, where that is what it is."""
    return held if isinstance(held, Live) else None


def closed(held: Held) -> None:
    """Stop following servers, where that is done."""
    if isinstance(held, Live):
        held.close()


async def awaited(held: Held, seconds: float, *, ends: bool = True) -> bool:
    """Wait until the directory is there, or until servers were asked in vain if that `ends` it.

    Whether it is there; and then its revision is worked out, so that no message waits for that.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while True:
        try:
            directory = held.directory
        except Unavailable:
            if loop.time() > deadline or (ends and isinstance(held, Live) and held.freshness.why):
                return False
            await asyncio.sleep(STEP)
        else:
            await asyncio.to_thread(getattr, directory, "revision")
            return True


def prepare(held: Held) -> None:
    """Work out what the first who asks would wait for."""
    with suppress(Unavailable):
        directory = held.directory
        _ = directory.revision
        decide(directory, Submission(NOBODY, NOBODY, NOBODY))
        for somebody in islice(directory.accounts(), 1):
            directory.lists_of(somebody)  # by indexes of all who are named, and of all who may be meant


def settle_down() -> None:
    """Let go of what nobody needs any more, and leave what is there out of collections to come.

    A directory is a million objects that stay: to look through them for garbage takes longer than an answer.
    One that another has replaced goes at once, which without this is many reloads later.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def opened(configuration: Configuration) -> Held:
    """Open the source of a configuration: a file at once, servers without waiting for them.

    A process that starts while no server answers serves all the same: it defers until one does. OSError
    where a file cannot be read, Misconfigured and InvalidUrl where the source makes no sense: an export that
    failed, one that is read in the wrong dialect, or nobody to trust, with whom no server would ever do.
    """
    source = configuration.source
    assert source is not None  # the command has looked
    dialect = configuration.dialect or "auto"
    cache = None if configuration.cache is None else str(configuration.path(configuration.cache))
    if not (source.startswith("@") or is_url(source)):
        path = str(configuration.path(source))
        directory = open_directory(path, dialect=dialect, statuses=configuration.statuses, cache=cache)
        if not any(True for _ in directory.domains()):
            # By what is in it all addresses would be foreign, and mail for them refused for good.
            read_as = directory.snapshot.dialect.name
            raise Misconfigured("", (f"source: there is no domain in {path}, read in the dialect {read_as}",))
        return directory
    surroundings = {**os.environ, "MAILPOLICY_CONFIG": str(configuration.file)}
    access = access_to(source, Given(), surroundings, configuration)
    if access.ca_file is not None and (why := untrusted(access.ca_file)):
        section = section_of(source, surroundings, configuration)
        named = [f"servers.{name}.ca_file" for name, each in configuration.servers.items() if each is section]
        key = "MAILPOLICY_CA_FILE" if surroundings.get("MAILPOLICY_CA_FILE") else named[0]
        raise Misconfigured("", (f"{key}: {access.ca_file}: {why}; expected certificates as PEM",))
    return open_directory(
        access.url,
        wait=None,
        dialect=configuration.dialect or access.dialect or "auto",
        schema=access.schema,
        statuses=configuration.statuses or access.statuses,
        cache=cache,
        **{"bind": access.bind, **access.connecting()},
    )


def untrusted(ca_file: str) -> str:
    """Why a file says nothing of whom to trust; empty where it does."""
    try:
        ssl.create_default_context(cafile=ca_file)
    except ssl.SSLError:
        return "no certificates"
    except OSError as problem:
        return problem.strerror or str(problem)
    return ""
