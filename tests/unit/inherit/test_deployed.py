"""Which value applies in a Carbonio directory: its paths, its spellings, its settings of two attributes."""

from __future__ import annotations

from typing import Any

import pytest

from mailpolicy.inherit import Effective, Why, explain_attribute, resolve_part
from mailpolicy.reasons import Level
from mailpolicy.snapshot import Snapshot
from mailpolicy.values import Reference, Size
from tests.trees import ANN, COS_ID, carbonio, layers, record, story, value

OTHER_ID = "44444444-4444-4444-8444-444444444444"
PREMIUM = record(
    "cn=premium,cn=cos,cn=zimbra", "zimbraCOS", cn="premium", zimbraId=OTHER_ID, zimbraMailQuota="2"
)
DEFAULT = record("cn=default,cn=cos,cn=zimbra", "zimbraCOS", cn="default", zimbraId="d", zimbraMailQuota="3")
EXTERNAL = record("cn=defaultExternal,cn=cos,cn=zimbra", "zimbraCOS", cn="defaultExternal", zimbraId="e")


def attribute(snapshot: Snapshot, name: str, who: str = ANN) -> Effective[Any]:
    """One LDAP attribute along its own path, by both resolvers."""
    known, asked = snapshot.dialect.attribute(name), layers(snapshot, who)
    assert known is not None
    part = known.binding(asked[0].level).parts[0]
    effective = explain_attribute(asked, part, known.secret)
    assert resolve_part(asked, part) == effective.value
    return effective


class TestPaths:
    def test_a_flag_inherits_presence_does_not(self) -> None:
        # accountInherited alone: the domain and the config may carry it to no effect.
        says = {"zimbraPrefMailItemsPerPage": "7"}
        effective = story(carbonio({}, {}, says, says), "messages_per_page")
        assert effective.value == 100
        assert [each.why for each in effective.shadowed] == [Why.NOT_IN_PATH, Why.NOT_IN_PATH]
        assert value(carbonio({}, says), "messages_per_page") == 7

    def test_time_zone_goes_to_the_domain_and_the_cos_hides_it(self) -> None:
        domain, cos = {"zimbraPrefTimeZoneId": "Europe/Rome"}, {"zimbraPrefTimeZoneId": "America/Los_Angeles"}
        assert value(carbonio({}, {}, domain), "time_zone").key == "Europe/Rome"
        assert value(carbonio({}, cos, domain), "time_zone").key == "America/Los_Angeles"
        assert value(carbonio({}, {}, {}, domain), "time_zone").key == "UTC"

    def test_the_status_of_a_domain_comes_from_the_config(self) -> None:
        snapshot = carbonio(config={"zimbraDomainStatus": "maintenance"})
        assert value(snapshot, "domain_status", "domain:acme.example") == "maintenance"
        assert value(carbonio(), "domain_status", "domain:acme.example") == "active"

    def test_both_flags_reach_the_config(self) -> None:
        name = "zimbraFileUploadMaxSizePerFile"
        assert attribute(carbonio({}, {}, {}, {name: "7"}), name).origin.level is Level.GLOBAL
        assert attribute(carbonio({}, {}, {name: "8"}, {name: "7"}), name).origin.level is Level.DOMAIN
        assert attribute(carbonio({}, {name: "9"}, {name: "8"}), name).origin.level is Level.COS

    def test_the_domain_flag_stops_at_the_domain(self) -> None:
        name = "zimbraFeatureResetPasswordStatus"
        assert attribute(carbonio({}, {}, {name: "enabled"}), name).value == "enabled"
        assert attribute(carbonio({}, {}, {}, {name: "enabled"}), name).value is None

    @pytest.mark.parametrize("name", ["description", "zimbraNotes", "zimbraACE", "zimbraPrefSpellIgnoreWord"])
    def test_allowed_on_a_cos_but_not_inherited(self, name: str) -> None:
        text = "x@y.example usr viewFreeBusy"
        assert attribute(carbonio({}, {name: text}), name).value is None

    def test_a_server_asks_the_config(self) -> None:
        server = record("cn=mx,cn=zimbra", "zimbraServer", cn="mx", zimbraId="s")
        snapshot = carbonio({}, {}, {}, {"zimbraLmtpNumThreads": "20"}, server)
        assert attribute(snapshot, "zimbraLmtpNumThreads", "server:mx").origin.level is Level.GLOBAL

    def test_a_domain_asked_for_what_is_an_accounts_gives_its_own(self) -> None:
        snapshot = carbonio(domain={"zimbraPrefTimeZoneId": "Europe/Rome"})
        assert value(snapshot, "time_zone", "domain:acme.example").key == "Europe/Rome"


class TestByLdapName:
    def test_no_ceiling_and_no_default(self) -> None:
        snapshot = carbonio({"zimbraMailQuota": "100"}, {}, {"zimbraMailDomainQuota": "10"})
        assert value(snapshot, "mailbox_quota") == 10
        alone = attribute(snapshot, "zimbraMailQuota")
        assert alone.value == 100
        assert alone.ceiling is None
        assert attribute(carbonio(), "zimbraMailQuota").value is None

    def test_in_any_case(self) -> None:
        assert attribute(carbonio({"zimbraMailQuota": "100"}), "ZIMBRAMAILQUOTA").value == 100

    def test_inherited(self) -> None:
        effective = attribute(
            carbonio({"zimbraMailQuota": "100"}, {"zimbraMailQuota": "7"}), "zimbraMailQuota"
        )
        assert effective.is_own
        assert effective.inherited.value == 7


class TestQuota:
    # The table of the deployed server; 0 is no limit.
    @pytest.mark.parametrize(
        ("quota", "cap", "applies"),
        [("0", "0", Size.UNLIMITED), ("0", "7", 7), ("5", "0", 5), ("5", "7", 5), ("9", "7", 7)],
    )
    def test_effective_quota(self, quota: str, cap: str, applies: int) -> None:
        snapshot = carbonio({"zimbraMailQuota": quota}, {}, {"zimbraMailDomainQuota": cap})
        assert value(snapshot, "mailbox_quota") == applies

    def test_the_cap_comes_from_the_config_as_well(self) -> None:
        snapshot = carbonio({"zimbraMailQuota": "9"}, {}, {}, {"zimbraMailDomainQuota": "7"})
        assert value(snapshot, "mailbox_quota") == 7


class TestClassOfService:
    def test_its_own_by_id(self) -> None:
        snapshot = carbonio({"zimbraCOSId": OTHER_ID.upper()}, {}, {}, {}, PREMIUM)
        assert value(snapshot, "cos") == "cn=premium,cn=cos,cn=zimbra"
        assert value(snapshot, "mailbox_quota") == 2

    def test_the_ladder_of_dangling_references(self) -> None:
        dangling = {"zimbraCOSId": "gone"}
        assert value(carbonio(dangling, {}, {}, {}, DEFAULT), "cos") == "cn=basic,cn=cos,cn=zimbra"
        twice = carbonio(dangling, {}, {"zimbraDomainDefaultCOSId": "gone"}, {}, DEFAULT)
        assert value(twice, "cos") == "cn=default,cn=cos,cn=zimbra"
        assert value(carbonio(dangling, {}, {"zimbraDomainDefaultCOSId": "gone"}), "cos") is None

    def test_an_account_without_a_domain_has_the_default(self) -> None:
        assert value(carbonio({}, {}, None, {}, record("dc=acme,dc=example", "dcObject", dc="acme"),
                              record("ou=people,dc=acme,dc=example", "organizationalRole", cn="people"),
                              DEFAULT), "cos") == "cn=default,cn=cos,cn=zimbra"  # fmt: skip

    def test_an_external_account_has_another_ladder(self) -> None:
        external = {"zimbraIsExternalVirtualAccount": "TRUE"}
        domain = {"zimbraDomainDefaultExternalUserCOSId": OTHER_ID}
        assert value(carbonio(external, {}, domain, {}, PREMIUM), "cos") == "cn=premium,cn=cos,cn=zimbra"
        assert value(carbonio({}, {}, domain, {}, PREMIUM), "cos") == "cn=basic,cn=cos,cn=zimbra"
        bare = carbonio(external, {}, {}, {}, DEFAULT, EXTERNAL)
        assert value(bare, "cos") == "cn=defaultExternal,cn=cos,cn=zimbra"

    def test_the_value_is_a_dn_and_the_origin_says_how_it_was_told(self) -> None:
        effective = story(carbonio({"zimbraCOSId": COS_ID}), "cos")
        assert effective.value == Reference("cn=basic,cn=cos,cn=zimbra")
        assert effective.origin.attribute == "zimbraCOSId"
        assert effective.origin.raw == (COS_ID,)


class TestTwoAttributes:
    IMAP, PREF = "zimbraImapEnabled", "zimbraPrefImapEnabled"

    @pytest.mark.parametrize("door", ["TRUE", "FALSE", None])
    @pytest.mark.parametrize("habit", ["TRUE", "FALSE", None])
    def test_imap_is_on_if_neither_is_off(self, door: str | None, habit: str | None) -> None:
        account = {name: said for name, said in ((self.IMAP, door), (self.PREF, habit)) if said}
        assert value(carbonio(account), "imap_enabled") is ("FALSE" not in (door, habit))

    def test_who_decides_is_named(self) -> None:
        effective = story(carbonio({self.PREF: "TRUE"}, {self.IMAP: "FALSE"}), "imap_enabled")
        assert effective.origin.attribute == self.IMAP
        (overruled,) = effective.shadowed
        assert overruled.origin.attribute == self.PREF
        assert overruled.text == "zimbraImapEnabled decides"
        assert effective.joined == ()

    def test_two_that_agree_both_take_part(self) -> None:
        effective = story(carbonio({self.IMAP: "TRUE"}, {self.PREF: "TRUE"}), "imap_enabled")
        assert effective.origin.attribute == self.IMAP
        assert [origin.attribute for origin in effective.joined] == [self.PREF]

    def test_the_second_switch_of_its_own_is_its_own(self) -> None:
        snapshot = carbonio({self.PREF: "TRUE"}, {self.IMAP: "TRUE", self.PREF: "FALSE"})
        effective = story(snapshot, "imap_enabled")
        assert effective.value is True
        assert effective.inherited.value is False

    def test_each_switch_has_its_own_way(self) -> None:
        effective = story(carbonio({self.IMAP: "FALSE"}, {self.PREF: "FALSE"}), "imap_enabled")
        assert effective.is_own
        assert effective.inherited.value is False
        assert effective.inherited.origin.level is Level.COS

    LIST = {"zimbraPrefReplyToAddress": "desk@acme.example", "zimbraPrefReplyToEnabled": "TRUE"}

    def gated(self, **says: str) -> Effective[Any]:
        more = record(
            "uid=all,ou=people,dc=acme,dc=example",
            "zimbraDistributionList",
            uid="all",
            mail="all@acme.example",
            **says,
        )
        return story(carbonio({}, {}, {}, {}, more), "reply_to_address", "list:all@acme.example")

    def test_an_open_gate(self) -> None:
        effective = self.gated(**self.LIST)
        assert effective.value == "desk@acme.example"
        assert effective.origin.attribute == "zimbraPrefReplyToAddress"
        assert [origin.attribute for origin in effective.joined] == ["zimbraPrefReplyToEnabled"]

    @pytest.mark.parametrize("gate", ["FALSE", None])
    def test_a_closed_gate(self, gate: str | None) -> None:
        says = {"zimbraPrefReplyToAddress": "desk@acme.example"} | (
            {"zimbraPrefReplyToEnabled": gate} if gate else {}
        )
        effective = self.gated(**says)
        assert effective.value is None
        (overruled,) = effective.shadowed
        assert overruled.text == "zimbraPrefReplyToEnabled decides"
        assert [origin.attribute for origin in effective.joined] == (
            ["zimbraPrefReplyToEnabled"] if gate else []
        )

    def test_a_gate_alone(self) -> None:
        assert self.gated(zimbraPrefReplyToEnabled="TRUE").value is None


class TestSpellings:
    def test_a_switch_that_says_the_opposite(self) -> None:
        assert value(carbonio({"zimbraPasswordLocked": "TRUE"}), "password_change_enabled") is False
        assert value(carbonio({}, {"zimbraPasswordLocked": "FALSE"}), "password_change_enabled") is True
        assert value(carbonio(), "password_change_enabled") is True

    def test_days_are_bare_numbers(self) -> None:
        assert str(value(carbonio({}, {"zimbraPasswordMaxAge": "90"}), "password_max_age")) == "90d"

    def test_only_at_a_level(self) -> None:
        name = "zimbraLmtpPermanentFailureWhenOverQuota"
        at_config = carbonio({}, {}, {}, {name: "TRUE"})
        at_domain = carbonio({}, {}, {name: "TRUE"}, {})
        for who in (ANN, "domain:acme.example"):
            assert value(at_config, "over_quota_verdict", who) == "reject"
            assert value(at_domain, "over_quota_verdict", who) == "defer"

    def test_the_first_of_several_counts(self) -> None:
        account = {"zimbraPrefTimeZoneId": ["Europe/Rome", "Europe/Berlin"]}
        assert value(carbonio(account), "time_zone").key == "Europe/Rome"

    def test_no_place_in_the_directory_leaves_the_default(self) -> None:
        effective = story(carbonio(), "dav_enabled")
        assert effective.value is True
        assert effective.origin.level is Level.DEFAULT


def test_a_list_inherits_nothing() -> None:
    more = record(
        "uid=all,ou=people,dc=acme,dc=example", "zimbraDistributionList", uid="all", mail="all@acme.example"
    )
    says = {"zimbraHideInGal": "TRUE", "zimbraMailStatus": "disabled"}
    snapshot = carbonio(says, {}, says, says, more)
    assert value(snapshot, "hidden_from_gal", "all@acme.example") is False
    assert value(snapshot, "mail_status", "all@acme.example") == "enabled"
