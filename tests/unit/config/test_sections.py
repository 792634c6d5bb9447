"""What the configuration file says about serving: each section, what is refused, the page about it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mailpolicy.config import Misconfigured, configured
from mailpolicy.config.fields import Configuration
from mailpolicy.config.pages import EXAMPLE, configuration_markdown
from mailpolicy.decision import Mode, OnUnknown
from mailpolicy.serve.checking import check
from mailpolicy.serve.places import places_of
from tests.ports import free_port

POLICY = '[policy]\nlisten = "inet:127.0.0.1:10031"\n'


def read(folder: Path, text: str) -> Configuration:
    path = folder / "mailpolicy.toml"
    path.write_text(text)
    path.chmod(0o600)
    found = configured({"MAILPOLICY_CONFIG": str(path)})
    assert found is not None
    return found


def refused(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as caught:
        read(folder, text)
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[polcy]", "polcy: unknown; did you mean policy?"),
        ("worker = 2", "worker: unknown; did you mean workers?"),
        ("workers = 0", "workers: expected a whole number above 0"),
        ("workers = '2'", "workers: expected a whole number above 0"),
        ("[policy]", "policy.listen: missing; expected inet:HOST:PORT, unix:/PATH or fd:NAME"),
        (POLICY + "settle_at = 'mail'", "policy.settle_at: expected end or rcpt"),
        (POLICY + "mode = '999'", "policy.mode: expected three octal digits, such as 660"),
        (POLICY + "idle_secs = 3", "policy.idle_secs: unknown; did you mean idle_seconds?"),
        ("[dovecot]", "dovecot: expected listen or quota"),
        ("[sasl]\nlisten = 'fd:x'\npasswords = []", "sasl.passwords: expected a list of bind, stored"),
        ("[rules]\nof = []", "rules.of: unknown; did you mean off?"),
        ("[rules]\non_unknown = { a = 'accept' }", "rules.on_unknown.a: expected a table of rules, each"),
        ("[[devices]]\nacces = 'block'", "devices.0.acces: unknown; did you mean access?"),
        ("[[devices]]\naccess = 'forbid'", "devices.0.access: expected one of allow, block, quarantine"),
        ("[counters]\nstore = 'disk'", "counters.store: expected memory, sqlite or redis"),
        ("[journal]\npath = 'x'\nlargest = 'big'", "journal.largest: expected "),
        ("[journal]\npath = 'x'\nlargest = 1.5", "journal.largest: expected a size such as"),
        ("[journal]\npath = 'x'\nlargest = true", "journal.largest: expected a size such as"),
        ("[metrics]\nlisten = 'unix:/x'", "metrics.listen: expected inet:HOST:PORT"),
        ("[metrics]\nlisten = 'fd:x'", "metrics.listen: expected inet:HOST:PORT"),
        ("[metrics]\nlisten = 'x'", "metrics.listen: expected inet:HOST:PORT"),
        ("[policy]\nlisten = []", "policy.listen: expected inet:HOST:PORT"),
        ("[milter]\nlisten = 'fd:x'\nspam_header = 'YES'", "milter.spam_header: expected a header such as"),
        ("[milter]\nlisten = 'fd:x'\nspam_header = ''", "milter.spam_header: expected a header such as"),
        (POLICY + "idle_seconds = inf", "policy.idle_seconds: expected a number of seconds above 0"),
        ("[servers.a]\nurl = 'ldap://x'\nnetwork_timeout = 1e20", "servers.a.network_timeout: expected a "),
        ("[sasl]\nlisten = 'fd:x'\npasswords = ['x']", "sasl.passwords.0: expected a list of bind, stored"),
        ("[log]\ndecisions = 'some'", "log.decisions: expected all, refused or none"),
        ("source = ''", "source: expected the path of a file"),
        ('source = "a\\u0000b"', "source: expected the path of a file, which has no NUL in it"),
        ('cache = "a\\u0000b"', "cache: expected the path of a file, which has no NUL in it"),
        ('[journal]\npath = "a\\u0000b"', "journal.path: expected the path of a file, which has no NUL"),
        ('[dovecot]\nkey_file = "a\\u0000b"', "dovecot.key_file: expected the path of a file, which has"),
        ('[sasl]\napplication_passwords = "\\u0000"', "sasl.application_passwords: expected the path of a f"),
        ("[stores]\npath = '~nobody-at-all/x'", "stores.path: expected the path of a file; nobody has the h"),
        (POLICY + 'owner = "a\\u0000b"', "policy.owner: expected USER, USER:GROUP or :GROUP"),
        (POLICY + "owner = ''", "policy.owner: expected USER, USER:GROUP or :GROUP"),
        (POLICY + "owner = 'root:'", "policy.owner: expected USER, USER:GROUP or :GROUP"),
        (POLICY + "owner = 'root: '", "policy.owner: expected USER, USER:GROUP or :GROUP"),
        (POLICY + "owner = 'root:mail:x'", "policy.owner: expected USER, USER:GROUP or :GROUP"),
        ('[servers.a]\nca_file = "a\\u0000b"', "servers.a.ca_file: expected the path of a file, which has"),
        ('[servers.a]\nschema = "a\\u0000b"', "servers.a.schema: expected the path of a file, which has"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    problems = refused(tmp_path, text)
    assert any(each.startswith(problem) for each in problems), problems


@pytest.mark.parametrize(
    "where", ["127.0.0.1:25", "inet:host", "inet:h:65536", "unix:run/x", "fd:", "fd:a b", "x"]
)
def test_no_place_to_listen(tmp_path: Path, where: str) -> None:
    problem = "expected inet:HOST:PORT, unix:/PATH or fd:NAME"
    assert refused(tmp_path, f"[policy]\nlisten = '{where}'") == (f"policy.listen: {problem}",)
    several = f"[policy]\nlisten = ['unix:/run/x', '{where}']"
    assert refused(tmp_path, several) == (f"policy.listen.1: {problem}",)


@pytest.mark.parametrize(
    "where", ["inet:*:25", "inet:[::1]:0", "unix:/run/x", "fd:3", "fd:mailpolicy.socket"]
)
def test_a_place_to_listen(tmp_path: Path, where: str) -> None:
    [served] = places_of(read(tmp_path, f"[exim]\nlisten = '{where}'"))
    assert (served.name, served.place) == ("exim", where)


@pytest.mark.parametrize("owner", ["root", "0:0", ":mail", "root:domain users", "r:g"])
def test_an_owner(tmp_path: Path, owner: str) -> None:
    [served] = places_of(read(tmp_path, f"[exim]\nlisten = 'fd:x'\nowner = '{owner}'"))
    assert served.listener.owner == owner


def test_all_places_have_names(tmp_path: Path) -> None:
    text = """
        [socketmap]
        listen = ["fd:a", "fd:b"]
        tcp_table = { transport = "fd:c" }
        [dovecot]
        listen = "fd:d"
        quota = "fd:e"
    """
    found = [(each.name, each.place) for each in places_of(read(tmp_path, text))]
    names = ["socketmap", "socketmap", "dovecot", "tcp_table transport", "quota"]
    assert found == list(zip(names, ("fd:a", "fd:b", "fd:d", "fd:c", "fd:e"), strict=True))


def test_no_two_share_a_place(tmp_path: Path) -> None:
    text = (
        '[socketmap]\nlisten = "fd:a"\ntcp_table = { transport = "fd:a" }\n[exim]\nlisten = ["fd:b", "fd:b"]'
    )
    with pytest.raises(Misconfigured) as caught:
        places_of(read(tmp_path, text))
    assert caught.value.problems == (
        "exim: exim listens at fd:b already",
        "tcp_table transport: socketmap listens at fd:a already",
    )


def test_modes_of_rules(tmp_path: Path) -> None:
    rules = read(
        tmp_path, "[rules]\nwarn = ['a']\naudit = ['b']\nenforce = ['c']\non_unknown = { d = 'pass' }"
    ).rules
    assert rules.modes() == {"a": Mode.WARN, "b": Mode.AUDIT, "c": Mode.ENFORCE}
    assert rules.on_unknown == {"d": OnUnknown.PASS}


def test_paths_start_where_the_file_stands(tmp_path: Path) -> None:
    found = read(tmp_path, POLICY)
    assert found.file == tmp_path / "mailpolicy.toml"
    assert found.path("journal") == tmp_path / "journal"
    assert found.path("/var/log/journal") == Path("/var/log/journal")
    assert found.model_copy(update={"cache": None}).path("x") == tmp_path / "x"


def test_the_example_could_be_served(tmp_path: Path) -> None:
    text = EXAMPLE
    for place in ("/etc/mailpolicy", "/var/lib/mailpolicy", "/var/log/mailpolicy", "/run/mailpolicy"):
        (tmp_path / place[1:]).mkdir(parents=True)
        text = text.replace(place, str(tmp_path / place[1:]))
    servers = "ldaps://ldap1.acme.example ldaps://ldap2.acme.example/o=mail"
    assert servers in text
    text = text.replace(servers, f"ldaps://127.0.0.1:{free_port()}/o=mail")
    text = text.replace("mailpolicy:postfix", f"{os.getuid()}:{os.getgid()}")
    for secret in ("policy.password", "dovecot.key"):
        (tmp_path / "etc/mailpolicy" / secret).write_text("secret\n")
    found = read(tmp_path, text)
    assert all(getattr(found, key) for key in Configuration.model_fields if key not in LEFT_OUT)
    said = list(check(found))
    assert "until it answers mail is deferred" in said[0]
    assert f"quota: unix:{tmp_path}/run/mailpolicy/quota" in said


LEFT_OUT = {"default", "dialect", "statuses"}


def test_the_page_has_every_key_and_the_example() -> None:
    page = configuration_markdown()
    assert EXAMPLE in page
    for key in ("sees_body", "utf8", "key_file", "tcp_table", "on_unknown", "largest", "max_connections"):
        assert page.count(f"| `{key}` |") >= 1
    assert page.count("| `idle_seconds` |") == 1
