"""The command as a process: pipes, encodings, and how it is called."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from mailpolicy.cli import Exit

from .conftest import SOURCES

ACME = SOURCES["ACME"]
COMMAND = [sys.executable, "-m", "mailpolicy"]


def run(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], capture_output=True, encoding="utf-8", check=False, timeout=60, **options
    )


def test_the_console_script_is_the_module() -> None:
    script = Path(sysconfig.get_path("scripts")) / "mailpolicy"
    words = ["status", ACME, "hank@globex.example"]
    called = subprocess.run([str(script), *words], capture_output=True, encoding="utf-8", check=False)
    assert (called.returncode, called.stdout) == (Exit.NO, run(*words).stdout)


def test_it_reads_standard_input() -> None:
    text = Path(ACME).read_text(encoding="utf-8")
    assert run("status", "-", "john@acme.example", input=text).returncode == Exit.YES
    assert run("status", "-", "john@acme.example", input="").returncode == Exit.UNKNOWN


@pytest.mark.parametrize("words", [["explain", ACME, "john@acme.example"], ["schema"]])
def test_a_reader_that_stops_is_no_trouble(words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(
            [*COMMAND, *words], stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60
        )
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (Exit.CLOSED, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_output_that_cannot_be_written_is_never_a_no() -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run([*COMMAND, "schema"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert ended.returncode == Exit.UNKNOWN
    assert ended.stderr.count(b"\n") == 1


def test_a_terminal_that_knows_ascii_only_gets_ascii() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    told = run("explain", ACME, "zoe@acme.example", env=environment)
    assert told.returncode == Exit.YES
    assert r"Zo\xeb" in told.stdout
    assert run("explain", ACME, "zoe@acme.example", "--json", env=environment).stdout.isascii()


def test_nothing_of_a_renderer_is_loaded_where_nobody_looks() -> None:
    program = (
        "import sys; from mailpolicy.cli import main; main(sys.argv[1:]); "
        "print(sorted({'rich', 'pydantic', 'ldap', 'ldap3'} & set(sys.modules)), file=sys.stderr)"
    )
    command = [sys.executable, "-c", program, "status", ACME, "john@acme.example"]
    assert subprocess.run(command, capture_output=True, check=True).stderr == b"[]\n"


def test_the_story_runs_from_anywhere(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "mailpolicy.cli.demo"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "john@acme.example" in told.stdout
    assert "\x1b" not in told.stdout
