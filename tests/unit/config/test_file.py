"""The configuration file: where it is, what it may say, and what is said of a mistake in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailpolicy.config import Misconfigured, configured, location

MINIMAL = '[servers.acme]\nurl = "ldapi:///o=mail"\n'


def written(folder: Path, text: str, mode: int = 0o600) -> dict[str, str]:
    path = folder / "mailpolicy.toml"
    path.write_text(text)
    path.chmod(mode)
    return {"MAILPOLICY_CONFIG": str(path)}


def refused(folder: Path, text: str, mode: int = 0o600) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as caught:
        configured(written(folder, text, mode))
    assert caught.value.source == str(folder / "mailpolicy.toml")
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return caught.value.problems


def test_it_stands_where_configuration_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert location({}) == tmp_path / ".config/mailpolicy.toml"
    assert location({"XDG_CONFIG_HOME": "/x"}) == Path("/x/mailpolicy.toml")
    assert location({"XDG_CONFIG_HOME": "x"}) == tmp_path / ".config/mailpolicy.toml"
    assert location({"XDG_CONFIG_HOME": "/x", "MAILPOLICY_CONFIG": "/y"}) == Path("/y")


def test_none_is_needed_but_one_that_is_named(tmp_path: Path) -> None:
    assert configured({"XDG_CONFIG_HOME": str(tmp_path)}) is None
    with pytest.raises(FileNotFoundError):
        configured({"MAILPOLICY_CONFIG": str(tmp_path / "none.toml")})


def test_everything_it_may_say(tmp_path: Path) -> None:
    text = """
        default = "acme"
        [servers.acme]
        url = "ldaps://ldap1.acme.example ldaps://ldap2.acme.example/o=mail"
        bind_dn = "cn=policy,o=mail"
        password = "secret"
        ca_file = "ca.pem"
        start_tls = false
        plain = true
        client = "ldap3"
        network_timeout = 3
        operation_timeout = 2.5
        dialect = "native"
        schema = "subschema.ldif"
        statuses = "server"
        [servers.here]
        url = "ldapi:///o=mail"
        external = true
        [servers.other]
        url = "ldap://other/o=mail"
        bind_dn = "cn=policy,o=mail"
        password_file = "other.password"
    """
    found = configured(written(tmp_path, text))
    assert found is not None
    assert list(found.servers) == ["acme", "here", "other"]
    acme = found.servers["acme"]
    assert (acme.network_timeout, acme.client, acme.schema_file) == (3, "ldap3", "subschema.ldif")
    assert acme.password is not None
    assert acme.password.get_secret_value() == "secret"
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('urll = "x"', "servers.acme.urll: unknown; did you mean url?"),
        ('bind = "x"', "servers.acme.bind: unknown; did you mean bind_dn?"),
        ("start_tls = 1", "servers.acme.start_tls: expected true or false"),
        ('network_timeout = "soon"', "servers.acme.network_timeout: expected a number of seconds above 0"),
        ("operation_timeout = 0", "servers.acme.operation_timeout: expected a number of seconds above 0"),
        ('client = "jndi"', "servers.acme.client: expected one of auto, python-ldap, ldap3"),
        ('dialect = "exchange"', "servers.acme.dialect: expected one of auto, carbonio, native, zimbra"),
        ('statuses = "own"', "servers.acme.statuses: expected one of documented, server"),
        ('bind_dn = "policy"', "servers.acme.bind_dn: 'policy' at character 6: expected "),
        ('password = "x"', "servers.acme: password needs a bind_dn to go with it"),
        ('bind_dn = "cn=a"\npassword = ["x"]', "servers.acme.password: expected a text"),
        (
            'bind_dn = "cn=a"\npassword = "x"\npassword_file = "y"',
            "servers.acme: expected either password or",
        ),
        ('external = true\nbind_dn = "cn=a"', "servers.acme: external needs neither a name nor a password"),
    ],
)
def test_a_mistake_is_named_with_its_key(tmp_path: Path, line: str, problem: str) -> None:
    (found,) = refused(tmp_path, MINIMAL + line)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[servers.acme]\nclient = 'auto'", "servers.acme.url: missing; expected LDAP URLs"),
        ("[servers.acme]\nurl = ''", "servers.acme.url: expected a URL"),
        ("[servers.acme]\nurl = 'ldap://a http://b/'", "servers.acme.url: 'http://b/'"),
        ("[server.acme]\nurl = 'ldapi:///'", "server: unknown; did you mean servers?"),
        ("servers = 'acme'", "servers: expected a section [servers.NAME] for each server"),
        ("[servers]\nacme = 'ldapi:///'", "servers.acme: expected a section of settings"),
        ("default = 'acme'", "default: there is no section [servers.acme]"),
        ("[servers.acme", "expected TOML: "),
    ],
)
def test_a_mistake_elsewhere_too(tmp_path: Path, text: str, problem: str) -> None:
    (found,) = refused(tmp_path, text)
    assert found.startswith(problem)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    assert len(refused(tmp_path, "[servers.acme]\nurll = 'x'\nstart_tls = 'x'")) == 3


def test_text_that_is_no_utf_8(tmp_path: Path) -> None:
    environment = written(tmp_path, "")
    Path(environment["MAILPOLICY_CONFIG"]).write_bytes(b"default = '\xff'")
    with pytest.raises(Misconfigured, match="expected UTF-8"):
        configured(environment)


@pytest.mark.parametrize(
    "mistake", ["password = 7182", 'pasword = "s7182"', 'password = "s7182"\nx = 1', "("]
)
def test_no_password_is_repeated(tmp_path: Path, mistake: str) -> None:
    text = f'{MINIMAL}bind_dn = "cn=a"\n{mistake}'
    assert "7182" not in str(refused(tmp_path, text))


def test_a_password_that_others_may_read_is_refused(tmp_path: Path) -> None:
    text = f'{MINIMAL}bind_dn = "cn=a"\npassword = "s7182"'
    for mode in (0o644, 0o604, 0o602):
        (problem,) = refused(tmp_path, text, mode)
        assert "chmod 600" in problem
    assert configured(written(tmp_path, text, 0o600))
    assert configured(written(tmp_path, MINIMAL, 0o644))
