"""Files are whole or not there, and nobody else's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailpolicy.cache import restore, save
from mailpolicy.cache.disk import claimed, write_whole
from mailpolicy.errors import Unavailable
from tests.cached import odd, refusal

BEGINS = b"ours"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a[1].cache"


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def others(path: Path) -> list[Path]:
    return [each for each in path.parent.iterdir() if each != path]


@pytest.mark.parametrize("mask", [0, 0o022, 0o777])
def test_only_the_owner_may_read(path: Path, mask: int) -> None:
    modes = []

    def pieces() -> Iterator[bytes]:
        modes.extend(each.stat().st_mode & 0o777 for each in path.parent.iterdir())
        yield BEGINS

    before = os.umask(mask)
    try:
        write_whole(path, pieces(), BEGINS)
    finally:
        os.umask(before)
    modes.append(path.stat().st_mode & 0o777)
    assert modes == [0o600, 0o600]


def test_not_even_for_a_moment_may_others_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes, set_mode = list[int](), os.fchmod

    def late(descriptor: int, mode: int) -> None:
        modes.append(os.fstat(descriptor).st_mode & 0o777)
        set_mode(descriptor, mode)

    monkeypatch.setattr(os, "fchmod", late)
    before = os.umask(0)
    try:
        write_whole(path, [BEGINS], BEGINS)
    finally:
        os.umask(before)
    assert modes == [0o600]


def test_what_was_there_stays_until_the_new_one_is_whole(path: Path) -> None:
    write_whole(path, [BEGINS, b" old"], BEGINS)
    seen = []

    def pieces() -> Iterator[bytes]:
        yield BEGINS
        seen.append(path.read_bytes())
        yield b" new"

    write_whole(path, pieces(), BEGINS)
    assert seen == [b"ours old"]
    assert path.read_bytes() == b"ours new"
    assert not others(path)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_what_was_there_and_nothing_else(path: Path, error: BaseException) -> None:
    def pieces() -> Iterator[bytes]:
        yield BEGINS
        raise error

    write_whole(path, [BEGINS], BEGINS)
    with pytest.raises(type(error)):
        write_whole(path, pieces(), BEGINS)
    assert path.read_bytes() == BEGINS
    assert not others(path)


KILLED = """\
import os, signal, sys
from pathlib import Path
from mailpolicy.cache.disk import write_whole
def pieces():
    yield b"ours" * 100_000
    os.kill(os.getpid(), signal.SIGKILL)
write_whole(Path(sys.argv[1]), pieces(), b"ours")
"""


def test_the_next_writer_clears_up_behind_one_that_was_killed(path: Path) -> None:
    write_whole(path, [BEGINS], BEGINS)
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(others(path)) == 1
    assert path.read_bytes() == BEGINS
    token = "0123456789abcdef"
    neighbours = {
        path.with_name(name) for name in (f".a1.cache.{token}.unfinished", f".{path.name}.b.unfinished")
    }
    for each in neighbours:
        each.touch()
    write_whole(path, [BEGINS, b" new"], BEGINS)
    assert {*others(path)} == neighbours


def test_two_writers_at_once(path: Path) -> None:
    """Neither takes the other's for left behind, and the last one wins."""

    def pieces() -> Iterator[bytes]:
        yield BEGINS
        write_whole(path, [BEGINS, b" inner"], BEGINS)
        assert path.read_bytes() == b"ours inner"
        yield b" outer"

    write_whole(path, pieces(), BEGINS)
    assert path.read_bytes() == b"ours outer"
    assert not others(path)


def test_a_file_swept_away_before_it_was_locked_is_claimed_anew(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment between making a file and locking it is the one in which another may remove it."""
    from mailpolicy.cache import disk

    lock, removed = disk.flock, list[Path]()

    def late(descriptor: int, how: int) -> None:
        if not removed:
            removed.extend(path.parent.iterdir())
            removed[0].unlink()
        lock(descriptor, how)

    monkeypatch.setattr(disk, "flock", late)
    descriptor, beside = claimed(path)
    os.close(descriptor)
    assert removed
    assert beside.exists()


@pytest.mark.parametrize("text", ["", "our", "ours and more"])
def test_a_cache_is_replaced_also_where_it_was_cut_short(path: Path, text: str) -> None:
    path.write_text(text)
    write_whole(path, [BEGINS], BEGINS)
    assert path.read_bytes() == BEGINS


@pytest.mark.parametrize("text", ["dn: o=mail\n", "\n", " ours"])
def test_what_is_no_cache_is_left_alone(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(FileExistsError, match="left alone"):
        write_whole(path, [BEGINS], BEGINS)
    assert path.read_text() == text
    assert not others(path)


def test_a_pipe_is_neither_written_nor_waited_for(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(FileExistsError):
        save(path, odd(), {})
    with pytest.raises(Unavailable) as caught:
        restore(path)
    assert refusal(caught.value, path) == "is not believed: it is not a file"


def test_a_folder_is_refused_and_its_descriptor_closed(tmp_path: Path) -> None:
    before = descriptors()
    for _ in range(3):
        with pytest.raises(Unavailable):
            restore(tmp_path)
        with pytest.raises(FileExistsError):
            save(tmp_path, odd(), {})
    assert descriptors() == before


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        save(tmp_path / "none" / "a.cache", odd(), {})


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_refused(path: Path, mode: int) -> None:
    save(path, odd(), {})
    path.chmod(mode)
    with pytest.raises(Unavailable) as caught:
        restore(path)
    wanted = "is not believed: others may write it; delete it, or chmod 600 it if you trust it"
    assert refusal(caught.value, path) == wanted
    path.chmod(0o600)
    assert len(restore(path).snapshot)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_file_of_somebody_else_is_refused(path: Path) -> None:
    save(path, odd(), {})
    os.chown(path, 65534, -1)
    with pytest.raises(Unavailable) as caught:
        restore(path)
    wanted = "is not believed: it belongs to user 65534; delete it, or give it to user 0 if you trust it"
    assert refusal(caught.value, path) == wanted


def test_paths_may_be_texts(path: Path) -> None:
    save(str(path), odd(), {"a": "b"})
    assert restore(str(path)).notes == {"a": "b"}
