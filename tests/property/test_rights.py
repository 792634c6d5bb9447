"""Rights on directories drawn at random: the answer is what the slow and obvious way says."""

from __future__ import annotations

from functools import cache

from hypothesis import given, strategies as st

from mailpolicy.ldap.ldif import read
from mailpolicy.lookup import selected
from mailpolicy.rights import holds, owned_lists
from mailpolicy.snapshot import Snapshot, load
from tests.reference.rights import (
    ADMIN_RIGHTS,
    COMBINED,
    DELEGATED,
    DOMAINS,
    EVERYTHING,
    GLOBAL,
    LISTS,
    OUTSIDER,
    PEOPLE,
    USER_RIGHTS,
    Given,
    SlowRights,
    address,
)
from tests.trees import record

RIGHTS = [*USER_RIGHTS, *ADMIN_RIGHTS, *COMBINED]
GRANTEES = [
    *((address(name), "usr") for name in ("ann", "bob", "adm", "ada", "root")),
    *((address(name), "grp") for name in LISTS),
    *((name, "dom") for name in DOMAINS),
    ("x", "all"),
    ("x", "pub"),
    ("customer.example", "edom"),
    (OUTSIDER, "gst"),
]
PLACES = [*PEOPLE, *LISTS, *DOMAINS, EVERYTHING]

grants = st.builds(
    lambda grantee, modifier, right: Given(*grantee, modifier, right),
    st.sampled_from(GRANTEES),
    st.sampled_from(["", "", "-", "+", "*", "^"]),
    st.sampled_from(RIGHTS),
)
actors = st.sampled_from([*PEOPLE, OUTSIDER, None])


@st.composite
def worlds(draw: st.DrawFn, right: str | None = None) -> SlowRights:
    """Lists that hold people and each other, also in circles, and a dozen grants anywhere."""
    on_lists = st.frozensets(st.sampled_from([*PEOPLE, *LISTS, OUTSIDER]), max_size=3)
    members = {name: draw(on_lists) - {name} for name in LISTS}
    # Few rights, few places and many grants, so that they meet.
    few = [right] if right else draw(st.lists(st.sampled_from(RIGHTS), min_size=1, max_size=3, unique=True))
    given = grants.map(
        lambda each: Given(each.grantee, each.kind, each.modifier, few[len(str(each)) % len(few)])
    )
    places = draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=6, unique=True))
    placed = draw(st.lists(st.tuples(st.sampled_from(places), given), max_size=12, unique=True))
    stored = {place: tuple(each for at, each in placed if at == place) for place in PLACES}
    return SlowRights(members, {place: texts for place, texts in stored.items() if texts})


def loaded(world: SlowRights) -> Snapshot:
    def says(place: str, **more: object) -> dict[str, object]:
        return {**more, "mpGrants": [str(given) for given in world.grants.get(place, ())]}

    records = [
        record("o=mail", "organization", o="mail"),
        record("cn=config,o=mail", "mpConfig", cn="config", **says(EVERYTHING)),
    ]
    for name in DOMAINS:
        given = says(name, associatedDomain=name, dc=name)
        records.append(record(f"dc={name},o=mail", "domain", "mpDomain", **given))
    for name in PEOPLE:
        marks = {"mpIsDelegatedAdmin": "TRUE"} if name in DELEGATED else {}
        marks |= {"mpIsGlobalAdmin": "TRUE"} if name in GLOBAL else {}
        given = says(name, uid=name, cn=name, sn=name, mail=address(name), **marks)
        records.append(record(f"uid={name},o=mail", "inetOrgPerson", "mpAccount", **given))
    for name in LISTS:
        members = [each if "@" in each else address(each) for each in sorted(world.members[name])]
        given = says(name, cn=name, mail=address(name), mpMemberAddresses=members)
        records.append(record(f"cn={name},o=mail", "groupOfURLs", "mpList", **given))
    return load(read(["".join(records).encode()]), dialect="native")


@cache
def selector(name: str) -> str:
    return f"domain:{name}" if name in DOMAINS else name if name == EVERYTHING else address(name)


def target_kinds(right: str) -> list[str]:
    kind = USER_RIGHTS[right][0] if right in USER_RIGHTS else ADMIN_RIGHTS.get(right)
    if kind is None:
        return [*PEOPLE, *LISTS, *DOMAINS]
    return list({"mailbox": PEOPLE, "list": LISTS, "domain": dict.fromkeys(DOMAINS)}[kind])


@given(worlds(), actors, st.booleans(), st.booleans())
def test_who_holds_a_right(world: SlowRights, actor: str | None, as_admin: bool, onward: bool) -> None:
    snapshot = loaded(world)
    who = address(actor) if actor in PEOPLE else actor
    granted = {given.right for texts in world.grants.values() for given in texts}
    for combined in granted & COMBINED.keys():
        granted = (granted - {combined}) | COMBINED[combined]
    for right in sorted(granted) or ["invite"]:
        for name in target_kinds(right):
            target = selected(snapshot, selector(name))
            held = holds(snapshot, who, right, target, as_admin=as_admin, onward=onward)
            expected = world.holds(actor, right, name, as_admin, onward)
            assert held.answer is expected, (right, name, held.reasons)
            assert held.deciding
            assert [each for each in held.reasons if each.id == "right.unknown"] == []


@given(worlds("ownDistList"), st.sampled_from([*PEOPLE, OUTSIDER]))
def test_the_lists_somebody_owns_are_those_on_which_she_holds_the_right(
    world: SlowRights, actor: str
) -> None:
    snapshot = loaded(world)
    who = address(actor) if actor in PEOPLE else actor
    owned = {str(entry.dn) for entry in owned_lists(snapshot, who)}
    assert owned == {
        f"cn={name},o=mail" for name in LISTS if world.holds(actor, "ownDistList", name, False, False)
    }
