"""Spam in a real Postfix: the header that says its folder, for what a milter before ours takes for spam."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailpolicy.decision import Delivery, Header, Opinion, Policy, Rule, Verdict
from mailpolicy.mta.background import Background
from mailpolicy.mta.server import Serving
from tests.filing import CASES, FLAG, FORGED, POLICY, SPAM_HEADER, WILE, address, filing
from tests.lmtp import Arrival
from tests.mta.test_milter import SETTINGS, Site, Source, message, sent
from tests.postfix import Postfix, require

pytestmark = pytest.mark.twin

SPAMMER = "spammer@customer.example"
ANN, EVE = map(address, ("ann", "eve"))


def flag(request: Delivery, directory: object, context: object) -> Opinion | None:
    if request.sender != SPAMMER:
        return None
    return Opinion(Verdict.NO_OPINION, "spam", effects=(Header("X-Spam-Flag", "YES"),))


FILTER = Policy((Rule("site.flag", flag, (Delivery,), "flags spam", "no spam"),))


@pytest.fixture(scope="module", params=["behind the filter", "before the filter"])
def running(request: pytest.FixtureRequest) -> Iterator[tuple[Site, bool]]:
    require()
    behind = request.param == "behind the filter"
    site = Site(Source(filing()), policy=POLICY)
    site.spam_header = SPAM_HEADER
    other = Site(Source(filing()), policy=FILTER)
    with (
        Background(lambda: Serving("inet:127.0.0.1:0", site.opened)) as ours,
        Background(lambda: Serving("inet:127.0.0.1:0", other.opened)) as filters,
    ):
        milters = [f"inet:127.0.0.1:{each.port}" for each in (filters, ours)]
        named = ", ".join(milters if behind else reversed(milters))
        site.postfix = Postfix(
            {"virtual_mailbox_maps": ()},
            ldap_uri="ldap://127.0.0.1:1",
            base="",
            settings={**SETTINGS, "smtpd_milters": named},
        )
        with site.postfix:
            yield site, behind


def said(arrivals: list[Arrival], name: str) -> list[str]:
    """What headers of a name say, in all that has arrived."""
    assert arrivals
    found = []
    for arrival in arrivals:
        head = arrival.content.partition(b"\r\n\r\n")[0].decode().replace("\r\n ", " ")
        fields = [line.partition(":") for line in head.split("\r\n")]
        found += [value.strip() for key, _, value in fields if key.strip().lower() == name.lower()]
    return found


def test_spam_is_filed_as_all_of_its_recipients_want(running: tuple[Site, bool]) -> None:
    site, _ = running
    with site.client() as client:
        for name, case in CASES.items():
            content = message(*case.headers, *FORGED)
            assert sent(client, case.sender, [*case.recipients], content)[0] == 250
            folders = said(site.arrived(), "X-Mailpolicy-Folder")
            assert set(folders) == ({case.folder} if case.folder else set()), name


def test_what_a_filter_before_ours_says_is_heard(running: tuple[Site, bool]) -> None:
    site, behind = running
    with site.client() as client:
        for recipient, folder in ((ANN, "Junk"), (EVE, "Inbox")):
            assert sent(client, SPAMMER, [recipient], message("X-Spam-Flag: NO", *FORGED))[0] == 250
            arrived = site.arrived()
            assert "YES" in said(arrived, "X-Spam-Flag")
            assert said(arrived, "X-Mailpolicy-Folder") == ([folder] if behind else [])


def test_nobody_who_has_logged_in_says_it_either(running: tuple[Site, bool]) -> None:
    site, _ = running
    with site.client(ANN) as client:
        assert sent(client, ANN, [EVE], message(f"From: {ANN}", FLAG, *FORGED))[0] == 250
    assert said(site.arrived(), "X-Mailpolicy-Folder") == []


def test_mail_that_is_no_spam_says_nothing(running: tuple[Site, bool]) -> None:
    site, _ = running
    many = [f"X-{number}: x" for number in range(600)]
    with site.client() as client:
        assert sent(client, WILE, [EVE], message(*many, *FORGED))[0] == 250
    arrived = site.arrived()
    assert said(arrived, "X-Mailpolicy-Folder") == []
    assert said(arrived, "X-599") == ["x"]
