"""What the system says about the memory of this process, in bytes."""

from __future__ import annotations

import gc
import re
from pathlib import Path

__all__ = ["peak", "private", "resident"]


def resident() -> int:
    """What is in memory now, after what nobody holds was collected."""
    gc.collect()
    return _stated("status", "VmRSS")


def peak() -> int:
    """The most that ever was in memory."""
    return _stated("status", "VmHWM")


def private() -> int:
    """What this process has written to since it was forked, and so no longer shares."""
    return _stated("smaps_rollup", "Private_Dirty")


def _stated(file: str, name: str) -> int:
    text = (Path("/proc/self") / file).read_text()
    found = re.search(rf"^{name}:\s+(\d+) kB$", text, re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024
