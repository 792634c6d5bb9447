"""A large LDIF file is read once, and again when it or how to read it is another."""

from __future__ import annotations

import gzip
import os
import subprocess
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy import source
from mailpolicy.cache import of_files, restore
from mailpolicy.errors import SchemaError
from tests.cached import ODD, SITE, content
from tests.small_directories import NATIVE

HOUR = 3600 * 10**9


@pytest.fixture
def ldif(tmp_path: Path) -> Path:
    path = tmp_path / "big.ldif"
    path.write_bytes(ODD)
    aged(path)
    return path


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "big.cache"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often an LDIF file was read since the last question."""
    times, usual = [0], source.snapshot_of

    def counted(*arguments: Any, **named: Any) -> Any:
        times[0] += 1
        return usual(*arguments, **named)

    monkeypatch.setattr(source, "snapshot_of", counted)

    def asked() -> int:
        found, times[0] = times[0], 0
        return found

    return asked


def aged(path: Path, by: int = HOUR) -> None:
    found = path.stat()
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns - by))


def test_the_second_time_it_is_not_read(ldif: Path, cache: Path, reads: Callable[[], int]) -> None:
    first = mp.open(ldif, cache=cache)
    assert reads() == 1
    second = mp.open(ldif, cache=str(cache))
    assert reads() == 0
    assert content(second.snapshot) == content(first.snapshot) == content(mp.open(ldif).snapshot)
    assert second.snapshot.freshness == mp.open(ldif).snapshot.freshness


def test_compressed_files_too(tmp_path: Path, cache: Path, reads: Callable[[], int]) -> None:
    ldif = tmp_path / "big.ldif.gz"
    ldif.write_bytes(gzip.compress(ODD))
    aged(ldif)
    first = mp.open(ldif, cache=cache)
    second = mp.open(ldif, cache=cache)
    assert reads() == 1
    assert content(second.snapshot) == content(first.snapshot)


def written_to(ldif: Path) -> None:
    ldif.write_bytes(ODD + b"\n")
    aged(ldif)


def written_to_at_equal_length(ldif: Path) -> None:
    ldif.write_bytes(ODD.replace(b"38", b"39"))
    aged(ldif, 2 * HOUR)


def replaced(ldif: Path) -> None:
    """By another of the same length and time, as `cp -p` from a replica does."""
    other, found = ldif.with_suffix(".new"), ldif.stat()
    other.write_bytes(ODD.replace(b"38", b"39"))
    os.utime(other, ns=(found.st_atime_ns, found.st_mtime_ns))
    other.replace(ldif)


@pytest.mark.parametrize("change", [written_to, written_to_at_equal_length, replaced])
def test_a_file_that_has_changed_is_read(
    ldif: Path, cache: Path, reads: Callable[[], int], change: Callable[[Path], None]
) -> None:
    mp.open(ldif, cache=cache)
    change(ldif)
    reads()
    second = mp.open(ldif, cache=cache)
    assert reads() == 1
    assert content(second.snapshot) == content(mp.open(ldif).snapshot)
    reads()
    mp.open(ldif, cache=cache)
    assert reads() == 0


def test_other_arguments_read_it_anew(
    ldif: Path, tmp_path: Path, cache: Path, reads: Callable[[], int]
) -> None:
    schema = tmp_path / "site.schema"
    schema.write_text(SITE.to_schema())
    ldif.write_text(NATIVE)
    aged(ldif)
    others = ({"schema": schema}, {"dialect": "native"}, {"strict": True}, {"dialect": "zimbra"})
    for arguments in [each for other in others for each in ({}, other)]:
        reads()
        first = mp.open(ldif, cache=cache, **arguments)  # type: ignore[arg-type]
        second = mp.open(ldif, cache=cache, **arguments)  # type: ignore[arg-type]
        assert reads() == 1, arguments
        assert content(first.snapshot) == content(second.snapshot)


def test_what_is_strict_is_raised_though_a_cache_has_it(ldif: Path, cache: Path) -> None:
    ldif.write_text(
        NATIVE + "\ndn: uid=x,ou=none,o=mail\nobjectClass: mpAccount\nuid: x\nmpMailboxQuota: a\n"
    )
    aged(ldif)
    mp.open(ldif, cache=cache)
    with pytest.raises(SchemaError):
        mp.open(ldif, cache=cache, strict=True)


def test_another_version_reads_it_anew(
    ldif: Path, cache: Path, reads: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    mp.open(ldif, cache=cache)
    monkeypatch.setattr(of_files, "__version__", "99")
    reads()
    mp.open(ldif, cache=cache)
    assert reads() == 1


def test_a_damaged_cache_is_named_and_made_anew(ldif: Path, cache: Path, reads: Callable[[], int]) -> None:
    mp.open(ldif, cache=cache)
    cache.write_bytes(cache.read_bytes()[:-1])
    with pytest.warns(RuntimeWarning, match=r"big\.cache is damaged: .* the LDIF file is read") as given:
        found = mp.open(ldif, cache=cache)
    assert [each.filename for each in given] == [__file__]
    reads()
    assert content(mp.open(ldif, cache=cache).snapshot) == content(found.snapshot)
    assert reads() == 0


def test_a_cache_that_cannot_be_written_is_a_warning(ldif: Path, tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning, match="cannot be written: .*none") as given:
        found = mp.open(ldif, cache=tmp_path / "none" / "big.cache")
    assert [each.filename for each in given] == [__file__]
    assert len(found.snapshot)


def test_the_file_is_not_written_over_by_its_own_cache(ldif: Path) -> None:
    with pytest.warns(RuntimeWarning) as given:
        mp.open(ldif, cache=ldif)
    assert ["is no cache" in str(given[0].message), "left alone" in str(given[1].message)] == [True, True]
    assert ldif.read_bytes() == ODD


def test_a_file_that_may_be_being_written_gets_no_cache(ldif: Path, cache: Path) -> None:
    """What is written right behind our reading has the same time as what we have read."""
    os.utime(ldif)
    mp.open(ldif, cache=cache)
    assert not cache.exists()


def test_a_file_that_is_written_while_it_is_read_gets_no_cache(
    ldif: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = source.snapshot_of

    def slow(*arguments: Any, **named: Any) -> Any:
        snapshot = usual(*arguments, **named)
        os.utime(ldif)
        return snapshot

    monkeypatch.setattr(source, "snapshot_of", slow)
    mp.open(ldif, cache=cache)
    assert not cache.exists()


def test_a_pipe_is_read_every_time(ldif: Path, tmp_path: Path, cache: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["dd", f"if={ldif}", f"of={pipe}", "status=none"]):
        assert len(mp.open(pipe, cache=cache).snapshot) > 1
    assert not cache.exists()


def test_a_file_named_like_standard_input_is_not_asked(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-").write_bytes(ODD)
    aged(tmp_path / "-")
    monkeypatch.setattr(source, "source", lambda path: (tmp_path / "-").open("rb"))
    mp.open("-", cache=cache)
    assert not cache.exists()


def test_a_file_that_is_not_there_is_the_usual_error(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.ldif"):
        mp.open(tmp_path / "none.ldif", cache=cache)
    assert not cache.exists()


def test_all_is_quiet_where_all_is_well(ldif: Path, cache: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mp.open(ldif, cache=cache)
        mp.open(ldif, cache=cache)
    assert restore(cache).notes["modified"] == str(ldif.stat().st_mtime_ns)
    assert time.time_ns() > ldif.stat().st_mtime_ns
