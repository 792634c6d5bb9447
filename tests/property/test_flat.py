"""All settings at once, one setting of all accounts, and who belongs to whom: as if each were asked alone."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from mailpolicy.inherit import flat_values, layers_of, resolve, resolve_for
from mailpolicy.ldap.entry import Entry
from mailpolicy.reasons import Level
from mailpolicy.schema import SETTINGS, Setting
from mailpolicy.snapshot import Snapshot
from tests.reference.directories import Drawn, directories
from tests.reference.inheritance import SlowDirectory, as_plain


def one_by_one(snapshot: Snapshot, entry: Entry) -> dict[str, Any]:
    level = snapshot.level_of(entry)
    assert level is not None
    layers = layers_of(snapshot, entry)
    asked = (each for each in SETTINGS.values() if each.belongs_to(level) and not each.secret)
    return {each.name: resolve(snapshot, layers, each) for each in asked}


@given(directories())
def test_all_at_once_is_one_by_one_is_obvious(drawn: Drawn) -> None:
    snapshot = drawn.load()
    slow = SlowDirectory(snapshot.dialect, snapshot)
    for entry in snapshot:
        flat = flat_values(snapshot, entry)
        alone = one_by_one(snapshot, entry)
        assert list(flat.items()) == list(alone.items()), entry.dn
        for setting in (*drawn.focus, SETTINGS["cos"]):
            if setting.name in flat:
                assert as_plain(flat[setting.name]) == slow.value(entry, setting), (entry.dn, setting)


@given(directories())
def test_for_an_entry_is_with_its_layers(drawn: Drawn) -> None:
    snapshot = drawn.load()
    for entry in snapshot:
        layers = layers_of(snapshot, entry)
        for setting in concerning(drawn, layers[0].level):
            assert resolve_for(snapshot, entry, setting) == resolve(snapshot, layers, setting)


def concerning(drawn: Drawn, level: Level) -> list[Setting[Any]]:
    asked = (*drawn.focus, SETTINGS["cos"], SETTINGS["mail_status"])
    return [each for each in asked if each.concerns(level)]
