"""The command line: the questions of the library, asked from a shell.

The exit code is the answer, for scripts and mail servers that read nothing else; `Exit` lists what each
one means.
"""

from __future__ import annotations

from .command import main
from .exits import Exit

__all__ = ["Exit", "main"]
