"""LDIF text that is safe to show: what cannot be read may still hold a password."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ..schema.dialects import DIALECTS, find_dialect

__all__ = ["concealed"]

NAME: Final = re.compile(r"#?\s*([A-Za-z0-9.-]+)")
CONCEALED: Final = "(secret)"


def concealed(text: str) -> str:
    """Give a record's text without the values of attributes that are secret in any dialect.

    The text is known to be broken, so a line that is neither folded nor `name: value` is taken for
    the rest of the value above it.

    >>> print(concealed("uid: ann\\nuserPassword: sec\\n ret\\nrest of it\\nmail: ann@acme.example"))
    uid: ann
    userPassword: (secret)
    mail: ann@acme.example
    """
    lines: list[str] = []
    hiding = False
    for line in text.splitlines(keepends=True):
        if hiding and (line.startswith(" ") or ":" not in line):
            continue
        name = None if line.startswith(" ") else NAME.match(line)
        hiding = name is not None and is_secret(name[1])
        lines.append(f"{name[0]}: {CONCEALED}\n" if hiding and name else line)
    return "".join(lines)


@lru_cache(maxsize=1024)
def is_secret(name: str) -> bool:
    return any(find_dialect(dialect).is_secret(name) for dialect in DIALECTS)
