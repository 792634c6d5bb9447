"""The package of rules that a page shows is found where it is installed, and decides as the page says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/how-to/rule.md"
BLOCK = re.compile(r"^```(?:python|toml|text) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS: Mapping[str, str] = dict(BLOCK.findall(PAGE.read_text()))


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder of packages with that of the page, and its configuration beside it."""
    (tmp_path / "acme_rules.py").write_text(BLOCKS["acme_rules.py"])
    (tmp_path / "mailpolicy.toml").write_text(BLOCKS["mailpolicy.toml"])
    said = tmp_path / "acme_rules-1.dist-info"
    said.mkdir()
    (said / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-rules\nVersion: 1\n")
    offered = tomllib.loads(BLOCKS["pyproject.toml"])["project"]["entry-points"]
    lines = [
        line for group, names in offered.items() for line in (f"[{group}]", *map(" = ".join, names.items()))
    ]
    (said / "entry_points.txt").write_text("\n".join(lines) + "\n")
    return tmp_path


def decided(installed: Path, command: str) -> subprocess.CompletedProcess[str]:
    typed = shlex.split(command.replace(" mailpolicy.toml", f" {installed}/mailpolicy.toml"))
    assert typed.pop(0) == "mailpolicy"
    return subprocess.run(
        [sys.executable, "-m", "mailpolicy", *typed],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(installed), "COLUMNS": "80"},
        text=True,
        capture_output=True,
        check=False,
    )


def test_a_rule_of_another_package_decides(installed: Path) -> None:
    command, _, shown = BLOCKS["decide"].partition("\n")
    done = decided(installed, command.removeprefix("$ "))
    assert done.returncode == 1, done.stderr
    first, _, last = shown.strip().split("\n")
    assert done.stdout.startswith(f"{first}\n")
    assert done.stdout.rstrip().endswith(last)


def test_one_less_is_taken(installed: Path) -> None:
    command = BLOCKS["decide"].partition("\n")[0].removeprefix("$ ")
    done = decided(installed, command.replace("=20'", "=19'"))
    assert done.returncode == 0, done.stderr
    assert "acme.outbound" in done.stdout


def test_without_the_package_the_configuration_is_refused(installed: Path) -> None:
    (installed / "acme_rules-1.dist-info" / "entry_points.txt").unlink()
    done = decided(installed, BLOCKS["decide"].partition("\n")[0].removeprefix("$ "))
    assert done.returncode == 2
    assert "no rule 'acme.outbound'" in done.stderr
