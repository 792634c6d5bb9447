"""What is remembered is bounded, and the last that was asked for is among it."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import mailpolicy as mp
from mailpolicy.query import query_for, search
from mailpolicy.snapshot import tree
from mailpolicy.snapshot.postings import Postings
from mailpolicy.snapshot.remembering import remember
from mailpolicy.snapshot.rows import Rows
from mailpolicy.snapshot.tree import Tree


def test_rather_than_too_much_nothing_is_remembered() -> None:
    known: dict[Any, Any] = {}
    for number in range(7):
        assert remember(known, number, str(number), at_most=3) == str(number)
        assert known[number] == str(number)
        assert len(known) <= 3


def test_a_filter_that_comes_after_many_others_is_remembered() -> None:
    snapshot = mp.loads("").snapshot
    with patch.object(search, "MOST_FILTERS", 3):
        for number in range(7):
            for filter in (f"(cn={number})", f"(&(cn={number})(hasSubordinates=TRUE))"):
                assert query_for(snapshot, filter) is query_for(snapshot, filter)


def test_a_subtree_that_comes_after_many_others_is_remembered() -> None:
    by_parent = Tree(Postings.of((f"ou={number},o=a", row) for number in range(7) for row in (number, 9)))
    with patch.object(tree, "MOST_BASES", 3):
        for number in range(7):
            assert by_parent.below(f"ou={number},o=a") == Rows.of([number, 9])
            assert by_parent.below(f"ou={number},o=a") is by_parent.below(f"ou={number},o=a")
