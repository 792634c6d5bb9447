"""An interpreter in which `pyroaring` is not installed, as far as anybody can see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HIDE = "import sys; sys.modules['pyroaring'] = None\n"
"""None is how Python notes that there is no such module."""


def python(program: str, given: bytes = b"") -> bytes:
    """What a program prints that reads what is given."""
    command = [sys.executable, "-c", HIDE + program]
    done = subprocess.run(command, input=given, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    return done.stdout
