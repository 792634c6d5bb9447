"""A modify list leads from one entry to the other, and says nothing that it need not."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, strategies as st

from mailpolicy.ldap.definitions import Definitions
from mailpolicy.ldap.ldif.records import Modification
from mailpolicy.live.write import difference
from mailpolicy.schema.dialects import find_dialect
from tests.reference.modify import Refused, equal, modified

Values = dict[str, tuple[bytes, ...]]
Pair = tuple[Values, Values]

DEFINITIONS = find_dialect("native").definitions

TEXTS = (b"a", b"A", b"b", b"a  b", b"A b", b"c")
NAMES = (b"cn=a,o=mail", b"CN=A, O=Mail", b"cn=b,o=mail")
VALUES = {
    "mail": TEXTS,
    "cn": TEXTS,
    "cn;lang-de": TEXTS,
    "objectClass": (b"mpAccount", b"mpaccount", b"inetOrgPerson"),
    "member": NAMES,
    "userPassword": (b"a", b"A"),
    "jpegPhoto": (b"a", b"A", b"b"),  # has no equality rule
    "unheardOf": (b"a", b"A"),  # no attribute of this schema
    "homePhone": (b"1 2", b"12", b"3"),
    "businessCategory": TEXTS,
}
SINGLE = {
    "mpMailboxQuota": (b"1 GiB", b"1 gib", b"2 GiB"),
    "mpMaxMessagesPerDay": (b"5", b"6"),
    "displayName": TEXTS,
    "mpTlsPrivateKey": (b"a", b"b"),
}
INVALID = {"mpMaxMessagesPerDay": b"many", "member": b"nobody", "homePhone": b""}
"""What an entry may have from a time when the schema was another one."""


@st.composite
def values(draw: st.DrawFn, *, as_stored: bool) -> Values:
    entry: Values = {}
    for name, among in (VALUES | SINGLE).items():
        odd = (INVALID[name],) if as_stored and name in INVALID else ()
        drawn = draw(st.lists(st.sampled_from(among + odd), max_size=1 if name in SINGLE else 3))
        kept: list[bytes] = []
        for each in drawn:
            if not any(equal(name, each, other, DEFINITIONS) for other in kept):
                kept.append(each)
        if kept:
            entry[name] = tuple(kept)
    return entry


entries = st.tuples(values(as_stored=True), values(as_stored=False))


@given(entries)
def test_it_leads_there(pair: Pair) -> None:
    before, after = pair
    made = modified(before, difference(before, after, DEFINITIONS), DEFINITIONS)
    assert {name: set(each) for name, each in made.items()} == {
        name: set(each) for name, each in after.items()
    }


@given(entries)
def test_it_says_no_more(pair: Pair) -> None:
    before, after = pair
    for step in difference(before, after, DEFINITIONS):
        had, wanted = set(before.get(step.attribute, ())), set(after.get(step.attribute, ()))
        match step.operation:
            case "delete":
                assert step.values == () or set(step.values) == had - wanted != set()
            case "add":
                assert set(step.values) == wanted - had != set()
            case _:
                assert set(step.values) == wanted != had
        if step.operation == "replace" or not step.values:
            finer = [Modification("delete", step.attribute, tuple(had - wanted)),
                     Modification("add", step.attribute, tuple(wanted - had))]  # fmt: skip
            with pytest.raises(Refused):
                modified(before, [each for each in finer if each.values], DEFINITIONS)


@given(values(as_stored=True), st.randoms(use_true_random=False))
def test_order_is_no_difference(entry: Values, random: Random) -> None:
    shuffled = {name: tuple(random.sample(each, len(each))) for name, each in reversed(entry.items())}
    assert difference(entry, shuffled, DEFINITIONS) == ()


@given(entries)
def test_what_is_replaced_is_so_whatever_is_known_of_it(pair: Pair) -> None:
    before, after = pair
    steps = difference(before, after, DEFINITIONS, {"userPassword"})
    said = [each for each in steps if each.attribute == "userPassword"]
    assert said == [Modification("replace", "userPassword", after.get("userPassword", ()))]


def test_one_more_member_is_one_value() -> None:
    members = tuple(b"uid=%d,o=mail" % number for number in range(100_000))
    steps = difference({"member": members}, {"member": (*members, b"uid=new,o=mail")}, Definitions.standard())
    assert steps == (Modification("add", "member", (b"uid=new,o=mail",)),)


def test_another_spelling_is_deleted_before_it_is_added() -> None:
    steps = difference({"cn": (b"ann",)}, {"cn": (b"Ann",)}, Definitions.standard())
    assert steps == (Modification("delete", "cn", (b"ann",)), Modification("add", "cn", (b"Ann",)))
