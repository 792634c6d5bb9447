"""Who may write to a list, by login and by envelope; and the headers of what is written."""

from __future__ import annotations

import time
from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.decision import Header, counters_for
from mailpolicy.decision.replies import MAY_NOT_POST, NO_SUCH_LIST
from tests.examples import ACME, CARBONIO, EXAMPLES, JOHN, both
from tests.mail_directories import native, native_account, native_domain, opened, stale
from tests.small_directories import record

OUT = "wile.e@customer.example"
JANE, BOB, CAROL = "jane@acme.example", "bob@acme.example", "carol@acme.example"
SALES, PARTNERS = "sales@acme.example", "partners@acme.example"
ADMINS = "admins@acme.example"


def by(directory: mp.Directory, to: str, login: str = "", sender: str = "") -> mp.Decision:
    """What becomes of a post, the same however it comes in."""
    request: mp.Request = mp.Post(to, sender, login=login)
    decision = mp.decide(directory, request)
    other: mp.Request = mp.Submission(login, "", to) if login else mp.Delivery(sender, to)
    again = mp.decide(directory, other)
    if again.rule != "sender.account":
        assert (again.verdict, again.rule) == (decision.verdict, decision.rule)
    assert decision.errors == again.errors == ()
    last = decision.reasons[-1].id if decision.is_refused else ""
    assert decision.rule != "list.posting" or last
    return decision


# policy: john (owner), jane (member), bob (neither, same domain), hank (other domain) logged in;
# then jane, the outsider who is on the list, and nobody, by the envelope alone
EXPECTED = {
    "everyone": "yyyy yyy",
    "authenticated": "yyyy nnn",
    "domain": "yyyn ynn",
    "members": "nynn yyn",
    "owners": "ynnn nnn",
    "granted": "nnnn nnn",
    "nobody": "nnnn nnn",
}
HANK = "hank@globex.example"


@pytest.mark.parametrize("policy", EXPECTED)
def test_every_policy(policy: str) -> None:
    acme = ACME.with_changes(
        mp.set(PARTNERS, posting_policy=policy, grants=[f"{JOHN} usr ownDistList"]),
        mp.set("domain:globex.example", domain_status="active"),
    )
    asked = [
        *(by(acme, PARTNERS, login) for login in (JOHN, JANE, BOB, HANK)),
        *(by(acme, PARTNERS, "", sender) for sender in (JANE, OUT, "<>")),
    ]
    expected = EXPECTED[policy].replace(" ", "")
    assert "".join("n" if each.is_refused else "y" for each in asked) == expected
    for each in asked:
        if each.is_refused:
            assert (each.rule, each.reply) == ("list.posting", MAY_NOT_POST)
            assert any(reason.id.startswith("posting.") for reason in each.reasons)


def test_the_login_counts_and_not_the_envelope() -> None:
    acme = ACME.with_changes(mp.set(PARTNERS, posting_policy="members"))
    anybody = mp.DEFAULT_POLICY.without("sender.address")
    assert mp.decide(acme, mp.Post(PARTNERS, JANE, login=BOB), policy=anybody).rule == "list.posting"
    assert not mp.decide(acme, mp.Post(PARTNERS, BOB, login=JANE), policy=anybody).is_refused
    assert not mp.decide(acme, mp.Post(PARTNERS, "", login=JANE)).is_refused


OPEN = ACME.with_changes(mp.set(PARTNERS, posting_policy="everyone"))


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("sender.status", [mp.set(JANE, account_status="closed")]),
        ("sender.status", [mp.set(JANE, account_status="locked")]),
        ("sender.service", [mp.set(JANE, smtp_enabled=False)]),
        ("sender.domain", [mp.set("domain:alias.example", domain_status="closed")]),
        ("sender.size", [mp.set(JANE, max_message_size=10)]),
        ("limits.messages", [mp.set(JANE, max_messages_per_day=5)]),
        ("limits.recipients", [mp.set(JANE, max_recipients_per_day=5)]),
        ("limits.bytes", [mp.set(JANE, max_bytes_per_day=100)]),
        ("limits.domain", [mp.set("domain:acme.example", domain_max_messages_per_day=5)]),
    ],
)
def test_who_has_logged_in_posts_as_she_sends(rule: str, changes: list[Any]) -> None:
    changed = OPEN.with_changes(*changes)
    sender = "jane@alias.example" if rule == "sender.domain" else JANE
    post = mp.Post(PARTNERS, sender, login=JANE, size=50)
    counters = counters_for(changed, post)
    decision = mp.decide(changed, post, usage=mp.Usage(dict.fromkeys(counters, 99)))
    same = mp.decide(
        changed,
        mp.Submission(JANE, sender, PARTNERS, size=50),
        usage=mp.Usage(dict.fromkeys(counters, 99)),
    )
    assert (decision.rule, decision.reply) == (rule, same.reply)
    assert same.rule == rule
    assert not decision.errors
    # Of somebody who has not logged in nothing of the kind is asked.
    assert not mp.decide(changed, mp.Post(PARTNERS, sender, size=50)).is_refused


def test_what_is_posted_counts_as_one_message_to_one_recipient() -> None:
    limited = OPEN.with_changes(mp.set(JANE, max_recipients_per_day=5, max_recipients_per_message=1))
    decision = mp.decide(limited, mp.Post(PARTNERS, JANE, login=JANE))
    assert [(each.counter.what, each.amount) for each in decision.charges] == [
        ("messages", 1),
        ("recipients", 1),
    ]
    assert mp.decide(limited, mp.Post(PARTNERS, JANE)).charges == ()


def test_who_posts_sends_as_herself() -> None:
    assert mp.decide(OPEN, mp.Post(PARTNERS, BOB, login=JANE)).rule == "sender.address"
    assert mp.decide(OPEN, mp.Post(PARTNERS, "gone@acme.example", login="gone@acme.example")).rule == (
        "sender.account"
    )


@both
@pytest.mark.parametrize(
    "to", [JOHN, "zzz@acme.example", "nobody@customer.example", "", "postmaster", "lostandfound@acme.example"]
)
def test_what_is_no_list_is_not_posted_to(directory: mp.Directory, to: str) -> None:
    caught = directory if directory is CARBONIO else ACME
    decision = mp.decide(caught, mp.Post(to, OUT))
    assert decision.is_refused
    assert not decision.errors
    if to == JOHN or directory is ACME:
        assert (decision.rule, decision.reply) == ("list.exists", NO_SUCH_LIST)
    assert not mp.decide(directory, mp.Post(SALES, OUT)).is_refused


def test_whether_it_is_a_list_nobody_can_tell_of_what_cannot_be_read() -> None:
    silent = stale(ACME)
    for to in ("new@acme.example", "new@customer.example"):
        assert mp.decide(silent, mp.Post(to, OUT)).verdict is mp.Verdict.DEFER
    assert mp.decide(silent, mp.Post(JOHN, OUT)).rule == "list.exists"
    assert not mp.decide(silent, mp.Post(SALES, OUT)).is_refused


def test_a_login_that_is_none_of_ours_is_somebody_outside() -> None:
    acme = ACME.with_changes(mp.set(PARTNERS, posting_policy="authenticated"))
    assert mp.decide(acme, mp.Post(PARTNERS, JANE, login="gone@acme.example")).is_refused
    members = ACME.with_changes(mp.set(PARTNERS, posting_policy="members"))
    assert mp.decide(members, mp.Post(PARTNERS, JANE, login="gone@acme.example")).is_refused


def test_a_grant_comes_before_the_policy() -> None:
    acme = ACME.with_changes(mp.set(PARTNERS, posting_policy="members", grants=[f"{BOB} usr sendToDistList"]))
    assert not by(acme, PARTNERS, BOB).is_refused
    denied = ACME.with_changes(mp.set(PARTNERS, grants=[f"{BOB} usr -sendToDistList"]))
    assert by(denied, PARTNERS, BOB).is_refused


def test_on_a_deployed_server_the_grants_alone_count() -> None:
    assert not by(CARBONIO, ADMINS, JOHN).is_refused
    assert not by(CARBONIO, ADMINS, "", JOHN).is_refused  # its filter trusts the envelope
    assert by(CARBONIO, ADMINS, "", OUT).rule == "list.posting"
    assert not by(CARBONIO, SALES, "", OUT).is_refused
    # partners is on admins, whose grants are about the lists on it too
    assert by(CARBONIO, PARTNERS, "", OUT).is_refused


@pytest.mark.parametrize("inner", ["nobody", "everyone"])
def test_only_the_list_that_is_written_to_is_asked(inner: str) -> None:
    acme = ACME.with_changes(
        mp.set(PARTNERS, posting_policy=inner), mp.set("staff@acme.example", posting_policy="everyone")
    )
    assert not by(acme, "staff@acme.example", "", OUT).is_refused
    assert by(acme, PARTNERS, "", OUT).is_refused is (inner == "nobody")


def test_members_of_a_list_on_it_are_members() -> None:
    acme = ACME.with_changes(mp.set("staff@acme.example", posting_policy="members"))
    for login in (JANE, BOB, JOHN):  # through partners, through sales, on it
        assert not by(acme, "staff@acme.example", login).is_refused
    assert by(acme, "staff@acme.example", CAROL).is_refused
    assert not by(acme, "staff@acme.example", "", OUT).is_refused


def test_an_address_of_the_list_is_as_good_as_another() -> None:
    acme = ACME.with_changes(mp.set(SALES, posting_policy="nobody"))
    for to in (SALES, "Order@acme.example", "sales+x@alias.example"):
        assert by(acme, to, JOHN).rule == "list.posting"


def test_what_was_kept_of_one_is_not_for_another() -> None:
    acme = ACME.with_changes(mp.set(PARTNERS, posting_policy="members"))
    for _ in range(3):
        assert not by(acme, PARTNERS, JANE).is_refused
        assert by(acme, PARTNERS, BOB).is_refused
        assert not by(acme, PARTNERS, "", OUT).is_refused
        assert by(acme, PARTNERS, "", BOB).is_refused
    authenticated = ACME.with_changes(mp.set(PARTNERS, posting_policy="authenticated"))
    assert not by(authenticated, PARTNERS, JANE).is_refused
    assert by(authenticated, PARTNERS, "", JANE).is_refused


def test_where_nobody_can_tell_it_is_deferred() -> None:
    text = (EXAMPLES / "acme.ldif").read_text("utf-8")
    damaged = mp.loads(text.replace("dn: uid=jane,", "dxn: uid=jane,").replace(
        "mpSubscriptionPolicy: approval", "mpPostingPolicy: members"
    ))  # fmt: skip
    assert by(damaged, PARTNERS, "", JANE).verdict is mp.Verdict.DEFER
    silent = stale(ACME.with_changes(mp.set(PARTNERS, posting_policy="domain")))
    assert by(silent, PARTNERS, "", "new@acme.example").verdict is mp.Verdict.DEFER
    assert not by(silent, PARTNERS, "", BOB).is_refused


# Headers


def test_headers_of_a_native_list() -> None:
    decision = by(ACME, SALES, JOHN)
    assert decision.effects == (
        Header("List-Id", "<sales.acme.example>"),
        Header("Reply-To", "order@acme.example"),
    )
    assert by(ACME, PARTNERS, JOHN).effects == (Header("List-Id", "<partners.acme.example>"),)


def test_headers_of_a_deployed_list() -> None:
    assert by(CARBONIO, PARTNERS, JOHN).effects == (Header("X-Zimbra-DL", PARTNERS),)
    answering = CARBONIO.with_changes(
        mp.set(PARTNERS, zimbraPrefReplyToEnabled=True, zimbraPrefReplyToAddress="jane@acme.example")
    )
    assert by(answering, PARTNERS, JOHN).effects[1:] == (Header("Reply-To", JANE),)


def test_a_list_with_an_odd_name_has_no_list_id() -> None:
    odd = record(
        "cn=odd,dc=acme.example,o=mail", "groupOfURLs mpList", "cn: odd", 'mail: "odd list"@acme.example'
    )
    assert by(native(more=[odd]), '"odd list"@acme.example', "", OUT).effects == ()


@both
def test_a_refused_post_has_no_headers(directory: mp.Directory) -> None:
    to = "all@acme.example" if directory is ACME else ADMINS
    assert by(directory, to, "", OUT).effects == ()


# Speed


def test_a_list_of_thousands_nested_two_deep_is_not_read_through() -> None:
    people = [f"u{number}" for number in range(5_000)]
    lists = [("inner", people), ("middle", ["inner"]), ("club", ["middle"])]
    records = [
        record("o=mail", "organization", "o: mail"),
        record("cn=config,o=mail", "mpConfig", "cn: config"),
        native_domain("acme.example"),
        *(native_account(each) for each in [*people, "stranger"]),
        *(
            record(
                f"cn={name},dc=acme.example,o=mail", "groupOfURLs mpList", f"cn: {name}",
                f"mail: {name}@acme.example", "mpPostingPolicy: members",
                *(f"mpMemberAddresses: {each}@acme.example" for each in members),
            )
            for name, members in lists
        ),
    ]  # fmt: skip
    directory = opened(records, "native", None)
    assert not by(directory, "club@acme.example", "u4999@acme.example").is_refused
    assert by(directory, "club@acme.example", "stranger@acme.example").is_refused
    logins = [f"u{number}@acme.example" for number in range(1_000)]
    started = time.perf_counter()
    for login in logins:
        mp.decide(directory, mp.Submission(login, login, "club@acme.example"))
    assert (time.perf_counter() - started) / len(logins) < 0.005  # reading 5,000 members takes longer
