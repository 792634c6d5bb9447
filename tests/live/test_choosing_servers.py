"""Which servers are asked, in which order, and what is refused before any of them is."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import attrs
import pytest

from mailpolicy.errors import InvalidUrl, InvalidValue, NotFound, Unavailable
from mailpolicy.live.bind import Bind
from mailpolicy.live.servers import LONGEST_DELAY, SHORTEST_DELAY, Servers, delays
from tests.slapd import PASSWORD, Slapd, StartSlapd

BIND = Bind("cn=policy,o=mail", PASSWORD)
DATA = "dn: dc=example\nobjectClass: domain\ndc: example\n"
NOBODY = "ldap://127.0.0.1:9"


@pytest.mark.parametrize(
    ("text", "urls", "base"),
    [
        ("ldap://ldap1", ("ldap://ldap1",), None),
        ("ldap://ldap1/", ("ldap://ldap1",), ""),
        ("ldaps://ldap1:1636/o=mail", ("ldaps://ldap1:1636",), "o=mail"),
        ("ldaps://a \n\tldaps://b/o=mail", ("ldaps://a", "ldaps://b"), "o=mail"),
        ("ldaps://a/o=mail ldaps://b/o=mail", ("ldaps://a", "ldaps://b"), "o=mail"),
        ("ldaps://a/ ldaps://b/o=mail", ("ldaps://a", "ldaps://b"), "o=mail"),
        ("ldap://[::1]:3389/ou=a%20b%5C%2C%C3%A9,o=mail", ("ldap://[::1]:3389",), "ou=a b\\,é,o=mail"),
        ("ldapi://%2Frun%2Fslapd%2Fldapi/o=mail", ("ldapi://%2Frun%2Fslapd%2Fldapi",), "o=mail"),
        ("ldapi:///", ("ldapi://",), ""),
    ],
)
def test_urls(text: str, urls: tuple[str, ...], base: str | None) -> None:
    servers = Servers.parse(text)
    assert (servers.urls, servers.base) == (urls, base)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the URL of a server"),
        ("ldap1.acme.example", "one of ldap"),
        ("http://ldap1", "one of ldap"),
        ("pldap://ldap1", "ldap://, ldaps:// or ldapi://"),
        ("ldap://ldap1/o=mail?mail", "without attributes"),
        ("ldap://ldap1/o=mail??sub", "without attributes"),
        ("ldap://ldap1/o=mail???(uid=a)", "without attributes"),
        ("ldap://ldap1/o=mail????!bindname=cn=a", "without attributes"),
        ("ldap://a/o=mail ldap://b/o=post", "not 'o=mail' and 'o=post'"),
        ("ldap://ldap1/o=%zz", "hexadecimal"),
    ],
)
def test_wrong_urls(text: str, expected: str) -> None:
    with pytest.raises(InvalidUrl, match="expected") as raised:
        Servers.parse(text)
    assert expected in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        "ldap://cn=policy:Tr0ub4dor@ldap1/o=mail",
        "ldap://cn=policy,o=mail:Tr0ub4dor/x@ldap1",
        "ldap://cn=policy:Tr0ub4dor more@ldap1",
        "ldaps://Tr0ub4dor@ldap1",
        "ldap://ldap1:Tr0ub4dor/o=mail",
        "ldap://cn=policy:Tr0ub4dor%40ldap1/o=mail",
        "ldap://policy:first Tr0ub4dor%40ldap1/o=mail",
        "ldap://cn=policy:12 Tr0ub4dor %40ldap1",
        "ldap://policy%3ATr0ub4dor%40ldap1/o=mail",
        "ldap://policy%3aTr0ub4dor/o=mail",
        "ldap://ldap1:389:Tr0ub4dor/o=mail",
        "<ldap://ldap1:Tr0ub4dor/o=mail>",
        "ldap:Tr0ub4dor",
        "ldap://ldap1?Tr0ub4dor",
    ],
)
def test_a_password_in_a_url_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(InvalidUrl, match="password") as raised:
        Servers.parse(text)
    assert_untold("Tr0ub4dor", raised.value)


@pytest.mark.parametrize(
    "start", ["ldap://ldap1/", "ldap://ldap1/o=mail", "pldap://ldap1/", "ldap://ldap1:x/"]
)
def test_what_a_url_asks_for_beyond_a_server_is_not_repeated(start: str) -> None:
    with pytest.raises(InvalidUrl) as raised:
        Servers.parse(f"{start}????!bindname=cn=policy,X-BINDPW=Tr0ub4dor")
    assert_untold("Tr0ub4dor", raised.value)


def assert_untold(secret: str, error: BaseException) -> None:
    """Whether nothing of an error shows it: text, arguments, and the errors that led to it."""
    assert secret not in f"{error} {error!r} {error.args} {vars(error)}"
    assert error.__cause__ is None
    assert error.__context__ is None


def test_a_url_without_a_password_is_repeated() -> None:
    for wrong in ("ldap1.acme.example", "http://ldap1/o=mail", "ldap://ldap1:99999", "ldaps://ldap1/o=%zz"):
        with pytest.raises(InvalidUrl) as raised:
            Servers.parse(wrong)
        assert wrong in str(raised.value)


def test_an_at_sign_may_stand_in_the_base() -> None:
    assert Servers.parse("ldap://ldap1/uid=a@b,o=mail").base == "uid=a@b,o=mail"


@pytest.mark.parametrize(
    "url", ["ldaps://ldap1", "ldapi:///", "ldap://127.0.0.1", "ldap://[::1]", "ldap://localhost"]
)
def test_where_a_password_may_go(url: str) -> None:
    Servers.parse(url, bind=BIND)


def test_a_password_does_not_go_over_a_network_in_plain() -> None:
    plain = "ldap://ldap1.acme.example"
    for wrong in (plain, f"ldaps://ldap2 {plain}", "ldap://10.0.0.1", "ldap://127.0.0.1.acme.example"):
        with pytest.raises(InvalidUrl, match=r"StartTLS.*plain=True"):
            Servers.parse(wrong, bind=BIND)
    for allowed in ({"start_tls": True}, {"plain": True}):
        Servers.parse(plain, bind=BIND, **allowed)
    for harmless in (None, Bind.external(), Bind()):
        Servers.parse(plain, bind=harmless)


def test_start_tls_is_for_ldap_only() -> None:
    for url in ("ldaps://ldap1", "ldapi:///", "ldap://a ldaps://b"):
        with pytest.raises(InvalidUrl, match="StartTLS"):
            Servers.parse(url, start_tls=True)


def test_a_client_there_is_not() -> None:
    with pytest.raises(InvalidValue, match="python-ldap, ldap3"):
        Servers.parse("ldap://ldap1", client="bonsai")


@pytest.mark.parametrize("password", ["Tr0ub4dor", b"Tr0ub4dor"])
def test_no_secret_is_shown(password: str | bytes) -> None:
    servers = Servers.parse("ldaps://ldap1", bind=Bind("cn=policy,o=mail", password))
    assert servers.bind is not None
    assert servers.bind.secret() == b"Tr0ub4dor"
    shown = f"{servers!r} {attrs.asdict(servers)} {attrs.astuple(servers.bind)}"
    assert "cn=policy" in shown
    assert "Tr0ub4dor" not in shown


@pytest.fixture(scope="module")
def slapd(module_slapd: StartSlapd) -> Slapd:
    return module_slapd(data=DATA)


@pytest.mark.parametrize("client", ["auto", "python-ldap", "ldap3"])
def test_the_first_that_answers(slapd: Slapd, tmp_path: Path, client: str) -> None:
    gone = f"ldapi://{str(tmp_path / 'gone').replace('/', '%2F')}"
    servers = Servers((NOBODY, gone, slapd.uri), bind=Bind(slapd.root_dn, PASSWORD), client=client)
    for first in (None, slapd.uri, gone):
        backend = servers.connected(first)
        assert backend.url == slapd.uri
        assert backend.whoami() == f"dn:{slapd.root_dn}"
        backend.close()


def test_each_that_does_not_answer_is_named(slapd: Slapd) -> None:
    servers = Servers((NOBODY, slapd.uri), bind=Bind(slapd.root_dn, "wrong"))
    with pytest.raises(Unavailable) as raised:
        servers.connected()
    said = str(raised.value)
    assert NOBODY in said
    assert "refused" in said
    assert slapd.uri in said
    assert "wrong name or password" in said


def test_one_that_does_not_answer_speaks_for_itself() -> None:
    with pytest.raises(Unavailable) as raised:
        Servers((NOBODY,)).connected()
    assert raised.value.source == NOBODY


@pytest.mark.parametrize(("suffix", "end", "base"), [
    ("dc=example", "", "dc=example"),
    ("dc=example", "/", "dc=example"),
    ("dc=example", "/ou=people,dc=example", "ou=people,dc=example"),
    ("", "", ""),
    ("", "/", ""),
    ("", "/dc=example", "dc=example"),
])  # fmt: skip
def test_the_base(start_slapd: StartSlapd, suffix: str, end: str, base: str) -> None:
    slapd = start_slapd(data=DATA, suffix=suffix)
    servers = Servers.parse(slapd.uri + end)
    backend = servers.connected()
    assert servers.base_of(backend) == base
    backend.close()


def test_several_trees_are_named(start_slapd: StartSlapd, tmp_path: Path) -> None:
    slapd = start_slapd(data=DATA)
    (tmp_path / "second").mkdir()
    slapd.connect("cn=admin,cn=config").add_s(
        "olcDatabase=mdb,cn=config",
        [
            ("objectClass", [b"olcMdbConfig"]),
            ("olcDatabase", [b"mdb"]),
            ("olcSuffix", [b"o=second"]),
            ("olcDbDirectory", [os.fsencode(tmp_path / "second")]),
        ],
    )
    for end in ("", "/"):
        servers = Servers.parse(slapd.uri + end)
        backend = servers.connected()
        with pytest.raises(NotFound, match="dc=example, o=second"):
            servers.base_of(backend)
        backend.close()


def test_delays_grow_and_differ() -> None:
    first = list(itertools.islice(delays(Random(1)), 20))
    assert first != list(itertools.islice(delays(Random(2)), 20))
    assert all(SHORTEST_DELAY / 2 <= each <= LONGEST_DELAY for each in first)
    assert first[0] <= SHORTEST_DELAY
    assert min(first[-5:]) >= LONGEST_DELAY / 2


def told_without(*modules: str, client: str = "auto") -> str:
    """What the last line of a traceback says where these modules are not installed."""
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({modules!r}))\n"
        "from mailpolicy.live.servers import Servers\n"
        f"Servers.parse({NOBODY!r}, client={client!r}).connected()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    return done.stderr.strip().splitlines()[-1]


def test_what_is_not_installed_is_named() -> None:
    without = "ModuleNotFoundError: to ask an LDAP server, install {0}: pip install 'mailpolicy[{0}]'"
    assert told_without("ldap", "ldap3") == without.format("python-ldap")
    assert told_without("ldap", client="python-ldap") == without.format("python-ldap")
    assert told_without("ldap3", client="ldap3") == without.format("ldap3")
    assert "Unavailable" in told_without("ldap")


def test_importing_needs_no_client() -> None:
    program = "import mailpolicy.live.servers, sys; print({'ldap', 'ldap3'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
