"""The page about Exim: its access lists run in a real Exim, against what it says to serve."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exim import CONFIGURATION, Exim, require
from tests.mta.host import JOHN, NOBODY, Host, blocks

pytestmark = pytest.mark.twin

BLOCKS = blocks("exim.md")
CLIENT = "192.0.2.1"
FROM = "MAIL FROM:<a@elsewhere.example>"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    require()
    host = Host(tmp_path)
    yield host
    host.close()


def test_the_page_does_what_it_says(host: Host) -> None:
    served = host.with_sections("counters", more=BLOCKS["mailpolicy.toml"])
    host.serve(served)
    with Exim("") as exim:
        before, _, _ = CONFIGURATION.partition("acl_smtp_mail")
        exim._configuration.write_text(
            before.format(directory=exim.directory) + host.here(BLOCKS["exim.conf"])
        )
        recipients = [f"RCPT TO:<{each}>" for each in (JOHN, NOBODY, "board@acme.example")]
        assert exim.said(CLIENT, FROM, *recipients) == [
            "250 OK",
            "250 Accepted",
            "550 5.1.1 There is no such address here",
            "550 5.7.2 You may not write to this list",
        ]
        # An address that two accounts have: nobody can tell.
        assert exim.said(CLIENT, FROM, "RCPT TO:<trent@acme.example>")[1].startswith("451 ")

        host.kill(served)
        for recipient in (JOHN, NOBODY):
            told = exim.said(CLIENT, FROM, f"RCPT TO:<{recipient}>")[1]
            assert told == "451 4.3.0 The policy service is down"
