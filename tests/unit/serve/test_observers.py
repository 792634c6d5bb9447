"""A journal on a disk that does not answer: whoever waits is told, and the rest goes on."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path

import pytest

from mailpolicy.config import Misconfigured
from mailpolicy.config.fields import Configuration
from mailpolicy.serve.observers import observers_in_time


def configuration(folder: Path) -> Configuration:
    return Configuration.model_validate(
        {
            "source": "acme.ldif",
            "journal": {"path": str(folder / "journal"), "key_file": str(folder / "key")},
        }
    )


def opening() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name in ("mailpolicy-opening", "mailpolicy-lines")]


def test_who_does_not_answer_in_time_is_named(tmp_path: Path) -> None:
    asyncio.run(left_waiting(tmp_path))


async def left_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "key")
    before = len(opening())
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.01)

    others = asyncio.create_task(turn())
    with pytest.raises(Misconfigured, match=r"journal: .*/journal: the disk does not answer"):
        await observers_in_time(configuration(tmp_path), None, seconds=0.3)
    others.cancel()
    assert turns > 5
    # It answers in the end, and what is opened then is closed.
    (tmp_path / "key").write_text("a key of some length")
    deadline = time.monotonic() + 10
    while len(opening()) > before:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
    assert (tmp_path / "journal").exists()


def test_what_is_wrong_is_said_as_ever(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("short")
    with pytest.raises(Misconfigured, match="16 bytes"):
        asyncio.run(observers_in_time(configuration(tmp_path), None))
    (tmp_path / "key").write_text("a key of some length")
    observers = asyncio.run(observers_in_time(configuration(tmp_path), None))
    assert observers.journal is not None
    observers.close()
