"""Directories go into a server and come out again, whatever the order of the file and whoever interrupts."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import mailpolicy as mp
from mailpolicy.cli import main
from mailpolicy.ldap.ldif import ContentRecord, read, write
from tests.live.servers import PASSWORD, POLICY, WRITER, acme_server
from tests.live.transfers import ACME, FILES, JOHN, dump, empty, load
from tests.slapd import Slapd, StartSlapd, require

pytestmark = pytest.mark.twin


@pytest.fixture(autouse=True)
def nobody_has_configured_anything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("MAILPOLICY_PASSWORD", PASSWORD)
    monkeypatch.setenv("COLUMNS", "200")


def records(path: Path) -> list[ContentRecord]:
    return [each for each in read([path.read_bytes()]) if isinstance(each, ContentRecord)]


@pytest.mark.parametrize("dialect", FILES)
def test_what_comes_out_is_what_went_in(
    start_slapd: StartSlapd, tmp_path: Path, dialect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    server, again = empty(start_slapd, dialect), tmp_path / "again.ldif"
    expected = mp.open(FILES[dialect])
    assert load(FILES[dialect], server) == 0
    assert f"{len(expected.snapshot)} added" in capsys.readouterr().out
    assert dump(server, "--output", str(again)) == 0
    assert mp.open(again).revision == expected.revision
    assert again.stat().st_mode & 0o777 == 0o600
    depths = [each.dn.depth for each in records(again)]
    assert depths == sorted(depths)


def test_a_second_time_everything_is_there(
    start_slapd: StartSlapd, capsys: pytest.CaptureFixture[str]
) -> None:
    server = empty(start_slapd)
    assert load(ACME, server) == 0
    before = server.dump()
    capsys.readouterr()
    assert load(ACME, server, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["present"] == len(mp.open(ACME).snapshot)
    assert (told["added"], told["different"], told["refused"], told["bad"], told["problems"]) == (
        0,
        0,
        0,
        0,
        [],
    )
    assert server.dump() == before


def test_the_order_of_the_file_is_no_matter(start_slapd: StartSlapd, tmp_path: Path) -> None:
    server, backwards = empty(start_slapd), tmp_path / "backwards.ldif.gz"
    turned = records(ACME)[::-1]
    backwards.write_bytes(gzip.compress(b"".join(write(turned))))
    assert load(backwards, server) == 0
    out = tmp_path / "out.ldif.gz"
    assert dump(server, "--output", str(out)) == 0
    assert mp.open(out).revision == mp.open(ACME).revision


def test_an_entry_that_was_moved_stands_below_its_parent(start_slapd: StartSlapd, tmp_path: Path) -> None:
    server = start_slapd(suffix="o=mail", data="dn: o=mail\nobjectClass: organization\no: mail\n\n"
                         "dn: ou=old,o=mail\nobjectClass: organizationalUnit\nou: old\n\n"
                         "dn: ou=new,o=mail\nobjectClass: organizationalUnit\nou: new\n\n")  # fmt: skip
    server.connect().rename_s("ou=old,o=mail", "ou=old", "ou=new,o=mail")
    out = tmp_path / "out.ldif"
    assert dump(server, "--output", str(out)) == 0
    assert [str(each.dn) for each in records(out)] == ["o=mail", "ou=new,o=mail", "ou=old,ou=new,o=mail"]


def test_operational_attributes_are_the_servers(start_slapd: StartSlapd, tmp_path: Path) -> None:
    server, other, out = empty(start_slapd), empty(start_slapd), tmp_path / "out.ldif"
    assert load(ACME, server) == 0
    assert dump(server, "--operational", "--output", str(out)) == 0
    text = out.read_text()
    assert all(f"\n{name}: " in text for name in ("entryUUID", "entryCSN", "createTimestamp", "creatorsName"))
    assert not any(name in text for name in ("entryDN", "subschemaSubentry", "hasSubordinates"))
    assert mp.open(out).revision == mp.open(ACME).revision
    assert load(out, other) == 0
    uuids = {line for line in other.dump().splitlines() if line.startswith(b"entryUUID")}
    assert uuids
    assert not uuids & set(server.dump().splitlines())


BROKEN = """\
dn: o=mail
objectClass: organization
o: mail

dn: ou=a,o=mail
objectClass: organizationalUnit
ou:: ???

dn: ou=b,o=mail
objectClass: organizationalUnit
ou: b
userPassword:: x

dn: uid=c,ou=nowhere,o=mail
objectClass: account
uid: c

dn: uid=d,o=mail
objectClass: account
uid: d
shoeSize: 43

dn: uid=e,o=mail
changetype: delete

dn: uid=f,o=mail
changetype: add
objectClass: account
uid: f

dn: uid=g,o=mail
objectClass: account
"""


def test_what_cannot_be_loaded_is_named_and_kept(
    start_slapd: StartSlapd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server, source, rejects = start_slapd(suffix="o=mail"), tmp_path / "in.ldif", tmp_path / "rejects.ldif"
    source.write_text(BROKEN)
    assert load(source, server, "--rejects", str(rejects)) == 3
    said = capsys.readouterr()
    assert "3 added, 2 refused, 3 broken" in said.out
    expected = [
        "line 7: ou: expected base64",
        "line 12: userPassword: expected base64",
        "line 23: uid=e,o=mail: says to delete an entry",
        "line 18: uid=d,o=mail: unknown attribute",
        "line 14: uid=c,ou=nowhere,o=mail: the entry above it is not there",
    ]
    lines = said.err.splitlines()
    assert len(lines) == len(expected)
    for part in expected:
        assert any(line.startswith(f"mailpolicy: {part}") for line in lines), part
    kept = rejects.read_text()
    assert all(f"# {part}" in kept for part in expected)
    assert rejects.stat().st_mode & 0o777 == 0o600
    for block in BROKEN.split("\n\n"):
        name = block.split("\n")[0]
        assert (block.strip() in kept) == (
            name.split(":")[1].strip()[:5] in ("ou=a,", "ou=b,", "uid=c", "uid=d", "uid=e")
        )
    assert b"uid=f" in server.dump()
    assert b"uid: g" in server.dump()


def test_rejects_can_be_mended_and_loaded(start_slapd: StartSlapd, tmp_path: Path) -> None:
    server, source, rejects = start_slapd(suffix="o=mail"), tmp_path / "in.ldif", tmp_path / "rejects.ldif"
    source.write_text(BROKEN)
    assert load(source, server, "--rejects", str(rejects)) == 3
    mended = rejects.read_text().replace("ou:: ???", "ou: a").replace("userPassword:: x\n", "")
    mended = (
        mended.replace("shoeSize: 43\n", "").replace("ou=nowhere,", "").replace("changetype: delete", "x")
    )
    source.write_text(mended.replace("uid=e,o=mail\nx", "uid=e,o=mail\nobjectClass: account\nuid: e"))
    assert load(source, server, "--rejects", str(rejects)) == 0
    assert rejects.read_text() == ""
    assert server.dump().count(b"\ndn: ") == 7


def test_what_is_there_with_other_content_stays(
    start_slapd: StartSlapd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server, source = empty(start_slapd), tmp_path / "in.ldif"
    assert load(ACME, server) == 0
    text = ACME.read_text()
    assert "\ndisplayName: John Doe\n" in text
    source.write_text(text.replace("\ndisplayName: John Doe\n", "\ndisplayName: Johnny\n"))
    before = server.dump()
    capsys.readouterr()
    assert load(source, server) == 1
    said = capsys.readouterr()
    assert f"{JOHN}: is there with other values of displayName" in said.err
    assert "1 there with other content" in said.out
    assert server.dump() == before


def test_another_spelling_is_no_difference(start_slapd: StartSlapd, tmp_path: Path) -> None:
    server, source = start_slapd(suffix="o=mail"), tmp_path / "in.ldif"
    group = "dn: {}\nobjectClass: groupOfNames\ncn: {}\nmember: {}\n\n"
    head = "dn: o=mail\nobjectClass: organization\n\n"
    source.write_text(head + group.format("cn=A, O=Mail", "A", "CN=x,  O=mail"))
    assert load(source, server) == 0
    source.write_text(head + group.format("cn=a,o=mail", "a", "cn=X,o=mail"))
    assert load(source, server) == 0
    source.write_text(head + group.format("cn=a,o=mail", "a", "cn=y,o=mail"))
    assert load(source, server) == 1


@pytest.fixture
def acme() -> Iterator[Slapd]:
    require()
    with acme_server() as server:
        yield server


def test_who_may_write_passwords_and_not_read_them_can_go_on(acme: Slapd) -> None:
    assert load(ACME, acme, dn=WRITER) == 0


def test_who_may_not_write_is_told(acme: Slapd, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.ldif"
    source.write_text("dn: ou=new,o=mail\nobjectClass: organizationalUnit\n")
    assert load(source, acme, dn=POLICY) == 1
    assert "line 1: ou=new,o=mail: not allowed" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["load", "{acme}", "nowhere.ldif"],
        ["load", "ldapi:///o=mail", "ldapi:///o=mail"],
        ["dump", "{acme}"],
        ["dump", "ldapi:///o=mail", "--json"],
        ["dump", "@nowhere"],
    ],
)
def test_a_wrong_question_is_said_to_be_one(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([each.format(acme=ACME) for each in words]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_no_server_is_no_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = f"ldapi://{str(tmp_path / 'socket').replace('/', '%2F')}/o=mail"
    for words in (["load", str(ACME), nowhere], ["dump", nowhere, "--output", str(tmp_path / "out")]):
        assert main([*words, "--bind-dn", "cn=admin,o=mail"]) == 4
        err = capsys.readouterr().err
        assert err.count("\n") == 1
        assert PASSWORD not in err
    assert not (tmp_path / "out").exists()
    assert list(tmp_path.iterdir()) == []
