"""mypy reads this, nobody runs it: what a directory and its objects give has its type."""

from __future__ import annotations

from collections import Counter
from typing import Any, assert_type
from zoneinfo import ZoneInfo

import mailpolicy as mp
from mailpolicy.types import EffectiveValues, Object, SearchPlan, SearchStep


def an_account(john: mp.Account) -> None:
    assert_type(john.settings.mailbox_quota, mp.Size)
    assert_type(john.settings.imap_enabled, bool)
    assert_type(john.settings.display_name, str | None)
    assert_type(john.settings.time_zone, ZoneInfo)
    assert_type(john.settings.messages_per_page, int)
    assert_type(john.settings.aliases, tuple[mp.Address, ...] | None)
    assert_type(john.aliases, tuple[mp.Address, ...])
    assert_type(john.address, mp.Address | None)
    assert_type(john.cos, mp.ClassOfService | None)
    assert_type(john.domain, mp.Domain | None)
    assert_type(john.status, mp.Status)
    assert_type(john.explain("mailbox_quota"), mp.Effective[Any])


def a_domain(acme: mp.Domain) -> None:
    assert_type(acme.settings.domain_name, mp.DomainName | None)
    assert_type(acme.accounts[0], mp.Account)
    assert_type(acme.target, mp.Domain | None)


def a_class_of_service(premium: mp.ClassOfService) -> None:
    assert_type(premium.accounts[0], mp.Account)


def many(directory: mp.Directory) -> None:
    assert_type(directory.accounts()[0], mp.Account)
    assert_type(directory.lists()[0], mp.MailingList)
    assert_type(directory.classes_of_service()[0], mp.ClassOfService)
    assert_type(directory.search("")[0], mp.Entry)
    assert_type(directory.accounts(domain="acme.example", cos="premium")[0], mp.Account)
    assert_type(directory.findings, tuple[mp.Finding, ...])


def one_setting_of_everybody(directory: mp.Directory) -> None:
    quotas: EffectiveValues[mp.Size] = directory.effective("mailbox_quota")
    assert_type(directory.effective("mailbox_quota"), EffectiveValues[Any])
    assert_type(quotas.values(), list[mp.Size])
    assert_type(quotas.counts(), Counter[mp.Size])
    assert_type(next(iter(quotas)), tuple[Object, mp.Size])


def how_it_was_found(directory: mp.Directory) -> None:
    plan = directory.search("", explain=True).plan
    assert_type(plan, SearchPlan | None)
    if plan is not None:
        assert_type(plan.steps, tuple[SearchStep, ...])
        assert_type(plan.tested, int)


def changes(directory: mp.Directory, john: mp.Account) -> None:
    future = directory.with_changes(mp.set(john, mailbox_quota="1 GiB"), mp.unset("cos:premium", "cos"))
    assert_type(future, mp.Directory)


def a_misspelt_setting_is_an_error(john: mp.Account) -> None:
    john.settings.mailbox_qouta  # type: ignore[attr-defined]  # noqa: B018
