"""What is wrong with dynamic lists, and what is said of it."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from mailpolicy.lists import dynamic
from mailpolicy.lists.check import findings
from mailpolicy.snapshot import Finding, Severity
from tests.small_directories import ANN_ID, carbonio_domain, domain, mailing_list, record, snapshot_with

ACME = "dc=acme.example,o=mail"
GOOD = f"memberURL: ldap:///{ACME}??sub?(uid=ann)"


def found(*urls: str, more: str = "") -> list[Finding]:
    return [*findings(snapshot_with("native", more, mailing_list(*(f"memberURL: {url}" for url in urls))))]


def test_nothing_is_wrong_with_a_good_list_or_a_static_one() -> None:
    assert found(f"ldap:///{ACME}??sub?(objectClass=mpAccount)") == []
    assert found(f"ldap:///{ACME}??sub?(&(imap-enabled=TRUE)(kind=account))?!x-effective") == []
    assert found() == []


@pytest.mark.parametrize(
    ("url", "id", "text"),
    [
        (f"ldap://h/{ACME}??sub?(uid=ann)", "unusable-url", f"meant: ldap:///{ACME}??sub?(uid=ann)"),
        (f"ldap:///{ACME}?mail?sub?(uid=ann)", "unusable-url", f"meant: ldap:///{ACME}??sub?(uid=ann)"),
        (f"ldap:///{ACME}??sub?(uid=ann", "unusable-url", "expected a closing parenthesis; probably meant: "),
        ("ask Bob", "unusable-url", "at character 0: expected one of ldap"),
        (f"ldap:///{ACME}???(uid=ann)", "base-only", f"expected ldap:///{ACME}??sub?(uid=ann)"),
        (f"ldap:///{ACME}", "base-only", f"expected ldap:///{ACME}??sub"),
        (f"ldap:///{ACME}??sub?(uid=ann)?!x-foo", "ignored-extension", "no server looks at 'x-foo'"),
        (
            f"ldap:///{ACME}??sub?(uid=ann)?x-effective",
            "ignored-extension",
            f"expected ldap:///{ACME}??sub?(uid=ann)?!x-effective",
        ),
        (
            f"ldap:///{ACME}??sub?(&(imap-enabled=TRUE)(uid=ann))",
            "undefined-filter",
            f"is a setting; expected ldap:///{ACME}??sub?(&(imap-enabled=TRUE)(uid=ann))?!x-effective",
        ),
        (f"ldap:///{ACME}??sub?(departmentNumer=1)", "undefined-filter", "did you mean departmentNumber"),
        (
            f"ldap:///{ACME}??sub?(!(mpImapEnabled=yes))",
            "undefined-filter",
            "mpImapEnabled does not compare so",
        ),
        (f"ldap:///{ACME}??sub?(uid>=a)", "undefined-filter", "uid does not compare so"),
        (
            f"ldap:///{ACME}??sub?(imap-enabeld=TRUE)?!x-effective",
            "undefined-filter",
            "did you mean imap-enabled",
        ),
        (f"ldap:///{ACME}??sub?(uid=nobody)", "finds-nobody", "expected a filter that is true of somebody"),
        ("ldap:///o=nowhere??sub?(uid=ann)", "finds-nobody", "'o=nowhere' does not exist"),
    ],
)
def test_a_url_that_does_not_do_what_was_meant(url: str, id: str, text: str) -> None:
    (finding,) = found(url)
    assert finding.id == id
    assert text in finding.text
    assert finding.severity is (Severity.ERROR if id == "unusable-url" else Severity.WARNING)
    assert (finding.dn, finding.attribute, finding.raw) == (f"cn=all,{ACME}", "memberURL", url)
    assert finding.line


def test_each_url_is_looked_at() -> None:
    ids = [
        each.id for each in found("ask Bob", f"ldap:///{ACME}??sub?(uid=ann)", f"ldap:///{ACME}??sub?(uid=x)")
    ]
    assert ids == ["unusable-url", "finds-nobody"]


def test_whom_a_list_with_one_url_finds_is_not_worked_out_again() -> None:
    url = f"ldap:///{ACME}??sub?(uid=nobody)"
    directory = snapshot_with("native", mailing_list(f"memberURL: {url}", "memberURL: nonsense"))
    for evaluated in (1, 0):
        with patch.object(dynamic, "judge_of", wraps=dynamic.judge_of) as asked:
            assert [each.id for each in findings(directory)] == ["finds-nobody", "unusable-url"]
        assert asked.call_count == evaluated


def test_a_url_for_one_mailbox_needs_no_scope() -> None:
    assert found(f"ldap:///uid=ann,{ACME}") == []


# -- whom they find -----------------------------------------------------------------------------------

EVE = record(
    "uid=eve,dc=b.example,o=mail", "inetOrgPerson mpAccount", "uid: eve", "cn: Eve", "sn: Eve",
    "mail: eve@b.example",
)  # fmt: skip


def test_a_list_that_reaches_into_another_domain_leaks() -> None:
    more = domain("b.example") + "\n" + EVE
    (finding,) = found("ldap:///o=mail??sub?(objectClass=mpAccount)", more=more)
    assert finding.id == "tenant-leak"
    assert "it finds uid=eve,dc=b.example,o=mail, a mailbox of other domains" in finding.text
    assert f"expected a base such as {ACME}" in finding.text
    assert found(f"ldap:///{ACME}??sub?(objectClass=mpAccount)", more=more) == []


def test_lists_and_holders_of_another_domain_leak_as_well() -> None:
    secret = record(
        "cn=secret,dc=b.example,o=mail", "groupOfURLs mpList", "cn: secret", "mail: secret@b.example"
    )
    holder = record(
        "cn=held,dc=b.example,o=mail", "organizationalRole extensibleObject", "cn: held",
        "mpMemberAddresses: eve@b.example",
    )  # fmt: skip
    for name, more, kind in (("secret", secret, "list"), ("held", holder, "holder of members")):
        (finding,) = found(f"ldap:///o=mail??sub?(cn={name})", more=f"{domain('b.example')}\n{more}")
        assert finding.id == "tenant-leak"
        assert f"it finds cn={name},dc=b.example,o=mail, a {kind} of other domains" in finding.text
    own = holder.replace("b.example,o=mail", "acme.example,o=mail")
    assert found("ldap:///o=mail??sub?(cn=held)", more=own) == []
    three = "\n".join((domain("b.example"), EVE, secret, holder))
    (finding,) = found("ldap:///dc=b.example,o=mail??sub?(|(cn=*)(uid=*))", more=three)
    assert "it finds 3 entries, such as uid=eve,dc=b.example,o=mail, of other domains" in finding.text


def test_another_name_of_the_domain_is_no_leak() -> None:
    url = "ldap:///o=mail??sub?(objectClass=mpAccount)"
    alias = domain("b.example", "mpDomainKind: alias", "mpAliasTarget: acme.example")
    assert found(url, more=f"{alias}\n{EVE}") == []


def test_effective_lists_leak_as_well() -> None:
    more = domain("b.example") + "\n" + EVE
    (finding,) = found("ldap:///o=mail??sub?(&(kind=account)(imap-enabled=TRUE))?!x-effective", more=more)
    assert finding.id == "tenant-leak"


def test_a_list_that_finds_itself() -> None:
    (finding,) = found(f"ldap:///{ACME}??sub?(mail=*)")
    assert finding.id == "finds-itself"


def test_lists_on_each_other_are_one_loop() -> None:
    others = "\n".join(
        record(
            f"cn={name},{ACME}", "groupOfURLs mpList", f"cn: {name}", f"mail: {name}@acme.example",
            f"mpMemberAddresses: {member}@acme.example",
        )
        for name, member in (("b", "all"), ("c", "c"), ("d", "b"))
    )  # fmt: skip
    (finding,) = found(f"ldap:///{ACME}??sub?(cn=b)", more=others)
    assert (finding.id, finding.dn) == ("list-loop", f"cn=b,{ACME}")
    assert "b@acme.example → all@acme.example → b@acme.example;" in finding.text


def carbonio_group(url: str) -> str:
    return record(
        "cn=g,cn=groups,dc=acme,dc=example", "groupOfURLs dgIdentityAux zimbraGroup", "cn: g",
        "mail: g@acme.example", "zimbraMailAlias: g@acme.example", "zimbraIsACLGroup: FALSE",
        f"zimbraId: {ANN_ID[:-1]}9", f"memberURL: {url}",
    )  # fmt: skip


def test_accounts_of_the_mail_system_on_a_list_are_said() -> None:
    spam = record(
        "uid=spam,dc=acme,dc=example", "inetOrgPerson zimbraAccount", "uid: spam", "cn: Spam", "sn: Spam",
        "zimbraMailDeliveryAddress: spam@acme.example", "zimbraIsSystemAccount: TRUE",
        "zimbraId: 88888888-8888-4888-8888-888888888888", "zimbraAccountStatus: active",
    )  # fmt: skip
    group = carbonio_group("ldap:///dc=acme,dc=example??sub?(objectClass=zimbraAccount)")
    (finding,) = findings(snapshot_with("carbonio", carbonio_domain(), spam, group))
    assert finding.id == "finds-system"
    assert "uid=spam,dc=acme,dc=example" in finding.text
