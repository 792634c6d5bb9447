"""What is kept beside the directory: counts, and what mail servers tell us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..config.file import Misconfigured
from ..counters import Counters
from ..errors import InvalidValue, Unavailable
from ..stores.accesses import AccessesInFile
from ..stores.file import StoreFile
from ..stores.usage import UsageInFile, read_usage
from ..values import Address

if TYPE_CHECKING:
    from ..config.fields import Configuration

__all__ = ["Stores", "cannot_be_counted", "cannot_be_kept", "counters_of", "usage_said"]


def cannot_be_counted(configuration: Configuration) -> str:
    """Why the counts cannot be kept as the configuration says; empty where they can."""
    section = configuration.counters
    match section.store:
        case "memory" if configuration.workers > 1 and counts(configuration):
            return "counters.store: memory is for one process; with several workers use sqlite or redis"
        case "sqlite" if section.path is None:
            return "counters.path: missing; expected the path of the database"
        case "redis" if section.url is None:
            return "counters.url: missing; expected redis://HOST:PORT/0"
        case "redis":
            try:
                from redis.connection import parse_url
            except ModuleNotFoundError:
                return "counters.store: redis takes more: pip install 'mailpolicy[redis]'"
            try:
                parse_url(section.url or "")  # type: ignore[no-untyped-call]
            except ValueError as problem:
                return f"counters.url: {problem}"
    return ""


def counters_of(configuration: Configuration) -> Counters:
    """Open the counts; Misconfigured where they cannot be kept so."""
    if why := cannot_be_counted(configuration):
        raise Misconfigured("", (why,))
    section = configuration.counters
    path = None if section.path is None else configuration.path(section.path)
    if section.store == "redis":
        from ..counters.redis import RedisCounters

        return RedisCounters(section.url or "")
    if section.store == "sqlite" and path is not None:
        from ..counters.sqlite import SqliteCounters

        try:
            return SqliteCounters(path)
        except Unavailable as problem:
            raise Misconfigured("", (f"counters.path: {problem}",)) from None
    from ..counters.memory import MemoryCounters

    return MemoryCounters(path)


def counts(configuration: Configuration) -> bool:
    """Whether anything is served that counts."""
    quota = configuration.dovecot is not None and configuration.dovecot.quota
    return bool(configuration.policy or configuration.milter or configuration.exim or quota)


def cannot_be_kept(configuration: Configuration) -> str:
    """Why what mail servers tell cannot be kept; empty where it can, or nobody tells."""
    dovecot = configuration.dovecot
    if dovecot is None or not dovecot.quota or configuration.stores is not None or configuration.workers == 1:
        return ""
    return "dovecot.quota: with several workers it takes [stores] with a path"


class Stores:
    """The file that stores share, opened when something needs it, or as the configuration says."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._file: StoreFile | None = None
        self._usage: UsageInFile | None = None

    def prepare(self, configuration: Configuration) -> None:
        """Open the file, if the configuration has one, which waits for the disk."""
        if configuration.stores is not None:
            self.usage(configuration)

    def usage(self, configuration: Configuration) -> UsageInFile:
        """What mailboxes hold. Misconfigured where it cannot be kept, Unavailable where it breaks."""
        if self._usage is None:
            if configuration.stores is None and configuration.workers > 1:
                raise Misconfigured(
                    "", ("dovecot.quota: with several workers expected [stores] with a path",)
                )
            self._usage = UsageInFile(self._opened(configuration), self._counters)
        return self._usage

    def accesses(self, configuration: Configuration) -> AccessesInFile | None:
        """The last logins, where they are kept."""
        return None if configuration.stores is None else AccessesInFile(self._opened(configuration))

    def read(self, configuration: Configuration) -> None:
        """Take in what the configuration has of usage; Misconfigured where that cannot be read."""
        if configuration.stores is not None:
            self.usage(configuration).say_all(usage_said(configuration))

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _opened(self, configuration: Configuration) -> StoreFile:
        if self._file is None:
            section = configuration.stores
            try:
                self._file = StoreFile(None if section is None else configuration.path(section.path))
            except Unavailable as problem:
                raise Misconfigured("", (f"stores.path: {problem}",)) from None
        return self._file


def usage_said(configuration: Configuration) -> list[tuple[Address, int]]:
    """What a file says of usage, if the configuration names one; Misconfigured where it cannot be read."""
    section = configuration.stores
    if section is None or section.usage is None:
        return []
    try:
        return list(read_usage(configuration.path(section.usage)))
    except InvalidValue as problem:
        raise Misconfigured("", (f"stores.usage: {problem}",)) from None
    except UnicodeDecodeError:
        raise Misconfigured("", (f"stores.usage: {section.usage}: expected UTF-8",)) from None
    except OSError as problem:
        raise Misconfigured("", (f"stores.usage: {section.usage}: {problem.strerror}",)) from None
