"""Those who want to know of each decision: the journal, the log, the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from ..config.file import Misconfigured
from ..errors import InvalidValue
from ..journal import Concealing, Journal
from ..mta.desk import Handled, Observer
from .in_time import OPENING_SECONDS, in_time
from .log import DecisionLog

if TYPE_CHECKING:
    from ..config.fields import Configuration
    from ..metrics.metrics import Metrics

__all__ = ["Observers", "observers_in_time", "observers_of"]


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


async def observers_in_time(
    configuration: Configuration,
    metrics: Metrics | None,
    worker: int = 0,
    seconds: float = OPENING_SECONDS,
) -> Observers:
    """The same without waiting in the event loop; Misconfigured also where the disk does not answer."""
    section = configuration.journal
    path = "" if section is None else f": {configuration.path(section.path)}"
    return await in_time(
        lambda: observers_of(configuration, metrics, worker), f"journal{path}", Observers.close, seconds
    )


def journal_of(configuration: Configuration, worker: int) -> Journal | None:
    section = configuration.journal
    if section is None:
        return None
    try:
        concealing = concealing_of(configuration)
        path = configuration.path(f"{section.path}.worker{worker}" if worker else section.path)
        return Journal(path, concealing=concealing, largest=section.largest, kept=section.kept)
    except OSError as problem:
        raise Misconfigured("", (f"journal.path: {problem.filename}: {problem.strerror}",)) from None


def concealing_of(configuration: Configuration) -> Concealing | None:
    """What hides addresses, if they are to be hidden; Misconfigured where its key is none."""
    section = configuration.journal
    if section is None or section.key_file is None:
        return None
    try:
        return Concealing(configuration.path(section.key_file).read_bytes().strip())
    except InvalidValue:
        # Whatever stands there may be a key, and keys are not told.
        raise Misconfigured("", ("journal.key_file: expected a key of at least 16 bytes",)) from None
    except OSError as problem:
        raise Misconfigured("", (f"journal.key_file: {problem.filename}: {problem.strerror}",)) from None


def log_of(configuration: Configuration) -> DecisionLog | None:
    decisions = configuration.log.decisions
    return None if decisions == "none" else DecisionLog(only_refused=decisions == "refused")
