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
