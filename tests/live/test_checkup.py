"""Every remark about a server comes where it should, with a remedy that helps."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import ldap
import pytest

import mailpolicy as mp
from mailpolicy.cli import main
from mailpolicy.errors import Unavailable
from mailpolicy.live.bind import Bind
from mailpolicy.live.checkup import Item, Verdict, checkup
from mailpolicy.live.checkup.indexes import indexed, wanted
from mailpolicy.live.servers import Servers
from mailpolicy.schema import find_dialect
from mailpolicy.schema.emit import emit
from tests.certificates import Authority
from tests.live.checking import LARGE, OK, UNSEEN, WARNING, WRONG, items, named
from tests.live.servers import (
    DEPLOYED_INDEXES,
    LDIF,
    PASSWORD,
    POLICY,
    SCHEMA,
    Served,
    acme_server,
    carbonio_server,
    configured,
)  # fmt: skip
from tests.slapd import CONFIG, DATABASE, Slapd, StartSlapd, require

pytestmark = pytest.mark.twin

CONFIG_DATABASE = "olcDatabase={0}config,cn=config"


@pytest.fixture(scope="module")
def acme() -> Iterator[Served]:
    require()
    with acme_server() as server:
        allow_configuration(server)
        yield server


def allow_configuration(server: Slapd) -> None:
    """As the page about OpenLDAP does it."""
    access = configured()[CONFIG_DATABASE]["olcAccess"][-1].encode()
    server.connect(CONFIG).modify_s(CONFIG_DATABASE, [(ldap.MOD_ADD, "olcAccess", [access])])


def verdicts(found: list[Item]) -> Mapping[str, Verdict]:
    return {item.name.partition(" ")[0] if "://" in item.name else item.name: item.verdict for item in found}


GOOD = {
    "connection",
    "account",
    "base",
    "schema",
    "secrets",
    "limits",
    "sync",
    "entryUUID, entryCSN",
    "contextCSN",
    "assertion",
    "indexes",
}


def test_a_server_as_the_page_makes_it_is_all_right(acme: Served) -> None:
    found = items(acme.uri)
    assert verdicts(found) == dict.fromkeys(GOOD, OK)
    assert not any(item.remedy for item in found)
    assert named(found, "account").text == f"is {POLICY}"
    assert named(found, "limits").text.startswith("all 71 entries")


def test_every_item_that_is_not_all_right_has_a_remedy(acme: Served) -> None:
    for found in (items(acme.uri, dn=acme.root_dn), items(acme.uri, dn=""), items(acme.uri, base="o=no")):
        assert any(item.verdict is not OK for item in found)
        assert all(item.remedy for item in found if item.verdict is not OK)


def test_nobody_in_particular_is_told_so(acme: Served) -> None:
    found = items(acme.uri, dn="")
    assert named(found, "account").verdict is WARNING
    assert (named(found, "base").verdict, len(found)) == (WRONG, 3)


def test_secrets_that_can_be_read_are_named_and_not_shown(acme: Served) -> None:
    secrets = named(items(acme.uri, dn=acme.root_dn), "secrets")
    assert secrets.verdict is WARNING
    assert "mpTlsPrivateKey, userPassword" in secrets.text
    native, snapshot = find_dialect("native"), mp.open(LDIF / "examples/acme.ldif").snapshot
    stored = {
        value.decode()
        for entry in snapshot
        for name in entry
        if native.is_secret(name)
        for value in entry.raw[name]
    }
    assert stored
    assert not [value for value in stored if value in str(secrets)]


def test_a_base_that_is_not_there(acme: Served) -> None:
    base = named(items(acme.uri, base="o=nowhere"), "base")
    assert base.verdict is WRONG
    assert "(o=mail)" in base.remedy


def test_without_a_base_the_only_one_counts(acme: Served) -> None:
    assert list(checkup(Servers((acme.uri,), None, Bind(POLICY, PASSWORD)))) == items(acme.uri)


def test_a_wrong_password_is_not_a_server_that_is_gone(acme: Served) -> None:
    servers = Servers((acme.uri,), "o=mail", Bind(POLICY, "s7182"))
    found = checkup(servers)
    item = next(found)
    assert (item.verdict, "wrong name or password" in item.text) == (WRONG, True)
    assert POLICY in item.remedy
    with pytest.raises(Unavailable):
        next(found)
    assert "7182" not in str(item)


def test_each_url_is_tried(acme: Served, tmp_path: Path) -> None:
    nowhere = f"ldapi://{str(tmp_path / 'no').replace('/', '%2F')}"
    first, second, *others = items(nowhere, acme.uri)
    assert (first.verdict, second.verdict) == (WRONG, OK)
    assert nowhere in first.name
    assert {item.verdict for item in others if not item.name.startswith("replication")} == {OK}


def test_a_size_limit_is_found(start_slapd: StartSlapd) -> None:
    server = start_slapd(
        suffix="o=mail", extra_schema=[emit("native", "ldif")], schema=SCHEMA, data=LARGE,
        settings={"olcSizeLimit": 500}, database={"olcAccess": "to * by * read"},
    )  # fmt: skip
    limits = named(items(server.uri, dn=""), "limits")
    assert (limits.verdict, limits.text.startswith("after 500 entries at once")) == (WRONG, True)
    assert "olcLimits" in limits.remedy
    server.connect(CONFIG).modify_s(
        DATABASE, [(ldap.MOD_ADD, "olcLimits", b"* size.soft=unlimited size.prtotal=450")]
    )
    limits = named(items(server.uri, dn=""), "limits")
    assert (limits.verdict, "entries in pages" in limits.text) == (WRONG, True)
    assert named(items(server.uri, dn=server.root_dn), "limits").text == "all 701 entries can be read"


def test_what_a_plain_server_lacks(start_slapd: StartSlapd) -> None:
    server = start_slapd(suffix="o=mail", data=LARGE, indexes=["objectClass eq", "uid,mail eq"])
    server.connect(CONFIG).modify_s(CONFIG_DATABASE, [(ldap.MOD_ADD, "olcAccess", [b"to * by * read"])])
    found = items(server.uri, dn=server.root_dn)
    assert verdicts(found)["schema"] is WRONG
    assert "lacks 8 classes" in named(found, "schema").text
    assert named(found, "sync").verdict is WRONG
    indexes = named(found, "indexes")
    assert indexes.verdict is WRONG
    assert {"entryUUID", "modifyTimestamp", "mpAliases"} < set(indexes.remedy.split()[1].split(","))
    assert not {"objectClass", "uid", "mail"} & set(indexes.remedy.split()[1].split(","))
    assert named(found, "contextCSN").verdict is UNSEEN


def test_sync_that_is_loaded_but_not_for_this_database(start_slapd: StartSlapd) -> None:
    sync = named(items(start_slapd(suffix="o=mail", data=LARGE, modules=["syncprov"]).uri, dn=""), "base")
    assert sync.verdict is OK
    server = start_slapd(suffix="o=mail", data=LARGE, modules=["syncprov"])
    sync = named(items(server.uri, dn=server.root_dn), "sync")
    assert (sync.verdict, sync.text.startswith("offered, but not for o=mail")) == (WRONG, True)


def test_what_access_rules_hide(start_slapd: StartSlapd) -> None:
    rules = ["{0}to attrs=entryCSN,contextCSN by * none", "{1}to * by * read"]
    server = start_slapd(suffix="o=mail", data=LARGE, syncprov=True, database={"olcAccess": rules})
    found = items(server.uri, dn="")
    assert named(found, "entryUUID, entryCSN").text == "entryCSN cannot be read"
    assert named(found, "contextCSN").verdict is UNSEEN
    assert named(found, "indexes").verdict is UNSEEN
    assert ",".join(wanted(find_dialect("native"))) in named(found, "indexes").remedy


@pytest.mark.parametrize(("days", "verdict"), [(2, WARNING), (100, OK)])
@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_until_when_a_certificate_is_valid(tmp_path: Path, scheme: str, days: int, verdict: Verdict) -> None:
    require()
    certificate = Authority(tmp_path / "tls").issue("server", days=days)
    with acme_server(tcp=True, certificate=certificate) as server:
        url = server.tls_uri if scheme == "ldaps" else server.tcp_uri
        assert url is not None
        found = items(url, ca_file=certificate.authority, start_tls=scheme == "ldap")
        assert named(found, "connection").verdict is OK
        assert named(found, "certificate").verdict is verdict
        assert (
            time.strftime("%Y-%m", time.gmtime(time.time() + days * 86400))
            in named(found, "certificate").text
        )


def test_a_connection_without_tls_is_told(acme: Served) -> None:
    with acme_server(tcp=True) as server:
        assert server.tcp_uri is not None
        assert named(items(server.tcp_uri), "connection").verdict is WARNING


def test_a_deployed_server(start_slapd: StartSlapd) -> None:
    with carbonio_server() as server:
        found = items(server.uri, base="", dn=server.policy)
        assert {item.verdict for item in found if item.name != "indexes"} == {OK}
    assert set(wanted(find_dialect("carbonio"))) <= indexed(
        DEPLOYED_INDEXES, find_dialect("carbonio").definitions
    )


def test_the_indexes_of_the_page_are_those_that_are_wanted() -> None:
    native = find_dialect("native")
    assert {"mail", "mpAliases", "associatedDomain"} < set(wanted(native))
    assert set(wanted(native)) <= indexed(configured()[DATABASE]["olcDbIndex"], native.definitions)


def test_the_command(
    acme: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("MAILPOLICY_BIND_DN", POLICY)
    monkeypatch.setenv("MAILPOLICY_PASSWORD", PASSWORD)
    assert main(["check", f"{acme.uri}/o=mail"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "ok       sync: consumers can follow (RFC 4533)" in lines
    assert main(["check", f"{acme.uri}/o=nowhere", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["items"]
    assert [each["verdict"] for each in found] == ["ok", "ok", "wrong"]
    assert found[2]["remedy"]
    assert main(["check", f"ldapi://{str(tmp_path / 'no').replace('/', '%2F')}/o=mail", "--json"]) == 4
    said = capsys.readouterr()
    assert [each["verdict"] for each in json.loads(said.out)["items"]] == ["wrong"]
    assert said.err.count("\n") == 1
