"""Watching over several workers: start them, start anew what dies, hand signals and sockets on.

Sockets that are files are opened here, because only one process can make a file; ports are opened by each
worker, and the kernel deals connections out. With each worker there is a pair of sockets: by it the worker
tells how things stand, and is told to reload. Its end is the end of whoever watches, and then workers end.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from attrs import define

from ..config.file import Misconfigured
from ..errors import MailPolicyError
from .changing import said, settled, stays
from .passing import tell
from .places import Handed
from .process import Reread, Word
from .shared import Files, try_ports
from .showing import forget_figures
from .systemd import notify, reloading

if TYPE_CHECKING:
    from ..config.fields import Configuration

__all__ = ["Watch"]

log: Final = logging.getLogger(__name__)

PAUSE: Final = 1.0
"""Seconds between two starts of a worker: one that cannot start does not keep us busy."""
STOPS: Final = (signal.SIGTERM, signal.SIGINT)
HEARD: Final = (*STOPS, signal.SIGHUP, signal.SIGCHLD)
FAILED: Final = "failed "
LONGEST: Final = 65_536

Work = Callable[["Configuration", Reread, Handed, int, socket.socket], None]


@define
class Worker:
    """A process that serves, and what we know of it."""

    number: int
    control: socket.socket
    started: float
    owes: int = 1
    """So many times it has still to say that it is ready: at first, and for each reload."""


class Watch:
    """Starts the workers and watches over them, until told to stop."""

    def __init__(self, configuration: Configuration, reread: Reread, handed: Handed, work: Work) -> None:
        self._configuration, self._reread, self._handed, self._work = configuration, reread, handed, work
        self._files = Files(handed)
        self._workers: dict[int, Worker] = {}
        self._due: dict[int, float] = {}
        self._stopping = False
        self._begun = False
        self._failure: Exception | None = None
        self._next: Configuration | None = None
        self._selector = selectors.DefaultSelector()
        self._signals, self._signalled = socket.socketpair()

    def run(self) -> None:
        """Start all, wait until all have ended. Misconfigured and OSError where one could not start."""
        try:
            try_ports(self._configuration)
            self._files.open(self._configuration)
            self._hear_signals()
            for number in range(self._configuration.workers):
                self._start(number)
            while self._workers or (self._due and not self._stopping):
                self._turn()
        finally:
            self._files.close()
        if self._failure is not None:
            raise self._failure

    def _hear_signals(self) -> None:
        for each in (self._signals, self._signalled):
            each.setblocking(False)
        self._selector.register(self._signals, selectors.EVENT_READ)
        signal.set_wakeup_fd(self._signalled.fileno(), warn_on_full_buffer=False)
        for number in HEARD:
            signal.signal(number, lambda *_: None)

    def _turn(self) -> None:
        """Wait until something happens, and see to it."""
        due = min(self._due.values(), default=None)
        for key, _ in self._selector.select(None if due is None else max(0.0, due - time.monotonic())):
            if key.fileobj is self._signals:
                self._signal(set(self._signals.recv(LONGEST)))
            elif key.data in self._workers:
                self._hear(self._workers[key.data])
        for number in [number for number, due in self._due.items() if due <= time.monotonic()]:
            del self._due[number]
            self._start(number)

    def _signal(self, numbers: set[int]) -> None:
        if numbers & set(STOPS):
            self._stop()
        if signal.SIGHUP in numbers and not self._stopping:
            self._reload()
        if signal.SIGCHLD in numbers:
            self._bury()

    # Workers

    def _start(self, number: int) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        handed = {**self._handed, **{place: (each.fileno(),) for place, each in self._files.sockets.items()}}
        child = os.fork()
        if not child:
            self._be_worker(number, theirs, handed, ours)
        theirs.close()
        self._workers[child] = Worker(number, ours, time.monotonic())
        self._selector.register(ours, selectors.EVENT_READ, child)

    def _be_worker(self, number: int, control: socket.socket, handed: Handed, *others: socket.socket) -> None:
        """Serve, and never return to what the other process was about to do."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for each in (*STOPS, signal.SIGCHLD):
                signal.signal(each, signal.SIG_DFL)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until it can reload
            for link in (
                self._signals,
                self._signalled,
                *others,
                *(w.control for w in self._workers.values()),
            ):
                link.close()
            self._selector.close()
            self._work(self._next or self._configuration, self._reread, handed, number, control)
            code = 0
        except (MailPolicyError, OSError) as problem:
            log.debug("worker %d", number, exc_info=True)
            kind = 2 if isinstance(problem, Misconfigured) else 4
            with contextlib.suppress(OSError):
                control.send(f"{FAILED}{kind} {said(problem)}".encode("utf-8", "replace")[:LONGEST])
        except BaseException:  # a child that comes back from here would go on as its parent
            log.exception("worker %d has failed", number)
        finally:
            logging.shutdown()
            os._exit(code)

    def _hear(self, worker: Worker) -> None:
        text = ""
        with contextlib.suppress(OSError):
            text = worker.control.recv(LONGEST).decode("utf-8", "replace")
        if text.startswith(FAILED):
            code, _, why = text.removeprefix(FAILED).partition(" ")
            if self._begun:
                log.error("worker %d cannot start: %s", worker.number, why)
            else:
                self._failure = Misconfigured("", (why,)) if code == "2" else OSError(why)
                self._stop()
        elif text in (Word.READY, Word.STAYS):
            worker.owes = max(0, worker.owes - 1)
            if text == Word.STAYS:
                self._next = None
            self._look_around()
        elif not text:
            self._selector.unregister(worker.control)

    def _look_around(self) -> None:
        """Tell systemd where all are ready, for the first time or anew."""
        if any(each.owes for each in self._workers.values()) or self._due or self._stopping:
            return
        self._begun = True
        if self._next is not None:
            self._configuration, self._next = self._next, None
        self._files.keep(self._configuration)
        notify("READY=1", f"MAINPID={os.getpid()}")
        log.info("ready")

    def _bury(self) -> None:
        while True:
            try:
                child, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not child:
                return
            worker = self._workers.pop(child, None)
            if worker is not None:
                self._has_ended(child, worker, os.waitstatus_to_exitcode(status))

    def _has_ended(self, child: int, worker: Worker, code: int) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._hear_out(worker)
            self._selector.unregister(worker.control)
        worker.control.close()
        if self._configuration.metrics is not None:
            forget_figures(child)
        if self._stopping:
            return
        if not self._begun:
            self._failure = OSError(f"worker {worker.number} has ended ({code}) before it was ready")
            self._stop()
            return
        log.error("worker %d has ended (%d), and is started anew", worker.number, code)
        self._due[worker.number] = max(time.monotonic(), worker.started + PAUSE)

    def _hear_out(self, worker: Worker) -> None:
        """What it has said last, which may still be unread."""
        worker.control.setblocking(False)
        while self._selector.get_key(worker.control):
            self._hear(worker)

    def _stop(self) -> None:
        if not self._stopping:
            self._stopping = True
            self._due.clear()
            notify("STOPPING=1")
            self._files.close()  # workers still take in who is at the door; nobody else is to wait there
        for child in self._workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)

    # Another configuration

    def _reload(self) -> None:
        reloading()
        before = self._next or self._configuration
        try:
            configuration = settled(self._reread(), before)
            try_ports(configuration, but=before)
            self._files.open(configuration)
        except Exception as problem:  # noqa: BLE001 - whatever it is, workers go on serving
            stays(problem)
            self._files.keep(before)
            notify("READY=1")
            return
        self._next = configuration
        for worker in self._workers.values():
            worker.owes += 1
            with contextlib.suppress(OSError):  # it is about to be started anew
                tell(worker.control, self._files.sockets)
