"""A server of this product in a thread of its own, for programs that are asked to ask it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mailpolicy.mta.server import Serving
from mailpolicy.mta.session import Opened

__all__ = ["served"]


@contextmanager
def served(opened: Opened) -> Iterator[int]:
    """Serve sessions on a free port of 127.0.0.1, and give the port."""
    loop = asyncio.new_event_loop()
    serving = Serving("inet:127.0.0.1:0", opened)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(serving.__aenter__(), loop).result(10)
        try:
            yield serving.port
        finally:
            asyncio.run_coroutine_threadsafe(serving.__aexit__(None, None, None), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
