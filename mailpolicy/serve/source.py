"""The directory that is served: opened once for all protocols, exchanged when the configuration changes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..config import Given, access_to
from ..live import Live
from ..model import Directory
from ..model.held import Held
from ..source import is_url, open as open_directory

if TYPE_CHECKING:
    from ..config.fields import Configuration

__all__ = ["Source", "opened"]


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
        return self._held if isinstance(self._held, Live) else None

    def exchange(self, held: Held) -> None:
        """Go on with another one; the one before is closed."""
        before, self._held = self._held, held
        if isinstance(before, Live):
            before.close()

    def close(self) -> None:
        """Stop following servers."""
        if isinstance(self._held, Live):
            self._held.close()


def opened(configuration: Configuration) -> Held:
    """Open the source of a configuration: a file at once, servers without waiting for them.

    A process that starts while no server answers serves all the same: it defers until one does. OSError
    where a file cannot be read, Misconfigured and InvalidUrl where the source makes no sense.
    """
    source = configuration.source
    assert source is not None  # the command has looked
    dialect = configuration.dialect or "auto"
    if not (source.startswith("@") or is_url(source)):
        return open_directory(
            source, dialect=dialect, statuses=configuration.statuses, cache=configuration.cache
        )
    access = access_to(source, Given(), os.environ, configuration)
    return open_directory(
        access.url,
        wait=None,
        dialect=configuration.dialect or access.dialect or "auto",
        schema=access.schema,
        statuses=configuration.statuses or access.statuses,
        cache=configuration.cache,
        **{"bind": access.bind, **access.connecting()},
    )
