"""Whether a configuration could be served, without serving it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..counters.memory import MemoryCounters
from ..errors import Unavailable
from ..mta.desk import Desk
from ..mta.listening import endpoint
from .adapters import adapters_of
from .rules import policy_of
from .source import Source, opened
from .stores import counters_of, observers_of

if TYPE_CHECKING:
    from ..config.fields import Configuration

__all__ = ["check"]


def check(configuration: Configuration) -> Iterator[str]:
    """Open everything but the places where it would listen, and say what there is, line by line.

    Misconfigured, OSError and InvalidUrl where something is wrong.
    """
    policy = policy_of(configuration)
    source = Source(opened(configuration))
    try:
        try:
            directory = source.directory
            yield f"source: {directory!r}"
        except Unavailable as problem:
            yield f"source: {problem}; until it answers mail is deferred"
        watched = [f"{rule.id} ({rule.mode})" for rule in policy.rules if rule.mode != "enforce"]
        yield f"rules: {len(policy.rules)}, of which only watched: {', '.join(watched) or 'none'}"
        counters = counters_of(configuration)
        counters.close()
        yield f"counters: {configuration.counters.store}"
        observers_of(configuration, None).close()
        if configuration.journal is not None:
            yield f"journal: {configuration.journal.path}"
        for adapter in adapters_of(configuration, Desk(source, MemoryCounters(), policy), source):
            for place in adapter.places:
                where = place if place.startswith("fd:") else str(endpoint(place))
                yield f"{adapter.name}: {where}"
    finally:
        source.close()
