"""Theorems about the status tables, proved cell by cell."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from pathlib import Path

import pytest

from mailpolicy.errors import InvalidValue
from mailpolicy.reasons import Level, Origin
from mailpolicy.status import Receive, Status, differences, domain_status, list_status, resolve_status
from mailpolicy.status.table import ACCOUNT_STATUSES, CAPABILITIES, DOMAIN_STATUSES, TABLES, Capabilities

CHAIN = ["active", "lockout", "locked", "maintenance", "pending", "closed", "disabled"]
FLOOR = {None: "active", "suspended": "maintenance", "shutdown": "maintenance"}

DOMAINS = [None, *DOMAIN_STATUSES]
ACCOUNTS = [None, *ACCOUNT_STATUSES]
CELLS = list(product(DOMAINS, ACCOUNTS))
BOTH = list(TABLES)

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
GOLDEN = Path(__file__).parents[1] / "golden" / "server-statuses.csv"


def server(domain: str | None, account: str | None, **more: object) -> Status:
    return resolve_status(domain=domain, account=account, table="server", **more)


def documented(domain: str | None, account: str | None, **more: object) -> Status:
    return resolve_status(domain=domain, account=account, table="documented", **more)


def rank(name: str | None) -> int:
    return CHAIN.index(FLOOR.get(name, name))


def within(a: Capabilities, b: Capabilities) -> bool:
    """Whether `a` allows nothing that `b` does not."""
    order = list(Receive)
    return (
        a.login <= b.login
        and order.index(a.receive) >= order.index(b.receive)
        and a.send <= b.send
        and a.modify <= b.modify
    )


# -- the tables ------------------------------------------------------------------------------------


def test_the_names_are_those_of_the_chain() -> None:
    assert sorted(ACCOUNT_STATUSES) == sorted(CHAIN)
    assert set(DOMAIN_STATUSES) == {"active", "locked", "maintenance", "suspended", "shutdown", "closed"}


@pytest.mark.parametrize("table", BOTH)
def test_every_cell_has_a_status(table: str) -> None:
    for domain, account in CELLS:
        assert resolve_status(domain=domain, account=account, table=table).name in CAPABILITIES


def test_server_is_what_the_deployed_system_computes() -> None:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        (_, *domains), *rows = csv.reader(file)
    assert len(rows) * len(domains) == 42
    for account, *names in rows:
        for domain, name in zip(domains, names, strict=True):
            assert server(None if domain == "unset" else domain, account).name == name


def test_server_is_a_maximum_on_the_chain() -> None:
    for domain, account in CELLS:
        assert server(domain, account).name == CHAIN[max(rank(domain), rank(account))]


def test_server_is_monotone() -> None:
    for (domain, account), (higher_domain, higher_account) in product(CELLS, CELLS):
        if rank(domain) <= rank(higher_domain) and rank(account) <= rank(higher_account):
            assert rank(server(domain, account).name) <= rank(server(higher_domain, higher_account).name)


def test_the_chain_is_an_order_of_capabilities() -> None:
    for lower, higher in pairwise(CHAIN):
        assert within(CAPABILITIES[higher], CAPABILITIES[lower])


@pytest.mark.parametrize("exempt", [False, True])
def test_server_never_widens_what_the_account_alone_may_do(exempt: bool) -> None:
    for domain, account in CELLS:
        alone = server(None, account).capabilities
        assert within(server(domain, account, exempt=exempt).capabilities, alone)


def test_server_never_widens_what_the_domain_alone_allows() -> None:
    for domain, account in CELLS:
        assert within(server(domain, account).capabilities, server(domain, None).capabilities)


@pytest.mark.parametrize("table", BOTH)
def test_combining_twice_changes_nothing(table: str) -> None:
    for domain, account in CELLS:
        once = resolve_status(domain=domain, account=account, table=table)
        if once.name in ACCOUNT_STATUSES:
            twice = resolve_status(domain=domain, account=once.name, table=table)
            assert (twice.name, twice.capabilities) == (once.name, once.capabilities)


def test_documented_is_server_with_its_exceptions() -> None:
    for domain, account in CELLS:
        expected = server(domain, account).name
        if domain == "locked" and account in ("active", "lockout"):
            expected = account
        if domain in ("maintenance", "suspended") and account not in ("closed", "disabled"):
            expected = domain
        assert documented(domain, account).name == expected


def test_the_differences_are_listed() -> None:
    assert {(domain, account): (ours, theirs) for domain, account, ours, theirs in differences()} == {
        (domain, account): (documented(domain, account).name, server(domain, account).name)
        for domain, account in CELLS
        if domain and documented(domain, account).name != server(domain, account).name
    }


@pytest.mark.parametrize("table", BOTH)
def test_an_account_without_a_status_takes_its_domains(table: str) -> None:
    for domain in DOMAINS:
        without = resolve_status(domain=domain, account=None, table=table)
        assert without.capabilities == domain_status(domain, table=table).capabilities


# -- capabilities ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "login", "receive", "send", "modify"),
    [
        ("active", True, "deliver", True, True),
        ("lockout", False, "deliver", False, True),
        ("locked", False, "deliver", False, True),
        ("maintenance", False, "defer", False, True),
        ("pending", False, "reject", False, True),
        ("closed", False, "reject", False, True),
        ("disabled", False, "reject", False, False),
    ],
)
@pytest.mark.parametrize("table", BOTH)
def test_what_each_name_allows(
    table: str, name: str, login: bool, receive: str, send: bool, modify: bool
) -> None:
    status = resolve_status(account=name, table=table)
    assert status.name == name
    assert (status.login, status.receive, status.send, status.modify) == (login, receive, send, modify)


def test_suspended_allows_what_maintenance_does_but_no_change() -> None:
    status = documented("suspended", "active")
    assert (status.name, status.login, status.receive, status.send) == ("suspended", False, "defer", False)
    assert not status.modify


@pytest.mark.parametrize("table", BOTH)
@pytest.mark.parametrize("exempt", [False, True])
def test_nothing_in_a_frozen_domain_can_be_modified_whatever_its_name(table: str, exempt: bool) -> None:
    for domain, account in CELLS:
        status = resolve_status(domain=domain, account=account, table=table, exempt=exempt)
        assert status.modify == (domain not in ("suspended", "shutdown") and account != "disabled")


@pytest.mark.parametrize("table", BOTH)
def test_an_unproven_domain_neither_receives_nor_sends(table: str) -> None:
    for (domain, account), exempt in product(CELLS, (False, True)):
        proven = resolve_status(domain=domain, account=account, table=table, exempt=exempt)
        unproven = resolve_status(domain=domain, account=account, table=table, exempt=exempt, ownership=False)
        assert (unproven.receive, unproven.send) == ("reject", False)
        assert (unproven.name, unproven.login, unproven.modify) == (proven.name, proven.login, proven.modify)


# -- exemption -------------------------------------------------------------------------------------


def test_a_global_administrator_keeps_name_and_login_on_the_server() -> None:
    for domain, account in CELLS:
        exempt, alone = server(domain, account, exempt=True), server(None, account)
        assert (exempt.name, exempt.login) == (alone.name, alone.login)


def test_her_mail_stops_with_that_of_a_closed_or_shutdown_domain() -> None:
    for domain, account in CELLS:
        exempt = server(domain, account, exempt=True)
        mail = server(domain if domain in ("closed", "shutdown") else None, account)
        assert (exempt.receive, exempt.send) == (mail.receive, mail.send)


def test_documented_exempts_nobody() -> None:
    for domain, account in CELLS:
        exempt, everybody = documented(domain, account, exempt=True), documented(domain, account)
        assert (exempt.name, exempt.capabilities) == (everybody.name, everybody.capabilities)


# -- domains and lists -----------------------------------------------------------------------------


@pytest.mark.parametrize("table", BOTH)
def test_a_domain_keeps_its_own_name(table: str) -> None:
    for domain in DOMAINS:
        status = domain_status(domain, table=table)
        assert status.name == (domain or "active")
        assert status.capabilities == resolve_status(domain=domain, table=table).capabilities


@pytest.mark.parametrize("ownership", [False, True])
def test_lists_follow_their_domain_in_receive_and_modify(ownership: bool) -> None:
    for domain in DOMAINS:
        list_, of_domain = (
            list_status(domain, ownership=ownership),
            domain_status(domain, ownership=ownership),
        )
        assert (list_.receive, list_.modify) == (of_domain.receive, of_domain.modify)
        assert not list_.login
        assert not list_.send


# -- lockout ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", BOTH)
def test_a_lockout_ends_after_its_last_moment(table: str) -> None:
    during = resolve_status(account="lockout", table=table, until=NOON, at=NOON)
    assert (during.name, during.login, during.until) == ("lockout", False, NOON)
    after = resolve_status(account="lockout", table=table, until=NOON, at=NOON + timedelta(milliseconds=1))
    assert (after.name, after.login, after.until) == ("active", True, None)
    assert told(after) == [(True, "the lockout ended at 2024-05-01T12:00:00Z: the account counts as active")]
    locked = server("locked", "lockout", until=NOON, at=NOON + timedelta(milliseconds=1))
    assert [reason.id for reason in locked.reasons] == ["status.lockout_ended", "status.domain"]


def test_without_a_time_or_an_end_a_lockout_stands() -> None:
    assert not resolve_status(account="lockout", until=NOON).login
    assert not resolve_status(account="lockout", at=NOON).login


def test_only_a_lockout_has_an_end() -> None:
    assert server("locked", "lockout", until=NOON).until is None
    assert resolve_status(account="closed", until=NOON, at=NOON + timedelta(days=1)).name == "closed"


# -- reasons ---------------------------------------------------------------------------------------

ORIGINS = {
    "domain": Origin(Level.DOMAIN, "dc=acme", "mpDomainStatus", ("locked",)),
    "account": Origin(Level.ACCOUNT, "uid=anna,dc=acme", "mpAccountStatus", ("active",)),
}


AS_MAINTENANCE = (
    "the domain is suspended, which outranks the account's locked: the account counts as in maintenance"
)


def told(status: Status) -> list[tuple[bool, str]]:
    return [(reason.matched, reason.text) for reason in status.reasons]


@pytest.mark.parametrize(
    ("status", "reasons"),
    [
        (
            server("locked", "active"),
            [
                (True, "the domain is locked, which outranks the account's active"),
                (False, "the account is active"),
            ],
        ),
        (
            server("suspended", "locked"),
            [
                (True, AS_MAINTENANCE),
                (False, "the account is locked"),
                (True, "the domain is suspended: nothing that belongs to it can be modified"),
            ],
        ),
        (
            documented("locked", "active"),
            [(True, "the account is active"), (False, "the domain is locked, which changes nothing")],
        ),
        (
            documented("closed", "closed"),
            [(True, "the account is closed"), (True, "the domain is closed too")],
        ),
        (documented(None, "closed"), [(True, "the account is closed")]),
        (
            documented("locked", None),
            [(False, "the account has no status of its own"), (True, "the domain is locked")],
        ),
        (
            server("shutdown", None),
            [
                (False, "the account has no status of its own"),
                (True, "the domain is shutdown: the account counts as in maintenance"),
                (True, "the domain is shutdown: nothing that belongs to it can be modified"),
            ],
        ),
        (
            documented(None, None),
            [
                (False, "the account has no status of its own"),
                (True, "the domain has none either, which counts as active"),
            ],
        ),
        (
            server("closed", "active", exempt=True),
            [
                (True, "the account is active"),
                (True, "the domain is closed, from which a global administrator is exempt"),
                (True, "mail of a closed domain stops for everybody"),
            ],
        ),
        (server("active", "active", exempt=True), [(True, "the account is active")]),
        (
            documented(None, "active", exempt=True),
            [(True, "the account is active"), (False, "this table exempts nobody")],
        ),
        (
            documented(None, "active", ownership=False),
            [
                (True, "the account is active"),
                (True, "the domain is not proved to be its owner's: mail is rejected, nothing can be sent"),
            ],
        ),
    ],
)
def test_reasons_say_which_side_decided(status: Status, reasons: list[tuple[bool, str]]) -> None:
    assert told(status) == reasons


@pytest.mark.parametrize("table", BOTH)
def test_every_status_has_a_deciding_reason_that_points_where_it_stands(table: str) -> None:
    for domain, account in CELLS:
        status = resolve_status(domain=domain, account=account, table=table, origins=ORIGINS)
        assert any(reason.matched for reason in status.reasons)
        sides = {reason.id.removeprefix("status."): reason.origins for reason in status.reasons}
        if account:
            assert sides["account"] == (ORIGINS["account"],)
        if domain and account != domain:
            assert sides["domain"] == (ORIGINS["domain"],)


# -- what is refused, what is shown ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "attribute", "expected"),
    [
        (
            {"account": "suspended"},
            "account_status",
            "lockout, locked, maintenance, pending, closed, disabled",
        ),
        ({"account": "Active"}, "account_status", "active"),
        ({"account": ""}, "account_status", "active"),
        ({"domain": "lockout"}, "domain_status", "locked, maintenance, suspended, shutdown, closed"),
        ({"table": "printed"}, "statuses", "documented, server"),
    ],
)
def test_unknown_names_are_refused_with_those_expected(arguments, attribute: str, expected: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        resolve_status(**arguments)
    assert caught.value.attribute == attribute
    assert expected in caught.value.expected


def test_a_status_is_shown_with_its_reasons() -> None:
    status = server("locked", "lockout", until=NOON)
    assert str(status) == "locked"
    assert repr(status) == "Status(name='locked', login=False, receive=deliver, send=False, modify=True)"
    assert str(status.as_table()) == (
        "status         locked\n"
        "log in       ! no\n"
        "receive        deliver\n"
        "send         ! no\n"
        "be modified    yes\n"
        "because        the domain is locked, which outranks the account's lockout\n"
        "besides        the account is in lockout"
    )
    html = status._repr_html_()
    assert "<b>locked</b>" in html
    assert "the account is in lockout</i>" in html
    assert "<s" not in html.replace("<span", "")


def test_the_end_of_a_lockout_is_shown() -> None:
    assert "2024-05-01T12:00:00Z" in str(resolve_status(account="lockout", until=NOON).as_table())
