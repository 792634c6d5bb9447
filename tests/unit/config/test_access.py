"""What counts where options, environment and file speak of the same server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mailpolicy.config import Access, Given, Misconfigured, access_to, configured
from mailpolicy.live.bind import Bind

URL = "ldaps://ldap1.acme.example ldaps://ldap2.acme.example/o=mail"
POLICY, WRITER = "cn=policy,o=mail", "cn=writer,o=mail"


class Host:
    """A home directory with a configuration."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "policy.password").write_text("of the file\n")
        (folder / "writer.password").write_text("of the writer")

    def write(self, *lines: str, head: str = "") -> None:
        path = self.folder / "mailpolicy.toml"
        path.write_text("\n".join([head, "[servers.acme]", f'url = "{URL}"', *lines, ""]))
        path.chmod(0o600)

    def access(self, source: str = "@acme", given: Given | None = None, **environment: str) -> Access:
        known = {"XDG_CONFIG_HOME": str(self.folder), **environment}
        return access_to(source, given or Given(), known, configured(known))

    def bind(self, source: str = "@acme", given: Given | None = None, **environment: str) -> Bind:
        bind = self.access(source, given, **environment).bind
        assert bind is not None
        return bind


@pytest.fixture
def host(tmp_path: Path) -> Host:
    host = Host(tmp_path)
    host.write(f'bind_dn = "{POLICY}"', 'password_file = "policy.password"')
    return host


def test_a_section_is_called_by_its_name_or_its_url(host: Host) -> None:
    for source in ("@acme", "@", URL):
        assert host.access(source).url == URL
        assert (host.bind(source).dn, host.bind(source).secret()) == (POLICY, b"of the file")
    assert host.access("ldaps://elsewhere/o=mail") == Access("ldaps://elsewhere/o=mail")


def test_the_default_is_the_one_that_is_named(host: Host) -> None:
    more = '[servers.other]\nurl = "ldapi:///o=other"'
    host.write(more)
    with pytest.raises(Misconfigured, match="@ alone needs a key default"):
        host.access("@")
    host.write(more, head='default = "other"')
    assert host.access("@").url == "ldapi:///o=other"


@pytest.mark.parametrize(("name", "hint"), [("@acne", "did you mean @acme"), ("@x", "no section")])
def test_a_name_that_nobody_has(host: Host, name: str, hint: str) -> None:
    with pytest.raises(Misconfigured, match=hint):
        host.access(name)


def test_a_name_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="there is no section"):
        access_to("@acme", Given(), {"XDG_CONFIG_HOME": str(tmp_path)}, None)
    with pytest.raises(Misconfigured, match="there is no server"):
        access_to("@", Given(), {"XDG_CONFIG_HOME": str(tmp_path)}, None)


def test_options_come_before_the_environment_before_the_file(host: Host) -> None:
    assert host.bind(MAILPOLICY_PASSWORD="of the environment").secret() == b"of the environment"
    given = Given(password=lambda: "typed")
    assert host.bind(given=given, MAILPOLICY_PASSWORD="of the environment").secret() == b"typed"
    file = Given(bind_dn=WRITER, password_file=str(host.folder / "writer.password"))
    bind = host.bind(given=file, MAILPOLICY_BIND_DN=POLICY, MAILPOLICY_PASSWORD="x")
    assert (bind.dn, bind.secret()) == (WRITER, b"of the writer")
    named = str(host.folder / "writer.password")
    assert host.bind(MAILPOLICY_BIND_DN=WRITER, MAILPOLICY_PASSWORD_FILE=named).secret() == b"of the writer"


def test_the_password_of_the_file_goes_with_no_other_name(host: Host) -> None:
    for given, environment in ((Given(bind_dn=WRITER), {}), (Given(), {"MAILPOLICY_BIND_DN": WRITER})):
        with pytest.raises(Misconfigured, match=f"no password for {WRITER}"):
            host.access(given=given, **environment)
    assert host.bind(given=Given(bind_dn=POLICY.upper())).secret() == b"of the file"


def test_the_password_of_the_file_goes_to_no_other_server(host: Host) -> None:
    assert host.access("ldaps://ldap1.acme.example/o=mail").bind is None


def test_an_empty_variable_says_nothing(host: Host) -> None:
    empty = dict.fromkeys(["MAILPOLICY_BIND_DN", "MAILPOLICY_PASSWORD", "MAILPOLICY_CA_FILE"], "")
    assert host.bind(**empty).secret() == b"of the file"
    assert host.access(**empty).ca_file is None


def test_who_the_connection_says_we_are(host: Host) -> None:
    assert host.bind(given=Given(external=True)) == Bind.external()
    with pytest.raises(Misconfigured, match="neither a name nor a password"):
        host.access(given=Given(external=True, bind_dn=POLICY))
    host.write("external = true")
    assert host.bind() == Bind.external()
    assert host.bind(given=Given(bind_dn=POLICY), MAILPOLICY_PASSWORD="x").dn == POLICY


@pytest.mark.parametrize(
    ("given", "environment"),
    [
        (Given(password=lambda: "x"), {}),
        (Given(), {"MAILPOLICY_PASSWORD": "x"}),
        (Given(bind_dn=POLICY, password=lambda: "x", password_file="y"), {}),
        (
            Given(),
            {"MAILPOLICY_BIND_DN": POLICY, "MAILPOLICY_PASSWORD": "x", "MAILPOLICY_PASSWORD_FILE": "y"},
        ),
    ],
)
def test_what_makes_no_sense_is_refused(host: Host, given: Given, environment: dict[str, str]) -> None:
    with pytest.raises(Misconfigured):
        host.access("ldapi:///o=mail", given, **environment)


def test_the_rest_is_handed_on(host: Host) -> None:
    host.write(
        'ca_file = "ca.pem"', "start_tls = true", "network_timeout = 2", 'client = "ldap3"', 'schema = "s"'
    )
    expected: dict[str, Any] = {
        "ca_file": str(host.folder / "ca.pem"),
        "start_tls": True,
        "network_timeout": 2,
        "client": "ldap3",
    }
    assert host.access().connecting() == expected
    assert host.access().schema == str(host.folder / "s")
    assert host.access(MAILPOLICY_CA_FILE="other").ca_file == "other"
    assert host.access(given=Given(ca_file="third"), MAILPOLICY_CA_FILE="other").ca_file == "third"
    assert host.access("ldapi:///o=mail").connecting() == {}


def test_no_password_shows(host: Host) -> None:
    host.write(f'bind_dn = "{POLICY}"', 'password = "s7182"')
    for environment in ({}, {"MAILPOLICY_PASSWORD": "s7182"}):
        access = host.access(**environment)
        assert access.bind is not None
        assert access.bind.secret() == b"s7182"
        assert "7182" not in f"{access} {access.connecting()} {Given.by_environment(environment)}"
