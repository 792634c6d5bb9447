"""What the pages tell readers to type works, and what they point at is there.

Their `>>>` examples run as doctests; here are the shell sessions, the make targets and the links.
A session is a fenced block marked `console`: each `$ command`, then exactly what it prints, then
`exit: N` where it does not end with 0.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
MAKE = re.compile(r"\bmake ([a-z]+)\b")


class Session(NamedTuple):
    page: Path
    line: int
    command: str
    output: str


def sessions(page: Path) -> list[Session]:
    text = page.read_text()
    found = []
    for block in CONSOLE.finditer(text):
        line = text.count("\n", 0, block.start()) + 2
        for step in re.split(r"^(?=\$ )", block[1], flags=re.MULTILINE):
            command, _, output = step.partition("\n")
            if command:
                found.append(Session(page, line, command.removeprefix("$ "), output))
            line += step.count("\n")
    return found


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


SESSIONS = [session for page in PAGES for session in sessions(page)]


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: f"{name(session.page)}:{session.line}")
def test_a_session_prints_what_the_page_shows(session: Session, tmp_path: Path) -> None:
    # Our commands by their names, the examples by the paths a reader of the checkout would type.
    environment = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "80",
    }
    done = subprocess.run(
        session.command, shell=True, cwd=ROOT, env=environment, text=True, capture_output=True, check=False
    )
    exit_code = f"exit: {done.returncode}\n" if done.returncode else ""
    assert done.stdout + done.stderr + exit_code == session.output


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        if "://" not in target and not target.startswith(("#", "mailto:")):
            assert (page.parent / target.partition("#")[0]).exists(), f"{page}: {target}"


def test_make_knows_every_target_the_pages_name() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    named = {target for page in pages for target in MAKE.findall("\n".join(code(page.read_text())))}
    assert {"demo", "test"} <= named
    assert named <= targets


def code(text: str) -> list[str]:
    """Fenced blocks and `spans` of a page: where "make" is the command, not the verb."""
    return re.findall(r"^```.*?^```|`[^`\n]+`", text, re.MULTILINE | re.DOTALL)


def test_sessions_are_read_as_written(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n```console\n$ echo one\none\n$ false\nexit: 1\n```\n")
    assert sessions(page) == [(page, 4, "echo one", "one\n"), (page, 6, "false", "exit: 1\n")]
