"""Trees as people see them."""

from __future__ import annotations

from hypothesis import given, strategies as st

from mailpolicy.tables import Cell, Style
from mailpolicy.trees import Branch, Tree


def branch(depth: int, *texts: str) -> Branch:
    return Branch(depth, tuple(map(Cell, texts)))


def test_a_line_is_drawn_as_long_as_something_follows() -> None:
    tree = Tree(
        [branch(0, "a"), branch(1, "b"), branch(2, "c"), branch(2, "d"), branch(1, "e"), branch(2, "f")]
    )
    assert str(tree) == "a\n├─ b\n│  ├─ c\n│  └─ d\n└─ e\n   └─ f"


def test_a_bar_of_one_part_does_not_go_on_in_the_next() -> None:
    tree = Tree(
        [branch(0, "a"), branch(1, "b"), branch(2, "c"), branch(3, "d"), branch(1, "e"), branch(2, "f")]
    )
    assert str(tree) == "a\n├─ b\n│  └─ c\n│     └─ d\n└─ e\n   └─ f"


def test_what_a_terminal_or_browser_would_obey_is_harmless() -> None:
    tree = Tree([Branch(0, (Cell("a\x1b[31m\nb"), Cell("<script>", Style.BAD)))])
    assert str(tree) == "a\ufffd[31m b  <script>"
    assert "<script>" not in tree.html()


def test_html_folds_what_is_deep_and_closes_what_it_opens() -> None:
    html = Tree([branch(0, "a"), branch(1, "b"), branch(2, "c"), branch(3, "d"), branch(1, "e")]).html()
    assert html.count("<details") == html.count("</details>") == 3
    assert html.count("<details open>") == 2
    assert html.count("<div") == html.count("</div>")


def test_nothing_is_a_tree_too() -> None:
    assert (str(Tree([])), Tree([]).html()) == ("", "<div></div>")


@given(st.lists(st.integers(0, 6), max_size=20))
def test_the_depth_of_a_line_is_where_its_text_begins(wanted: list[int]) -> None:
    depths: list[int] = []
    for depth in wanted:
        depths.append(min(depth, depths[-1] + 1) if depths else 0)
    lines = str(Tree([branch(depth, "x") for depth in depths])).splitlines()
    assert [line.index("x") // 3 for line in lines] == depths
    for place, (line, depth) in enumerate(zip(lines, depths, strict=True)):
        ends = next((each for each in depths[place + 1 :] if each <= depth), -1)
        if depth:
            assert ("├" in line) is (ends == depth)
