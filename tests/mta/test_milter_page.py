"""The page about the milter: its main.cf runs in a real Postfix, against what it says to serve."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mta.host import GAIL, JANE, JOHN, NOBODY, PASSWORD, WILE, Host, blocks, told
from tests.postfix import ONE_OF_EACH, Postfix, require
from tests.sieve import filed, require as require_sieve

pytestmark = pytest.mark.twin

BLOCKS = blocks("milter.md")
PEGGY = "peggy@acme.example"
"""She forwards to Bob and to herself elsewhere, and keeps no copy."""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    require(ldap=False)
    host = Host(tmp_path)
    yield host
    host.close()


LOST = "lostandfound@acme.example"
"""Wants spam in the inbox."""


def sent(postfix: Postfix, header_from: str) -> str:
    """What Gail, who has logged in, is told about a whole message."""
    with smtplib.SMTP("127.0.0.1", postfix.port, timeout=30) as client:
        client.login(GAIL, PASSWORD)
        client.mail(GAIL)
        client.rcpt(WILE)
        code, text = client.data(f"From: {header_from}\r\nSubject: anvils\r\n\r\nThree.\r\n")
    return f"{code} {text.decode()}"


def test_the_page_does_what_it_says(host: Host) -> None:
    tables = host.with_sections("socketmap")
    milter = host.with_sections("sasl", "counters", more=BLOCKS["mailpolicy.toml"])
    host.serve(tables)
    host.serve(milter)
    with Postfix(settings={**host.main_cf(BLOCKS["main.cf"]), **ONE_OF_EACH}) as postfix:
        assert told(postfix, WILE, JOHN).startswith("250 ")
        assert told(postfix, WILE, NOBODY).startswith("550 5.1.1 ")
        assert told(postfix, "a@elsewhere.example", "board@acme.example") == (
            "550 5.7.2 You may not write to this list"
        )
        assert sent(postfix, JANE) == "550 5.7.1 You may not put this address in From:"
        assert sent(postfix, GAIL).startswith("250 ")
        (arrival,) = postfix.arrived()
        assert arrival.recipients == (WILE,)

        host.kill(milter)
        for recipient in (JOHN, NOBODY):
            assert told(postfix, WILE, recipient) == "451 4.7.1 Service unavailable - try again later"


@pytest.mark.parametrize("does_it", ["milter", "table"])
def test_forwards_are_followed_once(host: Host, does_it: str) -> None:
    """By the milter where no table knows them, which it does not do by itself."""
    host.serve(host.with_sections("socketmap"))
    block = "forwards.toml" if does_it == "milter" else "mailpolicy.toml"
    host.serve(host.with_sections("sasl", "counters", more=BLOCKS[block]))
    settings = host.main_cf(BLOCKS["main.cf"])
    if does_it == "milter":
        settings["virtual_alias_maps"] = ""
    with Postfix(settings=settings) as postfix:
        with smtplib.SMTP("127.0.0.1", postfix.port, timeout=30) as client:
            client.sendmail(WILE, [PEGGY, JOHN], "Subject: anvils\r\n\r\nThree.\r\n")
        arrived = sorted(each for arrival in postfix.arrived() for each in arrival.recipients)
    assert arrived == ["bob@acme.example", JOHN, "peggy@freelance.example"]


def test_spam_is_filed(host: Host) -> None:
    require_sieve()
    host.serve(host.with_sections("socketmap"))
    host.serve(host.with_sections("sasl", "counters", more=BLOCKS["spam.toml"]))
    forged = "X-Mailpolicy-Folder: Inbox\r\n"
    mark = BLOCKS["spam.toml"].partition('spam_header = "')[2].partition('"')[0]
    cases = (
        ([JOHN], mark, [b"X-Mailpolicy-Folder: Junk"], "Junk"),
        ([LOST], mark, [b"X-Mailpolicy-Folder: Inbox"], "INBOX"),
        ([JOHN, LOST], mark, [], "Junk"),
        ([LOST], "X-Spam-Flag: NO", [], "INBOX"),
    )
    with Postfix(settings=host.main_cf(BLOCKS["main.cf"])) as postfix:
        for recipients, flag, expected, folder in cases:
            with smtplib.SMTP("127.0.0.1", postfix.port, timeout=30) as client:
                client.sendmail(WILE, recipients, f"{forged}{flag}\r\nSubject: anvils\r\n\r\nThree.\r\n")
            (arrival,) = postfix.arrived()
            lines = arrival.content.split(b"\r\n")
            found = [line for line in lines if line.lower().startswith(b"x-mailpolicy-folder")]
            assert found == expected, recipients
            assert filed(BLOCKS["spam.sieve"], arrival.content) == folder, recipients
