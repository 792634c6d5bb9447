"""A directory as people hold it: every verb, on the examples."""

from __future__ import annotations

import gzip
import io
import pickle
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.errors import (
    Ambiguous,
    InvalidFilter,
    InvalidLDIF,
    InvalidUrl,
    InvalidValue,
    NotFound,
    SchemaError,
)

EXAMPLES = Path(__file__).parents[3] / "ldif" / "examples"
ACME = mp.open(EXAMPLES / "acme.ldif")
CARBONIO = mp.open(EXAMPLES / "carbonio.ldif")
JOHN = "john@acme.example"
both = pytest.mark.parametrize("directory", [ACME, CARBONIO], ids=["native", "carbonio"])


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


class TestSettings:
    @both
    def test_attribute_item_and_story_agree(self, directory: mp.Directory) -> None:
        things = [*directory.accounts(), *directory.domains(), *directory.classes_of_service()]
        things += [*directory.lists(), *directory.resources(), directory.config]
        for thing in things:
            flat = thing.settings.flat()
            for name in thing.settings:
                assert getattr(thing.settings, name) == thing.settings[name] == thing.explain(name).value
                assert flat.get(name) == (None if name not in flat else thing.settings[name])
            assert len(thing.settings) == len(list(thing.settings)) >= len(flat)

    def test_by_ldap_name(self) -> None:
        john = CARBONIO.account(JOHN)
        carol = CARBONIO.account("carol@acme.example")
        assert (carol.settings["zimbraMailQuota"], carol.settings.mailbox_quota) == (0, mp.Size("30 GiB"))
        assert carol.explain("mailbox_quota").ceiling is not None
        assert carol.explain("zimbraMailQuota").ceiling is None
        assert "zimbraMailQuota" in john.settings
        assert "mailbox_quota" in john.settings
        assert "nonsense" not in john.settings

    def test_unknown_and_of_others(self) -> None:
        settings = ACME.account(JOHN).settings
        for ask in (settings.__getitem__, settings.explain):
            with pytest.raises(NotFound) as caught:
                ask("mailbox_qouta")
            assert "mailbox_quota" in caught.value.nearest
        with pytest.raises(NotFound):
            settings["capacity"]
        with pytest.raises(NotFound):
            ACME.cos("premium").settings["address"]
        assert not hasattr(settings, "no_such_thing")

    def test_no_secret_is_in_sight(self) -> None:
        for domain in ACME.domains():
            assert "tls_private_key" not in domain.settings.flat()
        acme = ACME.domain("acme.example")
        shown = [repr(acme), repr(acme.settings), repr(acme.explain("tls_private_key"))]
        shown += [thing._repr_html_() for thing in (acme, acme.settings, ACME)]
        assert "PRIVATE KEY" not in "".join(shown)
        assert "PRIVATE KEY" in (acme.settings.tls_private_key or "")
        john = ACME.account(JOHN)
        assert "SSHA" not in repr(john) + repr(john.entry) + john._repr_html_() + john.settings._repr_html_()

    def test_they_cannot_be_set(self) -> None:
        settings = ACME.account(JOHN).settings
        with pytest.raises(AttributeError, match="with_changes"):
            settings.mailbox_quota = mp.Size("1 GiB")
        assert settings.mailbox_quota == mp.Size("25 GiB")

    def test_they_can_be_listed(self) -> None:
        settings = ACME.account(JOHN).settings
        assert {"mailbox_quota", "flat", "explain"} <= set(dir(settings))
        assert dict(settings.items())["mailbox_quota"] == settings.mailbox_quota
        assert {each.name for each in settings.effective()} == set(settings)


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


class TestSearch:
    def test_url_and_arguments_say_the_same(self) -> None:
        base = "ou=people,dc=acme.example,o=mail"
        by_url = ACME.search(f"ldap:///{base}?cn,mail?sub?(ou=Sales)")
        assert by_url == ACME.search(base, "sub", "(ou=Sales)", ["cn", "mail"])
        assert by_url == ACME.search(base, filter=mp.Filter.parse("(ou=sales)"), attributes=("CN", "Mail"))
        assert len(by_url) > 3
        assert all(set(entry) <= {"cn", "mail"} for entry in by_url)

    def test_no_scope_in_a_url_is_base(self) -> None:
        assert len(ACME.search("ldap:///dc=acme.example,o=mail")) == 1

    def test_scopes_and_limit(self) -> None:
        assert [entry.dn for entry in ACME.search("o=mail", "base")] == ["o=mail"]
        assert len(ACME.search("o=mail", "one")) < len(ACME.search("o=mail", "children"))
        assert len(ACME.search("", "sub")) == len(ACME.search("o=mail")) == len(ACME.snapshot)
        assert len(ACME.search("o=mail", limit=3)) == 3
        assert ACME.search("o=mail", limit=0) == ()

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            (("o=gone",), NotFound),
            (("o=mail", "sub", "(mail=*"), InvalidFilter),
            (("o=mail", "sideways"), InvalidValue),
            (("nonsense",), InvalidValue),
            (("ldap://host/o=mail",), InvalidUrl),
            (("ldap:///o=mail????!x-unknown",), InvalidUrl),
            (("ldap:///o=gone??sub?",), NotFound),
        ],
    )
    def test_what_it_refuses(self, arguments: tuple[Any, ...], error: type[Exception]) -> None:
        with pytest.raises(error):
            ACME.search(*arguments)


class TestFiles:
    @pytest.mark.parametrize("name", ["copy.ldif", "copy.ldif.gz"])
    @both
    def test_there_and_back(self, directory: mp.Directory, name: str, tmp_path: Path) -> None:
        path = tmp_path / name
        directory.save(path)
        again = mp.open(path)
        assert again.revision == directory.revision
        assert sorted(tmp_path.iterdir()) == [path]
        assert path.read_bytes()[:2] == (b"\x1f\x8b" if name.endswith("gz") else b"dn")

    def test_equal_content_is_an_equal_file(self, tmp_path: Path) -> None:
        ACME.save(tmp_path / "a.gz")
        mp.loads(mp.dumps(ACME)).save(tmp_path / "b.gz")
        assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()

    def test_what_was_there_stays_when_it_cannot_be_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "taken").mkdir()
        (tmp_path / "taken" / "child").touch()
        with pytest.raises(OSError, match="taken"):
            ACME.save(tmp_path / "taken")
        assert [each.name for each in tmp_path.iterdir()] == ["taken"]

    def test_standard_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with (EXAMPLES / "acme.ldif").open() as file:
            monkeypatch.setattr("sys.stdin", file)
            assert mp.open("-").revision == ACME.revision
            assert not file.closed

    def test_a_text_or_bytes(self) -> None:
        raw = (EXAMPLES / "acme.ldif").read_bytes()
        assert mp.loads(raw).revision == mp.loads(raw.decode()).revision == ACME.revision

    def test_a_file_that_is_not_there(self) -> None:
        with pytest.raises(FileNotFoundError):
            mp.open("nowhere.ldif")

    def test_strict_raises_what_is_a_finding_else(self, tmp_path: Path) -> None:
        with pytest.raises(SchemaError) as caught:
            mp.open(EXAMPLES / "acme.ldif", strict=True)
        assert any("5GB?" in problem for problem in caught.value.problems)
        with pytest.raises(InvalidLDIF) as broken:
            mp.loads("dn: o=mail\nobjectClass organization\n", strict=True)
        assert broken.value.line == 2
        assert [each.id for each in mp.loads("dn: o=mail\nobjectClass organization\n").findings] == [
            "broken-record"
        ]

    def test_a_gz_that_is_cut_off(self, tmp_path: Path) -> None:
        path = tmp_path / "cut.ldif.gz"
        path.write_bytes(gzip.compress((EXAMPLES / "acme.ldif").read_bytes())[:-2000])
        with pytest.raises(gzip.BadGzipFile, match=r"cut\.ldif\.gz"):
            mp.open(path)

    def test_the_schema_of_a_site(self, tmp_path: Path) -> None:
        schema = tmp_path / "site.schema"
        schema.write_text("attributetype ( 2.25.1 NAME 'shoeSize' SUP name )\n")
        first_line = f"dn: {ACME.account(JOHN).dn}\n"
        path = tmp_path / "site.ldif"
        path.write_text(mp.dumps(ACME).replace(first_line, f"{first_line}SHOESIZE: 44\n"))
        site = mp.open(path, schema=schema)
        assert site.account(JOHN).settings["shoesize"] == ("44",)
        assert site.search("", filter="(name=44)")[0].dn == site.account(JOHN).dn
        with pytest.raises(NotFound):
            ACME.account(JOHN).settings["shoeSize"]
        again = pickle.loads(pickle.dumps(site))
        assert again.account(JOHN).settings["shoesize"] == ("44",)


class TestRevision:
    def test_is_the_same_in_every_process(self) -> None:
        program = "import mailpolicy as mp, sys; print(mp.open(sys.argv[1]).revision)"
        found = {
            subprocess.run(
                [sys.executable, "-c", program, str(EXAMPLES / "acme.ldif")],
                env={"PYTHONHASHSEED": seed},
                check=True,
                capture_output=True,
                text=True,
            ).stdout.strip()
            for seed in ("0", "1", "2")
        }
        assert found == {ACME.revision}

    def test_the_findings_come_in_the_same_order_too(self) -> None:
        program = "import mailpolicy as mp, sys; print(*mp.open(sys.argv[1]).findings, sep='\\n')"
        found = {
            subprocess.run(
                [sys.executable, "-c", program, str(EXAMPLES / "acme.ldif")],
                env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
                check=True,
                capture_output=True,
                text=True,
                encoding="utf-8",
            ).stdout
            for seed in ("0", "1", "2")
        }
        assert len(found) == 1


class TestPickle:
    @both
    def test_a_directory_travels(self, directory: mp.Directory) -> None:
        there = pickle.loads(pickle.dumps(directory))
        assert there.revision == directory.revision
        assert there.statuses == directory.statuses
        assert there.account(JOHN).settings.flat() == directory.account(JOHN).settings.flat()
        assert there.findings == directory.findings
        assert there.snapshot.dialect is directory.snapshot.dialect
        assert there.with_changes(mp.set(JOHN, display_name="J")).revision != directory.revision

    @both
    def test_an_object_takes_its_directory_along(self, directory: mp.Directory) -> None:
        john = directory.account(JOHN)
        john.settings.flat()
        there = pickle.loads(pickle.dumps(john))
        assert there == there.directory.account(JOHN)
        assert hash(there) == hash(john)
        assert there.settings.mailbox_quota == john.settings.mailbox_quota

    @both
    def test_answers_travel_alone(self, directory: mp.Directory) -> None:
        john = directory.account(JOHN)
        for answer in (john.explain("mailbox_quota"), john.status, directory.findings, john.entry):
            assert pickle.loads(pickle.dumps(answer)) == answer
        found = directory.search("", filter="(mail=john*)")
        assert pickle.loads(pickle.dumps(found)) == found


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


@both
def test_threads_share_it(directory: mp.Directory) -> None:
    expected = {account.name: account.settings.flat() for account in directory.accounts()}
    shared = pickle.loads(pickle.dumps(directory))
    accounts = shared.accounts()
    wrong: list[Any] = []
    start = threading.Barrier(4)

    def look() -> None:
        start.wait()
        try:
            wrong.extend(each for each in accounts if each.settings.flat() != expected[each.name])
            shared.revision, shared.findings  # noqa: B018
            shared.with_changes(mp.set(JOHN, display_name="J"))
        except BaseException as error:  # noqa: BLE001  -- what a thread raises is lost otherwise
            wrong.append(error)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert shared.revision == directory.revision


class TestShown:
    @both
    def test_in_one_short_line(self, directory: mp.Directory) -> None:
        john = directory.account(JOHN)
        assert repr(john) == f"<Account {JOHN}>"
        assert repr(john.settings) == f"<Settings of {JOHN}>"
        assert repr(directory) == (
            f"<Directory {directory.snapshot.dialect.name}: {len(directory.snapshot)} entries, "
            f"revision {directory.revision[:12]}>"
        )
        everything = [
            *directory.domains(),
            *directory.classes_of_service(),
            *directory.lists(),
            directory.config,
        ]
        for each in (*everything, *directory.servers(), *directory.resources(), *directory.aliases()):
            assert len(repr(each)) < 100
            assert each._repr_html_()

    def test_everything_is_escaped(self) -> None:
        bobby = ACME.account("bobby@acme.example")
        for shown in (
            bobby._repr_html_(),
            bobby.settings._repr_html_(),
            bobby.explain("display_name")._repr_html_(),
        ):
            assert "<script>alert" not in shown
            assert "&lt;script&gt;" in shown

    def test_an_object_without_a_name(self) -> None:
        tiny = mp.loads("dn: uid=x,o=mail\nobjectClass: inetOrgPerson\nobjectClass: mpAccount\n")
        (account,) = tiny.accounts()
        assert (account.name, account.address, account.domain, account.cos) == (
            "uid=x,o=mail",
            None,
            None,
            None,
        )
        assert account.status.name == "active"
        assert tiny._repr_html_()


def test_a_stream_of_nothing() -> None:
    empty = mp.loads("")
    assert (empty.accounts(), empty.findings, len(empty.snapshot)) == ((), (), 0)
    buffer = io.StringIO(mp.dumps(empty))
    assert buffer.read() == ""
