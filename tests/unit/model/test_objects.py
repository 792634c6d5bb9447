"""The objects of a directory: by name, many at once, with their status, and after changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.errors import (
    Ambiguous,
    InvalidValue,
    NotFound,
    SchemaError,
)
from tests.examples import ACME, CARBONIO, EXAMPLES, JOHN, both


class TestObjects:
    @both
    def test_by_name(self, directory: mp.Directory) -> None:
        john = directory.account(JOHN)
        assert isinstance(john, mp.Account)
        assert (john.kind, john.name, john.address) == ("account", JOHN, mp.Address(JOHN))
        assert directory.account(john.dn) == directory.account("j.doe@acme.example") == john
        assert directory.account("john@alias.example") == directory.find("John+x@ALIAS.example") == john
        assert directory.domain("acme.example") == john.domain
        assert directory.domain("ACME.Example.").domain_name == mp.DomainName("acme.example")
        assert john.cos is not None
        assert directory.cos(john.cos.name) == john.cos
        assert isinstance(directory.config, mp.Config)
        assert directory.select("config") == directory.config

    def test_every_kind(self) -> None:
        assert isinstance(ACME.resource("everest@acme.example"), mp.Resource)
        assert isinstance(ACME.list("board@acme.example"), mp.MailingList)
        assert isinstance(ACME.list("all@acme.example"), mp.DynamicList)
        assert not isinstance(ACME.list("board@acme.example"), mp.DynamicList)
        assert ACME.list("all@acme.example").is_dynamic
        assert isinstance(ACME.select("alias:webmaster@acme.example"), mp.Alias)
        assert isinstance(ACME.servers()[0], mp.Server)
        assert isinstance(ACME.domains()[0], mp.Domain)

    @pytest.mark.parametrize(
        ("ask", "kind"),
        [
            (ACME.account, "account"),
            (ACME.domain, "domain"),
            (ACME.cos, "cos"),
            (ACME.list, "list"),
            (ACME.resource, "resource"),
            (ACME.select, "address"),
            (ACME.find, "address"),
        ],
    )
    def test_what_is_not_there(self, ask: Any, kind: str) -> None:
        with pytest.raises(NotFound) as caught:
            ask("nobody@nowhere.example")
        assert (caught.value.kind, caught.value.name) == (kind, "nobody@nowhere.example")

    def test_of_another_kind(self) -> None:
        with pytest.raises(NotFound):
            ACME.account("all@acme.example")
        with pytest.raises(NotFound):
            ACME.list(JOHN)
        with pytest.raises(NotFound):
            ACME.select("o=mail")

    def test_two_of_one_address(self) -> None:
        for ask in (ACME.find, ACME.account):
            with pytest.raises(Ambiguous):
                ask("trent@acme.example")

    def test_no_config(self) -> None:
        with pytest.raises(NotFound):
            _ = mp.loads("dn: o=mail\nobjectClass: organization\no: mail\n").config

    def test_aliases_lead_on(self) -> None:
        (webmaster,) = ACME.aliases()
        assert webmaster.target == ACME.account("root@acme.example")
        assert ACME.domain("alias.example").target == ACME.domain("acme.example")
        assert ACME.domain("acme.example").target is None
        assert {alias.target for alias in CARBONIO.aliases()} >= {CARBONIO.account(JOHN)}

    @both
    def test_equality(self, directory: mp.Directory) -> None:
        john = directory.account(JOHN)
        assert john == directory.account(JOHN)
        assert hash(john) == hash(directory.account(JOHN))
        assert len({john, directory.account(JOHN), directory.account("jane@acme.example")}) == 2
        assert john != directory.with_changes(mp.set(JOHN, display_name="J")).account(JOHN)
        assert john != john.dn
        assert directory == directory
        assert len({directory, directory}) == 1


class TestMany:
    def test_accounts(self) -> None:
        everybody = ACME.accounts()
        assert len(everybody) == sum(map(len, (domain.accounts for domain in ACME.domains())))
        assert {account.domain for account in ACME.accounts("globex.example")} == {
            ACME.domain("globex.example")
        }
        assert ACME.accounts(ACME.domain("globex.example")) == ACME.accounts("GLOBEX.example")
        assert not any(isinstance(account, mp.Resource) for account in everybody)
        with pytest.raises(NotFound):
            ACME.accounts("nowhere.example")

    def test_by_text(self) -> None:
        assert [account.name for account in ACME.accounts(text="MÜLLER")] == ["zoe@acme.example"]
        assert [account.name for account in ACME.accounts(text="sales.lead")] == [JOHN]
        assert ACME.accounts(text="nobody at all") == ()

    def test_by_status(self) -> None:
        assert [account.name for account in ACME.accounts(status="lockout")] == ["frank@acme.example"]
        assert [account.name for account in ACME.accounts("acme.example", "judy", "closed")] == [
            "judy@acme.example"
        ]
        with pytest.raises(InvalidValue):
            ACME.accounts(status="asleep")

    def test_a_domain_of_another_time(self) -> None:
        future = ACME.with_changes(mp.set("domain:globex.example", description="Bought"))
        assert len(future.accounts(ACME.domain("globex.example"))) == len(ACME.accounts("globex.example"))

    @both
    def test_the_others(self, directory: mp.Directory) -> None:
        assert {each.kind for each in directory.domains()} == {"domain"}
        assert {each.kind for each in directory.classes_of_service()} == {"cos"}
        assert {each.kind for each in directory.lists()} == {"list"}
        assert {each.kind for each in directory.resources()} == {"resource"}
        assert {each.kind for each in directory.servers()} == {"server"}


class TestStatus:
    def test_a_lockout_ends(self) -> None:
        noon = datetime(2024, 5, 1, 12, tzinfo=UTC)
        future = ACME.with_changes(mp.set("frank@acme.example", {"mpLockoutStartedAt": "20240501120000Z"}))
        frank = future.account("frank@acme.example")
        assert frank.status.name == "lockout"
        assert frank.status_at(noon + timedelta(minutes=59)).name == "lockout"
        assert frank.status_at(noon + timedelta(minutes=61)).name == "active"

    def test_both_tables(self) -> None:
        documented = mp.open(EXAMPLES / "acme.ldif", statuses="documented")
        server = mp.open(EXAMPLES / "acme.ldif", statuses="server")
        assert (ACME.statuses, CARBONIO.statuses) == ("documented", "server")
        differ = [
            account.name
            for account in documented.accounts()
            if account.status.name != server.account(account.dn).status.name
        ]
        assert differ
        with pytest.raises(NotFound):
            mp.open(EXAMPLES / "acme.ldif", statuses="imagined")

    @both
    def test_everybody_has_one(self, directory: mp.Directory) -> None:
        for each in (*directory.accounts(), *directory.lists(), *directory.resources(), *directory.domains()):
            assert each.status.reasons
            assert each.status.table == directory.statuses


class TestWithChanges:
    @both
    def test_the_old_one_stays(self, directory: mp.Directory) -> None:
        before = directory.account(JOHN).settings.mailbox_quota
        revision = directory.revision
        future = directory.with_changes(mp.set(JOHN, mailbox_quota="1 MiB"))
        assert future.account(JOHN).settings.mailbox_quota == 2**20
        assert directory.account(JOHN).settings.mailbox_quota == before
        assert (directory.revision, future.statuses) == (revision, directory.statuses)
        assert future.revision != revision

    def test_all_or_nothing(self) -> None:
        with pytest.raises(SchemaError) as caught:
            ACME.with_changes(mp.set(JOHN, mailbox_quota="1 GiB"), mp.delete("cos:gone"))
        assert caught.value.problems == ("cos:gone: no cos 'gone'",)

    def test_findings_follow(self) -> None:
        future = ACME.with_changes(mp.delete("cos:kiosk"))
        new = {(each.id, each.dn) for each in future.findings} - {
            (each.id, each.dn) for each in ACME.findings
        }
        assert ("dangling-reference", ACME.account("terminal7@acme.example").dn) in new
