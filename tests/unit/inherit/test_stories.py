"""The story behind a value: what would be inherited, the reasons, and the secrets it keeps."""

from __future__ import annotations

from base64 import b64encode

from mailpolicy.inherit import Why
from mailpolicy.reasons import Level
from mailpolicy.values import Size
from tests.trees import native, story

GIB = Size("1 GiB")
QUOTA = "mpMailboxQuota"


class TestInherited:
    def test_the_circular_arrow(self) -> None:
        effective = story(native({QUOTA: "1 GiB"}, {QUOTA: "2 GiB"}), "mailbox_quota")
        assert effective.is_own
        assert effective.inherited.value == 2 * GIB
        assert effective.inherited.origin.level is Level.COS
        assert not effective.inherited.is_own
        assert effective.inherited.shadowed == ()

    def test_nothing_own_is_the_same_again(self) -> None:
        effective = story(native(cos={QUOTA: "2 GiB"}), "mailbox_quota")
        assert effective.inherited is effective

    def test_a_bad_own_value_is_not_inherited_past(self) -> None:
        effective = story(native({QUOTA: "?"}, {QUOTA: "2 GiB"}), "mailbox_quota")
        assert effective.inherited.value == effective.value == 2 * GIB

    def test_down_to_the_default(self) -> None:
        effective = story(native({"mpMessagesPerPage": "7"}), "messages_per_page")
        assert (effective.value, effective.inherited.value) == (7, 100)
        assert effective.inherited.origin.level is Level.DEFAULT


class TestReasons:
    def test_the_story_step_by_step(self) -> None:
        snapshot = native(
            {QUOTA: "5 GiB"},
            {QUOTA: "??"},
            {QUOTA: "4 GiB", "mpMaxMailboxQuota": "3 GiB"},
        )
        texts = [(each.id, each.matched, each.text) for each in story(snapshot, "mailbox_quota").reasons]
        assert texts == [
            ("inherit.nearest", True, "account uid=ann,o=mail is the nearest with a value"),
            (
                "inherit.ceiling",
                True,
                "max_mailbox_quota is 3 GiB by domain dc=acme,o=mail, which leaves 3 GiB",
            ),
            ("inherit.capped", False, "account uid=ann,o=mail has 5 GiB: capped"),
            ("inherit.invalid", False, texts[3][2]),
            ("inherit.overridden", False, "domain dc=acme,o=mail has 4 GiB: overridden"),
        ]
        assert texts[3][2].startswith("cos cn=basic,o=mail has '??': invalid, expected ")

    def test_each_reason_points_at_what_it_rests_on(self) -> None:
        for reason in story(native({QUOTA: "5 GiB"}, {QUOTA: "1 GiB"}), "mailbox_quota").reasons:
            assert reason.origins

    def test_the_default(self) -> None:
        (reason,) = story(native(), "messages_per_page").reasons
        assert reason.text == "no layer has a value; the default is 100"


class TestSecrets:
    def test_a_secret_is_nowhere_to_be_seen(self) -> None:
        pem = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"
        domain = {"mpTlsPrivateKey:": b64encode(pem.encode()).decode()}
        effective = story(native(domain=domain), "tls_private_key", "domain:acme.example")
        assert "c2VjcmV0" in effective.value
        seen = (repr(effective), str(effective), repr(effective.reasons), repr(effective.origin.raw))
        assert "c2VjcmV0" not in " ".join([*seen, effective.as_table().html()])

    def test_a_bad_secret_neither(self) -> None:
        domain = {"mpTlsPrivateKey": "c2VjcmV0"}
        effective = story(native(domain=domain), "tls_private_key", "domain:acme.example")
        assert effective.value is None
        assert [each.why for each in effective.shadowed] == [Why.INVALID]
        seen = (repr(effective), repr(effective.shadowed), repr(effective.reasons))
        assert "c2VjcmV0" not in " ".join([*seen, effective.as_table().html()])

    def test_the_password_of_a_guest_neither(self) -> None:
        account = {"mpGrants": "guest@example.org:open sesame gst viewFreeBusy"}
        effective = story(native(account), "grants")
        assert effective.value[0].secret == "open sesame"
        seen = (repr(effective), str(effective), repr(effective.reasons), repr(effective.origin.raw))
        assert "sesame" not in " ".join([*seen, effective.as_table().html()])
