"""Serving with one process or several: who starts them, and who is told what.

With one worker this process is the worker. With several it only watches over them: it opens the files of
sockets, hands signals on, and starts a worker anew that has died.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ..config.file import Misconfigured
from ..mta.listening import endpoint
from .process import Process, Reread
from .systemd import handed_over, notify

if TYPE_CHECKING:
    from ..config.fields import Configuration
    from ..config.sections import Listener
    from ..metrics.metrics import Metrics

__all__ = ["serve"]

log: Final = logging.getLogger(__name__)

PAUSE: Final = 1.0
"""Seconds before a worker that has died is started anew: one that cannot start does not keep us busy."""
READY: Final = b"r"
ENDED: Final = b"x"
SHARED_FIGURES: Final = "PROMETHEUS_MULTIPROC_DIR"


def serve(configuration: Configuration, reread: Reread) -> None:
    """Serve until SIGTERM; Misconfigured and OSError where that cannot begin."""
    handed = {f"fd:{name}": number for name, number in handed_over().items()}
    if configuration.workers == 1:
        work(configuration, reread, handed, 0, ready)
        return
    with contextlib.ExitStack() as stack:
        if configuration.metrics is not None:
            folder = tempfile.mkdtemp(prefix="mailpolicy-metrics-")
            stack.callback(partial(shutil.rmtree, folder, ignore_errors=True))
            # Read by the library of Prometheus when it is imported, in each worker.
            os.environ[SHARED_FIGURES] = folder
        for place, listener in files(configuration):
            mode = 0o660 if listener.mode is None else int(listener.mode, 8)
            where = endpoint(place, mode=mode, owner=listener.owner or "")
            [opened] = where.open()
            stack.callback(where.close, where.mark())
            stack.enter_context(opened)
            handed[place] = opened.fileno()
        Watch(configuration, reread, handed).run()


def files(configuration: Configuration) -> list[tuple[str, Listener]]:
    """The places that are files, which only one process can make."""
    sections = (
        configuration.policy,
        configuration.socketmap,
        configuration.sasl,
        configuration.milter,
        configuration.dovecot,
        configuration.exim,
    )
    return [
        (place, section)
        for section in sections
        if section is not None
        for place in section.listen
        if place.startswith("unix:")
    ]


def work(
    configuration: Configuration,
    reread: Reread,
    handed: dict[str, int],
    worker: int,
    is_ready: Callable[[], None],
) -> None:
    """Be a worker: run the event loop until told to stop."""
    metrics = metrics_of(configuration, worker)

    async def run() -> None:
        process = Process(configuration, reread=reread, handed=handed, metrics=metrics, worker=worker)
        await process.run(is_ready)
        if not worker:
            notify("STOPPING=1")

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(run())


def ready() -> None:
    notify("READY=1", f"MAINPID={os.getpid()}")
    log.info("ready")


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The loop of uvloop, where that is installed."""
    try:
        import uvloop
    except ModuleNotFoundError:
        return None
    return uvloop.new_event_loop


def metrics_of(configuration: Configuration, worker: int) -> Metrics | None:
    """The figures of this process, shown by the first worker for all."""
    section = configuration.metrics
    if section is None:
        return None
    try:
        from prometheus_client import CollectorRegistry, multiprocess, start_http_server

        from ..metrics.metrics import Metrics
    except ModuleNotFoundError:
        needed = "metrics: takes more: pip install 'mailpolicy[metrics]'"
        raise Misconfigured("", (needed,)) from None
    metrics = Metrics()
    if not worker:
        host, _, port = section.listen.removeprefix("inet:").rpartition(":")
        shown = metrics.registry
        if SHARED_FIGURES in os.environ:
            shown = CollectorRegistry()
            multiprocess.MultiProcessCollector(shown)  # type: ignore[no-untyped-call]
        try:
            start_http_server(int(port), host.strip("[]"), shown)
        except OSError as problem:
            raise Misconfigured("", (f"metrics.listen: {section.listen}: {problem.strerror}",)) from None
    return metrics


class Watch:
    """Starts the workers and watches over them, until told to stop."""

    def __init__(self, configuration: Configuration, reread: Reread, handed: dict[str, int]) -> None:
        self._configuration, self._reread, self._handed = configuration, reread, handed
        self._workers: dict[int, int] = {}
        self._started: dict[int, float] = {}
        self._stopping = False
        self._ready, self._is_ready = os.pipe()

    def run(self) -> None:
        """Start all, wait until all have ended."""
        for number in range(self._configuration.workers):
            self._start(number)
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, self._stop)
        signal.signal(signal.SIGHUP, lambda *_: self._tell(signal.SIGHUP))
        try:
            self._await_readiness()
            while self._workers:
                self._wait()
        finally:
            self._stop()
            while self._workers:
                self._wait()

    def _await_readiness(self) -> None:
        """Tell systemd once all are ready; Misconfigured where one ends before that."""
        signal.signal(signal.SIGCHLD, lambda *_: self._say(ENDED))
        waiting = self._configuration.workers
        while waiting:
            if (said := os.read(self._ready, 1)) == ENDED:
                if self._stopping:
                    return
                raise Misconfigured("", ("a worker could not start; the log says why",))
            waiting -= said == READY
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        ready()

    def _start(self, number: int) -> None:
        child = os.fork()
        if child:
            self._workers[child] = number
            self._started[number] = time.monotonic()
            return
        code = 1
        try:
            for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
                signal.signal(each, signal.SIG_DFL)
            work(self._configuration, self._reread, self._handed, number, partial(self._say, READY))
            code = 0
        except Exception:
            log.exception("worker %d could not go on", number)
        finally:
            # Not back into what the parent was about to do.
            logging.shutdown()
            os._exit(code)

    def _say(self, what: bytes) -> None:
        os.write(self._is_ready, what)

    def _wait(self) -> None:
        try:
            child, status = os.wait()
        except ChildProcessError:
            self._workers.clear()
            return
        number = self._workers.pop(child, None)
        if SHARED_FIGURES in os.environ:
            from prometheus_client import multiprocess

            multiprocess.mark_process_dead(child)  # type: ignore[no-untyped-call]
        if number is None or self._stopping:
            return
        log.error("worker %d has ended (%d), and is started anew", number, os.waitstatus_to_exitcode(status))
        time.sleep(max(0.0, PAUSE - (time.monotonic() - self._started[number])))
        if not self._stopping:
            self._start(number)

    def _stop(self, *_: Any) -> None:
        self._stopping = True
        self._tell(signal.SIGTERM)

    def _tell(self, number: signal.Signals) -> None:
        for child in [*self._workers]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, number)
