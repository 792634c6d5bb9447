"""Who may write to a list: every policy, by login and by envelope sender, with and without grants."""

from __future__ import annotations

import pytest

from mailpolicy.errors import NotFound, Unavailable
from mailpolicy.lookup import selected
from mailpolicy.rights import Posting, may_post
from mailpolicy.rights.pages import posting_markdown
from mailpolicy.schema.posting import PostingPolicy
from mailpolicy.snapshot import Snapshot
from tests.examples import ACME, CARBONIO
from tests.rights_directories import ANN, BOB, EVE, OUTER, OUTSIDER, STAFF, directory

POST = "sendToDistList"


def posting(snapshot: Snapshot, to: str, login: str | None = None, sender: str = "") -> Posting:
    account = None if login is None else selected(snapshot, login)
    return may_post(snapshot, selected(snapshot, to), login=account, sender=sender)


def club(policy: str, *grants: str) -> str:
    """A list with a policy that ann owns and that outer is on, and so bob and the outsider."""
    lines = [
        "dn: cn=club,dc=acme.example,o=mail",
        "objectClass: groupOfURLs",
        "objectClass: mpList",
        "cn: club",
    ]
    lines += ["mail: club@acme.example", f"mpMemberAddresses: {OUTER}", f"mpPostingPolicy: {policy}"]
    return "\n".join([*lines, *(f"mpGrants: {each}" for each in (f"{ANN} usr ownDistList", *grants)), "", ""])


EXPECTED = {
    # policy: by login of ann, bob, eve; by envelope sender of the same, of the outsider, of nobody
    "everyone": (True, True, True, True, True, True, True, True),
    "authenticated": (True, True, True, False, False, False, False, False),
    "domain": (True, True, False, True, True, False, False, False),
    "members": (False, True, False, False, True, False, True, False),
    "owners": (True, False, False, True, False, False, False, False),
    "granted": (False,) * 8,
    "nobody": (False,) * 8,
}
WHO = [(ANN, ""), (BOB, ""), (EVE, ""), *((None, who) for who in (ANN, BOB, EVE, OUTSIDER, "<>"))]


@pytest.mark.parametrize("stored", ["Members-Only", "member", "none"])
def test_a_policy_that_nobody_can_read_lets_in_nobody_for_sure(stored: str) -> None:
    snapshot = directory(club(stored, f"{EVE} usr -{POST}", f"{BOB} usr {POST}"))
    for login, sender in WHO:
        found = posting(snapshot, "club@acme.example", login, sender)
        denied = login == EVE or sender == EVE
        assert found.verdict is (False if denied else None)
        assert [each.id for each in found.reasons if each.id == "posting.unreadable"] == (
            [] if denied else ["posting.unreadable"]
        )


@pytest.mark.parametrize("policy", PostingPolicy)
def test_whom_each_policy_lets_write(policy: PostingPolicy) -> None:
    snapshot = directory(club(policy))
    asked = [posting(snapshot, "club@acme.example", login, sender) for login, sender in WHO]
    assert tuple(each.verdict for each in asked) == EXPECTED[policy]
    assert {each.policy for each in asked} == {policy}
    assert [each.authenticated for each in asked] == [True] * 3 + [False] * 5
    assert asked[0].reasons[0].id == "posting.authenticated"
    assert asked[-1].reasons[0].id == "posting.unauthenticated"
    assert all(each.reasons[1].origins[0].attribute == "mpPostingPolicy" for each in asked)


@pytest.mark.parametrize("policy", sorted(set(PostingPolicy) - {"nobody"}))
def test_a_grant_to_the_sender_comes_before_the_policy(policy: str) -> None:
    snapshot = directory(club(policy, f"{EVE} usr {POST}", f"{BOB} usr -{POST}", f"{ANN} usr -{POST}"))
    assert posting(snapshot, "club@acme.example", sender=EVE).verdict is True
    assert posting(snapshot, "club@acme.example", login=BOB).verdict is False
    assert posting(snapshot, "club@acme.example", login=ANN).verdict is False


def test_nobody_means_nobody() -> None:
    snapshot = directory(club("nobody", f"{EVE} usr {POST}"))
    assert posting(snapshot, "club@acme.example", login=EVE).verdict is False


def test_without_a_policy_everybody_may_write() -> None:
    written = posting(directory(), STAFF, sender=OUTSIDER)
    assert (written.verdict, written.policy) == (True, PostingPolicy.EVERYONE)


@pytest.mark.parametrize("sender", ["a.smith@acme.example", "ANN@acme.example"])
def test_an_alias_is_as_good_as_the_address(sender: str) -> None:
    assert posting(directory(club("owners")), "club@acme.example", sender=sender).verdict is True


def test_so_is_an_address_with_a_detail_or_in_an_alias_domain_but_not_a_catch_all() -> None:
    sales = ACME.list("all@acme.example").entry
    for sender, verdict in [
        ("jane+news@acme.example", True),
        ("jane@alias.example", True),
        ("not.there@acme.example", False),
    ]:
        assert may_post(ACME.snapshot, sales, sender=sender).verdict is verdict


def test_the_login_counts_whoever_the_envelope_names() -> None:
    snapshot = directory(club("owners"))
    assert posting(snapshot, "club@acme.example", login=EVE, sender=ANN).verdict is False
    assert posting(snapshot, "club@acme.example", login=ANN, sender=EVE).verdict is True


def test_members_of_dynamic_lists_are_members() -> None:
    snapshot = directory(club("members").replace(OUTER, STAFF))
    assert posting(snapshot, "club@acme.example", sender=BOB).verdict is True
    assert posting(snapshot, "club@acme.example", sender="adm@acme.example").verdict is False


LOST = "dn: uid=lost,dc=acme.example,o=mail\nobjectClass: mpAccount\nmail:: ===\n\n"


@pytest.mark.parametrize("policy", ["domain", "members", "owners"])
def test_a_sender_who_may_stand_in_what_was_not_read_is_not_refused(policy: str) -> None:
    snapshot = directory(LOST, club(policy, "x@acme.example usr ownDistList"))
    written = posting(snapshot, "club@acme.example", sender="lost@acme.example")
    assert written.verdict is None
    with pytest.raises(Unavailable):
        bool(written)


def test_a_denial_that_may_be_to_her_leaves_no_yes() -> None:
    snapshot = directory(LOST, club("everyone", f"acme.example dom -{POST}"))
    assert posting(snapshot, "club@acme.example", sender="lost@acme.example").verdict is None
    assert posting(snapshot, "club@acme.example", sender=OUTSIDER).verdict is True


def test_only_lists_are_written_to() -> None:
    with pytest.raises(NotFound):
        posting(directory(), ANN, sender=BOB)


@pytest.mark.parametrize("sender", ["", "no address", "x@", "a" * 100_000, "\udcff@acme.example"])
def test_a_sender_that_is_none_is_nobody(sender: str) -> None:
    assert posting(directory(club("domain")), "club@acme.example", sender=sender).verdict is False


# -- a deployed server


@pytest.mark.parametrize(
    ("to", "sender", "verdict"),
    [
        ("partners@acme.example", "john@acme.example", True),  # by the grants on admins, which it is on
        ("partners@acme.example", "hank@globex.example", False),
        ("admins@acme.example", "john@acme.example", True),
        ("admins@acme.example", "wile@customer.example", False),
        ("sales@acme.example", "wile@customer.example", True),
        ("sales@acme.example", "<>", True),
    ],
)
def test_on_a_deployed_server_the_grants_decide(to: str, sender: str, verdict: bool) -> None:
    entry = CARBONIO.list(to).entry
    assert may_post(CARBONIO.snapshot, entry, sender=sender).verdict is verdict


def test_the_page_names_every_policy() -> None:
    assert all(f"| `{policy}` |" in posting_markdown() for policy in PostingPolicy)
