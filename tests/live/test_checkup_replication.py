"""Servers that copy each other are compared: who lacks what, and what is only on its way."""

from __future__ import annotations

import re
import time
from threading import Timer
from typing import Any

import ldap
import pytest

from mailpolicy.live.checkup import Item, lag
from tests.live.checking import LARGE, OK, WRONG, items
from tests.live.servers import PASSWORD, SCHEMA
from tests.slapd import CONFIG, DATABASE, Slapd, StartSlapd

pytestmark = pytest.mark.twin


def change(server: Slapd, text: bytes) -> None:
    server.connect().modify_s("o=mail", [(ldap.MOD_REPLACE, "description", [text])])


def copy_of(server: Slapd) -> bytes:
    server.stop()  # only then it writes down how far it is
    copy = server.dump()
    server.start()
    return copy


def test_who_is_behind_whom(start_slapd: StartSlapd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lag, "PATIENCE", 0.1)
    common: dict[str, Any] = {"suffix": "o=mail", "syncprov": True, "schema": SCHEMA}
    first = start_slapd(data=LARGE, settings={"olcServerID": 1}, **common)

    def replication(*servers: Slapd) -> list[Item]:
        found = items(*(each.uri for each in servers), dn=first.root_dn)
        return [each for each in found if each.name.startswith("replication")]

    assert replication(first) == []
    stranger = start_slapd(data=LARGE, settings={"olcServerID": 3}, **common)
    change(first, b"x")
    second = start_slapd(data=copy_of(first), settings={"olcServerID": 2}, **common)
    assert [each.verdict for each in replication(first, second)] == [OK, OK]
    time.sleep(1.1)
    change(first, b"y")
    found = replication(first, second)
    assert [each.verdict for each in found] == [OK, WRONG]
    seconds = re.fullmatch(r"lacks the changes of server 1 of ([\d.]+) s", found[1].text)
    assert seconds is not None
    assert 1.1 <= float(seconds[1]) < 60
    texts = [each.text for each in replication(first, stranger)]
    assert texts == ["lacks all changes of server 3", "lacks all changes of server 1"]


def test_a_change_on_its_way_is_waited_for(start_slapd: StartSlapd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lag, "PATIENCE", 20.0)
    common: dict[str, Any] = {"suffix": "o=mail", "syncprov": True, "schema": SCHEMA}
    first = start_slapd(data=LARGE, settings={"olcServerID": 1}, **common)
    change(first, b"x")
    second = start_slapd(data=copy_of(first), settings={"olcServerID": 2}, **common)
    change(first, b"y")
    follow = (
        f'rid=001 provider={first.uri} type=refreshAndPersist searchbase="o=mail" retry="1 +" '
        f'bindmethod=simple binddn="{first.root_dn}" credentials={PASSWORD}'
    )
    behind = Timer(
        1.5, second.connect(CONFIG).modify_s, [DATABASE, [(ldap.MOD_ADD, "olcSyncrepl", [follow.encode()])]]
    )
    behind.start()
    found = [each for each in items(first.uri, second.uri, dn=first.root_dn) if "replication" in each.name]
    assert [each.verdict for each in found] == [OK, OK]
