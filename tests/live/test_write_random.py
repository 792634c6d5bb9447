"""Whatever changes are written: the server has then what they make of a directory in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import mailpolicy as mp
from mailpolicy.edit import applied
from mailpolicy.errors import SchemaError
from mailpolicy.ldap.dn import AVA, DN
from mailpolicy.ldap.entry import Entry
from mailpolicy.live.write import shows
from mailpolicy.schema.emit import emit
from mailpolicy.snapshot import Snapshot
from tests.live.writing import content, write
from tests.slapd import Slapd, StartSlapd

pytestmark = pytest.mark.twin

EXAMPLES = Path(__file__).parents[2] / "ldif" / "examples"
DATA = {"native": "acme.ldif", "carbonio": "carbonio.ldif"}
HIDDEN = ["description", "displayName", "userPassword", "mpMailboxQuota", "zimbraMailQuota"]
"""Attributes that lead to no entry, and that the replica may not have."""
SUFFIX = {"native": "o=mail", "carbonio": ""}

texts = st.sampled_from(["one", "ONE", "two", "  o  ne", "ünï"])
addresses = st.builds("{}@{}".format, st.sampled_from(["a", "b", "j.doe"]), st.just("acme.example"))
values = st.one_of(
    st.fixed_dictionaries({"description": texts}),
    st.fixed_dictionaries({"display_name": texts}),
    st.fixed_dictionaries({"mailbox_quota": st.sampled_from(["1 GiB", "0"])}),
    st.fixed_dictionaries({"aliases": st.lists(addresses, min_size=1, max_size=3, unique=True)}),
    st.fixed_dictionaries({"cos": st.sampled_from(["basic", "gold", "standard"])}),
    st.fixed_dictionaries({"userPassword": texts}),
)
selectors = st.one_of(
    st.builds("{}@acme.example".format, st.sampled_from(["john", "jane", "bob", "a", "b"])),
    st.builds("cos:{}".format, st.sampled_from(["basic", "default", "gold", "standard"])),
    st.sampled_from(["config", "domain:acme.example", "domain:new.example"]),
)
created = st.one_of(
    st.builds("{}:{}".format, st.sampled_from(["account", "list"]), addresses),
    st.sampled_from(["cos:gold", "domain:new.example", "domain:a.b.new.example", "account:a@new.example"]),
)


@st.composite
def changes(draw: st.DrawFn, snapshot: Snapshot) -> Any:
    kind = draw(st.integers(0, 7))
    match kind:
        case 0 | 1:
            return mp.set(draw(selectors), draw(values))
        case 2:
            return mp.unset(draw(selectors), *draw(values))
        case 3:
            return mp.add_value(draw(selectors), aliases=draw(addresses))
        case 4:
            return mp.create(draw(created))
        case 5:
            return mp.create(f"alias:{draw(addresses)}", target(snapshot))
        case 6:
            leaves = entries(snapshot).filter(lambda each: not snapshot.has_children(each))
            return mp.delete(draw(st.one_of(selectors, addresses.map("alias:{}".format), leaves)))
        case _:
            # No server gives the suffix of a database another name.
            entry = draw(entries(snapshot).filter(lambda each: each.dn != SUFFIX["native"]))
            old = entry.dn.rdn[0]
            value = draw(st.sampled_from([old.value, old.value.upper(), b"x", b"X"]))
            above = draw(st.one_of(st.just(entry.dn.parent), entries(snapshot).map(dn_of)))
            return mp.rename(entry, DN.build(AVA(old.attribute, value), *above.rdns))


def dn_of(entry: Entry) -> DN:
    return entry.dn


def entries(snapshot: Snapshot) -> st.SearchStrategy[Entry]:
    return st.sampled_from(list(snapshot))


def target(snapshot: Snapshot) -> dict[str, str]:
    """What makes an alias lead to John."""
    john = next((each for each in snapshot if b"John Doe" in each.raw.get("cn", ())), None)
    if john is None:
        return {}
    id = john.first("zimbraId")
    return {"zimbraAliasTargetId": str(id)} if id else {"mpAliasTarget": john.dn}


@pytest.fixture(scope="module", params=["native", "carbonio"])
def server(request: pytest.FixtureRequest, module_slapd: StartSlapd) -> tuple[str, Slapd]:
    dialect = request.param
    return dialect, module_slapd(suffix=SUFFIX[dialect], extra_schema=[emit(dialect, "ldif")])


def started(dialect: str, slapd: Slapd) -> Snapshot:
    """The server with its example and nothing else."""
    slapd.stop()
    slapd.clear()
    slapd.load((EXAMPLES / DATA[dialect]).read_bytes())
    slapd.start()
    return content(slapd, dialect)


def hiding(snapshot: Snapshot, names: set[str]) -> Snapshot:
    """What somebody has of it who may not see these attributes."""
    seen = {
        snapshot.key(each.dn): Entry(
            each.dn,
            {name: values for name, values in each.raw.items() if name not in names},
            snapshot.definitions,
        )
        for each in snapshot
    }
    return snapshot.changed(seen)


@settings(
    max_examples=settings().max_examples // 3,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_the_server_has_what_the_changes_make(server: tuple[str, Slapd], data: st.DataObject) -> None:
    dialect, slapd = server
    before = after = started(dialect, slapd)
    made = []
    for _ in range(data.draw(st.integers(1, 8))):
        each = data.draw(changes(after))
        try:
            after = applied(after, [each])
        except SchemaError:
            continue
        made.append(each)
    known = hiding(before, data.draw(st.sets(st.sampled_from(HIDDEN))))
    entries = write(slapd, known, made, assertions=data.draw(st.booleans())).entries
    stored = content(slapd, dialect)
    assert stored.revision == after.revision
    assert all(shows(stored, each) for each in entries)
