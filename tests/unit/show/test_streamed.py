"""JSON in pieces is the JSON that the standard library makes of the same value with lists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, strategies as st

from mailpolicy.show.streamed import json_pieces

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def flowing(value: Any) -> Any:
    """The value with an iterator for each of its lists."""
    if isinstance(value, list):
        return map(flowing, value)
    return {name: flowing(each) for name, each in value.items()} if isinstance(value, dict) else value


@given(VALUES, st.booleans())
def test_an_iterator_is_written_as_a_list(value: Any, is_unicode: bool) -> None:
    text = "".join(json_pieces(flowing(value), is_unicode=is_unicode))
    assert text == json.dumps(value, indent=2, ensure_ascii=not is_unicode)


def test_items_are_written_as_they_come() -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    pieces = json_pieces({"items": items()}, is_unicode=True)
    while "3" not in next(pieces):
        pass
    assert len(taken) < 10


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        "".join(json_pieces({"odd": object()}, is_unicode=True))
