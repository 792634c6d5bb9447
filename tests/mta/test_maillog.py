"""The log of a real Postfix is read as what it took and refused."""

from __future__ import annotations

import smtplib
import time
from pathlib import Path

import pytest

import mailpolicy as mp
from mailpolicy.decision import Verdict
from mailpolicy.journal import Record, read, replayed
from tests.postfix import Postfix, require

OUTSIDER = "wile.e@customer.example"
SECONDS = 10.0


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of four messages: two that were taken, one of them for two, and two that were refused."""
    require(ldap=False)
    known = tmp_path_factory.mktemp("maps") / "mailboxes"
    known.write_text("/^(john|judy)@acme\\.example$/ x\n")
    known.parent.chmod(0o755)
    settings = {
        "virtual_mailbox_domains": "acme.example",
        "virtual_mailbox_maps": f"regexp:{known}",
        "smtpd_recipient_restrictions": "reject_unauth_destination",
    }
    with Postfix(settings=settings) as postfix:
        with smtplib.SMTP("127.0.0.1", postfix.port) as client:
            client.sendmail(
                OUTSIDER, ["john@acme.example", "judy@acme.example"], "Subject: one\n\n" + "x" * 500
            )
            client.sendmail("", ["john@acme.example"], "Subject: two\n\nText\n")
            for refused in ("nobody@acme.example", "somebody@elsewhere.example"):
                with pytest.raises(smtplib.SMTPRecipientsRefused):
                    client.sendmail(OUTSIDER, [refused], "Subject: three\n\nText\n")
        deadline = time.monotonic() + SECONDS
        while postfix.log().count("status=sent") < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        path = tmp_path_factory.mktemp("log") / "mail.log"
        path.write_text(postfix.log())
    return path


def records(path: Path) -> list[Record]:
    found = [*read([path])]
    assert all(isinstance(each, Record) for each in found), found
    return [each for each in found if isinstance(each, Record)]


def test_each_recipient_is_a_decision(log: Path) -> None:
    found = {(each.request.sender, each.request.recipient): each for each in records(log)}  # type: ignore[union-attr]
    assert {key: str(each.verdict) for key, each in found.items()} == {
        (OUTSIDER, "john@acme.example"): "accept",
        (OUTSIDER, "judy@acme.example"): "accept",
        ("", "john@acme.example"): "accept",
        (OUTSIDER, "nobody@acme.example"): "reject",
        (OUTSIDER, "somebody@elsewhere.example"): "reject",
    }
    taken = found[OUTSIDER, "john@acme.example"]
    assert taken.request.client == "127.0.0.1"
    assert taken.request.size > 500  # type: ignore[union-attr]
    assert abs(time.time() - taken.at.timestamp()) < 120
    assert found[OUTSIDER, "somebody@elsewhere.example"].reply.startswith("554 5.7.1")


def test_it_is_replayed(log: Path) -> None:
    replay = replayed(mp.open("ldif/examples/acme.ldif"), records(log))
    # judy has left; and nobody@acme.example is a list, of which this Postfix knows nothing.
    assert list(replay.counts.items()) == [
        ((Verdict.ACCEPT, Verdict.REJECT), 1),
        ((Verdict.REJECT, Verdict.ACCEPT), 1),
    ]
    assert (replay.same, replay.unread) == (3, 0)
