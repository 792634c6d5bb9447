"""A real Dovecot that asks us about logins by IMAP, and reports what became of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from mailpolicy.decision import DEFAULT_POLICY, REPLIES, Verdict
from mailpolicy.errors import Unavailable
from mailpolicy.model import Account, Directory
from mailpolicy.mta.background import Background
from mailpolicy.mta.desk import Handled
from mailpolicy.mta.dovecot import AuthPolicy, HttpSession
from mailpolicy.mta.dovecot.http import Answered, Posted
from mailpolicy.mta.sasl import KeptFailures
from mailpolicy.mta.server import Serving
from tests.dovecot import Dovecot, require
from tests.sasl import desk_of, saying, small_directory

pytestmark = [pytest.mark.twin, pytest.mark.xdist_group("dovecot")]

ACME = small_directory()
JOHN, JOAN = "john@acme.example", "joan@acme.example"
PASSWORDS = {JOHN: "secret", JOAN: "joan's", "elsewhere@else.example": "x"}
KEY = "Bearer of.a-key"
AUTHORIZED = {"auth_policy_server_api_header": f"Authorization: {KEY}"}
WRONG = "NO [AUTHENTICATIONFAILED] Authentication failed."


class Source:
    is_there = True

    @property
    def directory(self) -> Directory:
        if not self.is_there:
            raise Unavailable("ldap://nowhere")
        return ACME


class Site:
    def __init__(self, running: ExitStack) -> None:
        self.source = Source()
        self.desk = desk_of(self.source)
        self.reset()
        background = running.enter_context(
            Background(lambda: Serving("inet:127.0.0.1:0", lambda outlet: HttpSession(outlet, self.called)))
        )
        self.url = f"http://127.0.0.1:{background.port}/policy"
        self.dovecot = running.enter_context(
            Dovecot(self.url, PASSWORDS, {**AUTHORIZED, "imap_id_retain": "yes"})
        )

    def reset(self) -> None:
        self.source.is_there = True
        self.desk.policy = DEFAULT_POLICY
        self.told: list[tuple[str, str | None, str]] = []
        self.desk.observers = (self.observed,)
        self.seen: list[tuple[str, str]] = []
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.failures = KeptFailures()
        self.policy = AuthPolicy(
            self.desk, self.failures, key=KEY, seen=lambda who, service, at: self.seen.append((who, service))
        )

    def observed(self, handled: Handled, /) -> None:
        decision = handled.decision
        found = getattr(decision.request, "password_is", "")
        self.told.append((str(decision.verdict), decision.rule, found))

    def called(self, posted: Posted, answer: Answered) -> None:
        self.posted.append((posted.target, json.loads(posted.content)))
        self.policy(posted, answer)

    def reports(self, so_many: int) -> list[dict[str, Any]]:
        """The reports, once they are there: Dovecot does not wait for what it sends then."""

        def there() -> list[dict[str, Any]]:
            return [said for target, said in self.posted if target.endswith("command=report")]

        awaited(lambda: len(there()) >= so_many)
        return there()

    def account(self, name: str) -> Account:
        return ACME.account(name)


def awaited(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert true()


@pytest.fixture(scope="module")
def module_site() -> Iterator[Site]:
    require()
    with ExitStack() as running:
        yield Site(running)


@pytest.fixture
def site(module_site: Site) -> Site:
    module_site.reset()
    return module_site


def test_a_login_goes_on_and_is_reported(site: Site) -> None:
    assert site.dovecot.login(JOHN, "secret") == "OK Logged in"
    (report,) = site.reports(1)
    assert (report["login"], report["success"], report["policy_reject"]) == (JOHN, True, False)
    assert [target.partition("=")[2] for target, _ in site.posted] == ["allow", "allow", "report"]
    awaited(lambda: site.seen == [(JOHN, "imap")])


def test_whom_only_dovecot_knows(site: Site) -> None:
    assert site.dovecot.login("elsewhere@else.example", "x") == "OK Logged in"


def test_a_wrong_password_is_dovecots_business_and_counted(site: Site) -> None:
    assert site.dovecot.login(JOHN, "wrong") == WRONG
    site.reports(1)
    awaited(lambda: site.failures.recent(site.account(JOHN), datetime.now(UTC)) == 1)
    # What was asked before it was looked at, and what came of it.
    awaited(lambda: len(site.told) == 2)
    assert site.told == [("accept", None, "right"), ("reject", "login.password", "wrong")]


def test_a_service_that_is_off(site: Site) -> None:
    told = f"NO [ALERT] {REPLIES['service_off'].text}"
    assert site.dovecot.login(JOAN, "joan's") == told
    (report,) = site.reports(1)
    assert (report["success"], report["policy_reject"]) == (False, True)
    # Dovecot asks before it looks at the password: as the page says, a wrong one is told the same.
    assert site.dovecot.login(JOAN, "a guess") == told
    assert site.failures.recent(site.account(JOAN), datetime.now(UTC)) == 0


def test_who_wants_it_so_tells_only_the_right_password_why(site: Site) -> None:
    with Dovecot(site.url, PASSWORDS, {**AUTHORIZED, "auth_policy_check_before_auth": "no"}) as discreet:
        assert discreet.login(JOAN, "a guess") == WRONG
        assert discreet.login(JOAN, "joan's") == f"NO [ALERT] {REPLIES['service_off'].text}"
        for number in range(3):
            site.failures.wrong(site.account(JOHN), datetime.fromtimestamp(time.time() + number, UTC))
        assert discreet.login(JOHN, "a guess") == WRONG
        assert discreet.login(JOHN, "secret") == f"NO [ALERT] {REPLIES['account_locked_out'].text}"


def test_a_network(site: Site) -> None:
    site.desk.policy = saying(Verdict.REJECT, REPLIES["network_refused"])
    assert site.dovecot.login(JOHN, "secret").endswith(REPLIES["network_refused"].text)


def test_words_of_any_kind(site: Site) -> None:
    site.desk.policy = saying(Verdict.REJECT, REPLIES["login_refused"].saying('Nö — "100 %" \\ \r\n* OK x'))
    assert site.dovecot.login(JOHN, "secret") == 'NO [ALERT] Nö — "100 %" \\ * OK x'


def test_wrong_passwords_lock_the_account(site: Site) -> None:
    for number in range(3):
        assert site.dovecot.login(JOHN, f"wrong {number}") == WRONG
        site.reports(number + 1)
        time.sleep(0.01)
    told = f"NO [ALERT] {REPLIES['account_locked_out'].text}"
    awaited(lambda: site.failures.is_locked_out(site.account(JOHN), datetime.now(UTC)))
    assert site.dovecot.login(JOHN, "secret") == site.dovecot.login(JOHN, "wrong again") == told


def test_what_a_client_says_it_is_hides_no_wrong_password(site: Site) -> None:
    for number in range(3):
        assert site.dovecot.login(JOHN, f"wrong {number}", device="\x01\x7f") == WRONG
        site.reports(number + 1)
        time.sleep(0.01)
    assert site.posted[0][1]["device_id"] == '"name" "\x01\x7f"'
    awaited(lambda: site.failures.is_locked_out(site.account(JOHN), datetime.now(UTC)))
    told = f"NO [ALERT] {REPLIES['account_locked_out'].text}"
    assert site.dovecot.login(JOHN, "secret", device="\x01") == told


def test_a_device_that_keeps_saying_an_old_password_locks_nobody_out(site: Site) -> None:
    for number in range(5):
        assert site.dovecot.login(JOHN, "old") == WRONG
        site.reports(number + 1)
    assert site.dovecot.login(JOHN, "secret") == "OK Logged in"


def test_a_login_is_held_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.failures, "recent", lambda account, at: 3)
    started = time.monotonic()
    assert site.dovecot.login(JOHN, "secret") == "OK Logged in"
    assert time.monotonic() - started > 0.9


def test_where_nobody_can_tell_dovecot_goes_by_its_own_setting(site: Site) -> None:
    site.source.is_there = False
    assert site.dovecot.login(JOHN, "secret") == "OK Logged in"
    assert site.dovecot.login(JOHN, "wrong") == WRONG
    with Dovecot(site.url, PASSWORDS, {**AUTHORIZED, "auth_policy_reject_on_fail": "yes"}) as strict:
        assert strict.login(JOHN, "secret").startswith("NO ")
        site.source.is_there = True
        assert strict.login(JOHN, "secret") == "OK Logged in"


def test_without_the_key_nothing_is_said(site: Site) -> None:
    with Dovecot(site.url, PASSWORDS) as stranger:
        assert stranger.login(JOAN, "joan's") == "OK Logged in"
        site.reports(1)
    assert site.seen == []
