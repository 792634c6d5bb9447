"""Rows by what leads to them are a dict of sets, and a tree of names is a look at each of them."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given, strategies as st

from mailpolicy.ldap.matching import is_within
from mailpolicy.ldap.matching.names import parent_key
from mailpolicy.snapshot.postings import Postings
from mailpolicy.snapshot.tree import MOST_BASES, Tree

Pairs = list[tuple[str, int]]

keys = st.sampled_from(["a", "A", "b", "B", "c", ""])
# Beyond 256 a number is not the same object each time that it is counted.
rows = st.one_of(st.integers(0, 3), st.integers(1_000, 1_003), st.just(2**32 - 1))
pairs = st.lists(st.tuples(keys, rows), max_size=12)


def sets(given: Iterable[tuple[str, int]]) -> dict[str, set[int]]:
    """The slow way."""
    found: dict[str, set[int]] = {}
    for key, row in given:
        found.setdefault(key, set()).add(row)
    return found


def assert_same(postings: Postings[str], expected: dict[str, set[int]]) -> None:
    assert {key: set(found) for key, found in postings.items()} == expected
    assert (set(postings), len(postings)) == (set(expected), len(expected))
    assert not postings["nobody's"]
    for key, kept in postings.by_key.items():
        assert set(postings[key]) == expected[key]
        assert isinstance(kept, int) is (len(expected[key]) == 1)


@given(pairs)
def test_postings_are_a_dict_of_sets(given: Pairs) -> None:
    postings = Postings.of((key, int(str(row))) for key, row in given)
    assert_same(postings, sets(given))
    assert list(postings) == list(sets(given))


@given(pairs)
def test_keys_that_become_one_share_their_rows(given: Pairs) -> None:
    postings = Postings.of((key, int(str(row))) for key, row in given)
    assert_same(postings.under(str.lower), sets((key.lower(), row) for key, row in given))
    assert_same(postings.under(lambda key: "one"), sets(("one", row) for _, row in given))
    assert_same(postings, sets(given))


@given(pairs, st.lists(st.tuples(pairs, pairs), max_size=4))
def test_changed_postings_are_those_collected_anew(given: Pairs, changes: list[tuple[Pairs, Pairs]]) -> None:
    """A pair both lost and gained is there."""
    postings, held = Postings.of(given), set(given)
    for lost, gained in changes:
        before, known = postings, dict(postings.by_key)
        postings = before.changed(iter(lost), iter(gained))
        held = (held - set(lost)) | set(gained)
        assert_same(postings, sets(held))
        assert before.by_key == known
        assert (postings is before) is not (lost or gained)


names = st.lists(st.sampled_from("abc"), max_size=4).map(
    lambda parts: ",".join(f"o={each}" for each in parts)
)
"""Keys of names, the root's among them, which is its own parent; most lack entries above them."""


@given(st.lists(names, max_size=12, unique=True), st.lists(names, max_size=6))
def test_a_tree_finds_what_a_look_at_each_name_finds(held: list[str], asked: list[str]) -> None:
    tree = Tree(Postings.of((parent_key(name), row) for row, name in enumerate(held) if name))

    def slowly(base: str, scope: str) -> list[int]:
        return [row for row, name in enumerate(held) if is_within(name, base, scope)]

    for base in ("", *held, *map(parent_key, held), *asked):
        assert list(tree.children(base)) == slowly(base, "one")
        assert list(tree.below(base)) == slowly(base, "children")
        assert list(tree.below(base)) == slowly(base, "children")


def test_a_tree_remembers_some_of_what_it_is_asked_and_answers_all() -> None:
    parents = [f"ou={number},o=a" for number in range(2 * MOST_BASES)]
    tree = Tree(Postings.of([(name, row) for row, name in enumerate(parents)]))
    for _ in range(2):
        assert [list(tree.below(name)) for name in parents] == [[row] for row in range(len(parents))]
        assert len(tree.below("o=a")) == len(parents)
