"""What the figures are measured against, where it is not a line of Python."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["dicts_of_lists", "parse_with_python_ldap"]

PlainEntry = dict[str, list[str]]


def parse_with_python_ldap(path: Path) -> None:
    """Read an LDIF file with the parser of python-ldap and keep nothing of it."""
    # By name, because a checker takes `ldif` for the folder of that name.
    ldif: Any = import_module("ldif")

    class Parser(ldif.LDIFParser):  # type: ignore[misc]
        def handle(self, dn: str, entry: dict[str, list[bytes]]) -> None:
            pass

    with path.open("rb") as file:
        Parser(file).parse()


def dicts_of_lists(path: Path) -> list[PlainEntry]:
    """Read an LDIF file as one would without thinking of memory: names to lists of texts.

    It takes the lines as the generator of these files writes them: none is folded.
    """
    with path.open(encoding="ascii") as file:
        return [plain_entry(record) for record in records(file)]


def records(lines: Iterator[str]) -> Iterator[list[str]]:
    found: list[str] = []
    for line in lines:
        if line != "\n":
            found.append(line)
        else:
            yield found
            found = []


def plain_entry(lines: list[str]) -> PlainEntry:
    entry: PlainEntry = {}
    for line in lines:
        name, _, value = line[:-1].partition(": ")
        entry.setdefault(name, []).append(value)
    return entry
