"""What is restored is what was saved."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pytest

import mailpolicy as mp
from mailpolicy.cache import restore, restoring, save
from mailpolicy.errors import Unavailable
from mailpolicy.ldap.definitions import Definitions
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.shape import shape_of
from mailpolicy.snapshot import Snapshot, version as versions_of
from mailpolicy.snapshot.segment import SHAPE
from mailpolicy.snapshot.version import MOST_GONE, SMALLEST_BOUND
from tests.cached import SITE, content, odd, refusal
from tests.without_roaring import python

EXAMPLES = Path(__file__).parents[3] / "ldif" / "examples"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.cache"


def again(path: Path, snapshot: Snapshot, schema: Definitions | None = None) -> Snapshot:
    save(path, snapshot, {})
    return restore(path, schema=schema).snapshot


@pytest.mark.parametrize("name", ["acme", "carbonio"])
def test_the_examples(path: Path, name: str) -> None:
    saved = mp.open(EXAMPLES / f"{name}.ldif").snapshot
    restored = again(path, saved)
    assert content(restored) == content(saved)
    assert restored.dialect is saved.dialect


def test_what_is_odd(path: Path) -> None:
    saved = odd()
    assert {each.id for each in saved.problems} == {"broken-record", "duplicate-entry", "no-parent"}
    assert any(isinstance(entry.kept, tuple) for entry in saved)
    assert content(again(path, saved)) == content(saved)


def test_a_directory_without_entries(path: Path) -> None:
    saved = mp.loads("").snapshot
    assert content(again(path, saved)) == content(saved)


def test_texts_in_which_every_usual_separator_occurs(path: Path) -> None:
    saved = odd()
    definitions = saved.definitions
    values = {
        "objectClass": (b"mpAccount",),
        "mail": tuple(bytes([each]) + b"@acme.example" for each in range(256)),
    }
    entry = Entry(mp.DN("uid=all,o=mail"), values, definitions)
    nothing = Entry.packed(mp.DN("uid=nothing,o=mail"), shape_of((), (), definitions), ())
    saved = saved.changed({saved.key(each.dn): each for each in (entry, nothing)})
    restored = again(path, saved)
    assert content(restored) == content(saved)
    assert restored.entry("uid=all,o=mail").line is None  # type: ignore[union-attr]


def test_entries_that_have_changed_and_some_that_are_gone(path: Path) -> None:
    saved = mp.open(EXAMPLES / "acme.ldif").snapshot
    keys = [saved.key(entry.dn) for entry in saved]
    eve = Entry(mp.DN("uid=new,o=mail"), {"objectClass": (b"mpAccount",)}, saved.definitions)
    saved = saved.changed({keys[-1]: None, keys[-2]: None, saved.key("uid=new,o=mail"): eve})
    assert saved.recent.numbers
    restored = again(path, saved)
    assert content(restored) == content(saved)
    assert not restored.recent.numbers
    # Saving has changed nothing about the one that was saved, and the new one can change too.
    assert saved.recent.numbers
    more = {keys[-2]: eve, saved.key("uid=new,o=mail"): None}
    assert content(restored.changed(more)) == content(saved.changed(more))


def test_changes_go_on_where_many_are_gone(path: Path) -> None:
    with patch.object(versions_of, "SMALLEST_BOUND", 0):
        saved = mp.open(EXAMPLES / "acme.ldif").snapshot
        for entry in list(saved)[5:]:
            saved = saved.changed({saved.key(entry.dn): None})
        assert len(saved.base.rows) < len(saved.base.numbers)
        restored = again(path, saved)
        change = {saved.key(entry.dn): None for entry in list(saved)[3:]}
        assert content(restored.changed(change)) == content(saved.changed(change))
    assert SMALLEST_BOUND < MOST_GONE  # or the base had been made anew


def test_shapes_are_those_of_entries_made_otherwise(path: Path) -> None:
    saved = odd()
    restored = again(path, saved)
    assert [entry.shape for entry in restored] == [entry.shape for entry in saved]
    assert restored.base.find(SHAPE).by_key == saved.base.find(SHAPE).by_key


def test_notes_come_back(path: Path) -> None:
    notes = {"cookie": "rid=001,csn=2026\n", "source": "ldaps://bücher.example", "": "\udcff"}
    save(path, odd(), notes)
    assert restore(path).notes == notes


def test_notes_and_values_are_in_no_repr(path: Path) -> None:
    save(path, odd(), {"password": "secret"})
    assert "secret" not in repr(restore(path))


def test_a_revision_that_was_asked_for_is_kept(path: Path) -> None:
    saved = odd()
    with patch("mailpolicy.snapshot.version.fingerprint", side_effect=AssertionError):
        assert not again(path, saved)._total
    asked = saved.revision
    restored = again(path, saved)
    with patch("mailpolicy.snapshot.version.fingerprint", side_effect=AssertionError):
        assert restored.revision == asked


# -- schema -------------------------------------------------------------------------------------------


def test_the_schema_of_the_site_is_kept(path: Path) -> None:
    saved = odd(SITE)
    assert saved.entry("uid=ann,o=mail").get("sizeOfShoes") == ("38",)  # type: ignore[union-attr]
    assert content(again(path, saved)) == content(saved)
    assert content(again(path, saved, SITE)) == content(saved)


@pytest.mark.parametrize(("before", "after"), [(None, SITE), (SITE, Definitions())])
def test_another_schema_is_refused(path: Path, before: Definitions | None, after: Definitions) -> None:
    save(path, odd(before), {})
    with pytest.raises(Unavailable) as caught:
        restore(path, schema=after)
    assert refusal(caught.value, path) == "was made for another schema: delete it"


def test_an_unknown_dialect_is_refused(path: Path) -> None:
    saved = odd()
    with patch.object(saved.dialect, "name", "exchange"):
        save(path, saved, {})
    with pytest.raises(Unavailable) as caught:
        restore(path)
    assert refusal(caught.value, path) == "has the dialect 'exchange', which is not known: delete it"


def test_another_version_of_the_library_works_the_indexes_out_anew(path: Path) -> None:
    saved = mp.open(EXAMPLES / "acme.ldif").snapshot
    keys = [saved.key(entry.dn) for entry in saved]
    saved = saved.changed({keys[-1]: None})
    wanted = content(saved)
    with patch.object(restoring, "__version__", "0.0.1"):
        save(path, saved, {})
    with patch.object(restoring, "keys_in", side_effect=AssertionError):
        assert content(restore(path).snapshot) == wanted


# -- format -------------------------------------------------------------------------------------------


def test_the_header_can_be_read_by_others(path: Path) -> None:
    save(path, odd(), {"cookie": "a"})
    whole = path.read_bytes()
    assert whole[:16] == b"mailpolicy cache"
    version, length, sections = (
        int.from_bytes(whole[a:b], "little") for a, b in ((16, 20), (20, 24), (24, 32))
    )
    header = json.loads(whole[32 : 32 + length])
    assert version == 1
    assert header["notes"] == {"cookie": "a"}
    assert header["dialect"] == "native"
    assert sum(size for _, size in header["sections"]) == sections == len(whole) - 32 - length - 32


def test_it_is_read_without_the_package_it_was_written_with(path: Path) -> None:
    """Rows are kept as numbers, whatever keeps them in memory."""
    saved = mp.open(EXAMPLES / "acme.ldif").snapshot
    save(path, saved, {})
    program = f"""
from mailpolicy.cache import restore
from mailpolicy.snapshot.rows import PlainRows, Rows
snapshot = restore({str(path)!r}).snapshot
assert Rows is PlainRows
print(snapshot.revision, len(list(snapshot.within("o=mail", "sub"))))
"""
    answer = f"{saved.revision} {len(list(saved.within('o=mail', 'sub')))}"
    assert python(program).decode().strip() == answer
