"""The page about Carbonio, typed on a server shaped like one of those."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.certificates import Authority
from tests.live.page import ROOT, Machine, steps
from tests.live.servers import PASSWORD, carbonio_server
from tests.slapd import CONFIG, require

pytestmark = pytest.mark.twin

NAME = "ldap.acme.example"


def test_the_page_does_what_it_says(tmp_path: Path) -> None:
    require()
    certificate = Authority(tmp_path / "authority").issue("server")
    with carbonio_server(policy=False, tcp=True, certificate=certificate) as server:
        also = {
            f"ldap://{NAME}": str(server.tcp_uri),
            "/opt/zextras/conf/ca/ca.pem": str(certificate.authority),
            "-D cn=config": f"-D {CONFIG}",
            "{2}mdb": "{1}mdb",
        }
        with Machine(tmp_path / "machine", NAME, also=also) as machine:
            root = machine.directory / "bin/zmlocalconfig"
            root.write_text(f"#!/bin/sh\necho {PASSWORD}\n")
            root.chmod(0o755)
            for step in steps(ROOT / "docs/how-to/carbonio.md"):
                machine.follow(step)
