"""A set of rows is a set of numbers, in whichever form it is kept and whatever keeps it."""

from __future__ import annotations

import pickle
import sys
from array import array
from random import Random

import pytest
from hypothesis import given, strategies as st

from mailpolicy.snapshot.rows import DENSE, FAR_LARGER, NONE, ROW_LIMIT, PlainRows, Rows

try:
    from mailpolicy.snapshot.roaring import RoaringRows
except ImportError:
    RoaringRows = None

MISSING = pytest.mark.skipif(RoaringRows is None, reason="pyroaring is not installed")
KINDS = [PlainRows, pytest.param(RoaringRows, marks=MISSING, id="RoaringRows")]
KIND = pytest.mark.parametrize("kind", KINDS)
BORDER = 8 * DENSE
"""A set of eight rows is kept one way up to this largest row, and the other way beyond it."""

small = st.integers(0, 40)
near_the_border = st.integers(BORDER - 10, BORDER + 10)
near_a_million = st.integers((1 << 20) - 40, (1 << 20) + 40)
few = st.sets(st.one_of(small, near_the_border, near_a_million, st.just(ROW_LIMIT - 1)), max_size=12)


@st.composite
def stretches(draw: st.DrawFn) -> set[int]:
    """Many rows at a regular distance, now in one form and now in the other, with some more and some less."""
    start, step = draw(st.sampled_from([0, 3, 5_000, 1 << 20])), draw(st.sampled_from([1, 2, 31, 32, 33, 64]))
    rows = set(range(start, start + step * draw(st.integers(0, 400)), step))
    return (rows | draw(st.sets(st.integers(0, 15_000), max_size=8))) - draw(st.sets(small))


row_sets = st.one_of(few, stretches())


def is_well_kept(rows: Rows) -> bool:
    """Whether rows without gain from elsewhere are in the form that is smaller for them."""
    if not isinstance(rows, PlainRows):
        return True
    length, top = len(rows), max(rows, default=-1)
    return isinstance(rows._form, int) is (length * DENSE > top)


def same(rows: Rows, expected: set[int]) -> bool:
    return (
        list(rows) == sorted(expected)
        and len(rows) == len(expected)
        and bool(rows) is bool(expected)
        and rows == type(rows).of(expected)
        and is_well_kept(rows)
    )


@KIND
@given(rows=row_sets, repeated=st.lists(small), random=st.randoms(use_true_random=False))
def test_rows_come_in_any_order_and_repeatedly(
    kind: type[Rows], rows: set[int], repeated: list[int], random: Random
) -> None:
    given_rows = [*rows, *repeated, *repeated]
    expected = {*rows, *repeated}
    random.shuffle(given_rows)
    assert same(kind.of(given_rows), expected)
    assert same(kind.of(iter(given_rows)), expected)
    assert same(kind.of(array("Q", given_rows)), expected)
    assert same(kind.of(sorted(expected)), expected)


@KIND
def test_rows_do_not_change_with_what_they_were_made_of(kind: type[Rows]) -> None:
    source = array("I", [1, 100_000, 200_000])
    rows = kind.of(source)
    source[0] = 7
    assert list(rows) == [1, 100_000, 200_000]


@KIND
@given(one=row_sets, other=row_sets)
def test_operations(kind: type[Rows], one: set[int], other: set[int]) -> None:
    left, right = kind.of(one), kind.of(other)
    assert same(left & right, one & other)
    assert same(left | right, one | other)
    assert same(left - right, one - other)
    assert left.isdisjoint(right) is one.isdisjoint(other)
    assert (left == right) is (one == other)
    assert same(left, one)
    assert same(right, other)


@KIND
@given(rows=row_sets, asked=st.sets(st.one_of(small, near_a_million)), other=row_sets)
def test_operations_with_a_part(kind: type[Rows], rows: set[int], asked: set[int], other: set[int]) -> None:
    """Sets drawn apart seldom share rows: here, one lies mostly within the other."""
    part = set(sorted(rows)[:: len(asked) + 1])
    whole, within = kind.of(rows), kind.of(part | asked)
    assert same(whole & within, rows & (part | asked))
    assert same(whole - within, rows - (part | asked))
    assert same(within - whole, asked - rows)
    assert same(within | whole, rows | asked)
    assert within.isdisjoint(whole) is rows.isdisjoint(part | asked)


@KIND
@given(rows=row_sets, asked=st.one_of(small, near_the_border, near_a_million))
def test_containing(kind: type[Rows], rows: set[int], asked: int) -> None:
    kept = kind.of(rows)
    for row in [*list(rows)[:20], asked, asked + 1, ROW_LIMIT - 1]:
        assert (row in kept) is (row in rows)
    for never in (-1, -ROW_LIMIT, ROW_LIMIT, 1 << 70):
        assert never not in kept


@KIND
@given(many=st.lists(st.one_of(row_sets, small, near_a_million), max_size=8))
def test_union(kind: type[Rows], many: list[set[int] | int]) -> None:
    expected = set().union(*({some} if isinstance(some, int) else some for some in many))
    united = kind.union(some if isinstance(some, int) else kind.of(some) for some in many)
    assert same(united, expected)


@KIND
@given(start=st.integers(0, 5_000), length=st.integers(-5, 3_000))
def test_span(kind: type[Rows], start: int, length: int) -> None:
    assert same(kind.span(start, start + length), set(range(start, start + length)))


@KIND
@pytest.mark.parametrize("start", [1_000, (1 << 20) - 1, ROW_LIMIT - 2])
def test_a_span_far_up(kind: type[Rows], start: int) -> None:
    assert same(kind.span(start, start + 2), {start, start + 1})


@KIND
@given(rows=row_sets.filter(lambda rows: max(rows, default=0) < 100_000), more=st.integers(0, 50))
def test_pick(kind: type[Rows], rows: set[int], more: int) -> None:
    items = [f"item {row}" for row in range(max(rows, default=-1) + 1 + more)]
    expected = [f"item {row}" for row in sorted(rows)]
    assert kind.of(rows).pick(items) == expected
    assert kind.of(rows).pick(tuple(items)) == expected


@KIND
@pytest.mark.parametrize("rows", [{2}, {2_000}, set(range(3))])
def test_picking_what_is_not_there(kind: type[Rows], rows: set[int]) -> None:
    with pytest.raises(IndexError):
        kind.of(rows).pick(["a", "b"])


@KIND
@given(rows=row_sets)
def test_pickling(kind: type[Rows], rows: set[int]) -> None:
    again = pickle.loads(pickle.dumps(kind.of(rows)))
    assert type(again) is Rows
    assert same(again, rows)


@KIND
@pytest.mark.parametrize("wrong", [-1, -ROW_LIMIT, ROW_LIMIT, 1 << 70])
def test_no_row(kind: type[Rows], wrong: int) -> None:
    with pytest.raises(OverflowError):
        kind.of([3, wrong])
    with pytest.raises(OverflowError):
        kind.union([wrong])
    with pytest.raises(OverflowError):
        kind.span(wrong, wrong + 1)


@KIND
def test_a_set_shows_its_size_and_its_first_rows(kind: type[Rows]) -> None:
    assert repr(kind()) == "<0 rows>"
    assert repr(kind.of([9])) == "<1 rows: 9>"
    assert repr(kind.span(5, 1_000)) == "<995 rows: 5, 6, 7, 8, …>"


@KIND
def test_the_empty_set(kind: type[Rows]) -> None:
    assert same(kind(), set())
    assert same(kind.of([]), set())
    assert same(kind.union([]), set())
    assert kind() != set()
    assert not NONE


@KIND
@pytest.mark.parametrize("step", [1, 31, 32, 33, 500])
def test_a_million(kind: type[Rows], step: int) -> None:
    """Sizes at which a way that goes through the bits one by one, or is quadratic, would be noticed."""
    every, third = range(0, 1_000_000, step), range(0, 1_000_000, 3)
    left, right = kind.of(every), kind.of(third)
    assert same(left & right, set(every) & set(third))
    assert same(left | right, set(every) | set(third))
    assert same(left - right, set(every) - set(third))


def test_a_dense_million_is_an_eighth_of_a_megabyte() -> None:
    rows = PlainRows.of(range(0, 1_000_000, 2))
    assert sys.getsizeof(rows._form) < 140_000


def test_few_rows_far_up_are_no_bitmap_on_the_way() -> None:
    """A bitmap up to the last row would be half a gigabyte."""
    low, high = PlainRows.of(range(50)), PlainRows.of([7, ROW_LIMIT - 1])
    assert isinstance(low._form, int)
    assert same(low | high, {*range(50), ROW_LIMIT - 1})
    assert same(low - high, {*range(50)} - {7})
    assert same(high - low, {ROW_LIMIT - 1})
    assert same(PlainRows.union([low, high, ROW_LIMIT - 2]), {*range(50), ROW_LIMIT - 2, ROW_LIMIT - 1})


@pytest.mark.parametrize("more", [FAR_LARGER - 1, FAR_LARGER, FAR_LARGER + 1])
def test_few_against_many_arrays(more: int) -> None:
    """Below the border the larger array is hashed, above it searched."""
    some, many = range(0, 100_000, 10_000), range(10_000, 10_000 + 1_000 * 10 * more, 1_000)
    left, right = PlainRows.of(some), PlainRows.of(many)
    for rows in (left, right):
        assert isinstance(rows._form, array)
    assert same(left & right, set(some) & set(many))
    assert same(left - right, set(some) - set(many))
    assert same(right - left, set(many) - set(some))


@MISSING
@given(one=row_sets, other=row_sets, single=near_a_million)
def test_both_kinds_agree(one: set[int], other: set[int], single: int) -> None:
    def results(kind: type[Rows]) -> list[object]:
        left, right = kind.of(one), kind.of(other)
        made = [left & right, left | right, left - right, kind.union([left, single, right])]
        return [*map(list, made), *map(repr, made), left.isdisjoint(right), left == right]

    assert results(PlainRows) == results(RoaringRows)


@MISSING
def test_the_faster_kind_is_taken_where_it_is_installed() -> None:
    assert Rows is RoaringRows
