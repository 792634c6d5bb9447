"""The nearest layer that offers choices decides what may be chosen."""

from __future__ import annotations

from mailpolicy.inherit import layers_of
from mailpolicy.inherit.choices import choices_for
from mailpolicy.schema import find_setting
from mailpolicy.snapshot import Snapshot
from mailpolicy.values import Locale, Size
from tests.small_directories import BOB, bob, cos, domain, snapshot_with

QUOTA = find_setting("mailbox_quota")
HOME = domain("b.example", "mpChoices: mailbox_quota 1 GiB", "mpChoices: locale de")


def offered(snapshot: Snapshot, name: str) -> tuple[object, ...] | None:
    entry = snapshot.entry(BOB)
    assert entry is not None
    return choices_for(snapshot, layers_of(snapshot, entry), find_setting(name))


def test_a_layer_offers_values_in_its_order() -> None:
    silver = cos("mpChoices: mailbox_quota 9 GiB", "mpChoices: mailbox_quota 5 GiB")
    snapshot = snapshot_with("native", silver, HOME, bob("mail: bob@b.example", "mpCos: silver"))
    assert offered(snapshot, "mailbox_quota") == (Size("9 GiB"), Size("5 GiB"))
    assert offered(snapshot, "locale") == (Locale("de"),)


def test_without_an_offer_anything_goes() -> None:
    assert offered(snapshot_with("native", HOME, bob()), "mailbox_quota") is None


def test_lines_that_cannot_be_read_offer_nothing() -> None:
    silver = cos("mpChoices: mailbox_quota many")
    snapshot = snapshot_with("native", silver, HOME, bob("mail: bob@b.example", "mpCos: silver"))
    assert offered(snapshot, "mailbox_quota") == (Size("1 GiB"),)


def test_only_layers_offer() -> None:
    snapshot = snapshot_with("native", bob("mpChoices: mailbox_quota 3 GiB"))
    assert offered(snapshot, "mailbox_quota") is None


def test_deployed_servers_know_no_choices() -> None:
    snapshot = snapshot_with("carbonio")
    entry = snapshot.entry("uid=ann,dc=acme,dc=example")
    assert entry is not None
    assert choices_for(snapshot, layers_of(snapshot, entry), QUOTA) is None
