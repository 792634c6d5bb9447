"""The page about Postfix: its main.cf in a real Postfix, against the process the other files describe."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mailpolicy.serve.process import DRAIN_SECONDS
from tests.mta.host import GAIL, JANE, JOHN, NOBODY, POSTFIX as BLOCKS, WILE, Host, told
from tests.postfix import ONE_OF_EACH, Postfix, require

pytestmark = pytest.mark.twin


def awaited(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    require(ldap=False)
    host = Host(tmp_path)
    yield host
    host.close()


@pytest.fixture
def running() -> Iterator[ExitStack]:
    with ExitStack() as running:
        yield running


def test_the_page_does_what_it_says(host: Host, running: ExitStack) -> None:
    host.serve()
    postfix = running.enter_context(Postfix(settings={**host.main_cf(), **ONE_OF_EACH}))

    assert told(postfix, WILE, JOHN).startswith("250 ")
    assert postfix.send("J.Doe+anvils@acme.example").delivered == (JOHN.replace("@", "+anvils@"),)
    assert "User unknown in virtual mailbox table" in told(postfix, WILE, NOBODY)
    assert told(postfix, WILE, NOBODY).startswith("550 5.1.1 ")
    assert told(postfix, "a@elsewhere.example", "board@acme.example").startswith("550 5.7.2 ")
    assert told(postfix, WILE, "somebody@elsewhere.example").startswith("554 5.7.1 ")

    assert told(postfix, GAIL, WILE, login=GAIL).startswith("250 ")
    assert told(postfix, GAIL, WILE, login=JOHN).endswith("Please use an application password here")
    refused = told(postfix, "bob@acme.example", WILE, login=GAIL)
    assert refused.startswith("553 5.7.1 ")
    assert refused.endswith("You may not send as this address")
    assert told(postfix, GAIL, WILE, login=GAIL, password="a guess").startswith(
        "535 5.7.8 Error: authentication failed: "
    )

    host.kill()
    for recipient in (JOHN, NOBODY):
        assert told(postfix, WILE, recipient).startswith("451 4.3.0 ")
        assert told(postfix, WILE, recipient).endswith("Temporary lookup failure")
    assert "454 4.7.0 Temporary authentication failure" in told(postfix, GAIL, WILE, login=GAIL)
    assert not postfix.queue()

    host.serve()
    awaited(lambda: told(postfix, WILE, JOHN).startswith("250 "))  # a smtpd may remember a while what failed
    awaited(lambda: told(postfix, WILE, NOBODY).startswith("550 5.1.1 "))
    assert (host.directory / "var/lib/mailpolicy/journal").read_text().count("\n") > 3


def test_no_way_leads_around(host: Host, running: ExitStack) -> None:
    """In quotes it is for the rules to refuse; what else there is Postfix then takes for no way at all."""
    host.serve()
    page = {**host.main_cf(), "mydestination": "mx.test.example", "local_recipient_maps": ""}
    postfix = running.enter_context(Postfix(settings=page))
    for name in "mx.test.example", "[127.0.0.1]":
        refused = told(postfix, WILE, f'"john@acme.example"@{name}')
        assert refused.startswith("553 5.7.1 ")
        assert refused.endswith("Please write to the address itself, without a way to it")
        for local in "john%acme.example", "acme.example!john":
            assert told(postfix, WILE, f"{local}@{name}").startswith("554 5.7.1 ")


def test_two_processes_go_on_one_without_the_other(host: Host, running: ExitStack) -> None:
    tables, rules = (
        host.with_sections("socketmap", "sasl"),
        host.with_sections("policy", "counters", "journal"),
    )
    host.serve(tables)
    host.serve(rules)
    postfix = running.enter_context(Postfix(settings=host.main_cf()))
    assert told(postfix, GAIL, WILE, login=GAIL).startswith("250 ")

    host.kill(rules)
    known = told(postfix, WILE, JOHN)
    assert known.startswith("450 4.3.0 ")
    assert known.endswith("The policy service is down")
    assert told(postfix, WILE, NOBODY).startswith("550 5.1.1 ")
    assert told(postfix, GAIL, WILE, login=GAIL).startswith("450 4.3.0 ")

    host.serve(rules)
    awaited(lambda: told(postfix, WILE, JOHN).startswith("250 "))


def test_a_smtpd_that_begins_in_an_outage_hangs_up(host: Host, running: ExitStack) -> None:
    """It asks which mechanisms there are before it greets: the mail stays with the other side."""
    host.serve()
    postfix = running.enter_context(Postfix(settings={**host.main_cf(), "max_use": "1"}))
    assert told(postfix, WILE, JOHN).startswith("250 ")
    host.kill()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        told(postfix, WILE, JOHN)
    assert postfix.logs("no SASL authentication mechanisms")


def test_postfix_judges_senders_too(host: Host, running: ExitStack) -> None:
    tables = host.with_sections("socketmap")
    host.serve(tables)
    host.serve(host.with_sections("sasl"))
    main_cf = host.main_cf(BLOCKS["sender-logins"])
    for place in ("recipient", "data", "end_of_data"):
        main_cf[f"smtpd_{place}_restrictions"] = ""  # nobody but the table is to judge
    postfix = running.enter_context(Postfix(settings=main_cf))
    assert told(postfix, GAIL, WILE, login=GAIL).startswith("250 ")
    assert told(postfix, JANE, WILE, login=GAIL).startswith("250 ")  # as the file says
    refused = told(postfix, "bob@acme.example", WILE, login=GAIL)
    assert refused.startswith("553 5.7.1 ")
    assert refused.endswith(f"not owned by user {GAIL}")

    host.kill(tables)
    assert told(postfix, JANE, WILE, login=GAIL).startswith("451 4.3.0 ")  # whatever the file says


def test_the_check_says_what_the_page_shows(host: Host) -> None:
    command, _, shown = BLOCKS["check"].partition("\n")
    typed = shlex.split(host.here(command.removeprefix("$ ")))
    assert typed.pop(0) == "mailpolicy"
    done = subprocess.run(
        [sys.executable, "-m", "mailpolicy", *typed], capture_output=True, text=True, check=True,
        env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    expected = ".*".join(re.escape(part) for part in host.here(shown).split("…"))
    assert re.fullmatch(expected, done.stdout), done.stdout


def test_the_unit_starts_what_the_page_describes() -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(BLOCKS["mailpolicy.service"])
    service = unit["Service"]
    assert service["ExecStart"].endswith("/mailpolicy serve --config /etc/mailpolicy/mailpolicy.toml")
    assert float(service["TimeoutStopSec"]) > DRAIN_SECONDS
    assert service["Type"] == "notify"
