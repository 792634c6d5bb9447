"""Setting, unsetting, adding and removing values, and what is refused."""

from __future__ import annotations

import mailpolicy as mp
from mailpolicy.edit import applied
from tests.changing import raw, refused
from tests.trees import ANN, COS_ID, carbonio, entry, native, record, value

PEOPLE = "ou=people,dc=acme,dc=example"
GOLD = record("cn=gold,o=mail", "mpClassOfService", cn="gold")


class TestSet:
    def test_replaces_the_whole_value(self) -> None:
        snapshot = applied(
            native({"mpAliases": ["a@acme.example", "b@acme.example"]}),
            [mp.set(ANN, aliases=["c@acme.example"], mailbox_quota="5 GiB")],
        )
        assert raw(snapshot, ANN, "mpAliases") == (b"c@acme.example",)
        assert raw(snapshot, ANN, "mpMailboxQuota") == (b"5 GiB",)
        assert value(snapshot, "mailbox_quota") == mp.Size("5 GiB")

    def test_python_values(self) -> None:
        snapshot = applied(
            native(),
            [
                mp.set(
                    ANN,
                    mailbox_quota=mp.Size.UNLIMITED,
                    imap_enabled=False,
                    lockout_duration=mp.Duration("2h"),
                )
            ],
        )
        assert raw(snapshot, ANN, "mpImapEnabled") == (b"FALSE",)
        assert raw(snapshot, ANN, "mpLockoutDuration") == (b"2h",)
        assert value(snapshot, "mailbox_quota") == mp.Size.UNLIMITED

    def test_by_ldap_name_with_options(self) -> None:
        snapshot = applied(native(), [mp.set(ANN, {"TITLE;lang-DE": "Chefin", "displayName": "Ännchen"})])
        assert raw(snapshot, ANN, "title;lang-de") == (b"Chefin",)
        assert raw(snapshot, ANN, "displayName") == ("Ännchen".encode(),)

    def test_none_unsets(self) -> None:
        assert (
            raw(
                applied(native({"mpMailboxQuota": "1 GiB"}), [mp.set(ANN, mailbox_quota=None)]),
                ANN,
                "mpMailboxQuota",
            )
            == ()
        )

    def test_a_value_twice_is_stored_once(self) -> None:
        snapshot = applied(native(), [mp.set(ANN, telephone_number=["+1 2", "+12", "+1-3"])])
        assert raw(snapshot, ANN, "telephoneNumber") == (b"+1 2", b"+1-3")

    def test_an_object_is_a_selector_and_a_reference(self) -> None:
        acme = mp.open("ldif/examples/acme.ldif")
        premium = acme.cos("premium")
        future = acme.with_changes(mp.set(acme.account("bob@acme.example"), cos=premium))
        assert future.account("bob@acme.example").cos == future.cos("premium")

    def test_of_two_attributes(self) -> None:
        snapshot = applied(carbonio({"zimbraAccountStatus": "active"}), [mp.set(ANN, imap_enabled=False)])
        assert (
            raw(snapshot, ANN, "zimbraImapEnabled")
            == raw(snapshot, ANN, "zimbraPrefImapEnabled")
            == (b"FALSE",)
        )

    def test_each_change_sees_those_before(self) -> None:
        snapshot = applied(
            native(),
            [
                mp.create("cos:gold", dn="cn=gold,o=mail"),
                mp.set(ANN, cos="gold"),
                mp.set("cos:gold", mailbox_quota="7 GiB"),
            ],
        )
        assert value(snapshot, "mailbox_quota") == mp.Size("7 GiB")


class TestReferences:
    def test_a_name_becomes_a_dn(self) -> None:
        snapshot = applied(native({}, {}, {}, {}, GOLD), [mp.set(ANN, cos="gold")])
        assert raw(snapshot, ANN, "mpCos") == (b"cn=gold,o=mail",)

    def test_a_name_becomes_an_id(self) -> None:
        snapshot = applied(carbonio({"zimbraAccountStatus": "active"}), [mp.set(ANN, cos="basic")])
        assert raw(snapshot, ANN, "zimbraCOSId") == (COS_ID.encode(),)

    def test_one_that_dangles_is_refused(self) -> None:
        assert "no cos 'gold'" in refused(native(), mp.set(ANN, cos="gold"))[0]

    def test_one_that_dangles_can_be_taken_away(self) -> None:
        snapshot = native(domain={"mpGalSyncAccounts": ["uid=gone,o=mail", "uid=ann,o=mail"]})
        change = mp.remove_value("domain:acme.example", gal_sync_accounts="uid=gone,o=mail")
        assert raw(applied(snapshot, [change]), "domain:acme.example", "mpGalSyncAccounts") == (
            b"uid=ann,o=mail",
        )


class TestUnset:
    def test_inherits_again(self) -> None:
        snapshot = applied(
            native({"mpMailboxQuota": "1 GiB"}, {"mpMailboxQuota": "2 GiB"}), [mp.unset(ANN, "mailbox_quota")]
        )
        assert value(snapshot, "mailbox_quota") == mp.Size("2 GiB")

    def test_of_what_is_not_set_changes_nothing(self) -> None:
        assert applied(native(), [mp.unset(ANN, "mailbox_quota")]).revision == native().revision

    def test_both_of_two_attributes(self) -> None:
        account = {
            "zimbraAccountStatus": "active",
            "zimbraImapEnabled": "FALSE",
            "zimbraPrefImapEnabled": "FALSE",
        }
        snapshot = applied(carbonio(account), [mp.unset(ANN, "imap_enabled")])
        assert value(snapshot, "imap_enabled") is True

    def test_what_the_class_requires_stays(self) -> None:
        assert any("mail" in each for each in refused(native(), mp.unset(ANN, "address")))

    def test_an_empty_collection_is_told_from_none(self) -> None:
        snapshot = applied(native(), [mp.set("cos:basic", allowed_services=())])
        assert raw(snapshot, "cos:basic", "mpAllowedServices") == (b"none",)
        assert value(snapshot, "imap_enabled") is False
        assert value(applied(snapshot, [mp.unset("cos:basic", "allowed_services")]), "imap_enabled") is True


class TestAddAndRemove:
    TREE = native({"mpAliases": ["a@acme.example"]})

    def test_adds_one(self) -> None:
        snapshot = applied(self.TREE, [mp.add_value(ANN, aliases="b@acme.example")])
        assert raw(snapshot, ANN, "mpAliases") == (b"a@acme.example", b"b@acme.example")

    def test_several_and_what_is_there_already(self) -> None:
        snapshot = applied(self.TREE, [mp.add_value(ANN, aliases=["A@acme.example", "b@acme.example"])])
        assert raw(snapshot, ANN, "mpAliases") == (b"a@acme.example", b"b@acme.example")

    def test_removes_one_in_whatever_case(self) -> None:
        snapshot = applied(self.TREE, [mp.remove_value(ANN, aliases="A@ACME.example")])
        assert raw(snapshot, ANN, "mpAliases") == ()

    def test_what_is_not_there_cannot_be_removed(self) -> None:
        (problem,) = refused(self.TREE, mp.remove_value(ANN, aliases="b@acme.example"))
        assert problem == f"{ANN}: mpAliases: 'b@acme.example': expected a value that the entry has"

    def test_a_second_value_of_one_that_has_one(self) -> None:
        snapshot = native({"mpMailboxQuota": "1 GiB"})
        assert refused(snapshot, mp.add_value(ANN, mailbox_quota="2 GiB"))

    def test_a_first_value_of_one_that_has_one(self) -> None:
        assert (
            value(applied(native(), [mp.add_value(ANN, mailbox_quota="2 GiB")]), "mailbox_quota") == 2 * 2**30
        )

    def test_the_word_for_nothing_gives_way_and_comes_back(self) -> None:
        snapshot = applied(
            native(cos={"mpAllowedServices": "none"}), [mp.add_value("cos:basic", allowed_services="imap")]
        )
        assert raw(snapshot, "cos:basic", "mpAllowedServices") == (b"imap",)
        snapshot = applied(snapshot, [mp.remove_value("cos:basic", allowed_services="imap")])
        assert raw(snapshot, "cos:basic", "mpAllowedServices") == (b"none",)

    def test_values_joined_by_commas(self) -> None:
        forwards = "zimbraPrefMailForwardingAddress"
        snapshot = carbonio({"zimbraAccountStatus": "active", forwards: "a@x.example, b@x.example"})
        snapshot = applied(snapshot, [mp.add_value(ANN, forwarding_addresses="c@x.example")])
        assert raw(snapshot, ANN, forwards) == (b"a@x.example,b@x.example,c@x.example",)
        snapshot = applied(snapshot, [mp.remove_value(ANN, forwarding_addresses="b@x.example")])
        assert raw(snapshot, ANN, forwards) == (b"a@x.example,c@x.example",)

    def test_a_line_of_a_mapping(self) -> None:
        snapshot = applied(native(), [mp.add_value("config", two_factor_policy={"imap": "trusted_device"})])
        assert raw(snapshot, "config", "mpTwoFactorPolicy") == (b"imap trusted_device",)

    def test_values_that_their_own_rule_cannot_read_are_themselves(self) -> None:
        account = {"mpAutoReplyStartsAt": "soon"}
        assert refused(native(account), mp.remove_value(ANN, {"mpAutoReplyStartsAt": "20240101000000Z"}))


class TestRefusal:
    def test_all_problems_of_all_changes_at_once(self) -> None:
        problems = refused(
            native(),
            mp.set(ANN, mailbox_quota="5GB?", imap_enabled="maybe", no_such_setting=1),
            mp.set("bob@acme.example", mailbox_quota="1 GiB"),
            mp.set("cos:basic", aliases="x@acme.example"),
            mp.set(ANN, mailbox_quota="1 GiB"),
        )
        assert len(problems) == 5
        assert [problem.partition(":")[0] for problem in problems] == [
            ANN,
            ANN,
            ANN,
            "bob@acme.example",
            "cos",
        ]

    def test_near_names_are_offered(self) -> None:
        (problem,) = refused(native(), mp.set(ANN, mailbox_qouta="1 GiB"))
        assert "did you mean mailbox_quota" in problem

    def test_an_attribute_that_the_entry_has_no_class_for(self) -> None:
        (problem,) = refused(native(), mp.set("cos:basic", {"memberURL": "ldap:///o=mail??sub?(mail=*)"}))
        assert problem.startswith("cos:basic: memberURL: ")

    def test_what_was_wrong_before_is_no_reason(self) -> None:
        snapshot = native({"mpMailboxQuota": "5GB?", "shoeSize": "9", "mpTimeZone": "Mars/Olympus"})
        snapshot = applied(snapshot, [mp.set(ANN, display_name="Ann")])
        assert raw(snapshot, ANN, "mpMailboxQuota") == (b"5GB?",)
        assert refused(snapshot, mp.set(ANN, {"mpMailboxQuota": "6GB?"}))

    def test_a_value_that_is_not_offered(self) -> None:
        snapshot = native({}, {"mpChoices": ["mailbox_quota 1 GiB", "mailbox_quota 5 GiB"]})
        assert value(applied(snapshot, [mp.set(ANN, mailbox_quota="5 GiB")]), "mailbox_quota") == 5 * 2**30
        (problem,) = refused(snapshot, mp.set(ANN, mailbox_quota="2 GiB"))
        assert "5 GiB" in problem

    def test_a_derived_setting_is_not_written(self) -> None:
        more = record(
            f"uid=all,{PEOPLE}", "zimbraDistributionList", uid="all", mail="all@acme.example", zimbraId="l"
        )
        snapshot = carbonio({}, {}, {}, {}, more)
        assert "zimbraACE" in refused(snapshot, mp.set("all@acme.example", posting_policy="nobody"))[0]

    def test_a_secret_is_not_repeated(self) -> None:
        (problem,) = refused(native(), mp.set("domain:acme.example", tls_private_key="hunter2"))
        assert "hunter2" not in problem
        assert problem.startswith("domain:acme.example: tls_private_key: ")

    def test_an_address_of_two(self) -> None:
        more = record("uid=b,o=mail", "inetOrgPerson", "mpAccount", uid="b", cn="B", sn="B", mail=ANN)
        assert (
            "belongs to 2 entries" in refused(native({}, {}, {}, {}, more), mp.set(ANN, display_name="A"))[0]
        )

    def test_the_value_that_names_the_entry_stays(self) -> None:
        (problem,) = refused(native(), mp.set("cos:basic", {"cn": "other"}))
        assert "rename" in problem
        snapshot = applied(native(), [mp.set("cos:basic", {"cn": ["other", "BASIC"]})])
        assert raw(snapshot, "cos:basic", "cn") == (b"other", b"BASIC")


def test_the_snapshot_asked_stays_as_it_was() -> None:
    snapshot = native({"mpMailboxQuota": "1 GiB"})
    revision = snapshot.revision
    changes = mp.set(ANN, mailbox_quota="2 GiB"), mp.create("cos:x"), mp.delete("cos:basic")
    assert applied(snapshot, changes).revision != revision
    assert snapshot.revision == revision
    assert value(snapshot, "mailbox_quota") == 2**30
    assert entry(snapshot, "cos:basic").dn == "cn=basic,o=mail"


def test_no_change_is_the_same() -> None:
    snapshot = native()
    assert applied(snapshot, []) is snapshot
