"""mypy reads this, nobody runs it: what is opened on servers has its type, and so has what its verbs give."""

from __future__ import annotations

from pathlib import Path
from typing import Any, assert_type

import mailpolicy as mp
from mailpolicy.live import Asking, AsyncLive, Live
from mailpolicy.live.watch import Watch
from mailpolicy.live.write import Applied
from mailpolicy.types import (
    AddressBook,
    EffectiveValues,
    Expansion,
    Freshness,
    Holding,
    ListMemberships,
    Object,
    Objects,
    Posting,
    SearchResult,
    Subscription,
)


def what_is_opened(path: Path, bind: mp.Bind) -> None:
    assert_type(mp.open("acme.ldif"), mp.Directory)
    assert_type(mp.open(path, cache="acme.cache", strict=True), mp.Directory)
    assert_type(mp.open("ldaps://ldap1/o=mail", live=False), Asking)
    assert_type(mp.open("ldaps://ldap1/o=mail", live=False, bind=bind, client="ldap3"), Asking)
    assert_type(mp.open("ldaps://ldap1/o=mail", bind=bind), mp.Live)
    assert_type(mp.open("ldaps://ldap1/o=mail", bind=None, stale_for="1h", start_tls=True), Live)
    with mp.open("ldaps://ldap1/o=mail", bind=bind, live=True) as live:
        assert_type(live, Live)


def one_object(live: Live) -> None:
    assert_type(live.find("john@acme.example"), Object)
    assert_type(live.find(address="john@acme.example"), Object)
    assert_type(live.account("john@acme.example"), mp.Account)
    assert_type(live.resource("everest@acme.example"), mp.Resource)
    assert_type(live.list("staff@acme.example"), mp.MailingList)
    assert_type(live.domain("acme.example"), mp.Domain)
    assert_type(live.cos("premium"), mp.ClassOfService)
    assert_type(live.config, mp.Config)
    assert_type(live.select("cos:premium"), Object)
    assert_type(live.account("john@acme.example").settings.mailbox_quota, mp.Size)


def many(live: Live, acme: mp.Domain) -> None:
    assert_type(live.accounts(domain=acme, text="jo"), Objects[mp.Account])
    assert_type(live.lists(), Objects[mp.MailingList])
    assert_type(live.search("o=mail", "sub", filter="(uid=j*)", limit=3), SearchResult)
    assert_type(live.effective("mailbox_quota"), EffectiveValues[Any])
    assert_type(live.gal("acme.example", "jo", limit=10), AddressBook)
    assert_type(live.findings, tuple[mp.Finding, ...])


def lists_and_rights(live: Live, john: mp.Account) -> None:
    assert_type(live.expand("staff@acme.example", depth=2), Expansion)
    assert_type(live.lists_of(john), ListMemberships)
    assert_type(live.is_member("staff@acme.example", john), bool)
    assert_type(mp.holds(live, john, "sendAs", "jane@acme.example"), Holding)
    assert_type(mp.may_post(live, "staff@acme.example", login=john), Posting)
    assert_type(mp.may_subscribe(live, "staff@acme.example", john), Subscription)
    assert_type(mp.may_unsubscribe(live, "staff@acme.example", john), Subscription)
    assert_type(mp.may_edit(live, john, john, "locale"), Holding)


def one_moment(live: Live) -> None:
    assert_type(live.snapshot, mp.Directory)
    assert_type(live.revision, str)
    assert_type(live.freshness, Freshness)
    assert_type(live.with_changes(mp.set("config", locale="de")), mp.Directory)
    assert_type(mp.dumps(live), str)


def waiting_and_writing(live: Live) -> None:
    assert_type(live.watch(), Watch)
    assert_type(live.wait_for(mp.set("config", locale="de"), 1.0), mp.Directory)
    assert_type(live.apply(mp.set("config", locale="de")), Applied)


async def without_waiting(live: Live) -> None:
    twin = live.asynchronous
    assert_type(twin, AsyncLive)
    assert_type(twin.find("john@acme.example"), Object)
    assert_type(await twin.ready(1.0), mp.Directory)
    assert_type(await twin.apply(mp.set("config", locale="de")), Applied)
    assert_type(mp.holds(twin, None, "sendAs", "config"), Holding)


def asking(small: Asking) -> None:
    assert_type(small.find("john@acme.example"), Object)
    assert_type(small.anew(), Asking)
    assert_type(mp.holds(small, None, "sendAs", "config"), Holding)
    assert_type(mp.dumps(small), str)


def what_is_no_verb_is_an_error(live: Live) -> None:
    live.fnd("john@acme.example")  # type: ignore[attr-defined]
    live.find(3)  # type: ignore[arg-type]
    live.find("john@acme.example", "jane@acme.example")  # type: ignore[call-arg]
    mp.open("acme.ldif", live=False, strict=True)  # type: ignore[call-overload]
