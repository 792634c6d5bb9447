"""Tables fit the terminal, say what is inherited, and show markup instead of obeying it."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from mailpolicy.tables import Cell, Style, Table, html_text, plain_text

STORY = Table(
    "anna@acme.example",
    ["setting", "value", "from"],
    [
        ["mailbox_quota", Cell("10 GiB", Style.OWN), "account"],
        [
            "description",
            Cell("What happened to the mail of that winter, in full.", Style.INHERITED),
            "cos premium",
        ],
        ["mailbox_quota", Cell("5 GiB", Style.SHADOWED), "cos=premium,ou=cos,dc=acme,dc=example"],
        ["imap_enabled", Cell("maybe", Style.BAD), Cell("not a boolean", Style.NOTE)],
    ],
)


def test_marks_say_what_a_cell_is_and_a_last_line_explains_them() -> None:
    assert plain_text(STORY, 60) == (
        "anna@acme.example\n"
        "\n"
        "setting          value                 from\n"
        "mailbox_quota    10 GiB                account\n"
        "description    ↑ What happened to the  cos premium\n"
        "                 mail of that winter,\n"
        "                 in full.\n"
        "mailbox_quota  × 5 GiB                 cos=premium,ou=cos,\n"
        "                                       dc=acme,dc=example\n"
        "imap_enabled   ! maybe                 not a boolean\n"
        "\n"
        "↑ inherited  × shadowed"
    )


def test_a_definition_list_has_no_head() -> None:
    assert str(Table("", (), [["name", "active"], ["login", "yes"]])) == "name   active\nlogin  yes"


def test_an_empty_table_is_its_title() -> None:
    assert str(Table("nobody", ["name"], [])) == "nobody\n\nname"
    assert str(Table("nobody", (), [])) == "nobody"


def test_long_text_ends_in_an_ellipsis() -> None:
    lines = plain_text(Table("", (), [["x" * 10**6]]), 20).splitlines()
    assert lines == ["x" * 20] * 3 + ["x" * 19 + "…"]


def test_wide_and_combining_characters_are_measured_as_terminals_do() -> None:
    table = Table("", (), [["例え", "a"], ["e\u0301", "b"]])
    assert str(table) == "例え  a\ne\u0301     b"


def test_a_cell_may_have_several_lines() -> None:
    assert str(Table("", (), [["a\nb", "c"]])) == "a  c\nb"


@pytest.mark.parametrize("hostile", ["\x1b[31m", "\r", "\x07", "\u202e", "\u200f", "\u2028", "\ud800"])
def test_control_characters_reach_neither_terminal_nor_page(hostile: str) -> None:
    table = Table(f"t{hostile}", [f"c{hostile}"], [[f"x{hostile}y"]])
    for text in (str(table), table.html()):
        assert hostile[0] not in text
        assert "\ufffd" in text


class Elements(HTMLParser):
    """The elements around each piece of text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.around: dict[str, list[str]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.around[data] = self.open[2:]


def test_html_shows_what_a_cell_is_by_its_element() -> None:
    page = Elements(html_text(STORY))
    assert page.open == []
    assert page.around["10 GiB"][-1] == "b"
    assert page.around["5 GiB"][-1] == "s"
    assert page.around["not a boolean"][-1] == "i"
    assert page.around["account"][-1] == "td"


def test_html_keeps_markup_as_text() -> None:
    evil = '<script>alert("1")</script>'
    page = Elements(Table(evil, [evil + "2"], [[Cell(evil + "3", style)] for style in Style]).html())
    assert {evil, evil + "2", evil + "3"} <= set(page.around)
    assert not any("script" in elements for elements in page.around.values())


def test_html_sets_no_colour_that_only_one_theme_can_show() -> None:
    text = html_text(STORY)
    assert "background" not in text
    assert "#000" not in text
    assert "#fff" not in text


def test_rows_of_another_length_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="columns"):
        Table("", ["a", "b"], [["only one"]])


def test_the_first_column_gives_way_last() -> None:
    name, value = "password_min_digits_or_punctuation", "word " * 30
    assert name in plain_text(Table("", ("setting", "value", "from"), [(name, value, "cos premium")]), 80)
    half = max(len(line.split("  ")[0]) for line in Table("", (), [("x" * 200, value)]).plain().splitlines())
    assert half == 39
