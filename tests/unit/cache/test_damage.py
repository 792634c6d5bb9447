"""A file that is not what was written is refused and named, and nothing else happens."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from mailpolicy.cache import restore, save
from mailpolicy.errors import Unavailable
from tests.cached import odd, refusal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.cache"
    save(path, odd(), {"cookie": "x"})
    return path


def refused(path: Path) -> str:
    with pytest.raises(Unavailable) as caught:
        restore(path)
    return refusal(caught.value, path)


def rewritten(path: Path, wholes: Iterator[bytes]) -> Iterator[str]:
    with path.open("r+b") as file:
        for whole in wholes:
            file.seek(0)
            file.write(whole)
            file.truncate()
            file.flush()
            yield refused(path)


def test_cut_short_anywhere(path: Path) -> None:
    whole = path.read_bytes()
    reasons = set(rewritten(path, (whole[:end] for end in range(len(whole)))))
    assert "is damaged: it ends after 0 bytes; delete it" in reasons
    assert f"is damaged: it has {len(whole) - 1} bytes instead of {len(whole)}; delete it" in reasons
    assert all(each.startswith("is damaged: ") for each in reasons)


def test_any_byte_changed(path: Path) -> None:
    whole = path.read_bytes()
    changed = (whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :] for at in range(len(whole)))
    reasons = list(rewritten(path, changed))
    assert {*reasons[:16]} == {"is no cache: name another file"}
    assert all("has format" in each for each in reasons[16:20])
    assert all("bytes instead of" in each for each in reasons[20:32])
    assert {*reasons[32:]} == {"is damaged: its checksum is wrong; delete it"}


def test_something_behind_the_end(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\n")
    assert "bytes instead of" in refused(path)


def test_an_unknown_format_says_so(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[16] = 7
    whole[-32:] = sha256(whole[:-32]).digest()
    path.write_bytes(whole)
    assert refused(path) == "has format 7, and only 1 is known here; delete it"


@pytest.mark.parametrize("place", [slice(20, 24), slice(24, 32)])
def test_a_size_that_is_not_there_is_not_asked_for(path: Path, place: slice) -> None:
    whole = bytearray(path.read_bytes())
    whole[place] = b"\xff" * len(whole[place])
    path.write_bytes(whole)
    assert "bytes instead of" in refused(path)


def test_a_large_file_of_another_kind_is_not_read(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 30)
    tracemalloc.start()
    try:
        assert refused(path) == "is no cache: name another file"
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_nothing_there_is_no_damage(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        restore(tmp_path / "a.cache")
    assert not isinstance(caught.value, Unavailable)
