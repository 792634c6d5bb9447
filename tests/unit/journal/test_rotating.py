"""The file of the journal: ours alone, put aside when full, whole lines only."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mailpolicy.journal.writing import RotatingFile


def written(file: RotatingFile, *lines: bytes) -> None:
    for line in lines:
        file.begin(len(line))
        file.write(line)


def test_others_cannot_read_it(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    written(RotatingFile(path, 100, 2), b"a\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_full_ones_are_put_aside_and_the_oldest_go(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    written(RotatingFile(path, 10, 2), *(b"line %d\n" % number for number in range(4)))
    found = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    assert found == {"journal": b"line 3\n", "journal.1": b"line 2\n", "journal.2": b"line 1\n"}


def test_none_are_kept_where_none_are_wanted(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    written(RotatingFile(path, 10, 0), b"line 0\n", b"line 1\n")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"line 1\n"]


def test_a_line_longer_than_a_file_is_written_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    written(RotatingFile(path, 3, 1), b"much too long\n")
    assert path.read_bytes() == b"much too long\n"


def test_a_line_that_a_crash_cut_ends_before_the_next(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(b"half a li")
    written(RotatingFile(path, 100, 1), b"whole\n")
    assert path.read_bytes() == b"half a li\nwhole\n"


def test_what_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    file = RotatingFile(path, 100, 1)
    written(file, b"a\n")
    path.rename(tmp_path / "moved")
    file.shut()
    written(file, b"b\n")
    assert path.read_bytes() == b"b\n"
    assert (tmp_path / "moved").read_bytes() == b"a\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        RotatingFile(tmp_path / "journal", 100, 1).begin(0)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        RotatingFile(tmp_path / "none" / "journal", 100, 1).begin(0)
