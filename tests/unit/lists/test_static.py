"""Who is directly on a list, by what it names and what it finds, and which lists name somebody."""

from __future__ import annotations

from base64 import b64encode

import pytest

from mailpolicy.errors import NotFound
from mailpolicy.ldap.ldif import read
from mailpolicy.lists.named.holders import Direct, direct, holding, holding_address
from mailpolicy.lists.reach import entry_at, row_of
from mailpolicy.lists.upkeep import KEPT, Kept
from mailpolicy.snapshot import Snapshot, load
from tests.small_directories import (
    alias,
    bob,
    carbonio_bob,
    domain,
    mailing_list,
    record,
    snapshot_with,
)

ANN, BOB, ALL = (f"{name},dc=acme.example,o=mail" for name in ("uid=ann", "uid=bob", "cn=all"))
BOBBY = "bobby@acme.example"
GROUP = "99999999-9999-4999-8999-000000000001"
UNIT = "99999999-9999-4999-8999-000000000002"


def naming(*addresses: str) -> str:
    return mailing_list(*(f"mpMemberAddresses: {each}" for each in addresses))


def another(name: str, *lines: str) -> str:
    return record(
        f"cn={name},o=mail", "groupOfURLs mpList", f"cn: {name}", f"mail: {name}@acme.example", *lines
    )


def members(snapshot: Snapshot, dn: str = ALL) -> Direct:
    entry = snapshot.entry(dn)
    assert entry is not None
    return direct(snapshot, entry)


def names(snapshot: Snapshot, rows: object) -> list[str]:
    return [str(entry_at(snapshot, row).dn) for row in rows]  # type: ignore[attr-defined]


def holders(snapshot: Snapshot, dn: str) -> list[str]:
    entry = snapshot.entry(dn)
    assert entry is not None
    return names(snapshot, holding(snapshot, entry))


@pytest.mark.parametrize(
    "address",
    ["ann@acme.example", "ANN@Acme.Example", '"ann"@acme.example', "a@acme.example",
     "ann+news@acme.example", "a+news@acme.example", "ann@alias.example",
     "ann+news@alias.example", "b@acme.example", "b+x@alias.example"],
)  # fmt: skip
def test_a_member_is_found_as_mail_is(address: str) -> None:
    other = domain("alias.example", "mpDomainKind: alias", "mpAliasTarget: acme.example")
    snapshot = snapshot_with("native", naming(address), other, alias(ANN))
    found = members(snapshot)
    assert names(snapshot, found.rows) == [ANN]
    assert (found.lists, found.outside, found.dangling) == ((), (), ())
    assert holders(snapshot, ANN) == [ALL]


def test_who_catches_all_is_on_lists_that_name_nobody_else() -> None:
    catcher = bob("mpCatchAllAddresses: @acme.example")
    snapshot = snapshot_with("native", naming("gone@acme.example"), catcher)
    assert names(snapshot, members(snapshot).rows) == [BOB]
    assert holders(snapshot, BOB) == [ALL]
    assert holders(snapshot_with("native", naming("ann@acme.example"), catcher), BOB) == []


def test_whom_mail_does_not_know_is_on_no_list() -> None:
    snapshot = snapshot_with("native", naming("bob@acme.example"), bob("mpMailStatus: disabled"))
    (dangling,) = members(snapshot).dangling
    assert (dangling.address, dangling.list, dangling.problem) == (
        "bob@acme.example",
        "all@acme.example",
        "nobody",
    )
    assert holders(snapshot, BOB) == []


def test_one_bad_member_never_stops_the_others() -> None:
    texts = [
        "no address",
        "x@else.example",
        "X@ELSE.example",
        "gone@acme.example",
        "ann@acme.example",
        "two@acme.example",
    ]
    one, two = (f"mpAliases: {each}" for each in ("two@acme.example", "two@acme.example"))
    snapshot = snapshot_with("native", naming(*texts), bob(one), another("l2", two))
    found = members(snapshot)
    assert names(snapshot, found.rows) == [ANN]
    assert found.outside == ("x@else.example",)
    assert [(each.address, each.problem) for each in found.dangling] == [
        ("no address", "invalid"), ("gone@acme.example", "nobody"), ("two@acme.example", "ambiguous"),
    ]  # fmt: skip
    assert all(each.text for each in found.dangling)


def test_nobody_is_said_to_be_gone_who_may_stand_where_nothing_could_be_read() -> None:
    texts = naming("gone@acme.example", "x@else.example"), "dn: uid=eve\nobjectClass\n\n"
    snapshot = snapshot_with("native", *texts)
    assert snapshot.lost
    found = members(snapshot)
    assert [each.problem for each in found.dangling] == ["unknown"]
    assert found.outside == ("x@else.example",)


def test_lists_are_kept_apart_in_the_order_in_which_they_are_named() -> None:
    snapshot = snapshot_with("native", another("l2"), another("l1"), naming(
        "l1@acme.example", "ann@acme.example", "l2@acme.example", "all@acme.example", "L1@acme.example",
    ))  # fmt: skip
    found = members(snapshot)
    assert names(snapshot, found.lists) == ["cn=l1,o=mail", "cn=l2,o=mail", ALL]
    assert names(snapshot, found.rows) == [ANN]
    assert holders(snapshot, ALL) == [ALL]


def test_a_list_may_name_and_find_members() -> None:
    both = mailing_list("mpMemberAddresses: ann@acme.example", "memberURL: ldap:///o=mail??sub?(cn=Bob)",
                        "memberURL: ldap:///o=mail??base", "memberURL: ldap:///??sub?(cn=l1)")  # fmt: skip
    snapshot = snapshot_with("native", both, bob(), another("l1"))
    found = members(snapshot)
    assert names(snapshot, found.rows) == ["o=mail", ANN, BOB]
    assert names(snapshot, found.lists) == ["cn=l1,o=mail"]
    assert holders(snapshot, BOB) == []


def test_outside_members_of_a_deployed_group_stand_in_a_unit_of_their_own() -> None:
    group, inside = "cn=team,dc=acme,dc=example", f"zimbraMemberOf: {GROUP}"
    snapshot = snapshot_with(
        "carbonio", carbonio_bob(inside),
        record(group, "groupOfURLs dgIdentityAux zimbraGroup", "cn: team", "mail: team@acme.example",
               "zimbraMailAlias: team@acme.example", f"zimbraId: {GROUP}", "zimbraIsACLGroup: TRUE",
               f"memberURL: ldap:///??sub?(|(zimbraMemberOf={GROUP})(zimbraId={UNIT}))"),
        record(f"cn=external,{group}", "zimbraGroupStaticUnit", "cn: external", f"zimbraId: {UNIT}",
               "zimbraMailForwardingAddress: x@else.example", "zimbraMailForwardingAddress: a@acme.example"),
    )  # fmt: skip
    found = members(snapshot, group)
    unit, ann, robert = f"cn=external,{group}", "uid=ann,dc=acme,dc=example", "uid=bob,dc=acme,dc=example"
    assert sorted(names(snapshot, found.rows)) == sorted([unit, ann, robert])
    assert found.outside == ("x@else.example",)


def test_what_an_account_forwards_is_no_membership() -> None:
    snapshot = snapshot_with("carbonio", carbonio_bob("zimbraMailForwardingAddress: ann@acme.example"))
    assert holders(snapshot, "uid=ann,dc=acme,dc=example") == []


def test_an_address_of_another_domain_is_held_in_any_spelling() -> None:
    snapshot = snapshot_with("native", naming("x@bücher.example"))
    for text in ("x@bücher.example", "X@xn--bcher-kva.EXAMPLE", '"x"@bücher.example'):
        assert names(snapshot, holding_address(snapshot, text)) == [ALL]
    assert holding_address(snapshot, "no address") == []


def test_only_lists_of_the_snapshot_have_members() -> None:
    snapshot, other = snapshot_with("native", bob()), snapshot_with("native", naming())
    with pytest.raises(NotFound):
        members(snapshot, ANN)
    with pytest.raises(NotFound):
        direct(snapshot, other.entry(ALL))  # type: ignore[arg-type]


class TestKept:
    """Only the lists that a change concerns are worked out again."""

    snapshot = snapshot_with(
        "native", naming("ann@acme.example", "b@acme.example", "x@else.example"), bob(), another("l1"),
        alias(BOB), domain("alias.example", "mpDomainKind: alias", "mpAliasTarget: acme.example"),
    )  # fmt: skip

    def after(self, text: str) -> tuple[Snapshot, Kept]:
        """What is kept after an entry has come in place of another."""
        members(self.snapshot)
        (changed,) = load(read([text.encode()]), dialect="native")
        after = self.snapshot.changed({self.snapshot.key(changed.dn): changed})
        return after, after.followed(KEPT, Kept)

    def keeps(self, text: str) -> bool:
        after, kept = self.after(text)
        return row_of(after, after.entry(ALL)) in kept.complete  # type: ignore[arg-type]

    @pytest.mark.parametrize("text", [
        bob("sn: Robert"), bob("mpMailboxQuota: 1 GiB"), domain("acme.example", "mpMailboxQuota: 1 GiB"),
    ])  # fmt: skip
    def test_all_is_shared_where_the_ladder_sees_no_difference(self, text: str) -> None:
        _, kept = self.after(text)
        assert kept is self.snapshot.followed(KEPT, Kept)
        assert self.keeps(text)

    @pytest.mark.parametrize("text", [
        record("uid=eve,o=mail", "mpAccount", "mail: eve@acme.example"), another("l9"),
        another("l1", "mpMemberAddresses: a@b.example"), alias(ANN, "c@acme.example"),
        domain("new.example"), domain("alias.example", "mpAliasTarget: acme.example"),
        domain("alias.example", "mpDomainKind: alias", "mpAliasTarget: else.example"),
        bob("mpAliases: bob2@acme.example"), bob("mpCatchAllAddresses: @new.example"),
    ])  # fmt: skip
    def test_a_list_that_does_not_name_who_changed_is_kept(self, text: str) -> None:
        _, kept = self.after(text)
        assert kept is not self.snapshot.followed(KEPT, Kept)
        assert self.keeps(text)

    @pytest.mark.parametrize("text", [
        naming("b@acme.example"), bob("mpAliases: ann@acme.example"), bob("mpMailStatus: disabled"),
        bob("mail: b@acme.example"), bob("mpCatchAllAddresses: @else.example"), bob(classes="inetOrgPerson"),
        another("l9", "mpAliases: ann@acme.example"), alias(BOB, "ann@acme.example"),
        record("mail=b@acme.example,o=mail", "mpAlias", "mail: b@acme.example", f"mpAliasTarget: {ANN}"),
        domain("else.example"), domain("acme.example", "mpRecipientDelimiter: -"),
        record("cn=config,o=mail", "mpConfig", "cn: config", "mpRecipientDelimiter: -"),
    ])  # fmt: skip
    def test_a_list_that_may_name_her_is_not(self, text: str) -> None:
        assert not self.keeps(text)

    @pytest.mark.parametrize(("text", "is_kept"), [
        (bob("mpAliases: x@acme.example"), True), (bob("mpMailStatus: disabled"), False),
        (bob("mail: robert@acme.example"), False),
        (record("uid=x,o=mail", "mpAccount", f"mail: {BOBBY}"), False),
    ])  # fmt: skip
    def test_whoever_is_named_may_change_her_other_addresses(self, text: str, is_kept: bool) -> None:
        before = snapshot_with("native", naming("bob@acme.example", "b@acme.example", BOBBY), bob())
        found = members(before)
        (changed,) = load(read([text.encode()]), dialect="native")
        after = before.changed({before.key(changed.dn): changed})
        assert (members(after) is found) is is_kept

    @pytest.mark.parametrize("text", [
        domain("alias.example", "mpAliasTarget: acme.example"),
        domain("alias.example", "mpDomainKind: alias", "mpAliasTarget: else.example"),
        domain("acme.example", "mpRecipientDelimiter: -"),
        domain("alias.example", "mpRecipientDelimiter: -"),
    ])  # fmt: skip
    def test_a_domain_has_a_say_in_the_addresses_of_its_other_names(self, text: str) -> None:
        named = naming("bob@alias.example", "bob-x@alias.example")
        mirror = domain("alias.example", "mpDomainKind: alias", "mpAliasTarget: acme.example")
        before = snapshot_with("native", named, bob(), mirror)
        assert names(before, members(before).rows) == [BOB]
        (changed,) = load(read([text.encode()]), dialect="native")
        after = before.changed({before.key(changed.dn): changed})
        assert row_of(after, after.entry(ALL)) not in after.followed(KEPT, Kept).complete  # type: ignore[arg-type]

    def test_what_is_asked_of_one_version_only_is_not_taken_over(self) -> None:
        before = snapshot_with("native", naming("bob@acme.example"), bob())
        entry = next(each for each in before if each.dn == BOB)
        after = before.changed({before.key(entry.dn): None})
        assert names(before, members(before).rows) == [BOB]
        assert names(after, members(after).rows) == []
        again = after.changed({before.key(entry.dn): entry})
        assert names(again, members(again).rows) == [BOB]

    def test_a_list_begins_to_find_members_by_its_class(self) -> None:
        dn, url = "cn=l,dc=acme,dc=example", "memberURL: ldap:///??sub?(cn=Ann)"
        before, after = (
            record(dn, classes, "cn: l", "mail: l@acme.example", url)
            for classes in (
                "zimbraDistributionList zimbraMailRecipient",
                "groupOfURLs dgIdentityAux zimbraGroup",
            )
        )
        snapshot = snapshot_with("carbonio", before)
        assert not members(snapshot, dn).rows
        (changed,) = load(read([after.encode()]), dialect="carbonio")
        snapshot = snapshot.changed({snapshot.key(dn): changed})
        assert names(snapshot, members(snapshot, dn).rows) == ["uid=ann,dc=acme,dc=example"]

    def test_what_a_list_names_beside_whom_it_finds_follows_too(self) -> None:
        both = mailing_list("mpMemberAddresses: bob@acme.example", "memberURL: ldap:///o=mail??sub?(cn=Ann)")
        before = snapshot_with("native", both, bob())
        assert names(before, members(before).rows) == [ANN, BOB]
        after = before.changed({before.key(BOB): None})
        assert names(after, members(after).rows) == [ANN]
        assert [each.problem for each in members(after).dangling] == ["nobody"]

    def test_an_alias_entry_leads_by_the_name_or_the_id_of_its_target(self) -> None:
        other = alias(" UID=Bob , DC=acme.example,O=mail ", "c@acme.example").replace("Target: ", "Target:: ")
        encoded = b64encode(b" UID=Bob , DC=acme.example,O=mail ").decode()
        text = other.replace(" UID=Bob , DC=acme.example,O=mail ", encoded)
        snapshot = snapshot_with("native", naming("c@acme.example"), bob(), text)
        assert holders(snapshot, BOB) == [ALL]
        bob_id = "55555555-5555-4555-8555-555555555555"
        snapshot = snapshot_with(
            "carbonio", carbonio_bob(),
            record("uid=c,dc=acme,dc=example", "zimbraAlias", "uid: c", "zimbraMailAlias: c@acme.example",
                   f"zimbraAliasTargetId: {bob_id.upper()}"),
            record("uid=l,dc=acme,dc=example", "zimbraDistributionList", "uid: l", "mail: l@acme.example",
                   "zimbraMailForwardingAddress: c@acme.example"),
        )  # fmt: skip
        assert holders(snapshot, "uid=bob,dc=acme,dc=example") == ["uid=l,dc=acme,dc=example"]

    def test_an_address_outside_may_come_inside(self) -> None:
        after, _ = self.after(bob("mail: x@else.example"))
        assert names(after, members(after).rows) == [ANN, BOB]
        assert members(after).outside == ()
        assert members(self.snapshot).outside == ("x@else.example",)
