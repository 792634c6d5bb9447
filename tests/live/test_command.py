"""The command line says of a server what it says of the file that the server was loaded from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from mailpolicy.cli import main
from tests.cli_golden import ACME, CARBONIO, CASES, GOLDEN
from tests.live.servers import PASSWORD, acme_server, carbonio_server
from tests.slapd import CONFIG, Slapd, StartSlapd, require

pytestmark = pytest.mark.twin

UNSEEN = {"search-secret.txt", "explain-secret.json", "explain-domain.txt", "carbonio-search.txt"}
"""Answers that show that there are secrets, which the account of a policy host does not see."""
OPERATIONAL = {"search.txt", "search.json"}
"""Answers with all attributes of an entry, of which a server has more than a file."""
SOURCED = {name for name, words in CASES.items() if words[0] in ("decide", "replay") and "--json" in words}
"""Answers that say where they come from."""
PLANS = {name for name, words in CASES.items() if "--plan" in words}
"""Answers that say how many entries were searched, which a server does not."""
ASKED = {
    name: words
    for name, words in CASES.items()
    if {ACME, CARBONIO} & set(words) and name not in UNSEEN | OPERATIONAL | PLANS
}


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, tuple[Slapd, str]]]:
    require()
    with ExitStack() as running:
        acme, carbonio = running.enter_context(acme_server()), running.enter_context(carbonio_server())
        yield {ACME: (acme, acme.policy), CARBONIO: (carbonio, carbonio.policy)}


@pytest.mark.parametrize("name", ASKED)
def test_it_is_the_answer_of_the_file(
    servers: dict[str, tuple[Slapd, str]],
    name: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verb, source, *words = ASKED[name]
    server, dn = servers[source]
    monkeypatch.setenv("MAILPOLICY_CONFIG", "/dev/null")
    monkeypatch.setenv("MAILPOLICY_PASSWORD", PASSWORD)
    monkeypatch.setenv("COLUMNS", "80")
    main([verb, f"{server.uri}/{server.suffix}", *words, "--bind-dn", dn])
    said, known = capsys.readouterr().out, (GOLDEN / name).read_text(encoding="utf-8")
    # Members come in the order of the entries, which is another one on a server.
    if verb == "expand":
        assert unordered(said, name) == unordered(known, name)
    elif name in SOURCED:
        assert unsourced(json.loads(said)) == unsourced(json.loads(known))
    else:
        assert said == known


def unsourced(value: Any) -> Any:
    """The same without what says which source it was and what of it was seen."""
    match value:
        case dict():
            return {
                key: unsourced(each) for key, each in value.items() if key not in ("freshness", "revision")
            }
        case list():
            return [unsourced(each) for each in value]
    return value


def unordered(text: str, name: str) -> object:
    if name.endswith(".json"):
        return sorted_lists(json.loads(text))
    return sorted(line.replace("└", "├").strip("│ ") for line in text.splitlines())


def sorted_lists(value: Any) -> Any:
    match value:
        case dict():
            return {key: sorted_lists(each) for key, each in value.items()}
        case list():
            return sorted(map(sorted_lists, value), key=json.dumps)
    return value


def test_which_of_several_trees_is_meant_is_no_no(
    start_slapd: StartSlapd, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start_slapd(suffix="o=mail")
    (server.directory / "other").mkdir()
    other = {"olcDatabase": "mdb", "olcSuffix": "o=other", "olcDbDirectory": str(server.directory / "other")}
    added = {"objectClass": "olcMdbConfig", **other}
    server.connect(CONFIG).add_s(
        "olcDatabase=mdb,cn=config", [(name, [value.encode()]) for name, value in added.items()]
    )
    monkeypatch.setenv("MAILPOLICY_CONFIG", "/dev/null")
    for words in (["status", server.uri, "john@acme.example"], ["dump", server.uri]):
        assert main(words) == 2
        assert "it holds o=mail, o=other; name one in the URL" in capsys.readouterr().err
    assert main(["check", server.uri]) == 1
    assert "it holds o=mail, o=other" in " ".join(capsys.readouterr().out.split())
