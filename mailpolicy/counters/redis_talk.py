"""What talking to a server takes: how clients are made, what goes wrong, and the loop in which it happens."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from redis.exceptions import RedisError

__all__ = ["FAULTS", "in_words", "options", "running_loop"]

FAULTS: Final = (RedisError, OSError, TimeoutError, UnicodeError)
"""What says that the server is away, or is none of ours."""


def in_words(fault: BaseException, seconds: float) -> str:
    """Why the server is away."""
    return str(fault) or f"no answer within {seconds:g} s"


def options(seconds: float) -> dict[str, Any]:
    """How both clients of the library are made: no trying again behind our back."""
    return {"decode_responses": True, "socket_connect_timeout": seconds, "retry": None}


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop that runs in this thread, if one does."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
