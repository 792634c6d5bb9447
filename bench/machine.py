"""What a run was made on: figures are ratios, but even ratios differ between machines."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

__all__ = ["described"]

LIBRARIES: Final = ("mailpolicy", "attrs", "python-ldap", "pyroaring", "uvloop")


def described() -> Iterator[tuple[str, str]]:
    """Name and value of each thing worth knowing."""
    yield "date", datetime.now(UTC).date().isoformat()
    yield "commit", commit()
    yield "processor", stated("/proc/cpuinfo", r"^model name\s*: (.+)$") or platform.machine()
    yield "cores", str(len(os.sched_getaffinity(0)))
    kilobytes = stated("/proc/meminfo", r"^MemTotal:\s+(\d+) kB$")
    yield "memory", f"{int(kilobytes) / 2**20:.0f} GiB" if kilobytes else "unknown"
    yield "system", platform.system()
    yield "Python", f"{platform.python_implementation()} {platform.python_version()}"
    yield "slapd", slapd_version()
    for name in LIBRARIES:
        yield name, library_version(name)


def stated(file: str, pattern: str) -> str:
    path = Path(file)
    found = re.search(pattern, path.read_text(), re.MULTILINE) if path.exists() else None
    return found[1] if found else ""


def commit() -> str:
    """The commit that was measured, marked where the code differs from it."""
    program = shutil.which("git")
    if program is None:
        return "unknown"
    said = [
        subprocess.run(
            [program, *words], capture_output=True, text=True, check=False, cwd=Path(__file__).parent
        )
        for words in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain", "--", "../mailpolicy", "."))
    ]
    if said[0].returncode:
        return "unknown"
    return said[0].stdout.strip() + (", with changes" if said[1].stdout else "")


def slapd_version() -> str:
    from tests.slapd import SEARCH_PATH

    program = shutil.which("slapd", path=SEARCH_PATH)
    if program is None:
        return "not installed"
    done = subprocess.run([program, "-VV"], capture_output=True, text=True, check=False)
    found = re.search(r"slapd ([\w.]+)", done.stderr)
    return found[1] if found else "unknown"


def library_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
