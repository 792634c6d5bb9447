"""Serving with one process or several: who starts them, and who is told what.

With one worker this process is the worker. With several it only watches over them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import socket
import tempfile
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from .passing import told
from .places import Handed, places_of
from .process import Process, Reread, Word
from .showing import SHARED_FIGURES, shown_metrics
from .systemd import handed_over, notify, reloading
from .watching import Watch

if TYPE_CHECKING:
    from ..config.fields import Configuration

__all__ = ["serve"]

log: Final = logging.getLogger(__name__)


def serve(configuration: Configuration, reread: Reread) -> None:
    """Serve until SIGTERM; Misconfigured and OSError where that cannot begin."""
    handed = {f"fd:{name}": numbers for name, numbers in handed_over().items()}
    note_unserved(configuration, handed)
    with contextlib.ExitStack() as stack:
        if configuration.workers == 1:
            metrics = stack.enter_context(shown_metrics(configuration, 0))
            run(partial(Process, configuration, reread=reread, say=say, handed=handed, metrics=metrics))
            return
        if configuration.metrics is not None:
            folder = tempfile.mkdtemp(prefix="mailpolicy-metrics-")
            stack.callback(partial(shutil.rmtree, folder, ignore_errors=True))
            os.environ[SHARED_FIGURES] = folder
        Watch(configuration, reread, handed, work).run()


def note_unserved(configuration: Configuration, handed: Handed) -> None:
    """Say which sockets nobody will answer at: whoever connects there waits for ever."""
    wanted = {each.place for each in places_of(configuration)}
    served = {number for place in wanted for number in handed.get(place, ())}
    idle = [place for place, numbers in handed.items() if not served.issuperset(numbers)]
    if idle:
        log.warning("nothing is served at %s, which were handed over", ", ".join(idle))


def say(word: Word) -> None:
    """Tell systemd, and the log."""
    match word:
        case Word.READY | Word.STAYS:
            notify("READY=1", f"MAINPID={os.getpid()}")
            log.info("ready")
        case Word.RELOADING:
            reloading()
        case Word.STOPPING:
            notify("STOPPING=1")


def work(
    configuration: Configuration, reread: Reread, handed: Handed, worker: int, control: socket.socket
) -> None:
    """Be one of several workers: serve until told to stop, or until nobody watches over us any more."""

    def say(word: Word) -> None:
        with contextlib.suppress(OSError):  # nobody is there to be told
            control.send(word.encode())

    def hear(process: Process) -> None:
        handed = told(control)
        if handed is None:
            asyncio.get_running_loop().remove_reader(control)
            process.stop()
        else:
            process.reload_soon(handed)

    with shown_metrics(configuration, worker) as metrics:
        made = partial(
            Process, configuration, reread=reread, say=say, handed=handed, metrics=metrics, worker=worker
        )
        run(made, lambda process: asyncio.get_running_loop().add_reader(control, hear, process))


def run(made: Callable[[], Process], begun: Callable[[Process], None] = lambda process: None) -> None:
    """Run a process in an event loop, until it ends."""

    async def serving() -> None:
        process = made()
        begun(process)
        await process.run()

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(serving())


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The loop of uvloop, where that is installed."""
    try:
        import uvloop
    except ModuleNotFoundError:
        return None
    return uvloop.new_event_loop
