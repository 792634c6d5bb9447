"""The wheel holds the package whole and nothing else, and works from where it is installed."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import mailpolicy

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "mailpolicy"

OPEN_THE_EXAMPLE = """
import sys
import mailpolicy as mp
print(mp.__file__)
acme = mp.open(sys.argv[1])
print(len(acme.accounts()))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    # The build backend itself, not `build`: that would fetch it again into an environment of its own.
    directory = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(directory)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = directory.glob("*.whl")
    assert path.name == f"mailpolicy-{mailpolicy.__version__}-py3-none-any.whl"
    return zipfile.ZipFile(path)


def test_it_holds_the_package_and_its_own_description(wheel: zipfile.ZipFile) -> None:
    ours = {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    described = f"mailpolicy-{mailpolicy.__version__}.dist-info/"
    packed = {name for name in wheel.namelist() if not name.startswith(described)}
    assert packed == ours
    assert f"{described}licenses/LICENSE" in wheel.namelist()


def test_it_holds_the_types_and_the_tables(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert "mailpolicy/py.typed" in names
    for suffix in (".schema", ".csv"):
        assert any(name.endswith(suffix) for name in names), f"no {suffix} file"
    assert not [name for name in names if "test_" in name or name.startswith("tests/")]


def test_its_command_is_ours(wheel: zipfile.ZipFile) -> None:
    entry_points = configparser.ConfigParser()
    entry_points.read_string(
        wheel.read(f"mailpolicy-{mailpolicy.__version__}.dist-info/entry_points.txt").decode()
    )
    assert dict(entry_points["console_scripts"]) == {"mailpolicy": "mailpolicy.cli:main"}


def test_it_opens_a_directory(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    example = ROOT / "ldif" / "examples" / "acme.ldif"
    answer = subprocess.run(
        [sys.executable, "-c", OPEN_THE_EXAMPLE, str(example)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    assert answer[0] == str(tmp_path / "mailpolicy" / "__init__.py")
    assert int(answer[1]) > 20
