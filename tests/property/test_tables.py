"""No text breaks the shape of a table."""

from __future__ import annotations

from hypothesis import given, strategies as st

from mailpolicy.tables import Cell, Style, Table, columns_of, plain_text

cells = st.builds(Cell, st.text(max_size=200), st.sampled_from(Style))
tables = st.integers(1, 4).flatmap(
    lambda count: st.builds(
        Table,
        st.text(max_size=100),
        st.lists(st.text(max_size=30), min_size=count, max_size=count),
        st.lists(st.lists(cells, min_size=count, max_size=count), max_size=5),
    )
)


@given(tables, st.integers(45, 200))
def test_a_table_fits_the_width_asked_for(table: Table, width: int) -> None:
    assert all(columns_of(line) <= width for line in plain_text(table, width).split("\n"))


@given(tables, st.integers(0, 44))
def test_a_table_too_wide_for_the_terminal_still_prints(table: Table, width: int) -> None:
    assert isinstance(plain_text(table, width), str)


@given(tables)
def test_html_holds_no_markup_from_cells(table: Table) -> None:
    text = table.html()
    drawn = sum(len(row) for row in table.rows)
    assert text.count("<td ") == drawn == text.count("</td>")
