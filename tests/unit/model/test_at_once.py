"""Questions about all objects of a kind: one setting of each, and whom a class of service applies to."""

from __future__ import annotations

import pytest

from mailpolicy.errors import InvalidValue, NotFound
from mailpolicy.model.at_once import KINDS
from mailpolicy.schema import SETTINGS
from tests.examples import ACME


def test_the_accounts_of_a_class_of_service_and_of_a_domain() -> None:
    acme = ACME
    for cos in acme.classes_of_service():
        assert cos.accounts == tuple(each for each in acme.accounts() if each.cos == cos)
        for domain in acme.domains():
            both = tuple(each for each in domain.accounts if each in cos.accounts)
            assert acme.accounts(domain=domain, cos=cos) == both
    assert acme.accounts(cos="premium") == acme.cos("premium").accounts != ()
    with pytest.raises(NotFound):
        acme.accounts(cos="nobody has it")


def test_a_setting_of_all_objects_at_once() -> None:
    acme = ACME
    for kind, objects in {"account": acme.accounts(), "domain": acme.domains(), "list": acme.lists()}.items():
        values = acme.effective("mail_status", kind)
        assert list(values) == [(each, each.settings.mail_status) for each in objects]
        assert values.values() == [each.settings.mail_status for each in objects]
        assert sum(values.counts().values()) == len(values) == len(objects)
    with pytest.raises(InvalidValue, match="one of account"):
        acme.effective("mail_status", "mailbox")
    with pytest.raises(NotFound, match="no setting of a domain 'display_name'"):
        acme.effective("display_name", "domain")


def test_the_values_of_all_as_a_table_tell_no_secret() -> None:
    acme = ACME
    assert "2 GiB" in str(acme.effective("mailbox_quota").as_table())
    names = str(acme.effective("address").as_table())
    assert "other values" in names
    name, kind = next(
        (each.name, kind)
        for each in SETTINGS.values()
        for kind in KINDS
        if each.secret and each.concerns(kind)
    )
    assert [row[0].text for row in acme.effective(name, kind).as_table().rows] == ["(secret)"]
