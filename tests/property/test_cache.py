"""Whatever happened to a snapshot, and whatever happens to its file."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import given, strategies as st

from mailpolicy.cache import restore, save
from mailpolicy.cache.columns import numbers_in, packed_numbers, packed_texts, texts_in
from mailpolicy.errors import Unavailable
from mailpolicy.snapshot import version as versions_of
from tests.cached import content, odd
from tests.drawn_versions import History, histories


@given(histories())
def test_every_version_comes_back(history: History) -> None:
    with (
        TemporaryDirectory() as folder,
        patch.object(versions_of, "SMALLEST_BOUND", history.bound),
        patch.object(versions_of, "MOST_GONE", 0),
    ):
        path = Path(folder) / "a.cache"
        for number, (saved, _) in enumerate(history.versions()):
            save(path, saved, {"number": str(number)})
            restored = restore(path)
            assert restored.notes == {"number": str(number)}
            assert content(restored.snapshot) == content(saved)


@given(histories(most_steps=3))
def test_what_is_restored_changes_as_what_was_saved(history: History) -> None:
    with (
        TemporaryDirectory() as folder,
        patch.object(versions_of, "SMALLEST_BOUND", history.bound),
    ):
        path = Path(folder) / "a.cache"
        first, _ = next(history.versions())
        save(path, first, {})
        snapshot = restore(path).snapshot
        for step, (wanted, _) in zip((None, *history.steps), history.versions(), strict=True):
            if step is not None:
                snapshot = snapshot.changed(step.edited(history.dialect))
            assert content(snapshot) == content(wanted)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("cache") / "a.cache"
    save(path, odd(), {"cookie": "x"})
    return path.read_bytes()


@given(st.data())
def test_a_damaged_file_is_refused_and_named(whole: bytes, data: st.DataObject) -> None:
    """Cut short, with a part turned over, left out, put in twice or swapped: whatever a disk may do."""
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    part = whole[first:last]
    damage = data.draw(st.sampled_from((b"", part * 2, part[::-1], bytes(len(part)), data.draw(st.binary()))))
    damaged = whole[:first] + damage + (whole[last:] if data.draw(st.booleans()) else b"")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.cache"
        path.write_bytes(damaged)
        path.chmod(0o600)
        if damaged == whole:
            assert content(restore(path).snapshot) == content(odd())
            return
        with pytest.raises(Unavailable) as caught:
            restore(path)
        assert str(caught.value).startswith(f"{path} ")


any_text = st.text(st.characters(codec=None) | st.sampled_from("\n\0\x01\x02\udcff\ud800\udc00"))


@given(st.lists(any_text))
def test_texts_come_back(texts: list[str]) -> None:
    assert texts_in(packed_texts(texts)) == texts


@given(st.lists(st.integers(0, 2**32 - 1)), st.lists(st.integers(0, 2**64 - 1)))
def test_numbers_come_back(small: list[int], large: list[int]) -> None:
    assert list(numbers_in(packed_numbers(small))) == small
    assert list(numbers_in(packed_numbers(large, "Q"), "Q")) == large
