"""Statuses as they are stored: where a lockout by hand, without a moment, counts and where it does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import mailpolicy as mp

LOCKED_BY_HAND = """\
dn: uid=ann,o=mail
objectClass: inetOrgPerson
objectClass: zimbraAccount
uid: ann
cn: ann
sn: ann
zimbraId: 11111111-1111-1111-1111-111111111111
zimbraMailDeliveryAddress: ann@acme.example
zimbraAccountStatus: lockout
"""
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(("table", "login"), [("server", True), ("documented", False)])
def test_a_lockout_without_a_moment_holds_nobody_on_the_server(table: str, login: bool) -> None:
    ann = mp.loads(LOCKED_BY_HAND, dialect="carbonio", statuses=table).account("ann@acme.example")
    status = ann.status_at(NOON)
    assert status.login is login
    assert "the account is active" not in {reason.text for reason in status.reasons}, "it is not"


def test_without_a_time_it_is_taken_for_what_it_says() -> None:
    ann = mp.loads(LOCKED_BY_HAND, dialect="carbonio").account("ann@acme.example")
    assert (ann.status.name, ann.status.login) == ("lockout", False)


def test_attributes_that_only_the_schema_knows_can_be_read_by_name() -> None:
    ann = mp.loads(LOCKED_BY_HAND + "employeeNumber: 7\n", dialect="carbonio").account("ann@acme.example")
    assert ann.settings["employeeNumber"] == "7"
