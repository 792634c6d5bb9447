"""Whom an address leads to, by which of its names, and what an outage changes about that."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.decision.replies import ADDRESS_AMBIGUOUS, BAD_ADDRESS, NO_SUCH_ADDRESS, UNKNOWN
from mailpolicy.decision.ways import Way, way
from tests.mail_directories import (
    ACME,
    ALIAS,
    ANN,
    carbonio,
    deliver,
    native,
    native_account,
    outcome,
    said,
    stale,
    submit,
)
from tests.small_directories import record

CATCHING = native(more=[native_account("kim", "mpCatchAllAddresses: @acme.example")])
FORMER = native(ann=["mpOldAddress: before@acme.example"])
NATIVE, CARBONIO = native(), carbonio()
both = pytest.mark.parametrize("directory", [NATIVE, CARBONIO], ids=["native", "carbonio"])


@pytest.mark.parametrize(
    ("directory", "address", "by"),
    [
        (NATIVE, ANN, Way.PRIMARY),
        (NATIVE, "ANN@Acme.Example", Way.PRIMARY),
        (NATIVE, "a@acme.example", Way.ALIAS),
        (NATIVE, "ann@globex.example", Way.ALIAS),
        (NATIVE, "ann+lists@acme.example", Way.DETAIL),
        (NATIVE, f"ann@{ALIAS}", Way.ALIAS_DOMAIN),
        (NATIVE, f"a+lists@{ALIAS}", Way.ALIAS_DOMAIN),
        (FORMER, "before@acme.example", Way.FORMER),
        (FORMER, "before+x@acme.example", Way.FORMER),
        (CATCHING, "whoever@acme.example", Way.CATCH_ALL),
        (CATCHING, f"whoever@{ALIAS}", Way.CATCH_ALL),
        (CATCHING, "kim@acme.example", Way.PRIMARY),
        (CARBONIO, ANN, Way.PRIMARY),
        (CARBONIO, "a@acme.example", Way.ALIAS),
        (CARBONIO, f"ann@{ALIAS}", Way.ALIAS_DOMAIN),
    ],
)
def test_mail_reaches_somebody_and_the_trail_says_by_which_name(
    directory: mp.Directory, address: str, by: Way
) -> None:
    decision = deliver(directory, address)
    assert outcome(decision) == "accept"
    found = directory.find(address)
    assert said(decision, "recipient.exists") == f"{address} leads to account {found.name} {by}"
    assert way(found, address) is by


def test_an_address_is_nobody_elses() -> None:
    bob = NATIVE.account("bob@acme.example")
    for address in (ANN, "no address", "", "whoever@acme.example", "x@nowhere.example"):
        assert way(bob, address) is None


def test_a_list_is_somebody_too() -> None:
    decision = deliver(NATIVE, "all@acme.example")
    assert said(decision, "recipient.exists").startswith("all@acme.example leads to list all@acme.example by")


@both
def test_nobody_is_refused_for_good(directory: mp.Directory) -> None:
    decision = deliver(directory, "nobody@acme.example")
    assert (outcome(decision), decision.reply) == ("reject recipient.exists", NO_SUCH_ADDRESS)
    assert said(decision, "recipient.exists") == "nobody has the address nobody@acme.example"


@both
def test_other_domains_are_no_business_of_ours(directory: mp.Directory) -> None:
    assert outcome(deliver(directory, "x@nowhere.example")) == "no_opinion"


@pytest.mark.parametrize(
    "address",
    ["postmaster", "Postmaster", "POSTMASTER", "x@[192.0.2.1]", '"x y"@[192.0.2.1]', "x@[IPv6:2001:db8::1]"],
)
@pytest.mark.parametrize("directory", [NATIVE, CATCHING, CARBONIO])
def test_what_every_mail_server_has_of_its_own_is_no_business_of_ours(
    directory: mp.Directory, address: str
) -> None:
    for each in (directory, stale(directory)):
        assert outcome(deliver(each, address)) == "no_opinion"
        assert not submit(each, ANN, address).is_refused
    assert "mail server itself" in said(deliver(directory, address), "recipient.exists")


@pytest.mark.parametrize(
    "address",
    ["postmaster@", "postmasters", "ann", "x@[192.0.2]", "x@[IPv6:1]", "x@[IPv6:192.0.2.1]", "x@[]",
     "x@192.0.2.1]", "x y@[192.0.2.1]", "@[192.0.2.1]", "x@[2001:db8::1]"],
)  # fmt: skip
def test_nothing_else_without_a_domain_is(address: str) -> None:
    assert deliver(NATIVE, address).reply == BAD_ADDRESS


def test_what_is_no_address_is_refused() -> None:
    decision = deliver(NATIVE, "a b@acme.example")
    assert (outcome(decision), decision.reply) == ("reject recipient.syntax", BAD_ADDRESS)


@pytest.mark.parametrize(
    "directory",
    [native(ann=["mpMailStatus: disabled"]), carbonio(ann=["zimbraMailStatus: disabled"])],
    ids=["native", "carbonio"],
)
def test_mail_does_not_know_who_is_disabled_for_it_and_the_trail_says_so(directory: mp.Directory) -> None:
    decision = deliver(directory)
    assert (outcome(decision), decision.reply) == ("reject recipient.exists", NO_SUCH_ADDRESS)
    text = said(decision, "recipient.exists")
    assert (
        text
        == "account ann@acme.example has the address ann@acme.example, but mail_status keeps mail from it"
    )
    assert "mail_status" not in str(decision.reply)


def test_the_catch_all_takes_the_mail_of_the_disabled() -> None:
    kim = native_account("kim", "mpCatchAllAddresses: @acme.example")
    decision = deliver(native(ann=["mpMailStatus: disabled"], more=[kim]))
    assert "kim@acme.example by the catch-all" in said(decision, "recipient.exists")


def test_an_address_of_two_is_deferred() -> None:
    twice = native(more=[native_account("kim", "mpAliases: a@acme.example")])
    decision = deliver(twice, "a@acme.example")
    assert (outcome(decision), decision.reply) == ("defer recipient.exists", ADDRESS_AMBIGUOUS)
    assert "a@acme.example" in said(decision, "recipient.exists")
    # Two whom mail does not know are nobody.
    off = "mpMailStatus: disabled"
    nobody = native(ann=[off], more=[native_account("kim", "mpAliases: a@acme.example", off)])
    assert outcome(deliver(nobody, "a@acme.example")) == "reject recipient.exists"


@both
def test_in_an_outage_known_mail_flows_and_unknown_mail_waits(directory: mp.Directory) -> None:
    silent = stale(directory)
    for address in (ANN, "a@acme.example", f"ann@{ALIAS}"):
        assert outcome(deliver(silent, address)) == "accept"
        assert outcome(submit(silent, "bob@acme.example", address)) == "accept"
    decision = deliver(silent, "nobody@acme.example")
    assert (outcome(decision), decision.reply) == ("defer recipient.exists", UNKNOWN)
    assert decision.unknown


@both
def test_in_an_outage_mail_to_others_goes_on_leaving(directory: mp.Directory) -> None:
    silent = stale(directory)
    assert outcome(submit(silent, "bob@acme.example", "x@nowhere.example")) == "accept"
    for each in ("x@nowhere.example", "Wile@NOWHERE.Example", "SRS0=x=/y@nowhere.example"):
        assert outcome(deliver(silent, each)) == "no_opinion"
    for each in ("New@ACME.Example", '"new b"@acme.example', f"a=b@{ALIAS.upper()}"):
        assert outcome(deliver(silent, each)) == "defer recipient.exists"


def test_who_is_known_gets_mail_in_an_outage_though_the_domain_is_not() -> None:
    directory = native(ann=["mpAliases: ann@nowhere.example"])
    assert outcome(deliver(directory, "ann@nowhere.example")) == "accept"
    assert outcome(deliver(stale(directory), "ann@nowhere.example")) == "accept"


def test_in_an_outage_a_known_refusal_stands() -> None:
    silent = stale(native(ann=["mpAccountStatus: closed"]))
    assert outcome(deliver(silent)) == "reject recipient.status"
    assert outcome(deliver(silent, "no address")) == "reject recipient.syntax"


def test_no_catch_all_takes_mail_in_an_outage_that_may_have_an_owner() -> None:
    assert outcome(deliver(CATCHING, "new@acme.example")) == "accept"
    assert outcome(deliver(stale(CATCHING), "new@acme.example")) == "defer recipient.exists"


def test_a_record_that_nobody_could_read_may_have_the_address() -> None:
    broken = native(more=[f"dn: uid=kim,dc={ACME},o=mail\nobjectClass:: AAA\n"])
    assert broken.snapshot.lost == 1
    assert outcome(deliver(broken, ANN)) == "accept"
    assert outcome(deliver(broken, "kim@acme.example")) == "defer recipient.exists"


def test_a_room_has_an_address() -> None:
    room = record(
        f"uid=k2,dc={ACME},o=mail", "inetOrgPerson mpResource", "uid: k2", "cn: k2", "sn: k2",
        "mail: k2@acme.example",
    )  # fmt: skip
    directory = native(more=[room])
    assert isinstance(directory.find("k2@acme.example"), mp.Resource)
    decision = deliver(directory, "k2@acme.example", size=1, spam=True, addressed=())
    assert outcome(decision) == "accept"
    assert not decision.errors
