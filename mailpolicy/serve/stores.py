"""What is kept beside the directory: counts, the journal, the log, the figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from ..config.file import Misconfigured
from ..counters import Counters
from ..errors import InvalidValue, Unavailable
from ..journal import Concealing, Journal
from ..mta.desk import Handled, Observer
from .log import DecisionLog

if TYPE_CHECKING:
    from ..config.fields import Configuration
    from ..metrics.metrics import Metrics

__all__ = ["Observers", "counters_of", "observers_of"]


def counters_of(configuration: Configuration) -> Counters:
    """Open the counts; Misconfigured where they cannot be kept so."""
    section = configuration.counters
    match section.store:
        case "memory":
            if configuration.workers > 1 and counts(configuration):
                why = "counters.store: memory is for one process; with several workers use sqlite or redis"
                raise Misconfigured("", (why,))
            from ..counters.memory import MemoryCounters

            return MemoryCounters(None if section.path is None else Path(section.path))
        case "sqlite":
            if section.path is None:
                raise Misconfigured("", ("counters.path: missing; expected the path of the database",))
            from ..counters.sqlite import SqliteCounters

            try:
                return SqliteCounters(Path(section.path))
            except Unavailable as problem:
                raise Misconfigured("", (f"counters.path: {problem}",)) from None
        case _:
            if section.url is None:
                raise Misconfigured("", ("counters.url: missing; expected redis://HOST:PORT/0",))
            try:
                from ..counters.redis import RedisCounters
            except ModuleNotFoundError:
                needed = "counters.store: redis takes more: pip install 'mailpolicy[redis]'"
                raise Misconfigured("", (needed,)) from None
            return RedisCounters(section.url)


def counts(configuration: Configuration) -> bool:
    """Whether anything is served that counts."""
    return any((configuration.policy, configuration.milter, configuration.exim))


@frozen
class Observers:
    """Those who want to know of each decision."""

    journal: Journal | None = None
    log: DecisionLog | None = None
    metrics: Metrics | None = None

    def told(self) -> tuple[Observer, ...]:
        """What the desk calls."""
        writers = [each for each in (self.journal, self.log) if each is not None]
        observers: list[Observer] = [writing(each) for each in writers]
        if self.metrics is not None:
            observers.append(counting(self.metrics))
        return tuple(observers)

    def close(self) -> None:
        """Write what is left."""
        for each in (self.journal, self.log):
            if each is not None:
                each.close()


def writing(writer: Journal | DecisionLog) -> Observer:
    def write(handled: Handled, /) -> None:
        writer.write(
            handled.decision, adapter=handled.adapter, message=handled.message, seconds=handled.seconds
        )

    return write


def counting(metrics: Metrics) -> Observer:
    def count(handled: Handled, /) -> None:
        metrics.count(handled.decision, handled.adapter, handled.seconds)

    return count


def observers_of(configuration: Configuration, metrics: Metrics | None, worker: int = 0) -> Observers:
    """Open the journal and the log; Misconfigured where one cannot be written.

    Several workers do not write into one file, which one of them would put aside under the others.
    """
    return Observers(journal_of(configuration, worker), log_of(configuration), metrics)


def journal_of(configuration: Configuration, worker: int) -> Journal | None:
    section = configuration.journal
    if section is None:
        return None
    try:
        concealing = None
        if section.key_file is not None:
            concealing = Concealing(Path(section.key_file).read_bytes().strip())
        path = f"{section.path}.worker{worker}" if worker else section.path
        return Journal(path, concealing=concealing, largest=section.largest, kept=section.kept)
    except InvalidValue as problem:
        raise Misconfigured("", (f"journal.key_file: {problem}",)) from None
    except OSError as problem:
        raise Misconfigured("", (f"journal: {problem.filename}: {problem.strerror}",)) from None


def log_of(configuration: Configuration) -> DecisionLog | None:
    decisions = configuration.log.decisions
    return None if decisions == "none" else DecisionLog(only_refused=decisions == "refused")
