"""What holds of inheritance in every directory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import assume, given, strategies as st

from mailpolicy.inherit import Layers, explain, explain_attribute, layers_of, resolve, resolve_part
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.ldif import ContentRecord
from mailpolicy.reasons import Level, Origin
from mailpolicy.schema import SETTINGS, Part, Setting
from mailpolicy.snapshot import Snapshot
from tests.reference.directories import TEXTS, Drawn, attributes_of, directories
from tests.reference.inheritance import SlowDirectory, as_plain


def objects(snapshot: Snapshot) -> Iterator[tuple[Entry, Level]]:
    for entry in snapshot:
        level = snapshot.level_of(entry)
        assert level is not None
        yield entry, level


def questions(drawn: Drawn, snapshot: Snapshot) -> Iterator[tuple[Entry, Setting[Any]]]:
    """Every object with every setting that is talked about and concerns it."""
    for entry, level in objects(snapshot):
        for setting in (*drawn.focus, SETTINGS["cos"]):
            if setting.concerns(level):
                yield entry, setting


def answers(drawn: Drawn, snapshot: Snapshot) -> dict[tuple[str, str], Any]:
    return {
        (entry.dn, setting.name): resolve(snapshot, layers_of(snapshot, entry), setting)
        for entry, setting in questions(drawn, snapshot)
    }


@given(directories())
def test_fast_is_explained_is_obvious(drawn: Drawn) -> None:
    snapshot = drawn.load()
    slow = SlowDirectory(snapshot.dialect, snapshot)
    for entry, setting in questions(drawn, snapshot):
        layers = layers_of(snapshot, entry)
        fast = resolve(snapshot, layers, setting)
        explained = explain(snapshot, layers, setting)
        assert explained.value == fast, (entry.dn, setting)
        assert as_plain(fast) == slow.value(entry, setting), (entry.dn, setting)
        assert explained.inherited.is_own is False


@given(directories())
def test_the_same_by_ldap_name(drawn: Drawn) -> None:
    snapshot = drawn.load()
    slow = SlowDirectory(snapshot.dialect, snapshot)
    names = [name for setting in drawn.focus for name, _ in attributes_of(setting.name, drawn.dialect.name)]
    for entry, level in objects(snapshot):
        layers = layers_of(snapshot, entry)
        for name in names:
            known = snapshot.dialect.attribute(name)
            assert known is not None
            part = known.binding(level).parts[0]
            fast = resolve_part(layers, part)
            assert explain_attribute(layers, part, known.secret).value == fast
            assert as_plain(fast) == as_plain(slow.by_ldap_name(entry, name)), (entry.dn, name)


@given(directories(), st.randoms(use_true_random=False))
def test_the_order_of_entries_is_nothing(drawn: Drawn, random: Any) -> None:
    shuffled = random.sample(drawn.records, len(drawn.records))
    assert answers(drawn, drawn.load(shuffled)) == answers(drawn, drawn.load())


def with_attribute(drawn: Drawn, entry: Entry, attribute: str, texts: tuple[str, ...]) -> Snapshot:
    """The directory in which the entry has these values of the attribute, and no others."""
    records = []
    for record in drawn.records:
        pairs = record.attributes
        if record.dn == entry.dn:
            kept = tuple(pair for pair in pairs if pair[0] != attribute)
            pairs = kept + tuple((attribute, text.encode()) for text in texts)
        records.append(ContentRecord(record.dn, pairs, record.line))
    return drawn.load(records)


@given(directories(), st.data())
def test_what_is_said_farther_away_changes_nothing(drawn: Drawn, data: st.DataObject) -> None:
    """For one attribute; a setting of several, or under a ceiling, listens to more than one."""
    snapshot = drawn.load()
    candidates = list(answered(drawn, snapshot))
    assume(candidates)
    layers, part, origin = data.draw(st.sampled_from(candidates))
    farther = layers[[layer.level for layer in layers].index(origin.level) + 1 :]
    layer = data.draw(st.sampled_from(farther))
    texts = tuple(data.draw(st.lists(st.sampled_from(TEXTS), max_size=2)))
    before = resolve_part(layers, part)
    changed = with_attribute(drawn, layer.entry, part.attribute, texts)
    again = changed.entry(layers[0].entry.dn)
    assert again is not None
    assert resolve_part(layers_of(changed, again), part) == before


def answered(drawn: Drawn, snapshot: Snapshot) -> Iterator[tuple[Layers, Part, Origin]]:
    """Every attribute that has a value for an object and somebody farther away to differ."""
    names = {name for setting in drawn.focus for name in written(setting, drawn)} - REFERENCES
    for entry, level in objects(snapshot):
        layers = layers_of(snapshot, entry)
        for name in sorted(names):
            known = snapshot.dialect.attribute(name)
            assert known is not None
            part = known.binding(level).parts[0]
            found = explain_attribute(layers, part, known.secret)
            if found.value is not None and found.origin.level is not layers[-1].level:
                yield layers, part, found.origin


REFERENCES = frozenset(
    name
    for setting in ("cos", "default_cos", "domain_name", "address")
    for dialect in ("native", "carbonio", "zimbra")
    for name, _ in attributes_of(setting, dialect)
)
"""Attributes that say who the layers are: what they say changes more than their own value."""


def without_own(snapshot: Snapshot, entry: Entry, attributes: set[str]) -> tuple[Snapshot, Entry]:
    kept = {name: values for name, values in entry.raw.items() if name not in attributes}
    bare = Entry(entry.dn, kept, snapshot.definitions)
    return snapshot.changed({snapshot.key(entry.dn): bare}), bare


def removable(drawn: Drawn, snapshot: Snapshot, data: st.DataObject) -> tuple[Entry, Setting[Any], set[str]]:
    """An object, a setting that it may do without, and the attributes to remove."""
    candidates = [
        (entry, setting, names)
        for entry, setting in questions(drawn, snapshot)
        if (names := {name for name, _ in attributes_of(setting.name, drawn.dialect.name)})
        and setting.name not in ("address", "domain_name")
        and names & set(entry.raw)
    ]
    assume(candidates)
    return data.draw(st.sampled_from(candidates))


@given(directories(), st.data())
def test_inherited_is_what_removing_gives(drawn: Drawn, data: st.DataObject) -> None:
    snapshot = drawn.load()
    entry, setting, names = removable(drawn, snapshot, data)
    promised = explain(snapshot, layers_of(snapshot, entry), setting).inherited
    without, bare = without_own(snapshot, entry, names)
    found = explain(without, layers_of(without, bare), setting)
    assert (found.value, found.origin) == (promised.value, promised.origin)


@given(directories(), st.data())
def test_removing_what_is_inherited_anyway_changes_nothing(drawn: Drawn, data: st.DataObject) -> None:
    snapshot = drawn.load()
    entry, setting, names = removable(drawn, snapshot, data)
    before = explain(snapshot, layers_of(snapshot, entry), setting)
    # What stands on an account or resource is nobody else's; that of a layer may be, where hers is not.
    assume(snapshot.level_of(entry) in (Level.ACCOUNT, Level.RESOURCE))
    assume(before.inherited.value == before.value)
    without, _ = without_own(snapshot, entry, names)
    untouched = {each.name for each in drawn.focus if not names & written(each, drawn)} | {setting.name}
    for key, answer in answers(drawn, without).items():
        if key[1] in untouched:
            assert answer == answers(drawn, snapshot)[key]


def written(setting: Setting[Any], drawn: Drawn) -> set[str]:
    return {name for name, _ in attributes_of(setting.name, drawn.dialect.name)}
