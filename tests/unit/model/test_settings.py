"""The settings of an object, in every way to ask for them, and how they look."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.errors import (
    NotFound,
)
from mailpolicy.model import display
from tests.examples import ACME, CARBONIO, JOHN, both


class TestSettings:
    @both
    def test_attribute_item_and_story_agree(self, directory: mp.Directory) -> None:
        things = [*directory.accounts(), *directory.domains(), *directory.classes_of_service()]
        things += [*directory.lists(), *directory.resources(), directory.config]
        for thing in things:
            flat = thing.settings.flat()
            for name in thing.settings:
                assert getattr(thing.settings, name) == thing.settings[name] == thing.explain(name).value
                assert flat.get(name) == (None if name not in flat else thing.settings[name])
            assert len(thing.settings) == len(list(thing.settings)) >= len(flat)

    def test_by_ldap_name(self) -> None:
        john = CARBONIO.account(JOHN)
        carol = CARBONIO.account("carol@acme.example")
        assert (carol.settings["zimbraMailQuota"], carol.settings.mailbox_quota) == (0, mp.Size("30 GiB"))
        assert carol.explain("mailbox_quota").ceiling is not None
        assert carol.explain("zimbraMailQuota").ceiling is None
        assert "zimbraMailQuota" in john.settings
        assert "mailbox_quota" in john.settings
        assert "nonsense" not in john.settings

    def test_unknown_and_of_others(self) -> None:
        settings = ACME.account(JOHN).settings
        for ask in (settings.__getitem__, settings.explain):
            with pytest.raises(NotFound) as caught:
                ask("mailbox_qouta")
            assert "mailbox_quota" in caught.value.nearest
        with pytest.raises(NotFound):
            settings["capacity"]
        with pytest.raises(NotFound):
            ACME.cos("premium").settings["address"]
        assert not hasattr(settings, "no_such_thing")

    def test_no_secret_is_in_sight(self) -> None:
        for domain in ACME.domains():
            assert "tls_private_key" not in domain.settings.flat()
        acme = ACME.domain("acme.example")
        shown = [repr(acme), repr(acme.settings), repr(acme.explain("tls_private_key"))]
        shown += [thing._repr_html_() for thing in (acme, acme.settings, ACME)]
        assert "PRIVATE KEY" not in "".join(shown)
        assert "PRIVATE KEY" in (acme.settings.tls_private_key or "")
        john = ACME.account(JOHN)
        assert "SSHA" not in repr(john) + repr(john.entry) + john._repr_html_() + john.settings._repr_html_()

    def test_they_cannot_be_set(self) -> None:
        settings = ACME.account(JOHN).settings
        with pytest.raises(AttributeError, match="with_changes"):
            settings.mailbox_quota = mp.Size("1 GiB")
        assert settings.mailbox_quota == mp.Size("25 GiB")

    def test_they_can_be_listed(self) -> None:
        settings = ACME.account(JOHN).settings
        assert {"mailbox_quota", "flat", "explain"} <= set(dir(settings))
        assert dict(settings.items())["mailbox_quota"] == settings.mailbox_quota
        assert {each.name for each in settings.effective()} == set(settings)


class TestShown:
    @both
    def test_in_one_short_line(self, directory: mp.Directory) -> None:
        john = directory.account(JOHN)
        assert repr(john) == f"<Account {JOHN}>"
        assert repr(john.settings) == f"<Settings of {JOHN}>"
        assert repr(directory) == (
            f"<Directory {directory.snapshot.dialect.name}: {len(directory.snapshot)} entries, "
            f"revision {directory.revision[:12]}>"
        )
        everything = [
            *directory.domains(),
            *directory.classes_of_service(),
            *directory.lists(),
            directory.config,
        ]
        for each in (*everything, *directory.servers(), *directory.resources(), *directory.aliases()):
            assert len(repr(each)) < 100
            assert each._repr_html_()

    def test_a_large_directory_is_shown_unread(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(display, "MOST_READ", 10)
        monkeypatch.setattr(mp.Directory, "revision", property(pytest.fail))
        monkeypatch.setattr(mp.Directory, "findings", property(pytest.fail))
        assert repr(ACME) == f"<Directory native: {len(ACME.snapshot)} entries>"
        assert "accounts" in ACME._repr_html_()

    def test_everything_is_escaped(self) -> None:
        bobby = ACME.account("bobby@acme.example")
        for shown in (
            bobby._repr_html_(),
            bobby.settings._repr_html_(),
            bobby.explain("display_name")._repr_html_(),
        ):
            assert "<script>alert" not in shown
            assert "&lt;script&gt;" in shown

    def test_an_object_without_a_name(self) -> None:
        tiny = mp.loads("dn: uid=x,o=mail\nobjectClass: inetOrgPerson\nobjectClass: mpAccount\n")
        (account,) = tiny.accounts()
        assert (account.name, account.address, account.domain, account.cos) == (
            "uid=x,o=mail",
            None,
            None,
            None,
        )
        assert account.status.name == "active"
        assert tiny._repr_html_()
