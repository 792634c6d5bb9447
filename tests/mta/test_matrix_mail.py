"""Who may write to which list, and who may send as whom: a whole site, from the client to the mailbox."""

from __future__ import annotations

import email
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.mta.operated import OUTSIDER, Operated
from tests.postfix import require
from tests.trees import record

pytestmark = [pytest.mark.twin, pytest.mark.xdist_group("matrix-mail")]

ELSEWHERE: Final = "somebody@else.example"
PEOPLE: Final = ("owner", "member", "nested", "inside", "jane", "boss", "chief", "catcher", "gone")
POLICIES: Final = ("everyone", "authenticated", "domain", "members", "owners", "granted", "nobody")
GUEST: Final = "guest@customer.example"


def person(name: str, domain: str = "acme", **says: str | list[str]) -> str:
    says = {"uid": name, "cn": name, "sn": name, "mail": f"{name}@{domain}.example", **says}
    return record(f"uid={name},dc={domain},o=mail", "inetOrgPerson", "mpAccount", **says)


def mailing_list(name: str, *members: str, **says: str | list[str]) -> str:
    says = {"cn": name, "mail": f"{name}@acme.example", "mpMemberAddresses": [*members], **says}
    return record(f"cn={name},dc=acme,o=mail", "groupOfURLs", "mpList", **says)


def domain(name: str, **says: str) -> str:
    says = {"dc": name, "associatedDomain": f"{name}.example", **says}
    return record(f"dc={name},o=mail", "domain", "mpDomain", **says)


def directory() -> str:
    grants = ["owner@acme.example usr ownDistList", "granted@globex.example usr sendToDistList"]
    lists = [
        mailing_list(
            policy,
            *("member@acme.example", "inner@acme.example"),
            mpPostingPolicy=policy,
            mpGrants=[*grants, f"{GUEST} gst sendToDistList"] if policy == "granted" else grants[:1],
        )
        for policy in POLICIES
    ]
    own: dict[str, dict[str, str | list[str]]] = {
        "jane": {"mpAliases": "j.roe@acme.example"},
        "boss": {"mpGrants": "jane@acme.example usr sendAs"},
        "chief": {"mpGrants": "jane@acme.example usr sendOnBehalfOf"},
        "gone": {"mpGrants": "jane@acme.example usr sendAs", "mpAccountStatus": "closed"},
        "catcher": {"mpCatchAllAddresses": "@caught.example"},
    }
    return "".join(
        [
            record("o=mail", "organization", o="mail"),
            domain("acme", mpRecipientDelimiter="+"),
            domain("globex"),
            domain("caught"),
            domain("alias", mpDomainKind="alias", mpAliasTarget="dc=acme,o=mail"),
            *(person(name, **own.get(name, {})) for name in PEOPLE),
            person("alien", "globex"),
            person("granted", "globex"),
            mailing_list("inner", "nested@acme.example", "owner@acme.example"),
            mailing_list("team", "jane@acme.example", mpGrants="jane@acme.example usr sendAsDistList"),
            *lists,
        ]
    )


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file: Path = tmp_path_factory.mktemp("mail") / "mail.ldif"
    file.write_text(directory())
    return file


@pytest.fixture(scope="module")
def site(source: Path) -> Iterator[Operated]:
    require(ldap=False)
    with Operated(source) as running:
        yield running


# Lists

WRITERS: Final = {
    # Who writes: by what login, as what sender, and to which lists she may.
    "an outsider": ("", OUTSIDER, {"everyone"}),
    "the null sender": ("", "", {"everyone"}),
    "a guest with a grant": ("", GUEST, {"everyone", "granted"}),
    "somebody of another domain": ("alien@globex.example", "", {"everyone", "authenticated"}),
    "one with a grant": ("granted@globex.example", "", {"everyone", "authenticated", "granted"}),
    "one of the domain": ("inside@acme.example", "", {"everyone", "authenticated", "domain"}),
    "a member": ("member@acme.example", "", {"everyone", "authenticated", "domain", "members"}),
    "a member of a list on it": (
        "nested@acme.example",
        "",
        {"everyone", "authenticated", "domain", "members"},
    ),
    "the owner": ("owner@acme.example", "", {"everyone", "authenticated", "domain", "members", "owners"}),
    "a member by the name of an outsider": ("", "member@customer.example", {"everyone"}),
    "an odd sender": ("", "ev!il$x=y@customer.example", {"everyone"}),
}


@pytest.mark.parametrize("who", WRITERS)
def test_who_may_write_to_a_list(site: Operated, who: str) -> None:
    login, sender, allowed = WRITERS[who]
    replies = site.rcpt(*(f"{each}@acme.example" for each in POLICIES), sender=sender or login, login=login)
    assert {name for name, reply in zip(POLICIES, replies, strict=True) if reply.startswith("250")} == allowed
    assert all(each.startswith(("250", "550 5.7.2")) for each in replies)


def test_one_recipient_that_is_refused_does_not_stop_the_others(site: Operated) -> None:
    """Nor does its reply go to another."""
    recipients = ("everyone@acme.example", "owners@acme.example", "jane@acme.example", "nobody@acme.example")
    assert [each[:3] for each in site.rcpt(*recipients)] == ["250", "550", "250", "550"]
    assert site.send(*recipients).startswith("250")
    [arrival] = site.arrived()
    everyone = ["member@acme.example", "nested@acme.example", "owner@acme.example"]
    assert sorted(arrival.recipients) == sorted([*everyone, "jane@acme.example"])
    assert site.postfix.queue() == []


def test_an_envelope_proves_nothing_where_a_site_says_so(source: Path) -> None:
    """Without a login a sender of ours is believed by default, for forwarders keep it; a site can refuse."""
    require(ldap=False)
    lists = [f"{each}@acme.example" for each in ("everyone", "domain", "members")]
    with Operated(source, more='[rules]\nenforce = ["sender.login_needed"]') as site:
        replies = site.rcpt(*lists, sender="member@acme.example")
        assert [each[:3] for each in replies] == ["530"] * 3
        assert [each[:3] for each in site.rcpt(*lists, sender="", login="member@acme.example")] == ["250"] * 3


# Senders

JANE: Final = "jane@acme.example"

SENDERS: Final = {
    # As whom, by whom, whether she may, and the Sender: of the message then.
    "own": (JANE, JANE, True, None),
    "own in other letters": ("Jane@ACME.example", JANE, True, None),
    "alias": ("j.roe@acme.example", JANE, True, None),
    "alias domain": ("jane@alias.example", JANE, True, None),
    "alias in the alias domain": ("j.roe@alias.example", JANE, True, None),
    "detail": ("jane+shop@acme.example", JANE, True, None),
    "catch-all": ("whatever@caught.example", "catcher@acme.example", True, None),
    "somebody else's catch-all": ("whatever@caught.example", JANE, False, None),
    "send as": ("boss@acme.example", JANE, True, None),
    "send as an alias of hers": ("boss@alias.example", JANE, True, None),
    "on behalf of": ("chief@acme.example", JANE, True, JANE),
    "send as who is gone": ("gone@acme.example", JANE, False, None),
    "a list": ("team@acme.example", JANE, True, None),
    "somebody else": ("inside@acme.example", JANE, False, None),
    "nobody of ours": ("nobody@acme.example", JANE, False, None),
    "somebody outside": (OUTSIDER, JANE, False, None),
    "without the grant": ("jane@acme.example", "boss@acme.example", False, None),
    "the null sender": ("", JANE, True, None),
    "a list without the right": ("everyone@acme.example", JANE, False, None),
}


@pytest.mark.parametrize("how", SENDERS)
def test_who_may_send_as_whom(site: Operated, how: str) -> None:
    sender, login, allowed, shown = SENDERS[how]
    reply = site.send(ELSEWHERE, "inside@acme.example", sender=sender, login=login)
    arrived = site.arrived()
    if not allowed:
        assert reply.startswith("553 5.7.1")
        assert arrived == []
        return
    assert reply.startswith("250")
    assert sorted(to for each in arrived for to in each.recipients) == ["inside@acme.example", ELSEWHERE]
    for each in arrived:
        assert email.message_from_bytes(each.content).get_all("Sender") == ([shown] if shown else None)


def test_the_tables_and_the_rules_agree(source: Path) -> None:
    """Who asks `smtpd_sender_login_maps` besides lets nobody send less, or more; but for the null sender."""
    require(ldap=False)
    settings = {
        "smtpd_sender_login_maps": "socketmap:unix:PLACE/socketmap:senderlogins",
        "smtpd_recipient_restrictions": "reject_sender_login_mismatch, reject_unlisted_recipient, permit",
        "smtpd_data_restrictions": "",
        "smtpd_end_of_data_restrictions": "",
    }
    found = {}
    with Operated(source, settings=settings) as site:
        for how, (sender, login, *_) in SENDERS.items():
            found[how] = site.rcpt(ELSEWHERE, sender=sender, login=login)[0].startswith("250")
    assert found == {how: allowed for how, (_, _, allowed, _) in SENDERS.items()}
