"""Which value applies in a native directory: every rule of inheritance on the smallest tree that shows it."""

from __future__ import annotations

from typing import Any

import pytest

from mailpolicy.inherit import Why
from mailpolicy.reasons import Level
from mailpolicy.schema.catalog.second_factor import TwoFactorPolicy
from mailpolicy.values import Service, Size
from tests.trees import layers, native, record, story, value

GIB = Size("1 GiB")
QUOTA = "mpMailboxQuota"


def whys(effective: Any) -> list[tuple[Level, Why]]:
    return [(each.origin.level, each.why) for each in effective.shadowed]


class TestNearest:
    LAYERS = ("account", "cos", "domain", "config")

    @pytest.mark.parametrize("nearest", range(4))
    def test_the_nearest_layer_wins(self, nearest: int) -> None:
        sizes = {name: {QUOTA: f"{place + 1} GiB"} for place, name in enumerate(self.LAYERS)}
        snapshot = native(**{name: sizes[name] for name in self.LAYERS[nearest:]})
        effective = story(snapshot, "mailbox_quota")
        levels = [Level.ACCOUNT, Level.COS, Level.DOMAIN, Level.GLOBAL]
        assert effective.value == Size((nearest + 1) * GIB)
        assert effective.origin.level is levels[nearest]
        assert effective.origin.raw == (f"{nearest + 1} GiB",)
        assert effective.origin.attribute == QUOTA
        assert whys(effective) == [(level, Why.OVERRIDDEN) for level in levels[nearest + 1 :]]
        assert [each.value for each in effective.shadowed] == [Size(n * GIB) for n in range(nearest + 2, 5)]

    def test_nobody_says_anything(self) -> None:
        effective = story(native(), "mailbox_quota")
        assert effective.value is Size.UNLIMITED
        assert effective.origin.level is Level.DEFAULT
        assert (effective.origin.dn, effective.origin.attribute, effective.origin.raw) == (None, None, ())
        assert not effective.is_own

    def test_no_default_is_no_value(self) -> None:
        assert value(native(), "locale") is None

    def test_unset_is_not_set_to_the_default(self) -> None:
        said = story(native(account={QUOTA: "0"}, cos={QUOTA: "1 GiB"}), "mailbox_quota")
        unsaid = story(native(cos={QUOTA: "1 GiB"}), "mailbox_quota")
        assert said.value is Size.UNLIMITED
        assert unsaid.value == GIB

    def test_the_whole_value_replaces(self) -> None:
        cos = {"mpAllowedNetworks": ["192.0.2.0/24", "198.51.100.0/24"]}
        own = {"mpAllowedNetworks": ["203.0.113.0/24"]}
        inherited = value(native(cos=cos), "allowed_networks")
        assert list(map(str, inherited)) == ["192.0.2.0/24", "198.51.100.0/24"]
        assert list(map(str, value(native(account=own, cos=cos), "allowed_networks"))) == ["203.0.113.0/24"]

    def test_a_cos_beats_the_domain(self) -> None:
        assert value(native(cos={QUOTA: "2 GiB"}, domain={QUOTA: "1 GiB"}), "mailbox_quota") == 2 * GIB


class TestInvalid:
    def test_what_cannot_be_read_is_passed_over(self) -> None:
        effective = story(native(account={QUOTA: "5GB?"}, cos={QUOTA: "1 GiB"}), "mailbox_quota")
        assert effective.value == GIB
        assert effective.origin.level is Level.COS
        (bad,) = effective.shadowed
        assert (bad.why, bad.value, bad.origin.raw) == (Why.INVALID, None, ("5GB?",))
        assert "size" in bad.text

    def test_bad_everywhere_leaves_the_default(self) -> None:
        bad = {"mpQuotaWarningPercent": "101"}
        effective = story(native(bad, bad, bad, bad), "quota_warning_percent")
        assert effective.value == 90
        assert [why for _, why in whys(effective)] == [Why.INVALID] * 4

    def test_one_bad_value_of_several_costs_the_layer(self) -> None:
        account = {"mpAllowedNetworks": ["192.0.2.0/24", "nowhere"]}
        effective = story(native(account, {"mpAllowedNetworks": "203.0.113.0/24"}), "allowed_networks")
        assert effective.origin.level is Level.COS


class TestPath:
    def test_a_layer_that_may_not_hold_the_setting_has_no_effect(self) -> None:
        effective = story(native(domain={"mpAllowedNetworks": "192.0.2.0/24"}), "allowed_networks")
        assert effective.value is None
        assert whys(effective) == [(Level.DOMAIN, Why.NOT_IN_PATH)]

    def test_a_setting_of_the_domain_is_not_read_from_the_account(self) -> None:
        snapshot = native(account={"mpMaxMailboxQuota": "1 GiB"}, domain={"mpMaxMailboxQuota": "2 GiB"})
        effective = story(snapshot, "max_mailbox_quota")
        assert effective.value == 2 * GIB
        assert whys(effective) == [(Level.ACCOUNT, Why.NOT_IN_PATH)]

    def test_what_is_an_objects_own_ignores_everybody_elses(self) -> None:
        effective = story(native(cos={"description": "Cheap"}, domain={"description": "Acme"}), "description")
        assert effective.value is None
        assert effective.shadowed == ()

    @pytest.mark.parametrize(
        ("who", "levels"),
        [
            ("ann@acme.example", ["account", "cos", "domain", "global"]),
            ("cos:basic", ["cos"]),
            ("domain:acme.example", ["domain", "global"]),
            ("config", ["global"]),
            ("list:all@acme.example", ["list"]),
            ("resource:room@acme.example", ["resource", "cos", "domain", "global"]),
            ("server:mx1", ["server", "global"]),
        ],
    )
    def test_whom_an_object_asks(self, who: str, levels: list[str]) -> None:
        more = (
            record("cn=all,o=mail", "groupOfURLs", "mpList", cn="all", mail="all@acme.example"),
            record("cn=room,o=mail", "mpResource", cn="room", mail="room@acme.example"),
            record("cn=mx1,o=mail", "mpServer", cn="mx1"),
        )
        assert [layer.level for layer in layers(native({}, {}, {}, {}, *more), who)] == levels

    def test_a_resource_is_asked_as_an_account(self) -> None:
        room = record(
            "cn=room,o=mail", "mpResource", cn="room", mail="room@acme.example", mpMailboxQuota="1 GiB"
        )
        effective = story(native({}, {QUOTA: "2 GiB"}, {}, {}, room), "mailbox_quota", "room@acme.example")
        assert effective.value == GIB
        assert effective.origin.level is Level.RESOURCE
        assert effective.is_own
        assert effective.inherited.value == 2 * GIB

    def test_a_domain_asks_itself_and_the_config(self) -> None:
        snapshot = native(cos={QUOTA: "3 GiB"}, domain={QUOTA: "2 GiB"}, config={QUOTA: "1 GiB"})
        assert value(snapshot, "mailbox_quota", "domain:acme.example") == 2 * GIB
        assert value(snapshot, "mailbox_quota", "cos:basic") == 3 * GIB
        assert value(snapshot, "mailbox_quota", "config") == GIB

    def test_no_config_no_cos_no_domain(self) -> None:
        snapshot = native({QUOTA: "1 GiB"}, None, None, None)
        assert value(snapshot, "mailbox_quota") == GIB
        assert value(snapshot, "messages_per_page") == 100


class TestClassOfService:
    PREMIUM = record("cn=premium,o=mail", "mpClassOfService", cn="premium", mpMailboxQuota="2 GiB")
    DEFAULT = record("cn=default,o=mail", "mpClassOfService", cn="default", mpMailboxQuota="3 GiB")

    def test_its_own(self) -> None:
        snapshot = native(
            {"mpCos": "cn=premium,o=mail"}, {QUOTA: "1 GiB"}, {}, {}, self.PREMIUM, self.DEFAULT
        )
        effective = story(snapshot, "cos")
        assert effective.value == "cn=premium,o=mail"
        assert effective.is_own
        assert whys(effective) == [(Level.DOMAIN, Why.OVERRIDDEN)]
        assert effective.inherited.value == "cn=basic,o=mail"
        assert value(snapshot, "mailbox_quota") == 2 * GIB

    @pytest.mark.parametrize("reference", ["premium", "CN = Premium , O=MAIL", " premium "])
    def test_by_name_or_in_another_spelling(self, reference: str) -> None:
        snapshot = native({"mpCos": reference}, {}, {}, {}, self.PREMIUM)
        assert value(snapshot, "cos") == "cn=premium,o=mail"

    def test_dangling_falls_to_the_domains_default(self) -> None:
        snapshot = native({"mpCos": "cn=gold,o=mail"}, {QUOTA: "1 GiB"}, {}, {}, self.DEFAULT)
        effective = story(snapshot, "cos")
        assert effective.value == "cn=basic,o=mail"
        assert effective.origin.level is Level.DOMAIN
        assert whys(effective) == [(Level.ACCOUNT, Why.DANGLING)]
        assert value(snapshot, "mailbox_quota") == GIB

    def test_dangling_twice_falls_to_the_one_named_default(self) -> None:
        domain = {"mpDefaultCos": "cn=silver,o=mail"}
        snapshot = native({"mpCos": "cn=gold,o=mail"}, {}, domain, {}, self.DEFAULT)
        effective = story(snapshot, "cos")
        assert effective.value == "cn=default,o=mail"
        assert effective.origin.level is Level.DEFAULT
        assert [why for _, why in whys(effective)] == [Why.DANGLING, Why.DANGLING]
        assert value(snapshot, "mailbox_quota") == 3 * GIB

    def test_none_at_all(self) -> None:
        snapshot = native({}, None, {QUOTA: "1 GiB"})
        assert value(snapshot, "cos") is None
        assert value(snapshot, "mailbox_quota") == GIB

    def test_a_reference_to_something_else_dangles(self) -> None:
        snapshot = native({"mpCos": "dc=acme,o=mail"}, {}, {}, {})
        assert whys(story(snapshot, "cos")) == [(Level.ACCOUNT, Why.DANGLING)]

    def test_a_cos_inherits_from_nothing(self) -> None:
        snapshot = native({}, {}, {QUOTA: "1 GiB"}, {QUOTA: "2 GiB"}, self.DEFAULT)
        assert value(snapshot, "mailbox_quota", "cos:basic") is Size.UNLIMITED


class TestCeiling:
    def test_the_smaller_counts_and_the_origin_stays(self) -> None:
        snapshot = native(account={QUOTA: "5 GiB"}, domain={"mpMaxMailboxQuota": "3 GiB"})
        effective = story(snapshot, "mailbox_quota")
        assert effective.value == 3 * GIB
        assert effective.origin.level is Level.ACCOUNT
        assert effective.ceiling is not None
        assert effective.ceiling.name == "max_mailbox_quota"
        assert effective.ceiling.origin.level is Level.DOMAIN
        (capped,) = effective.shadowed
        assert (capped.why, capped.value, capped.origin) == (Why.CAPPED, 5 * GIB, effective.origin)

    def test_a_ceiling_above_is_none(self) -> None:
        snapshot = native(account={QUOTA: "3 GiB"}, domain={"mpMaxMailboxQuota": "3 GiB"})
        effective = story(snapshot, "mailbox_quota")
        assert effective.value == 3 * GIB
        assert effective.ceiling is None

    # The four rows of the deployed rule: 0 is no limit on either side.
    @pytest.mark.parametrize(
        ("quota", "cap", "applies"),
        [
            ("0", "0", Size.UNLIMITED),
            ("0", "3 GiB", 3 * GIB),
            ("2 GiB", "0", 2 * GIB),
            ("2 GiB", "3 GiB", 2 * GIB),
            ("4 GiB", "3 GiB", 3 * GIB),
        ],
    )
    def test_unlimited_is_the_largest(self, quota: str, cap: str, applies: int) -> None:
        snapshot = native(account={QUOTA: quota}, domain={"mpMaxMailboxQuota": cap})
        assert value(snapshot, "mailbox_quota") == applies

    def test_the_default_is_capped_too(self) -> None:
        effective = story(native(domain={"mpMaxMailboxQuota": "3 GiB"}), "mailbox_quota")
        assert effective.value == 3 * GIB
        assert effective.origin.level is Level.DEFAULT
        assert effective.ceiling is not None

    def test_inherited_is_capped_as_well(self) -> None:
        snapshot = native({QUOTA: "5 GiB"}, {QUOTA: "4 GiB"}, {"mpMaxMailboxQuota": "3 GiB"})
        inherited = story(snapshot, "mailbox_quota").inherited
        assert inherited.value == 3 * GIB
        assert inherited.origin.level is Level.COS

    def test_a_switch_needs_its_ceiling_on(self) -> None:
        snapshot = native(account={"mpSpamToInbox": "TRUE"}, config={"mpSpamToInboxAllowed": "FALSE"})
        effective = story(snapshot, "spam_to_inbox")
        assert effective.value is False
        assert effective.ceiling is not None
        assert effective.ceiling.origin.level is Level.GLOBAL
        assert value(native(account={"mpSpamToInbox": "TRUE"}), "spam_to_inbox") is True
        assert value(native(), "spam_to_inbox") is False

    def test_a_service_needs_to_be_among_those_allowed(self) -> None:
        snapshot = native(account={"mpImapEnabled": "TRUE"}, cos={"mpAllowedServices": "webmail"})
        effective = story(snapshot, "imap_enabled")
        assert effective.value is False
        assert effective.origin.level is Level.ACCOUNT
        assert effective.ceiling is not None
        assert value(snapshot, "webmail_enabled") is True

    def test_being_allowed_switches_nothing_on(self) -> None:
        snapshot = native(account={"mpImapEnabled": "FALSE"}, cos={"mpAllowedServices": "imap"})
        effective = story(snapshot, "imap_enabled")
        assert effective.value is False
        assert effective.ceiling is None

    def test_ceilings_of_all_layers_intersect(self) -> None:
        snapshot = native(
            cos={"mpAllowedServices": ["imap", "webmail", "smtp"]},
            domain={"mpAllowedServices": ["imap", "webmail"]},
            config={"mpAllowedServices": ["webmail", "smtp"]},
        )
        effective = story(snapshot, "allowed_services")
        assert effective.value == {Service.WEBMAIL}
        assert effective.origin.level is Level.COS
        assert [origin.level for origin in effective.joined] == [Level.DOMAIN, Level.GLOBAL]

    def test_an_account_cannot_allow_itself_services(self) -> None:
        snapshot = native(account={"mpAllowedServices": "imap"}, cos={"mpAllowedServices": "webmail"})
        effective = story(snapshot, "allowed_services")
        assert effective.value == {Service.WEBMAIL}
        assert whys(effective) == [(Level.ACCOUNT, Why.NOT_IN_PATH)]

    def test_none_allows_nothing(self) -> None:
        snapshot = native(cos={"mpAllowedServices": "none"})
        assert value(snapshot, "allowed_services") == frozenset()
        assert value(snapshot, "webmail_enabled") is False


class TestPerKey:
    def test_the_nearest_layer_with_the_key(self) -> None:
        snapshot = native(
            domain={"mpTwoFactorPolicy": "imap trusted_device"},
            config={"mpTwoFactorPolicy": ["imap disabled", "webmail trusted_network"]},
        )
        effective = story(snapshot, "two_factor_policy")
        assert effective.value[Service.IMAP] is TwoFactorPolicy.TRUSTED_DEVICE
        assert effective.value[Service.WEBMAIL] is TwoFactorPolicy.TRUSTED_NETWORK
        assert effective.value[Service.SMTP] is TwoFactorPolicy.DISABLED  # the default's
        assert effective.origin.level is Level.DOMAIN
        assert [origin.level for origin in effective.joined] == [Level.GLOBAL]

    def test_what_the_domain_would_inherit(self) -> None:
        snapshot = native(
            domain={"mpTwoFactorPolicy": "imap trusted_device"},
            config={"mpTwoFactorPolicy": "imap trusted_network"},
        )
        effective = story(snapshot, "two_factor_policy", "domain:acme.example")
        assert effective.is_own
        assert effective.inherited.value[Service.IMAP] is TwoFactorPolicy.TRUSTED_NETWORK
        assert effective.inherited.origin.level is Level.GLOBAL
