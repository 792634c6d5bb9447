"""What the test servers promise: they follow a configuration, keep their ports, and die when told."""

from __future__ import annotations

import ssl
import urllib.parse
from pathlib import Path
from typing import Any

import pytest

from tests.certificates import Authority
from tests.slapd import CONFIG, DATABASE, Slapd, require

ldap: Any = pytest.importorskip("ldap")
DATA = "dn: dc=example\nobjectClass: domain\ndc: example\n"


@pytest.fixture(autouse=True)
def with_slapd() -> None:
    require()


def test_settings_are_in_its_configuration(tmp_path: Path) -> None:
    with Slapd(
        tmp_path / "slapd",
        data=DATA,
        syncprov=True,
        session_log=7,
        settings={"olcServerID": 3, "olcSizeLimit": 500},
        database={"olcLimits": ['dn.exact="cn=replica" size=unlimited', "users size=9"]},
    ) as slapd:
        configured = dict(slapd.connect(CONFIG).search_s("cn=config", ldap.SCOPE_SUBTREE))
    assert configured["cn=config"]["olcServerID"] == [b"3"]
    assert configured["cn=config"]["olcSizeLimit"] == [b"500"]
    assert len(configured[DATABASE]["olcLimits"]) == 2
    assert configured[f"olcOverlay={{0}}syncprov,{DATABASE}"]["olcSpSessionlog"] == [b"7"]


def test_its_configuration_changes_while_it_runs(tmp_path: Path) -> None:
    with Slapd(tmp_path / "slapd", data=DATA) as slapd:
        slapd.connect(CONFIG).modify_s(DATABASE, [(ldap.MOD_REPLACE, "olcAccess", [b"to * by * none"])])
        with pytest.raises(ldap.NO_SUCH_OBJECT):
            slapd.connect(bind=False).search_s("dc=example", ldap.SCOPE_BASE)


def test_it_shows_its_certificate_on_the_ldaps_port(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "certificates")
    with Slapd(tmp_path / "slapd", tcp=True, certificate=authority.issue("good")) as slapd:
        assert slapd.tls_uri is not None
        address = urllib.parse.urlsplit(slapd.tls_uri)
        shown = ssl.get_server_certificate(("127.0.0.1", address.port or 0), ca_certs=str(authority.file))
    assert shown.strip() in (tmp_path / "certificates" / "good.pem").read_text()


def test_after_a_kill_it_comes_back_on_the_same_port(tmp_path: Path) -> None:
    with Slapd(tmp_path / "slapd", data=DATA, tcp=True) as slapd:
        before = slapd.tcp_uri
        slapd.kill()
        assert slapd.pid is None
        slapd.start()
        assert slapd.tcp_uri == before
        assert ldap.initialize(before).search_s("dc=example", ldap.SCOPE_BASE)


def test_while_it_is_paused_it_does_not_answer(tmp_path: Path) -> None:
    with Slapd(tmp_path / "slapd", data=DATA) as slapd:
        connection = slapd.connect()
        connection.set_option(ldap.OPT_TIMEOUT, 0.2)
        slapd.pause()
        with pytest.raises(ldap.TIMEOUT):
            connection.search_s("dc=example", ldap.SCOPE_BASE)
        slapd.resume()
        assert connection.search_s("dc=example", ldap.SCOPE_BASE)
        slapd.pause()
    # And it ended although it was paused.
    assert slapd.pid is None
