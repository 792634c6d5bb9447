"""The plug-in, in a pytest of its own."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

ROOT = Path(__file__).parents[3]
FILE = """
[[expect]]
name = "he gets mail"
request = { kind = "delivery", sender = "", recipient = "john@acme.example" }
verdict = "accept"

[[expect]]
name = "so does everybody"
request = { kind = "delivery", sender = "", recipient = "all@acme.example" }
verdict = "accept"
"""


PLUGIN = "mailpolicy.expect.in_pytest"
# An installation from before there was one finds it only by its name.
BY_NAME = [] if any(each.value == PLUGIN for each in entry_points(group="pytest11")) else ["-p", PLUGIN]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "-v",
        *BY_NAME,
        *arguments,
    ]
    return subprocess.run(command, cwd=folder, text=True, capture_output=True, check=False)


def test_each_expectation_is_a_test(tmp_path: Path) -> None:
    (tmp_path / "some.expect.toml").write_text(FILE)
    done = run(tmp_path, "--mailpolicy-source", str(ROOT / "ldif/examples/acme.ldif"))
    assert done.returncode == 1
    assert "some.expect.toml::he gets mail PASSED" in done.stdout
    assert "some.expect.toml::so does everybody FAILED" in done.stdout
    assert "verdict: expected accept, not reject" in done.stdout
    assert "posting_policy = owners, from list all" in done.stdout
    assert "in_pytest.py" not in done.stdout  # where it came up in here is of no use


def test_the_configuration_names_the_source_too(tmp_path: Path) -> None:
    (tmp_path / "some.expect.toml").write_text(FILE)
    (tmp_path / "acme.ldif").write_bytes((ROOT / "ldif/examples/acme.ldif").read_bytes())
    (tmp_path / "pytest.ini").write_text("[pytest]\nmailpolicy_source = acme.ldif\n")
    assert "1 failed, 1 passed" in run(tmp_path).stdout
    assert "1 passed, 1 deselected" in run(tmp_path, "-k", "he").stdout


def test_without_a_source_the_files_are_none_of_its_business(tmp_path: Path) -> None:
    (tmp_path / "some.expect.toml").write_text(FILE)
    assert run(tmp_path).returncode == 5


def test_who_names_a_file_without_a_source_is_told_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "some.expect.toml").write_text(FILE)
    done = run(tmp_path, "some.expect.toml")
    assert done.returncode == 2
    assert "--mailpolicy-source FILE" in done.stdout
    assert "not found" not in done.stdout + done.stderr
    assert "Traceback" not in done.stdout


def test_a_broken_file_and_a_missing_source_are_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "some.expect.toml").write_text("[[expect]]\nverdict = 5\n")
    broken = run(tmp_path, "--mailpolicy-source", str(ROOT / "ldif/examples/acme.ldif"))
    assert broken.returncode == 2
    assert "expectation 1: request: missing" in broken.stdout
    (tmp_path / "some.expect.toml").write_text(FILE)
    missing = run(tmp_path, "--mailpolicy-source", "none.ldif")
    assert missing.returncode == 1
    assert "none.ldif" in missing.stdout
    for done in (broken, missing):
        assert "Traceback" not in done.stdout
        assert "def " not in done.stdout


def test_whoever_installs_us_has_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"mailpolicy": PLUGIN}
