"""The page of figures that Prometheus asks for, of one process or of all workers together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ..config.file import Misconfigured
from ..mta.listening import Inet, endpoint

if TYPE_CHECKING:
    from ..config.fields import Configuration
    from ..metrics.metrics import Metrics

__all__ = ["SHARED_FIGURES", "forget_figures", "shown_metrics"]

SHARED_FIGURES: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The folder where workers keep figures; the library of Prometheus reads it when it is imported."""


@contextmanager
def shown_metrics(configuration: Configuration, worker: int) -> Iterator[Metrics | None]:
    """The figures of a process, if any are wanted; the first worker shows them at a port, for all."""
    section = configuration.metrics
    if section is None:
        yield None
        return
    try:
        from prometheus_client import CollectorRegistry, multiprocess, start_http_server

        from ..metrics.metrics import Metrics
    except ModuleNotFoundError:
        needed = "metrics: takes more: pip install 'mailpolicy[metrics]'"
        raise Misconfigured("", (needed,)) from None
    metrics = Metrics()
    if worker:
        yield metrics
        return
    shown = metrics.registry
    if configuration.workers > 1:
        shown = CollectorRegistry()
        multiprocess.MultiProcessCollector(shown)  # type: ignore[no-untyped-call]
    where = endpoint(section.listen)
    assert isinstance(where, Inet)  # the configuration has looked
    host = "0.0.0.0" if where.host == "*" else where.host
    try:
        server, thread = start_http_server(where.port, host, shown)
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror, f"metrics at {section.listen}") from None
    try:
        yield metrics
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def forget_figures(child: int) -> None:
    """A worker has ended: what it counted stays, what it showed of the moment does not."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(child)  # type: ignore[no-untyped-call]
