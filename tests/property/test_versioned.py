"""A versioned map is a dict of which every version stays."""

from __future__ import annotations

import gc
import weakref
from types import MappingProxyType

import pytest
from hypothesis import given, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mailpolicy.snapshot.versioned import SMALLEST_BOUND, VersionedMap

keys = st.integers(0, 60)
batches = st.dictionaries(keys, st.one_of(st.none(), st.integers(0, 5)), max_size=50)


class Versions(RuleBasedStateMachine):
    """Every version beside the dict that it should equal."""

    def __init__(self) -> None:
        super().__init__()
        self.versions: list[tuple[VersionedMap[int, int], dict[int, int]]] = [(VersionedMap(), {})]

    @rule(batch=batches, data=st.data())
    def change(self, batch: dict[int, int | None], data: st.DataObject) -> None:
        version, model = data.draw(st.sampled_from(self.versions))
        after = {**model, **{key: value for key, value in batch.items() if value is not None}}
        for key, value in batch.items():
            if value is None:
                after.pop(key, None)
        self.versions.append((version.changed(batch), after))

    @invariant()
    def every_version_stays(self) -> None:
        for version, model in self.versions:
            assert dict(version.items()) == model
            assert len(version) == len(model)
            assert set(version) == set(model)
            assert list(version.values()) == [model[key] for key in version]
            for key in range(61):
                assert version.get(key) == model.get(key)
                assert (key in version) is (key in model)


TestVersions = Versions.TestCase


@given(st.dictionaries(keys, st.integers()), st.lists(st.tuples(keys, st.integers()), max_size=80))
def test_keys_keep_their_place(base: dict[int, int], additions: list[tuple[int, int]]) -> None:
    version = VersionedMap(dict(base))
    for key, value in additions:
        version = version.changed({key: value})
    assert list(version.items()) == list({**base, **dict(additions)}.items())


def test_a_key_that_is_missing_or_gone() -> None:
    version = VersionedMap({"a": 1}).changed({"a": None})
    for missing in ("a", "b"):
        with pytest.raises(KeyError, match=missing):
            version[missing]


class Value:
    """Something that can be watched going away."""


def test_a_later_version_does_not_keep_an_earlier_one_alive() -> None:
    first = VersionedMap({number: Value() for number in range(100)})
    early = first.changed({-1: Value()})
    late = early
    for number in range(100):
        late = late.changed({number: Value()})
    watched = [weakref.ref(value) for value in early.values()]
    assert all(ref() for ref in watched)
    del first, early
    gc.collect()
    # What has been replaced is gone but for the last overlay's worth, which the base still holds.
    assert sum(ref() is not None for ref in watched) <= SMALLEST_BOUND + 10 + 1
    assert len(late) == 101


def test_the_cost_of_a_change_is_far_below_the_size_of_the_map() -> None:
    size, changes = 10_000, 2_000
    version = VersionedMap(dict.fromkeys(range(size), 0))
    copied = 0
    for number in range(changes):
        before = version._base
        version = version.changed({number % size: 1})
        copied += len(version._overlay) if version._base is before else len(version)
    # A hundred and thirty or so may wait; then all are copied once: together less than 2 % of the size.
    assert copied / changes < 0.02 * size


def test_changes_may_be_any_mapping() -> None:
    assert dict(VersionedMap({"a": 1}).changed(MappingProxyType({"b": 2})).items()) == {"a": 1, "b": 2}
