"""Joining and leaving a list, telling new members, and where replies go."""

from __future__ import annotations

import pytest

from mailpolicy.errors import NotFound
from mailpolicy.lookup import selected
from mailpolicy.rights import Notice, Subscription, may_subscribe, may_unsubscribe, notices, reply_to
from mailpolicy.schema.catalog.lists import JoinPolicy
from mailpolicy.snapshot import Snapshot
from tests.examples import ACME, CARBONIO
from tests.rights_directories import ANN, BOB, INNER, OUTSIDER, directory
from tests.trees import carbonio, record

CLUB = "club@acme.example"


def club(*lines: str) -> str:
    first = [
        "dn: cn=club,dc=acme.example,o=mail",
        "objectClass: groupOfURLs",
        "objectClass: mpList",
        "cn: club",
    ]
    return "\n".join([*first, f"mail: {CLUB}", *lines, "", ""])


def join(snapshot: Snapshot, who: str | None, to: str = CLUB) -> Subscription:
    return may_subscribe(snapshot, selected(snapshot, to), who)


def leave(snapshot: Snapshot, who: str | None, to: str = CLUB) -> Subscription:
    return may_unsubscribe(snapshot, selected(snapshot, to), who)


def last(subscription: Subscription) -> str:
    return subscription.reasons[-1].id


@pytest.mark.parametrize(
    ("policy", "outcome"), [("accept", "accept"), ("reject", "reject"), (None, "reject")]
)
def test_the_policy_decides(policy: str | None, outcome: str) -> None:
    lines = [] if policy is None else [f"mpSubscriptionPolicy: {policy}", f"mpUnsubscriptionPolicy: {policy}"]
    snapshot = directory(club(*lines))
    for asked in (join(snapshot, BOB), leave(snapshot, BOB), join(snapshot, OUTSIDER)):
        assert asked.outcome == outcome
        assert bool(asked) is (outcome == "accept")
        assert last(asked) == "subscription.policy"


def test_joining_and_leaving_have_policies_of_their_own() -> None:
    snapshot = directory(club("mpSubscriptionPolicy: accept"))
    assert join(snapshot, BOB).outcome is JoinPolicy.ACCEPT
    assert leave(snapshot, BOB).outcome is JoinPolicy.REJECT


def test_approval_is_for_the_owners() -> None:
    grants = [f"mpGrants: {who}" for who in (f"{ANN} usr ownDistList", f"{INNER} grp ownDistList")]
    asked = join(directory(club("mpSubscriptionPolicy: approval", *grants)), BOB)
    assert (asked.outcome, asked.approvers) == (JoinPolicy.APPROVAL, (ANN, INNER))
    assert not asked
    assert [origin.raw for origin in asked.reasons[-1].origins] == [
        (f"{ANN} usr ownDistList",),
        (f"{INNER} grp ownDistList",),
    ]


@pytest.mark.parametrize("grant", [None, f"{ANN} usr -ownDistList", "gone@acme.example usr ownDistList"])
def test_approval_without_anybody_to_ask_is_a_refusal(grant: str | None) -> None:
    lines = [] if grant is None else [f"mpGrants: {grant}"]
    asked = join(directory(club("mpSubscriptionPolicy: approval", *lines)), BOB)
    assert (asked.outcome, asked.approvers, last(asked)) == (JoinPolicy.REJECT, (), "subscription.no_owner")


@pytest.mark.parametrize(("who", "id"), [(None, "nobody"), ("<>", "nobody"), (CLUB, "self")])
def test_who_can_never_join(who: str | None, id: str) -> None:
    asked = join(directory(club("mpSubscriptionPolicy: accept")), who)
    assert (asked.outcome, last(asked)) == (JoinPolicy.REJECT, f"subscription.{id}")


SEARCH = "memberURL: ldap:///o=mail??sub?(ou=Sales)"
BOTH = ("mpSubscriptionPolicy: accept", "mpUnsubscriptionPolicy: accept")


def test_nobody_leaves_a_list_that_only_searches() -> None:
    snapshot = directory(club(SEARCH, *BOTH))
    assert join(snapshot, BOB).outcome is JoinPolicy.ACCEPT
    assert (leave(snapshot, BOB).outcome, last(leave(snapshot, BOB))) == (
        JoinPolicy.REJECT,
        "subscription.dynamic",
    )
    mixed = directory(club(SEARCH, f"mpMemberAddresses: {OUTSIDER}", *BOTH))
    assert leave(mixed, OUTSIDER).outcome is JoinPolicy.ACCEPT


def test_on_a_deployed_server_a_search_of_its_own_lets_nobody_in() -> None:
    snapshot = CARBONIO.snapshot
    sales, project = CARBONIO.list("sales@acme.example").entry, CARBONIO.list("project@acme.example").entry
    assert last(may_subscribe(snapshot, sales, "john@acme.example")) == "subscription.dynamic"
    asked = may_subscribe(snapshot, project, "john@acme.example")
    assert [(each.id, each.matched) for each in asked.reasons] == [
        ("subscription.policy", True),
        ("subscription.inert", False),
    ]


def test_only_lists_are_joined() -> None:
    with pytest.raises(NotFound):
        join(directory(), BOB, ANN)


# -- notices and replies


def test_new_members_are_told_each_once() -> None:
    snapshot = directory(
        club("mpNotifyNewMembers: TRUE", "displayName: The Club", f"mpReplyToAddress: {ANN}")
    )
    told = notices(snapshot, selected(snapshot, CLUB), [BOB, OUTSIDER, "BOB@acme.example"])
    assert told == (Notice(BOB, CLUB, "The Club", ANN), Notice(OUTSIDER, CLUB, "The Club", ANN))


@pytest.mark.parametrize("line", ["mpNotifyNewMembers: FALSE", "mpNotifyNewMembers: perhaps", "cn: other"])
def test_new_members_are_not_told_unless_the_list_says_so(line: str) -> None:
    snapshot = directory(club(line))
    assert notices(snapshot, selected(snapshot, CLUB), [BOB]) == ()


def test_replies_go_to_the_author_unless_the_list_says_otherwise() -> None:
    snapshot = directory(club())
    assert reply_to(snapshot, selected(snapshot, CLUB)) is None
    assert reply_to(ACME.snapshot, ACME.list("sales@acme.example").entry) == "order@acme.example"


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ({}, None),
        ({"zimbraPrefReplyToAddress": "desk@acme.example"}, None),
        (
            {"zimbraPrefReplyToEnabled": "TRUE", "zimbraPrefReplyToAddress": "desk@acme.example"},
            "desk@acme.example",
        ),
        ({"zimbraPrefReplyToEnabled": "TRUE"}, "all@acme.example"),
        ({"zimbraPrefReplyToEnabled": "FALSE", "zimbraPrefReplyToAddress": "desk@acme.example"}, None),
    ],
)
def test_on_a_deployed_server_the_list_itself_is_the_default(
    says: dict[str, str], expected: str | None
) -> None:
    names = {"uid": "all", "mail": "all@acme.example", "zimbraMailAlias": "all@acme.example"}
    entry = record(
        "uid=all,dc=acme,dc=example", "zimbraDistributionList", "zimbraMailRecipient", **names, **says
    )
    snapshot = carbonio({}, {}, {}, {}, entry)
    assert reply_to(snapshot, selected(snapshot, "all@acme.example")) == expected
