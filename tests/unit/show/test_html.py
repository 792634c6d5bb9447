"""Whatever a notebook shows of a directory is quiet, escaped, and without secrets."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import mailpolicy as mp

EXAMPLES = Path(__file__).parents[3] / "ldif/examples"
EVIL = "<script>alert(1)</script>"

ALLOWED = {"table", "caption", "thead", "tbody", "tr", "th", "td", "b", "i", "s", "span"}


class Elements(HTMLParser):
    """The elements of a page, and the text between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def evil(acme: mp.Directory) -> mp.Directory:
    return acme.with_changes(
        mp.set("john@acme.example", display_name=EVIL, mailbox_quota="100 GiB"),
        mp.set("cos:premium", description=EVIL),
        mp.set("domain:acme.example", theme_title=EVIL),
    )


def shown_objects(directory: mp.Directory) -> Iterator[Any]:
    accounts = directory.accounts()
    yield from (directory, directory.config, directory.config.settings, accounts, directory.domains())
    yield directory.search("", filter="(objectClass=*)")
    for thing in (*accounts, *directory.domains(), *directory.classes_of_service()):
        yield from (thing, thing.settings)
        if isinstance(thing, mp.Account | mp.Domain):
            yield thing.status
        yield from thing.settings.effective()


@pytest.fixture(scope="module", params=["acme", "carbonio"])
def directory(request: pytest.FixtureRequest) -> mp.Directory:
    opened = mp.open(EXAMPLES / f"{request.param}.ldif")
    return evil(opened) if request.param == "acme" else opened


def secrets(directory: mp.Directory) -> set[str]:
    dialect = directory.snapshot.dialect
    return {
        value.decode()
        for entry in directory.snapshot
        for name in entry
        if dialect.is_secret(name)
        for value in entry.raw[name]
    }


def test_everything_shows_itself(directory: mp.Directory) -> None:
    hidden = secrets(directory)
    assert hidden
    kinds = set()
    for thing in shown_objects(directory):
        page = Elements(thing._repr_html_())
        assert page.names <= ALLOWED
        assert page.attributes <= {"style"}
        assert not [secret for secret in hidden if secret in page.text]
        kinds.add(type(thing).__name__)
    assert {"Directory", "Account", "Domain", "Settings", "Status", "Effective", "SearchResult"} <= kinds


def test_a_name_that_is_markup_stays_text() -> None:
    acme = evil(mp.open(EXAMPLES / "acme.ldif"))
    john = acme.account("john@acme.example")
    title = acme.domain("acme.example").explain("theme_title")
    for thing in (john, john.settings, john.explain("display_name"), title):
        page = Elements(thing._repr_html_())
        assert EVIL in page.text
        assert "script" not in page.names


def test_a_story_strikes_through_what_does_not_apply() -> None:
    acme = mp.open(EXAMPLES / "acme.ldif")
    page = acme.account("carol@acme.example").explain("mailbox_quota")._repr_html_()
    assert "<b>30 GiB</b>" in page
    assert page.count("<s ") == 4


def test_an_own_value_that_cannot_be_read_is_shown_with_what_applies_instead() -> None:
    table = mp.open(EXAMPLES / "acme.ldif").account("dave@acme.example").as_table()
    texts = [tuple(cell.text for cell in row) for row in table.rows]
    quota = next(number for number, row in enumerate(texts) if row[0] == "mailbox_quota")
    assert texts[quota][1] == "5GB?"
    assert texts[quota][2].startswith("invalid")
    assert texts[quota + 1] == ("", "5 GiB", "cos standard")
    assert "5GB?</s>" in table.html()


def test_an_own_value_that_is_capped_is_shown_with_its_cap() -> None:
    table = mp.open(EXAMPLES / "acme.ldif").account("carol@acme.example").as_table()
    assert "100 GiB</s>" in table.html()
    assert "<b>30 GiB</b>" in table.html()
    assert table.rows[-1][2].text == "account carol, capped by domain acme.example"


def test_a_story_tells_what_removing_the_own_value_would_bring() -> None:
    john = mp.open(EXAMPLES / "acme.ldif").account("john@acme.example")
    for name, value in (("mailbox_quota", "20 GiB"), ("display_name", "—")):
        *_, last = john.explain(name).as_table().rows
        assert (last[0].text, last[2].text) == (value, "without its own value")
    *_, last = john.explain("imap_enabled").as_table().rows
    assert last[2].text != "without its own value"


def test_what_a_search_found_shows_values_if_they_are_few() -> None:
    acme = mp.open(EXAMPLES / "acme.ldif")
    few = acme.search("", filter="(uid=john)", attributes=["cn", "userPassword"]).as_table()
    assert few.title == "1 entry"
    assert few.columns == ("dn", "cn", "userPassword")
    assert [cell.text for cell in few.rows[0]][1:] == ["John Doe", "(secret)"]
    many = acme.search("", filter="(uid=john)").as_table()
    assert many.columns == ("dn", "attributes")
    assert "userPassword" in many.rows[0][1].text
    assert acme.search("", filter="(uid=john)", attributes=["1.1"]).as_table().columns == ("dn",)


def test_captions_say_what_is_counted() -> None:
    acme = mp.open(EXAMPLES / "acme.ldif")
    titles = [each.as_table().title for each in (acme.accounts(), acme.classes_of_service(), acme.aliases())]
    assert titles == ["33 accounts", "4 classes of service", "1 alias"]
    assert mp.loads("").accounts().as_table().title == "0 objects"
