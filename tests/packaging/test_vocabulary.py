"""Names say what a thing is. The words below say nothing, so no definition of ours uses them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "mailpolicy"
EMPTY_WORDS = {"manager", "handler", "util", "utils", "helper", "helpers", "processor", "data", "info"}
EMPTY_PREFIXES = {"get", "do"}
CALLED_BY_OTHERS = {"data_received", "handle_DATA"}
"""Names by which libraries call us: asyncio and aiosmtpd."""

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def definitions(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of every class, function, parameter and of every variable that is not local."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
        if isinstance(node, ast.Module | ast.ClassDef):
            for statement in node.body:
                match statement:
                    case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                        yield statement.lineno, name


def says_nothing(name: str) -> bool:
    if name in CALLED_BY_OTHERS:
        return False
    words = [word.lower() for word in WORD.findall(name)]
    return bool(EMPTY_WORDS.intersection(words)) or (len(words) > 1 and words[0] in EMPTY_PREFIXES)


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_names_say_something(path: Path) -> None:
    named = [(path.parent.name if path.stem == "__init__" else path.stem, 1)]
    named += [(name, line) for line, name in definitions(ast.parse(path.read_text()))]
    assert not [f"{path}:{line}: {name}" for name, line in named if says_nothing(name)]


@pytest.mark.parametrize(
    ("name", "empty"),
    [
        ("get_value", True),
        ("do_search", True),
        ("_get_value", True),
        ("EntryManager", True),
        ("LDIFHandler", True),
        ("user_data", True),
        ("get", False),
        ("__getattr__", False),
        ("database", False),
        ("domain", False),
        ("informs", False),
    ],
)
def test_the_check_itself(name: str, empty: bool) -> None:
    assert says_nothing(name) is empty
