"""All settings at once, one setting of all accounts, and who belongs to whom: as if each were asked alone."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from hypothesis import given, strategies as st

from mailpolicy.inherit import accounts_of, domain_of, flat_values, layers_of, resolve, resolve_for, sweep
from mailpolicy.ldap.entry import Entry
from mailpolicy.model.settings import Settings
from mailpolicy.reasons import Level
from mailpolicy.schema import SETTINGS, Setting
from mailpolicy.snapshot import Snapshot, version as versions_of
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


@given(directories())
def test_settings_at_hand_are_those_asked_one_by_one(drawn: Drawn) -> None:
    snapshot = drawn.load()
    for entry in snapshot:
        level = snapshot.level_of(entry)
        assert level is not None
        layers = layers_of(snapshot, entry)
        at_hand = Settings(snapshot, entry).at_hand()
        for setting in SETTINGS.values():
            if setting.concerns(level):
                assert at_hand[setting.name] == resolve(snapshot, layers, setting), (entry.dn, setting)


def concerning(drawn: Drawn, level: Level) -> list[Setting[Any]]:
    asked = (*drawn.focus, SETTINGS["cos"], SETTINGS["mail_status"])
    return [each for each in asked if each.concerns(level)]


KINDS = (Level.ACCOUNT, Level.RESOURCE, Level.LIST, Level.DOMAIN, Level.COS)


def versions(drawn: Drawn, data: st.DataObject) -> list[Snapshot]:
    """The directory as it was before some entries came and others went, and as it is with them.

    The changes stand before what there was, or are part of a new base: a directory can be either.
    """
    future = drawn.load()
    keys = [future.key(entry.dn) for entry in future]
    later = data.draw(st.lists(st.sampled_from(keys), unique=True))
    gone = data.draw(st.lists(st.sampled_from(keys), unique=True))
    known = data.draw(st.booleans())
    without = future.changed(dict.fromkeys(later))
    before = drawn.load([each for each in drawn.records if without.entry(each.dn) is not None])
    if known:
        ask_everything(drawn, before)
    changes = {key: future.at(key) for key in later} | dict.fromkeys(gone)
    with patch.object(versions_of, "SMALLEST_BOUND", data.draw(st.sampled_from([32, -99]))):
        return [before, before.changed(changes)]


def ask_everything(drawn: Drawn, snapshot: Snapshot) -> None:
    for kind in KINDS:
        for setting in concerning(drawn, kind):
            sweep(snapshot, kind, setting)


@given(directories(), st.data())
def test_a_sweep_is_each_alone(drawn: Drawn, data: st.DataObject) -> None:
    for snapshot in versions(drawn, data):
        for kind in KINDS:
            objects = list(snapshot.of_level(kind))
            for setting in concerning(drawn, kind):
                alone = [resolve(snapshot, layers_of(snapshot, entry), setting) for entry in objects]
                assert sweep(snapshot, kind, setting) == alone, (kind, setting)


@given(directories(), st.data())
def test_members_are_those_whose_it_is(drawn: Drawn, data: st.DataObject) -> None:
    for snapshot in versions(drawn, data):
        slow = SlowDirectory(snapshot.dialect, snapshot)
        for kind in (Level.ACCOUNT, Level.RESOURCE, Level.LIST):
            objects = list(snapshot.of_level(kind))
            for domain in snapshot.of_level(Level.DOMAIN):
                found = accounts_of(snapshot, domain, level=kind)
                assert found == [each for each in objects if domain_of(snapshot, each) is domain]
                assert found == [each for each in objects if slow.domain_of(each) is domain]
            for cos in snapshot.of_level(Level.COS) if kind is not Level.LIST else ():
                assert accounts_of(snapshot, cos, level=kind) == [
                    each for each in objects if slow.cos_of(each) is cos
                ]
