"""What the verbs say, beyond what the golden files hold."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import mailpolicy as mp
from mailpolicy.ldap.ldif import ContentRecord, read
from mailpolicy.schema import SETTINGS
from mailpolicy.schema.emit import FORMATS, emit

from .conftest import SOURCES, Ask

ACME = mp.open(SOURCES["ACME"])
CARBONIO = mp.open(SOURCES["CARBONIO"])


def parsed(text: str) -> Any:
    return json.loads(text)


@pytest.mark.parametrize(("source", "directory"), [("ACME", ACME), ("CARBONIO", CARBONIO)])
def test_all_settings_as_json_follow_the_json_schema(ask: Ask, source: str, directory: mp.Directory) -> None:
    schema = parsed(emit("native", "json"))
    things = (*directory.accounts()[:6], *directory.domains()[:2], *directory.lists()[:2], directory.config)
    for thing in things:
        found = parsed(ask(["explain", SOURCES[source], thing.dn, "--json"]).out)
        assert found["object"] == {"kind": thing.kind, "name": thing.name, "dn": thing.dn}
        assert [each["name"] for each in found["settings"]] == list(thing.settings)
        public = {each["name"]: each["value"] for each in found["settings"] if not each["secret"]}
        jsonschema.validate(public, schema)


def test_json_names_every_level_of_a_story(ask: Ask) -> None:
    story = parsed(ask("explain ACME carol@acme.example mailbox_quota --json").out)
    assert story["object"]["name"] == "carol@acme.example"
    assert [each["origin"]["level"] for each in story["shadowed"]] == ["account", "cos", "domain", "global"]
    assert story["value"] == story["ceiling"]["value"] == mp.Size("30 GiB")
    assert story["inherited"]["value"] == mp.Size("20 GiB")
    assert story["inherited"]["inherited"] is None


def test_a_value_that_hides_no_other_is_said_to(ask: Ask) -> None:
    *_, last = ask("explain ACME john@acme.example userPassword").out.splitlines()
    assert last.split(maxsplit=1) == ["—", "without its own value"]
    assert ask("explain ACME jane@acme.example mailbox_quota").out.endswith("shadowed\n")


def test_json_has_null_for_what_nobody_can_read(ask: Ask) -> None:
    story = parsed(ask("explain ACME dave@acme.example mailbox_quota --json").out)
    invalid = story["shadowed"][0]
    assert (invalid["why"], invalid["value"], invalid["origin"]["raw"]) == ("invalid", None, ["5GB?"])


@pytest.mark.parametrize("words", ["explain {} --json", "explain {}", "status {}"])
def test_any_object_can_be_asked(ask: Ask, words: str) -> None:
    for source, directory in (("ACME", ACME), ("CARBONIO", CARBONIO)):
        for entry in directory.snapshot:
            if directory.snapshot.level_of(entry) is None:
                continue
            verb, *rest = words.split()
            answer = ask([verb, SOURCES[source], *(each.format(entry.dn) for each in rest)])
            assert answer.exit in ((0,) if verb == "explain" else (0, 1, 2))
            assert "Traceback" not in answer.err


SECRETS = {
    value
    for directory in (ACME, CARBONIO)
    for entry in directory.snapshot
    for name in entry
    if directory.snapshot.dialect.is_secret(name)
    for value in entry.raw[name]
}


@pytest.mark.parametrize("source", ["ACME", "CARBONIO"])
@pytest.mark.parametrize("how", [[], ["--json"], ["--table", "--attributes", "*"]])
def test_no_search_shows_a_secret(ask: Ask, source: str, how: list[str]) -> None:
    assert len(SECRETS) > 5
    printed = ask(["search", SOURCES[source], "(objectClass=*)", *how]).out.replace("\n ", "").encode()
    assert not [secret for secret in SECRETS if secret in printed]
    decoded = [value for record in records(printed.decode()) for _, value in record.attributes]
    assert not SECRETS.intersection(decoded)


def records(text: str) -> list[ContentRecord]:
    return [each for each in read([text.encode()]) if isinstance(each, ContentRecord)]


@pytest.mark.parametrize("source", ["ACME", "CARBONIO"])
def test_no_explanation_shows_a_secret(ask: Ask, source: str) -> None:
    secret_names = [name for name, setting in SETTINGS.items() if setting.secret]
    directory = ACME if source == "ACME" else CARBONIO
    for thing in (*directory.accounts(), *directory.domains(), directory.config):
        questions = [[], *([name] for name in secret_names if name in thing.settings)]
        for words in questions:
            for how in ([], ["--json"]):
                out = ask(["explain", SOURCES[source], thing.dn, *words, *how]).out.encode()
                assert not [secret for secret in SECRETS if secret in out]


def test_the_ldif_of_a_search_can_be_read_again(ask: Ask) -> None:
    found = records(ask("search ACME (mail=zoe@acme.example)").out)
    assert found[0].dn == ACME.account("zoe@acme.example").dn
    assert dict(found[0].attributes)["displayName"] == "Zoë Müller".encode()


@pytest.mark.parametrize("question", ["(ou=Sales)", "(cn:caseExactMatch:=Zoë\nMüller)", "(ou=Nowhere)"])
def test_a_plan_below_ldif_is_a_comment(ask: Ask, question: str) -> None:
    without, planned = ask(["search", "ACME", question]), ask(["search", "ACME", question, "--plan"])
    assert planned.exit == without.exit
    assert planned.out.startswith(without.out)
    assert records(planned.out) == records(without.out)
    remarks = planned.out.removeprefix(without.out).splitlines()
    assert all(line == "#" or line.startswith("# ") for line in remarks)
    assert len(remarks) == 6


def test_a_plan_is_of_the_whole_search_also_where_that_was_a_url(ask: Ask) -> None:
    url = "ldap:///ou=people,dc=acme.example,o=mail?1.1?sub?(cn:caseExactMatch:=John Doe)"
    plan = parsed(ask(["search", "ACME", url, "--limit", "1", "--json", "--plan"]).out)["plan"]
    below = ACME.search("ou=people,dc=acme.example,o=mail")
    assert (plan["entries"], plan["tested"], plan["found"]) == (len(below), len(below), 1)
    assert [step["found_by"] for step in plan["steps"]] == ["entry by entry"]
    assert "plan" not in parsed(ask(["search", "ACME", url, "--json"]).out)


def test_bytes_in_json_are_base64(ask: Ask, tmp_path: Path) -> None:
    source = tmp_path / "bytes.ldif"
    source.write_bytes(
        b"dn: uid=a,o=mail\nobjectClass: inetOrgPerson\nuid: a\ncn:: /w==\nsn: a\njpegPhoto:: AAECAw==\n"
    )
    (entry,) = parsed(ask(["search", str(source), "(uid=a)", "--json"]).out)["entries"]
    assert entry["attributes"]["cn"] == [{"base64": "/w=="}]
    assert entry["attributes"]["jpegPhoto"] == [{"base64": "AAECAw=="}]
    assert "(4 bytes)" in ask(["search", str(source), "(uid=a)", "--table", "--attributes", "jpegPhoto"]).out


def test_a_limit_is_a_limit(ask: Ask) -> None:
    words = "search ACME (objectClass=mpAccount) --limit 3 --json --attributes 1.1"
    entries = parsed(ask(words).out)["entries"]
    assert len(entries) == 3
    assert not any(entry["attributes"] or entry["secret"] for entry in entries)


def test_findings_of_the_entry_are_noted(ask: Ask) -> None:
    notes = ask("status ACME dave@acme.example").err.splitlines()
    assert len(notes) == 2
    assert all(note.startswith("mailpolicy: note: ") for note in notes)
    assert ask("status ACME dave@acme.example --json").err == ""


def test_the_status_table_can_be_chosen(ask: Ask) -> None:
    assert ask("status ACME gail@globex.example").exit == 0
    assert ask("status ACME gail@globex.example --statuses server").exit == 1


LOCKED_OUT = """\
dn: uid=a,o=mail
objectClass: inetOrgPerson
objectClass: mpAccount
uid: a
cn: a
sn: a
mail: a@b.example
mpAccountStatus: lockout
mpLockoutDuration: 1h
mpLockoutStartedAt: 20260101120000Z
"""


@pytest.mark.parametrize(
    ("at", "exit_code"),
    [
        ("2026-01-01T12:30:00Z", 1),
        ("20260101123000Z", 1),
        ("2026-01-01T13:30:00+00:00", 0),
        ("2026-01-01T13:30:00+02:00", 1),
        ("now", 0),
    ],
)
def test_a_lockout_expires(ask: Ask, tmp_path: Path, at: str, exit_code: int) -> None:
    source = tmp_path / "lockout.ldif"
    attribute = ACME.snapshot.dialect.lockout_started_attribute
    source.write_text(LOCKED_OUT.replace("mpLockoutStartedAt", attribute))
    assert ask(["status", str(source), "a@b.example", "--at", at]).exit == exit_code
    assert ask(["status", str(source), "a@b.example"]).exit == 0, "asked now, long after"
    during = ["status", str(source), "a@b.example", "--at", "2026-01-01T12:30:00Z", "--json"]
    until = parsed(ask(during).out)["until"]
    assert datetime.fromisoformat(until).isoformat() == "2026-01-01T13:00:00+00:00"


@pytest.mark.parametrize("format", FORMATS)
def test_the_schema_is_what_the_library_writes(ask: Ask, format: str) -> None:
    assert ask(f"schema carbonio --format {format}").out == emit("carbonio", format)


@pytest.mark.parametrize(
    ("address", "whom"),
    [
        ("john+x@acme.example", "john@acme.example"),
        ("john+x@alias.example", "john@acme.example"),
        ("nobody.here@acme.example", "lostandfound@acme.example"),
    ],
)
def test_the_status_of_an_address_is_that_of_whom_its_mail_reaches(ask: Ask, address: str, whom: str) -> None:
    answer = ask(f"status ACME {address}")
    assert answer.exit == 0
    assert answer.out.startswith(f"account {whom}\n")
    assert answer.err == f"mailpolicy: mail for {address} goes to {whom}\n"


def test_whom_mail_does_not_know_receives_nothing(ask: Ask) -> None:
    answer = ask("status ACME niaj@acme.example --json")
    assert answer.exit == 1
    assert parsed(answer.out)["receive"] == "reject"
