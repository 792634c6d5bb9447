"""Lists come to those whom the slow, obvious way comes to, in every version, downwards and upwards."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from hypothesis import assume, given, settings, strategies as st

from mailpolicy.errors import Ambiguous, InvalidValue, NotFound, Unavailable
from mailpolicy.lists.expand import Expansion, expand
from mailpolicy.lists.named.holders import holding, holding_address
from mailpolicy.lists.reach import entry_at
from mailpolicy.lists.upkeep import direct
from mailpolicy.lists.upward import is_member, lists_of
from mailpolicy.reasons import Level
from mailpolicy.snapshot import Snapshot
from tests.drawn_lists import MEMBERS, Lists, directories_with_lists, tweaked
from tests.reference.membership import Membership, Naive


def dns(snapshot: Snapshot, rows: object) -> list[str]:
    return [entry_at(snapshot, row).dn for row in rows]  # type: ignore[attr-defined]


def as_naive(snapshot: Snapshot, dn: str) -> Naive:
    members = direct(snapshot, snapshot.entry(dn))
    dangling = frozenset((each.address, each.problem) for each in members.dangling)
    entries, lists = dns(snapshot, members.rows), dns(snapshot, members.lists)
    assert len(set(lists)) == len(lists)
    rivals = dns(snapshot, [row for each in members.dangling for row in each.rivals])
    return Naive(
        frozenset(entries), frozenset(lists), frozenset(members.outside), dangling, frozenset(rivals)
    )


def assert_direct(snapshot: Snapshot) -> None:
    known = Membership(snapshot)
    for dn in known.lists:
        assert as_naive(snapshot, dn) == known.direct[dn]


@given(directories_with_lists())
def test_an_expansion_is_what_the_slow_way_comes_to(drawn: Lists) -> None:
    (snapshot,) = drawn.versions()
    known = Membership(snapshot)
    for dn, entry in known.lists.items():
        expansion = expand(snapshot, entry)
        members = [*expansion]
        entries = {member.dn: len(member.via) - 1 for member in members if member.dn}
        assert entries == known.entries(dn)
        outside = {member.address: len(member.via) - 1 for member in members if member.kind == "external"}
        assert outside == known.outside(dn)
        assert len(members) == len(entries) + len(outside) == len(expansion)
        assert [member.address for member in members] == [*expansion.addresses]
        order = [each.dn for each in snapshot]
        assert [*map(order.index, entries)] == sorted(map(order.index, entries))
        assert_consistent(known, dn, expansion)


def assert_consistent(known: Membership, dn: str, expansion: Expansion) -> None:
    """What an expansion says of its members and of itself, held against each other."""
    lists = known.distances(dn)
    by_name = {known.address(known.lists[each]) or each: known.direct[each].lists for each in lists}
    unique = len(by_name) == len(lists)
    for member in expansion:
        if member.dn is not None:
            assert member.address == known.address(known.snapshot.entry(member.dn))
            assert member.kind == known.snapshot.level_of(known.snapshot.entry(member.dn))
        assert member.receive in ("deliver", "defer", "reject", None)
        assert (member.receive is None) is (member.kind == "external")
    dangling = {(each.address, each.problem) for each in expansion.dangling}
    assert dangling == {each for list_dn in lists for each in known.direct[list_dn].dangling}
    assert bool(expansion.loops) is known.has_loop(dn)
    for loop in expansion.loops if unique else ():
        assert loop[0] == loop[-1]
        assert len(set(loop)) == len(loop) - 1
        for upper, lower in pairwise(loop):
            names = {known.address(known.lists[each]) or each for each in by_name[upper]}
            assert lower in names
    counts = expansion.counts
    assert sum(counts[kind] for kind in ("account", "resource", "list", "external")) == len(expansion)
    assert counts["hidden"] == sum(member.hidden for member in expansion)
    assert counts["system"] == sum(member.system for member in expansion)
    assert counts["dangling"] == len(expansion.dangling)
    assert counts["elsewhere"] == counts["list"] == 0
    found = {each for list_dn in lists for each in known.direct[list_dn].entries}
    assert counts["unaddressed"] == len(found - known.addressed)


@given(directories_with_lists())
def test_going_up_is_the_inverse_of_going_down(drawn: Lists) -> None:
    (snapshot,) = drawn.versions()
    assert_inverse(snapshot)


def assert_inverse(snapshot: Snapshot) -> None:
    known = Membership(snapshot)
    below = {dn: known.entries(dn) | known.outside(dn) for dn in known.lists}
    outside = {member for members in below.values() for member in members if member not in known.addressed}
    for whom in (known.addressed - known.lists.keys()) | outside:
        asked = whom if whom in outside else snapshot.entry(whom)
        found = lists_of(snapshot, asked)
        expected = {dn: members[whom] for dn, members in below.items() if whom in members}
        assert {each.entry.dn: len(each.via) - 1 for each in found} == expected
        assert [each.is_direct for each in found] == [len(each.via) == 1 for each in found]
        assert [len(each.via) for each in found] == sorted(len(each.via) for each in found)
        doubtful = {dn for dn in known.lists if dn not in expected and known.may_have(dn, whom)}
        assert {each.dn for each in found.doubtful} == doubtful
        for dn, entry in known.lists.items():
            assert told(is_member, snapshot, entry, asked) is (None if dn in doubtful else dn in expected)
    for dn, entry in known.lists.items():
        expansion = expand(snapshot, entry)
        for whom in known.addressed - known.lists.keys():
            expected = whom in below[dn] or (None if known.may_have(dn, whom) else False)
            assert told(is_member, snapshot, entry, snapshot.entry(whom)) is expected
        for whom in outside:
            expected = whom in below[dn] or (None if known.may_have(dn, whom) else False)
            assert told(expansion.__contains__, whom) is expected
    for dn, entry in known.lists.items():
        found = lists_of(snapshot, entry)
        above = {each for each in known.lists if each != dn and dn in known.distances(each)}
        assert {each.entry.dn for each in found} == above
        doubtful = {each for each in known.lists.keys() - above if known.may_have(each, dn)}
        assert {each.dn for each in found.doubtful} == doubtful


def told(ask: Callable[..., bool], *of: object) -> bool | None:
    """The answer; None where nobody can tell."""
    try:
        return ask(*of)
    except (Ambiguous, Unavailable):
        return None


@given(directories_with_lists())
def test_holding_is_being_named(drawn: Lists) -> None:
    (snapshot,) = drawn.versions()
    known = Membership(snapshot)
    static = {dn: entry for dn, entry in known.lists.items() if "memberURL" not in entry}
    for entry in snapshot:
        expected = {dn for dn in static if entry.dn in known.direct[dn].entries | known.direct[dn].lists}
        assert set(dns(snapshot, holding(snapshot, entry))) & static.keys() == expected
    for address in {each for naive in known.direct.values() for each in naive.outside}:
        expected = {dn for dn in static if address in known.direct[dn].outside}
        assert set(dns(snapshot, holding_address(snapshot, address.upper()))) & static.keys() == expected


@given(directories_with_lists(), st.randoms())
def test_the_order_of_entries_makes_no_difference_to_who_is_on_a_list(drawn: Lists, random: object) -> None:
    (snapshot,) = drawn.versions()
    shuffled = [*snapshot]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    other = Snapshot.of(drawn.dialect, {snapshot.key(each.dn): each for each in shuffled}, lost=drawn.lost)
    for entry in Membership(snapshot).lists.values():
        one, two = expand(snapshot, entry), expand(other, other.entry(entry.dn))
        assert sorted(one.addresses) == sorted(two.addresses)
        assert len(one.loops) == len(two.loops)


@given(directories_with_lists(), st.integers(1, 3))
def test_a_depth_leaves_the_lists_below_it_closed(drawn: Lists, depth: int) -> None:
    (snapshot,) = drawn.versions()
    known = Membership(snapshot)
    for dn, entry in known.lists.items():
        near = {each: far for each, far in known.distances(dn).items() if far <= depth}
        cut = {each for each, far in near.items() if far == depth and each in known.addressed}
        found = {member.dn: member.kind for member in expand(snapshot, entry, depth) if member.dn}
        assert {each for each, kind in found.items() if kind == "list"} == cut
        expected = {each for each, far in known.entries(dn).items() if far < depth}
        assert found.keys() - cut == expected


@given(directories_with_lists())
def test_within_its_domain_a_list_comes_to_nobody_else(drawn: Lists) -> None:
    (snapshot,) = drawn.versions()
    known = Membership(snapshot)
    for dn, entry in known.lists.items():
        expansion = expand(snapshot, entry, within_domain=True)
        expected = known.within(dn)
        assert {member.dn for member in expansion} == expected & known.addressed - known.lists.keys()
        assert {each.dn for each in expansion.entries} == expected
        assert len(expansion) == len(expansion.addresses) == len([*expansion])


@settings(max_examples=settings().max_examples // 2)
@given(directories_with_lists(most_steps=5), st.data())
def test_what_is_kept_follows_every_change(drawn: Lists, draw: st.DataObject) -> None:
    versions = []
    for snapshot in drawn.versions():
        versions.append(snapshot)
        for entry in snapshot:
            if snapshot.level_of(entry) is Level.LIST and draw.draw(st.integers(0, 3)):
                direct(snapshot, entry)
    for snapshot in draw.draw(st.permutations(versions)):
        assert_direct(snapshot)
    assert_inverse(versions[-1])


@given(directories_with_lists(), st.data())
def test_what_is_kept_follows_the_least_change(drawn: Lists, draw: st.DataObject) -> None:
    (snapshot,) = drawn.versions()
    versions = [snapshot]
    for _ in range(draw.draw(st.integers(1, 4))):
        if not len(snapshot):
            break
        for entry in snapshot:
            if snapshot.level_of(entry) is Level.LIST:
                direct(snapshot, entry)
        entry = draw.draw(st.sampled_from([*snapshot]))
        after = draw.draw(st.none() | st.composite(tweaked)(drawn.dialect, entry))
        snapshot = snapshot.changed({snapshot.key(entry.dn): after})
        versions.append(snapshot)
    for snapshot in versions:
        assert_direct(snapshot)


@given(directories_with_lists(), st.sampled_from(MEMBERS))
def test_an_address_is_in_an_expansion_if_its_owner_is(drawn: Lists, text: str) -> None:
    (snapshot,) = drawn.versions()
    known = Membership(snapshot)
    try:
        owner = known.directory.find(text).entry
    except (NotFound, Ambiguous, InvalidValue, Unavailable):
        assume(False)  # what it is then is for the addresses outside
    for dn, entry in known.lists.items():
        doubted = known.may_have(dn, owner.dn)
        below = known.distances(dn)
        direct_members = (known.direct[each].entries for each in below)
        is_on = owner.dn in below.keys() - {dn} or any(owner.dn in each for each in direct_members)
        assert told(is_member, snapshot, entry, text) is (is_on or (None if doubted else False))
        assert told(is_member, snapshot, entry, owner) is (is_on or (None if doubted else False))
        # A list that is opened is no member itself, nor is who has no address.
        is_in = owner.dn in known.entries(dn)
        may_be_in = doubted and owner.dn not in below and owner.dn in known.addressed
        expected = is_in or (None if may_be_in else False)
        assert told(expand(snapshot, entry).__contains__, text) is expected
