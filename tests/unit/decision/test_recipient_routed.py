"""Addresses that a mail server takes apart, and so delivers to somebody else than was asked about."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.decision.replies import ROUTED_ADDRESS, UNKNOWN
from tests.mail_directories import (
    ACME,
    ALIAS,
    ANN,
    BOB,
    deliver,
    native,
    native_account,
    outcome,
    said,
    stale,
    submit,
)

NATIVE = native()
CATCHING = native(more=[native_account("kim", f"mpCatchAllAddresses: @{ACME}")])

HOSTS = ("mx.test.example", "[127.0.0.1]", "[IPv6:::1]", "mx.test.example.")
ROUTED = (
    f"ann%{ACME}",
    f"ann%{ACME.upper()}",
    f"ann%{ALIAS}",
    f"{ACME}!ann",
    f'"ann@{ACME}"',
    f'"ann@{ACME}."',
    f'"ann@ {ACME}"',
    '"ann@acme .example"',
    f'"ann@\\"{ACME}\\""',
    '"ann\\@acme\\.example"',
    f'"ann%{ACME}"',
    f'"{ACME}!ann"',
    f"nobody%{ACME}",
    # Through two hosts, and either way around
    f"ann%{ACME}%mx.test.example",
    f"mx.test.example!{ACME}!ann",
    f"{ACME}!ann%mx.test.example",
    f"mx.test.example!ann%{ACME}",
    f'"mx.test.example!ann@{ACME}"',
    f'"@mx.test.example:ann@{ACME}"',
    f'"@mx.test.example:ann%{ACME}"',
    f'"@mx.test.example:{ACME}!ann"',
)


@pytest.mark.parametrize("local", ROUTED)
def test_whoever_it_leads_to_is_to_be_written_to_herself(local: str) -> None:
    for host in HOSTS:
        for directory in (NATIVE, CATCHING, native(ann=["mpRejectAll: TRUE"])):
            for decision in (
                deliver(directory, f"{local}@{host}"),
                submit(directory, BOB, f"{local}@{host}"),
            ):
                assert (outcome(decision), decision.reply) == ("reject recipient.routed", ROUTED_ADDRESS)


def test_the_operator_is_told_where_it_leads() -> None:
    address = f"ann%{ALIAS}@mx.test.example"
    assert (
        said(deliver(NATIVE, address), "recipient.routed")
        == f"{address} may lead a mail server on to {ALIAS}, past the rules there"
    )


@pytest.mark.parametrize(
    "address",
    ["ann%nowhere.example@mx.test.example", f"ann+{ACME}@mx.test.example", "100%@mx.test.example",
     f"list-ann={ACME}@mx.test.example", f"SRS0=x={ACME}=ann@mx.test.example", '"a@b"@mx.test.example',
     "!@mx.test.example", f"x%sub.{ACME}@mx.test.example", '"@x:ann"@mx.test.example',
     f'"ann:{ACME}"@mx.test.example', "x%y@[127.0.0.1]"],
)  # fmt: skip
def test_what_does_not_lead_to_us_is_no_business_of_ours(address: str) -> None:
    assert outcome(deliver(NATIVE, address)) == "no_opinion"
    assert not submit(NATIVE, ANN, address).is_refused


def test_an_address_that_is_somebodys_is_hers() -> None:
    odd = (f"x%{ACME}@{ACME}", f"{ACME}!x@{ACME}", f'"x@{ACME}"@{ACME}')
    for address in odd:
        assert outcome(deliver(NATIVE, address)) == "reject recipient.routed"
        assert outcome(deliver(CATCHING, address)) == "accept"
        hers = native(ann=[f"mpAliases: {address}"])
        assert outcome(deliver(hers, address)) == "accept"


@pytest.mark.parametrize("address", [f'"@x:ann"@{ACME}', f'"@x,@y:ann"@{ACME}', f'"\\@x:ann"@{ACME}'])
def test_no_catch_all_takes_what_a_server_will_give_to_another(address: str) -> None:
    """Before the colon it reads nothing: asked about the catch-all, it would deliver to Ann."""
    assert outcome(deliver(NATIVE, address)) == "reject recipient.exists"
    for _ in range(2):
        assert outcome(deliver(CATCHING, f"anybody@{ACME}")) == "accept"
        assert deliver(CATCHING, address).reply == ROUTED_ADDRESS
        assert outcome(deliver(CATCHING, f'"a:@x"@{ACME}')) == "accept"


def test_a_name_that_looks_like_a_route_is_a_name() -> None:
    address = f'"@x:ann"@{ACME}'
    decision = deliver(native(ann=[f"mpAliases: {address}"]), address)
    assert outcome(decision) == "accept"
    assert not said(decision, "recipient.routed")  # for a trail it is asked all the same


def test_where_nobody_can_tell_it_waits() -> None:
    lost = native(more=[f"dn: uid=kim,dc={ACME},o=mail\nobjectClass:: AAA\n"])
    for directory in (stale(NATIVE), stale(CATCHING), lost):
        for local in (*ROUTED, "x%nowhere.example"):
            decision = deliver(directory, f"{local}@mx.test.example")
            assert (outcome(decision), decision.reply) == ("defer recipient.routed", UNKNOWN)
    # A number in brackets is in no directory: that much is known.
    assert outcome(deliver(lost, "x@[127.0.0.1]")) == "no_opinion"
    assert outcome(deliver(lost, "x%nowhere.example@[127.0.0.1]")) == "defer recipient.routed"
    assert outcome(deliver(lost, f"x%{ACME}@[127.0.0.1]")) == "reject recipient.routed"


def test_a_way_of_any_length() -> None:
    for text in ("%" * 200, "a%" * 100, '"' + "@" * 200 + '"', '"' + " " * 200 + '"'):
        decision = mp.decide(NATIVE, mp.Delivery("", f"{text}@mx.test.example"))
        assert decision.verdict in ("no_opinion", "reject")
