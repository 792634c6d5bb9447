"""Imports run downwards only, and the core needs nothing beyond what it declares.

Every import counts: inside functions, and under `TYPE_CHECKING` too, because a type from above is
knowledge of what is above.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "mailpolicy"

HOUSE = {
    0: ("errors", "reasons", "values", "freshness", "tables", "trees"),
    1: ("ldap",),
    2: ("schema",),
    3: ("snapshot",),
    4: ("query", "inherit", "status", "lookup", "check", "edit"),
    5: ("lists",),
    6: ("rights", "gal"),
    7: ("model",),
    8: ("decision",),
    11: (
        "cache",
        "live",
        "source",
        "forms",
        "counters",
        "stores",
        "journal",
        "expect",
        "metrics",
        "mta",
        "config",
        "serve",
        "show",
        "testing",
        "cli",
        "__main__",
    ),
}
"""The rooms of each floor. On one floor, a room may import those named before it."""

FLOORS = {f"mailpolicy.{name}": floor for floor, names in HOUSE.items() for name in names}
ORDER = list(FLOORS)
TOP = max(HOUSE)

ENTRANCES = {"mailpolicy", "mailpolicy.filters", "mailpolicy.types"}
"""They name what lies on every floor up to the model; only the top floor comes in by them."""

CORE_REQUIREMENTS = {"attrs", "idna", "tzdata"}
ACCELERATED = {"mailpolicy.snapshot.roaring": "pyroaring"}
"""Modules that may be missing, as what they import may be: an extra brings it, and others do without."""

IO_MODULES = {"asyncio", "http", "multiprocessing", "selectors", "smtplib", "socket", "ssl", "subprocess"}

Import = tuple[int, str]


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(source: str, module: str, *, is_package: bool) -> Iterator[Import]:
    """Line and dotted name of everything imported; `from a import b` counts as `a.b`."""
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                ancestors = package.split(".")
                above = ".".join(ancestors[: len(ancestors) - node.level + 1])
                base = f"{above}.{base}" if base else above
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"
        elif isinstance(node, ast.Call) and called_name(node) in {"import_module", "__import__"}:
            match node.args:
                case [ast.Constant(value=str(name)), *_]:
                    yield node.lineno, name
                case [ast.JoinedStr(values=[ast.Constant(value="."), _]), ast.Name(id="__package__")]:
                    yield node.lineno, f"{package}.<any>"
                case _:
                    yield node.lineno, "mailpolicy.<unknown>"


def called_name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def room(name: str) -> str:
    """The package of the first level a name belongs to: its room in the house."""
    return ".".join(name.split(".")[:2])


def complaint(importer: str, imported: str) -> str | None:
    """Why `importer` may not import `imported`, or None when it may."""
    here = room(importer)
    if imported.split(".")[0] != "mailpolicy":
        if ACCELERATED.get(importer) == imported.split(".")[0]:
            return None
        return outside_complaint(here, imported.split(".")[0])
    there = room(imported)
    floor = FLOORS[here]
    if there not in FLOORS:
        return None if floor == TOP else f"{imported} is not on a floor below"
    if ORDER.index(there) <= ORDER.index(here):
        return None
    return f"{here} on F{floor} imports {imported} of F{FLOORS[there]}"


def outside_complaint(here: str, distribution: str) -> str | None:
    if FLOORS[here] == TOP:
        return None
    if distribution in IO_MODULES:
        return f"{distribution} is I/O, which happens on the top floor only"
    if distribution in sys.stdlib_module_names or distribution in CORE_REQUIREMENTS | {"attr"}:
        return None
    return f"{distribution} is not a requirement of the core"


SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if module_name(path) not in ENTRANCES)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: module_name(path).removeprefix("mailpolicy."))
def test_imports_run_downwards(path: Path) -> None:
    module = module_name(path)
    assert room(module) in FLOORS, f"{room(module)} stands on no floor: give it one in HOUSE"
    imports = imports_of(path.read_text(), module, is_package=path.name == "__init__.py")
    complaints = [f"{path}:{line}: {why}" for line, name in imports if (why := complaint(module, name))]
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(
    ("importer", "line", "wrong"),
    [
        ("mailpolicy.ldap.dn", "from mailpolicy.model import Directory", True),
        ("mailpolicy.ldap.dn", "from mailpolicy import model", True),
        ("mailpolicy.ldap.dn", "from ..schema import catalog", True),
        ("mailpolicy.ldap.dn", "import mailpolicy as mp", True),
        ("mailpolicy.ldap.dn", "from mailpolicy.types import Settings", True),
        ("mailpolicy.ldap.dn", "def f():\n    import mailpolicy.snapshot", True),
        ("mailpolicy.ldap.dn", "if TYPE_CHECKING:\n    from mailpolicy.inherit import Effective", True),
        ("mailpolicy.ldap.dn", "importlib.import_module('mailpolicy.schema')", True),
        ("mailpolicy.ldap.dn", "importlib.import_module(name)", True),
        ("mailpolicy.schema.dialects.x", "import_module(f'.{name}', __package__)", False),
        ("mailpolicy.ldap.dn", "import_module(f'..{name}', __package__)", True),
        ("mailpolicy.ldap.dn", "import ldap", True),
        ("mailpolicy.ldap.dn", "import socket", True),
        ("mailpolicy.snapshot.roaring", "from pyroaring import FrozenBitMap", False),
        ("mailpolicy.snapshot.roaring", "import numpy", True),
        ("mailpolicy.snapshot.rows", "import pyroaring", True),
        ("mailpolicy.inherit.resolve", "from mailpolicy.status import Status", True),
        ("mailpolicy.status.table", "from mailpolicy.inherit import resolve", False),
        ("mailpolicy.ldap.dn", "from .definitions import Definitions", False),
        ("mailpolicy.ldap.dn", "from mailpolicy.errors import InvalidDN", False),
        ("mailpolicy.ldap.dn", "from attrs import frozen", False),
        ("mailpolicy.cli.show", "import mailpolicy as mp, rich", False),
    ],
)
def test_the_check_itself(importer: str, line: str, wrong: bool) -> None:
    complaints = [complaint(importer, name) for _, name in imports_of(line, importer, is_package=False)]
    assert any(complaints) is wrong
