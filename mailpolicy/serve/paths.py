"""The files that a configuration names, those that are written and those that are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..config.access import MARK
from ..source import is_url

if TYPE_CHECKING:
    from ..config.fields import Configuration

__all__ = ["clashes", "paths_read", "paths_written"]


def paths_written(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """The key of each file that is written, and its path as the configuration says it."""
    counters, stores, journal = configuration.counters, configuration.stores, configuration.journal
    for key, path in (
        ("cache", configuration.cache),
        ("counters.path", None if counters.store == "redis" else counters.path),
        ("stores.path", stores.path if stores else None),
        ("journal.path", journal.path if journal else None),
    ):
        if path is not None:
            yield key, path


def paths_read(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """The same of each that is only read; those of servers apart."""
    source, sasl, dovecot = configuration.source, configuration.sasl, configuration.dovecot
    stores, journal = configuration.stores, configuration.journal
    for key, path in (
        ("source", None if source is None or source.startswith(MARK) or is_url(source) else source),
        ("stores.usage", stores.usage if stores else None),
        ("journal.key_file", journal.key_file if journal else None),
        ("dovecot.key_file", dovecot.key_file if dovecot else None),
        ("sasl.application_passwords", sasl.application_passwords if sasl else None),
    ):
        if path is not None:
            yield key, path


def clashes(configuration: Configuration) -> Iterator[str]:
    """What would overwrite another file that the configuration names, or the configuration itself."""
    known = {configuration.file.resolve(): "the configuration"}
    for key, path in paths_read(configuration):
        known.setdefault(configuration.path(path).resolve(), key)
    for key, path in paths_written(configuration):
        other = known.setdefault(configuration.path(path).resolve(), key)
        if other != key:
            yield f"{key}: {path} is {other} already; expected a file of its own"
