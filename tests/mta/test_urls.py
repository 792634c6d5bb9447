"""Member URLs that are not as they should be: whom mail for the list comes to, by either way to follow them.

With slapd's dynlist overlay Postfix sees the members and agrees with us. Without it Postfix follows the URLs
itself, and reads some of them in another way.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from attrs import evolve, frozen

import mailpolicy as mp
from tests.mta.installation import INSTALLATIONS
from tests.mta.stored import record
from tests.postfix import Outcome, Postfix

pytestmark = pytest.mark.twin

FOUND = ("ann@acme.example", "bob@acme.example", "room@acme.example")


@frozen
class Url:
    """A URL; who is found by us and dynlist, and by Postfix alone, None where it says: try again later."""

    name: str
    text: str
    ours: tuple[str, ...]
    postfix: tuple[str, ...] | None

    @property
    def address(self) -> str:
        return f"{self.name}@acme.example"


URLS = (
    Url("as-it-should-be", "ldap:///o=mail??sub?(description=IT)", FOUND, FOUND),
    Url("host", "ldap://ldap.example/o=mail??sub?(description=IT)", (), FOUND),
    Url("attributes", "ldap:///o=mail?mail?sub?(description=IT)", (), FOUND),
    Url("no-scope", "ldap:///o=mail???(description=IT)", (), ()),
    Url("no-filter", "ldap:///uid=ann,dc=acme.example,o=mail", FOUND[:1], FOUND[:1]),
    Url("critical", "ldap:///o=mail??sub?(description=IT)?!x-unheard-of", FOUND, FOUND),
    Url("not-closed", "ldap:///o=mail??sub?(description=IT", (), None),
    Url("no-url", "everybody", (), None),
)
EMPTY_BASE = Url("empty-base", "ldap:///??sub?(description=IT)", FOUND, ())


def list_of(url: Url) -> str:
    dn = f"cn={url.name},dc=acme.example,o=mail"
    return record(dn, "groupOfURLs mpList", cn=url.name, mail=url.address, memberURL=url.text)


MORE = "".join(f"\n{list_of(url)}\n" for url in (*URLS, EMPTY_BASE))


@pytest.fixture(scope="module")
def with_dynlist() -> Iterator[Postfix]:
    yield from evolve(INSTALLATIONS["native"], more=MORE).run()


@pytest.fixture(scope="module")
def without_dynlist() -> Iterator[Postfix]:
    yield from evolve(INSTALLATIONS["native, no overlay"], more=MORE).run()


@pytest.fixture(scope="module")
def directory() -> mp.Directory:
    return evolve(INSTALLATIONS["native"], more=MORE).directory


def name_of(url: Url) -> str:
    return url.name


def expanded(directory: mp.Directory, url: Url) -> tuple[str, ...]:
    return tuple(sorted(directory.expand(url.address).addresses))


@pytest.mark.parametrize("url", URLS, ids=name_of)
def test_with_dynlist_it_is_as_we_say(with_dynlist: Postfix, directory: mp.Directory, url: Url) -> None:
    """Where nobody is found the list's own address is left, and returned."""
    outcome = with_dynlist.send(url.address)
    assert expanded(directory, url) == outcome.delivered == url.ours
    assert list(outcome.returned) == ([] if url.ours else [url.address])


@pytest.mark.parametrize("url", [*URLS, EMPTY_BASE], ids=name_of)
def test_postfix_alone(without_dynlist: Postfix, url: Url) -> None:
    """It asks its own server whatever the host, disregards the attributes, and stops at what is no URL."""
    expected = "451 4.3.0" if url.postfix is None else "" if url.postfix else "550 5.1.1"
    outcome = without_dynlist.send(url.address)
    assert outcome == Outcome(url.postfix or (), refused=outcome.refused)
    assert outcome.refused[:9] == expected


def test_an_empty_base_is_everything_to_us(with_dynlist: Postfix, directory: mp.Directory) -> None:
    """To slapd it is the root, which is in no database but one with an empty suffix, as Carbonio has it."""
    assert expanded(directory, EMPTY_BASE) == EMPTY_BASE.ours
    assert list(with_dynlist.send(EMPTY_BASE.address).returned) == [EMPTY_BASE.address]
