"""Whether somebody who has logged in may send, and as whom."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import mailpolicy as mp
from mailpolicy.decision.replies import (
    LOGIN_NEEDED,
    MAY_NOT_SEND,
    MAY_NOT_SEND_NOW,
    NOT_YOUR_ADDRESS,
    NOT_YOUR_HEADER,
    SENDER_UNVERIFIED,
    SENDERS_DOMAIN_DISABLED,
    SENDERS_DOMAIN_SUSPENDED,
    SENDING_TOO_LARGE,
)
from mailpolicy.rights.table import RIGHTS
from tests.examples import ACME, CARBONIO, EXAMPLES, JOHN, both
from tests.mail_directories import ALIAS, native, stale

ACME_TEXT = (EXAMPLES / "acme.ldif").read_text("utf-8")
OUT = "wile.e@customer.example"
JANE, BOB, ZOE = "jane@acme.example", "bob@acme.example", "zoe@acme.example"
LOST = "lostandfound@acme.example"
SALES = "sales@acme.example"
IDS = {
    name: CARBONIO.account(f"{name}@acme.example").entry.stored("zimbraId")[0].decode()
    for name in ("john", "jane", "bob")
}


def submit(
    directory: mp.Directory, login: str, sender: str, header: str = "", to: str = OUT, size: int = 0
) -> mp.Decision:
    request = mp.Submission(login, sender, to, size=size, header_from=header)
    decision = mp.decide(directory, request)
    assert not decision.errors
    # A trail is the same rules asked again: they must come to the same end.
    told = [reason.id for reason in decision.reasons]
    assert decision.rule is None or decision.rule in told
    return decision


def refusal(decision: mp.Decision) -> str | None:
    return decision.rule if decision.is_refused else None


def granting(directory: mp.Directory, target: str, *grants: str) -> mp.Directory:
    return directory.with_changes(mp.set(target, grants=list(grants)))


OWN = [
    JOHN,
    "JOHN@Acme.Example",
    '"john"@acme.example',
    "j.doe@acme.example",
    "john+news@acme.example",
    "j.doe+a+b@ACME.example",
    "john@alias.example",
    "sales.lead@alias.example",
    "john@acmé.example",
    "john@XN--ACM-DMA.example",
    '"J.Doe"@acmé.example',
]


@pytest.mark.parametrize("sender", OWN)
def test_every_spelling_of_an_own_address_is_ones_own(sender: str) -> None:
    decision = submit(ACME, JOHN, sender)
    assert (decision.verdict, decision.effects) == (mp.Verdict.ACCEPT, ())


NOT_OWN = [
    JANE,
    "jane+john@acme.example",
    "john@globex.example",
    OUT,
    "nobody.here@acme.example",
    "john@acme.example.evil.example",
    "all@acme.example",
    "webmaster@acme.example",
    "john",
    "a@@b",
    "john@acme.example bob@acme.example",
]


@pytest.mark.parametrize("sender", NOT_OWN)
def test_the_rest_is_not(sender: str) -> None:
    decision = submit(ACME, JOHN, sender)
    assert (decision.rule, decision.reply) == ("sender.address", NOT_YOUR_ADDRESS)


@pytest.mark.parametrize("login", [JOHN, "j.doe@acme.example", "JOHN@alias.example"])
def test_a_login_by_an_alias_is_the_account(login: str) -> None:
    assert submit(ACME, login, JOHN).verdict is mp.Verdict.ACCEPT


@pytest.mark.parametrize("sender", ["", "<>"])
def test_whoever_has_logged_in_may_send_without_a_sender(sender: str) -> None:
    assert not submit(ACME, JOHN, sender).is_refused


def test_an_alias_entry_leads_to_its_account() -> None:
    assert refusal(submit(ACME, "root@acme.example", "webmaster@acme.example")) is None


def test_the_catch_all_is_of_addresses_that_nobody_has() -> None:
    for sender in ("nobody.here@acme.example", "nobody.here@alias.example", "Nobody.Here+x@acmé.example"):
        assert refusal(submit(ACME, LOST, sender)) is None
    # niaj's mail goes to the catch-all, but the address is niaj's; so is the one that olga once had
    for sender in (JOHN, "j.doe@alias.example", "niaj@acme.example", "olga.petrova@acme.example", SALES):
        assert refusal(submit(ACME, LOST, sender)) == "sender.address"
    assert refusal(submit(ACME, LOST, "nobody.here@globex.example")) == "sender.address"
    without = ACME.with_changes(mp.set(LOST, mail_status="disabled"))
    assert refusal(submit(without, LOST, "nobody.here@acme.example")) == "sender.address"


def test_an_address_that_she_once_had_is_hers_but_not_on_a_deployed_server() -> None:
    assert refusal(submit(ACME, "olga.owen@acme.example", "olga.petrova@acme.example")) is None
    renamed = CARBONIO.with_changes(mp.set(JOHN, zimbraOldMailAddress="johnny@acme.example"))
    assert renamed.find("johnny@acme.example").name == JOHN
    assert refusal(submit(renamed, JOHN, "johnny@acme.example")) == "sender.address"


def test_a_deployed_mail_server_does_not_know_who_takes_no_mail() -> None:
    silent = CARBONIO.with_changes(mp.set(BOB, mail_status="disabled", aliases=["bb@acme.example"]))
    assert refusal(submit(silent, BOB, "bb@acme.example")) == "sender.address"
    assert refusal(submit(ACME, "niaj@acme.example", "niaj+x@acme.example")) is None


def test_an_address_of_two_is_hers_who_has_it_and_nobody_can_tell_of_others() -> None:
    assert refusal(submit(ACME, "sybil@acme.example", "trent@acme.example")) is None
    assert submit(ACME, "trent@acme.example", "trent@acme.example").verdict is mp.Verdict.DEFER
    trent = ACME.with_changes(
        mp.set("uid=trent,ou=people,dc=acme.example,o=mail", aliases=["tt@acme.example"])
    )
    assert refusal(submit(trent, "tt@acme.example", "Trent@acme.example")) is None
    decision = submit(ACME, JOHN, "trent@acme.example")
    assert (decision.verdict, decision.rule) == (mp.Verdict.DEFER, "sender.address")


@both
def test_on_behalf_of_is_shown(directory: mp.Directory) -> None:
    decision = submit(directory, JANE, "j.doe@acme.example")
    assert decision.verdict is mp.Verdict.ACCEPT
    assert decision.effects == (mp.decision.Header("Sender", JANE),)
    assert refusal(submit(directory, BOB, JOHN)) == "sender.address"


@pytest.mark.parametrize("dialect", ["native", "carbonio"])
def test_send_as_is_not_shown_and_comes_first(dialect: str) -> None:
    directory, who = (ACME, JANE) if dialect == "native" else (CARBONIO, IDS["jane"])
    both_rights = granting(directory, JOHN, f"{who} usr sendOnBehalfOf", f"{who} usr sendAs")
    decision = submit(both_rights, JANE, JOHN)
    assert (decision.verdict, decision.effects) == (mp.Verdict.ACCEPT, ())
    denied = granting(directory, JOHN, f"{who} usr -sendAs", f"{who} usr sendOnBehalfOf")
    assert len(submit(denied, JANE, JOHN).effects) == 1
    neither = granting(directory, JOHN, f"{who} usr -sendAs", f"{who} usr -sendOnBehalfOf")
    assert refusal(submit(neither, JANE, JOHN)) == "sender.address"
    assert "right.grant" in [each.id for each in submit(neither, JANE, JOHN).reasons]


def test_by_a_list_that_she_is_on() -> None:
    granted = granting(ACME, ZOE, f"{SALES} grp sendAs")
    assert refusal(submit(granted, BOB, "z.mueller@acme.example")) is None
    assert refusal(submit(granted, JANE, "z.mueller@acme.example")) == "sender.address"


@pytest.mark.parametrize("right", ["sendAsDistList", "sendOnBehalfOfDistList", "ownDistList"])
@pytest.mark.parametrize("dialect", ["native", "carbonio"])
def test_sending_as_a_list(dialect: str, right: str) -> None:
    assert right in RIGHTS
    directory, who = (ACME, JANE) if dialect == "native" else (CARBONIO, IDS["jane"])
    decision = submit(granting(directory, SALES, f"{who} usr {right}"), JANE, SALES)
    if right == "ownDistList" and dialect == "carbonio":  # no right of a list brings another along there
        assert decision.rule == "sender.address"
    else:
        assert decision.verdict is mp.Verdict.ACCEPT
    assert bool(decision.effects) is (right == "sendOnBehalfOfDistList")


@both
def test_being_on_a_list_lets_nobody_send_as_it_unless_that_is_granted_to_the_list(
    directory: mp.Directory,
) -> None:
    assert refusal(submit(directory, BOB, SALES)) == "sender.address"
    itself = SALES if directory is ACME else directory.list(SALES).entry.stored("zimbraId")[0].decode()
    granted = granting(directory, SALES, f"{itself} grp sendAsDistList")
    assert refusal(submit(granted, BOB, SALES)) is None
    assert refusal(submit(granted, JANE, SALES)) == "sender.address"


@both
@pytest.mark.parametrize("status", ["active", "locked", "closed"])
def test_whom_one_sends_for_must_be_there(directory: mp.Directory, status: str) -> None:
    changed = directory.with_changes(mp.set(JOHN, account_status=status))
    refused = {"closed"} if directory is ACME else {"closed", "locked"}
    assert (refusal(submit(changed, JANE, JOHN)) == "sender.address") is (status in refused)


def test_addresses_of_the_outside_that_a_deployed_server_allows() -> None:
    allowed = CARBONIO.with_changes(mp.set(JOHN, zimbraAllowFromAddress=["John@Other.example"]))
    assert refusal(submit(allowed, JOHN, "john@other.example")) is None
    assert refusal(submit(allowed, JOHN, "jane@other.example")) == "sender.address"
    assert refusal(submit(allowed, JANE, "john@other.example")) == "sender.address"
    anybody = CARBONIO.with_changes(mp.set(JOHN, zimbraAllowAnyFromAddress=True))
    assert refusal(submit(anybody, JOHN, OUT)) is None
    assert refusal(submit(anybody, JANE, OUT)) == "sender.address"


def test_the_addresses_that_a_deployed_account_lets_its_delegates_use() -> None:
    chosen = CARBONIO.with_changes(
        mp.set(JOHN, zimbraPrefAllowAddressForDelegatedSender=["J.Doe@acme.example"])
    )
    assert refusal(submit(chosen, JANE, "j.doe@acme.example")) is None
    assert refusal(submit(chosen, JANE, JOHN)) == "sender.address"
    assert refusal(submit(chosen, JOHN, JOHN)) is None


# The account


def test_a_login_that_is_no_account_sends_nothing() -> None:
    for login in ("gone@acme.example", "gone", "sales@acme.example", "", OUT):
        decision = submit(ACME, login, "")
        assert (decision.rule, decision.reply) == ("sender.account", MAY_NOT_SEND)


@pytest.mark.parametrize("status", ["active", "locked", "maintenance", "pending", "closed"])
@both
def test_the_status_lets_her_send(directory: mp.Directory, status: str) -> None:
    decision = submit(directory.with_changes(mp.set(JOHN, account_status=status)), JOHN, JOHN)
    assert decision.is_refused is (status != "active")
    if decision.is_refused:
        reply = MAY_NOT_SEND_NOW if status == "maintenance" else MAY_NOT_SEND
        assert (decision.rule, decision.reply) == ("sender.status", reply)
        assert decision.verdict == ("defer" if status == "maintenance" else "reject")
        assert any(each.id == "status.account" for each in decision.reasons)


def test_a_lockout_ends() -> None:
    frank = mp.Submission("frank@acme.example", "frank@acme.example", OUT)
    for hour, is_refused in ((12, True), (13, False)):
        at = datetime(2025, 3, 1, hour, 0, tzinfo=UTC)
        assert mp.decide(ACME, frank, at=at).is_refused is is_refused


def test_a_domain_that_has_not_proved_its_ownership() -> None:
    unproved = ACME.with_changes(mp.set("domain:acme.example", ownership_verified=False))
    decision = submit(unproved, JOHN, JOHN)
    assert (decision.rule, decision.reply) == ("sender.status", SENDER_UNVERIFIED)
    locked = unproved.with_changes(mp.set(JOHN, account_status="locked"))
    assert submit(locked, JOHN, JOHN).reply == MAY_NOT_SEND
    # zoe is of acme.example, which has; her other address is not
    globex = ACME.with_changes(mp.set("domain:globex.example", ownership_required=True))
    decision = submit(globex, ZOE, "zoe@globex.example")
    assert (decision.rule, decision.reply) == ("sender.domain", SENDER_UNVERIFIED)
    assert refusal(submit(globex, ZOE, ZOE)) is None
    assert refusal(submit(ACME, ZOE, "zoe@globex.example")) is None


CLOSED = {"domain_status": "closed"}
SUSPENDED = {"domain_status": "suspended"}
UNKNOWN = {"mail_status": "disabled"}


@pytest.mark.parametrize("change", [CLOSED, SUSPENDED, UNKNOWN])
def test_nobody_sends_as_what_would_not_take_the_answer(change: dict[str, str]) -> None:
    alias = ACME.with_changes(mp.set("domain:alias.example", **change))
    globex = ACME.with_changes(mp.set("domain:globex.example", **change))
    caught = globex.with_changes(mp.set(LOST, catch_all_addresses=["@globex.example"]))
    delegate = granting(globex, "hank@globex.example", f"{BOB} usr sendAs")
    for directory, login, sender in (
        (alias, JOHN, "john@alias.example"),
        (alias, JOHN, "J.Doe+x@ALIAS.example"),
        (globex, ZOE, "zoe@globex.example"),
        (caught, LOST, "nobody@globex.example"),
        (delegate, BOB, "hank@globex.example"),
    ):
        answered = mp.decide(directory, mp.Delivery(OUT, sender))
        assert answered.is_refused, sender
        for header, envelope in (("", sender), (sender, login), (sender, "")):
            decision = submit(directory, login, envelope, header)
            waits = change is SUSPENDED
            reply = SENDERS_DOMAIN_SUSPENDED if waits else SENDERS_DOMAIN_DISABLED
            assert (decision.rule, decision.reply) == ("sender.domain", reply)
            assert decision.verdict == answered.verdict
        assert refusal(submit(directory, login, login)) is None
        assert refusal(submit(directory, login, login, login)) is None


def test_a_domain_that_is_only_locked_takes_the_answers() -> None:
    for status in ("active", "locked"):
        globex = ACME.with_changes(mp.set("domain:globex.example", domain_status=status))
        assert refusal(submit(globex, ZOE, "zoe@globex.example")) is None


def test_on_a_deployed_server_answers_to_a_suspended_alias_domain_arrive() -> None:
    for status, expected in (("suspended", None), ("closed", "sender.domain")):
        changed = native(alias=[f"mpDomainStatus: {status}"], statuses="server")
        assert refusal(submit(changed, "ann@acme.example", f"ann@{ALIAS}")) == expected
        answered = mp.decide(changed, mp.Delivery(OUT, f"ann@{ALIAS}"))
        assert answered.is_refused is (expected is not None)


@both
def test_a_domain_that_mail_does_not_know_takes_no_answers(directory: mp.Directory) -> None:
    silent = directory.with_changes(mp.set("domain:alias.example", mail_status="disabled"))
    decision = submit(silent, JOHN, "john@alias.example")
    assert (decision.rule, decision.reply) == ("sender.domain", SENDERS_DOMAIN_DISABLED)
    told = [each.text for each in decision.reasons if each.id == "sender.domain"]
    assert "mail_status" in told[0]


def test_in_the_domain_where_she_lives_her_own_status_counts() -> None:
    silent = ACME.with_changes(mp.set("domain:acme.example", mail_status="disabled"))
    assert refusal(submit(silent, JOHN, "j.doe@acme.example")) is None
    assert refusal(submit(silent, JOHN, JOHN, "j.doe@acme.example")) is None
    # the exempt is not stopped by what stops the others
    exempt = native(ann=["mpIsGlobalAdmin: TRUE"], acme=["mpDomainStatus: maintenance"], statuses="server")
    assert refusal(submit(exempt, "ann@acme.example", "ann@acme.example")) is None
    assert refusal(submit(exempt, "bob@acme.example", "bob@acme.example")) == "sender.status"


def test_from_is_of_a_domain_that_has_proved_its_ownership() -> None:
    unproved = ACME.with_changes(
        mp.set("domain:alias.example", ownership_required=True, ownership_verified=False)
    )
    for header, envelope in (
        ("", "john@alias.example"),
        ("john@alias.example", JOHN),
        ("john@alias.example", ""),
    ):
        decision = submit(unproved, JOHN, envelope, header)
        assert (decision.rule, decision.reply) == ("sender.domain", SENDER_UNVERIFIED)


def test_smtp_must_be_switched_on() -> None:
    for changed in (
        ACME.with_changes(mp.set(JOHN, smtp_enabled=False)),
        ACME.with_changes(mp.set("domain:acme.example", allowed_services=["imap"])),
    ):
        decision = submit(changed, JOHN, JOHN)
        assert (decision.rule, decision.reply) == ("sender.service", MAY_NOT_SEND)


@both
def test_how_large_a_message_she_sends(directory: mp.Directory) -> None:
    limit = directory.account(JOHN).settings.max_message_size
    assert refusal(submit(directory, JOHN, JOHN, size=limit)) is None
    decision = submit(directory, JOHN, JOHN, size=limit + 1)
    assert (decision.rule, decision.reply) == ("sender.size", SENDING_TOO_LARGE)
    unlimited = ACME.with_changes(mp.set(JOHN, max_message_size=0))
    assert refusal(submit(unlimited, JOHN, JOHN, size=limit + 1)) is None


# From:


def test_from_is_judged_as_the_envelope_is() -> None:
    assert refusal(submit(ACME, JOHN, JOHN, "J.Doe@alias.example")) is None
    for header in (BOB, OUT, "nobody", "x@@y"):
        decision = submit(ACME, JOHN, JOHN, header)
        assert (decision.rule, decision.reply) == ("sender.header_from", NOT_YOUR_HEADER)
    assert submit(ACME, JOHN, "", BOB).rule == "sender.header_from"


def test_sender_is_about_from_where_it_was_seen() -> None:
    shown = (mp.decision.Header("Sender", JANE),)
    assert submit(ACME, JANE, JANE, JOHN).effects == shown
    assert submit(ACME, JANE, JOHN, JOHN).effects == shown
    assert submit(ACME, JANE, JOHN, "j.doe@acme.example").effects == shown
    assert submit(ACME, JANE, JOHN, JANE).effects == ()


# Who has not logged in


@pytest.mark.parametrize("sender", [JOHN, "John@ALIAS.example", "x@acmé.example", "nobody@globex.example"])
def test_an_address_of_ours_without_a_login_is_only_noticed_unless_a_site_says_so(sender: str) -> None:
    enforced = mp.DEFAULT_POLICY.with_modes({"sender.login_needed": "enforce"})
    for request in (mp.Delivery(sender, BOB), mp.Post(SALES, sender)):
        decision = mp.decide(ACME, request)
        assert decision.verdict is mp.Verdict.ACCEPT
        assert [each.rule for each in decision.observed] == ["sender.login_needed"]
        assert mp.decide(ACME, request, policy=enforced).reply == LOGIN_NEEDED


@pytest.mark.parametrize("sender", ["", "<>", OUT, "x@acme.example.customer.example", "acme", "a@@"])
def test_nobody_else_needs_to_log_in(sender: str) -> None:
    assert mp.decide(ACME, mp.Delivery(sender, BOB)).observed == ()
    assert mp.decide(ACME, mp.Post(SALES, JOHN, login=JOHN)).observed == ()


DAMAGED = mp.loads(ACME_TEXT.replace("dn: uid=jane,", "dxn: uid=jane,"))


def test_what_may_stand_in_a_record_that_could_not_be_read_is_not_refused() -> None:
    for login, sender in [(JANE, JANE), (JOHN, JANE), (JOHN, OUT), (LOST, "nobody.here@acme.example")]:
        assert submit(DAMAGED, login, sender, to=BOB).verdict is mp.Verdict.DEFER
    for sender, expected in [(JOHN, mp.Verdict.ACCEPT), (BOB, mp.Verdict.REJECT)]:
        assert submit(DAMAGED, JOHN, sender, to=BOB).verdict is expected


def test_a_directory_that_no_longer_answers_is_sure_of_what_it_has_seen() -> None:
    # first while it answers: what is kept of that must not be an answer later
    assert submit(ACME, JOHN, "nobody.here@acme.example").verdict is mp.Verdict.REJECT
    silent = stale(ACME)
    assert submit(silent, JOHN, "nobody.here@acme.example", to=BOB).verdict is mp.Verdict.DEFER
    assert submit(silent, JOHN, "J.Doe@alias.example", to=BOB).verdict is mp.Verdict.ACCEPT
    assert submit(silent, JOHN, BOB, to=BOB).verdict is mp.Verdict.REJECT


def test_a_grant_to_somebody_who_cannot_be_seen_is_no_refusal() -> None:
    granted = mp.loads(
        (ACME_TEXT + "\ndxn: cn=x,o=mail\nmail: x@acme.example\n").replace(
            "mpGrants: jane@acme.example usr sendOnBehalfOf", "mpGrants: lost@acme.example grp sendOnBehalfOf"
        )
    )
    assert submit(granted, BOB, JOHN, to=BOB).verdict is mp.Verdict.DEFER
