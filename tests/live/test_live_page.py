"""The page about directories on servers, run on two of them."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.certificates import Authority
from tests.live.servers import Served, acme_server
from tests.slapd import PASSWORD

pytestmark = pytest.mark.twin

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/explanation/live.md"
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[Served, Served]]:
    """Two servers with equal content; the second is for when the first is gone."""
    authority = Authority(tmp_path, "ca")
    with ExitStack() as running:
        yield tuple(  # type: ignore[misc]
            running.enter_context(acme_server(tcp=True, certificate=authority.issue(name)))
            for name in ("ldap1", "ldap2")
        )


def test_the_page_does_what_it_says(tmp_path: Path, servers: tuple[Served, Served]) -> None:
    for name in ("policy", "writer"):
        (tmp_path / f"{name}.password").write_text(PASSWORD)
    text = PAGE.read_text()
    for said, here in substitutions(tmp_path, servers).items():
        assert said in text
        text = text.replace(said, here)

    def stop() -> None:
        for server in servers:
            server.stop()

    def start() -> None:
        for server in servers:
            server.start()

    known = {"stop_the_servers": stop, "start_the_servers": start}
    failed, tried = run(text, known)
    known["live"].close()  # type: ignore[attr-defined]
    assert tried > 15
    assert not failed


def test_the_readme_can_be_typed(
    tmp_path: Path, servers: tuple[Served, Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    (tmp_path / "policy.password").write_text(PASSWORD)
    text = (ROOT / "README.md").read_text()
    for said, here in substitutions(tmp_path, servers).items():
        text = text.replace(said, here)
    known: dict[str, Any] = {}
    for block in PYTHON.findall(text):
        exec(block, known)
    with known["live"] as live:
        assert live.find("john@acme.example").freshness
    assert str(known["john"].settings.mailbox_quota) == "25 GiB"
    assert repr(known["decision"]).endswith("550 5.7.2 You may not write to this list>")


def substitutions(directory: Path, servers: tuple[Served, Served]) -> Mapping[str, str]:
    """What is written here for what the page says."""
    return {
        "ldaps://ldap1.acme.example": str(servers[0].tls_uri),
        "ldaps://ldap2.acme.example": str(servers[1].tls_uri),
        "/etc/mailpolicy/": f"{directory}/",
        "/var/cache/mailpolicy/": f"{directory}/",
    }


def run(text: str, known: dict[str, object]) -> tuple[int, int]:
    page = doctest.DocTestParser().get_doctest(text, known, PAGE.name, str(PAGE), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(page, clear_globs=False)
    known.update(page.globs)
    return runner.failures, runner.tries
