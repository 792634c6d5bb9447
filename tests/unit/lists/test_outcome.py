"""Why a filter is true, or is not, in words: for what is stored and for what applies."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.ldap.filter import DEEPEST, Filter, Not
from mailpolicy.lists.predicate import Predicate
from mailpolicy.lists.why.outcome import Judge, explained, why_not
from mailpolicy.reasons import Level, Reason
from mailpolicy.snapshot import Snapshot

ACME = mp.open("ldif/examples/acme.ldif")


def stored(text: str, address: str = "jane@acme.example") -> tuple[Reason, ...]:
    judge = Judge.stored(ACME.snapshot, ACME.find(address).entry)
    return explained(Filter.parse(text), judge)


def effective(text: str, address: str = "jane@acme.example") -> tuple[Reason, ...]:
    predicate = Predicate.read(text, ACME.snapshot.dialect)
    judge = Judge.effective(predicate, ACME.snapshot, ACME.find(address).entry)
    return explained(predicate.filter, judge)


def said(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.text for reason in reasons]


@pytest.mark.parametrize(
    ("text", "id", "words"),
    [
        ("(ou=it)", "true", "ou is 'IT'"),
        ("(ou=Sales)", "false", "ou is 'IT', not 'Sales'"),
        ("(ou=*)", "true", "ou is 'IT'"),
        ("(pager=*)", "false", "pager is not there"),
        ("(pager=7)", "false", "pager is not there"),
        ("(!(ou=it))", "true", "ou is 'IT', which is excluded"),
        ("(ou=*t*)", "true", "ou is 'IT', like '*t*'"),
        ("(ou=s*)", "false", "ou is 'IT', not like 's*'"),
        ("(sn~=ro)", "true", "sn is 'Roe', sounding like 'ro'"),
        ("(objectClass=person)", "true", "objectClass is 'inetOrgPerson'"),
        ("(name=Roe)", "true", "name is 'Roe'"),
        ("(objectClass=mpList)", "false", "objectClass is 'inetOrgPerson', 'mpAccount', not 'mpList'"),
        ("(cn:caseExactMatch:=x)", "false", "(cn:caseExactMatch:=x) does not match"),
        ("(nickName=x)", "undefined", "(nickName=x) is undefined: no attribute 'nickName'"),
        ("(uidNumber=x)", "undefined", "(uidNumber=x) is undefined: uidNumber: 'x': expected a value that"),
        ("(imap-enabled=TRUE)", "undefined", "(imap-enabled=TRUE) is undefined: no attribute 'imap-enabled'"),
        ("(!(&))", "true", "(&) is true of every entry"),
        ("(|)", "false", "(|) is true of no entry"),
    ],
)
def test_what_is_stored(text: str, id: str, words: str) -> None:
    (reason,) = stored(text)
    assert reason.id == f"filter.{id}"
    assert reason.text.startswith(words)


@pytest.mark.parametrize(
    ("text", "address", "words"),
    [
        (
            "(imap-enabled=TRUE)",
            "terminal7@acme.example",
            "imap-enabled is no (capped by allowed-services, from the class of service kiosk)",
        ),
        ("(imap-enabled=TRUE)", "jane@acme.example", "imap-enabled is yes (by default)"),
        (
            "(mailbox-quota>=25GiB)",
            "jane@acme.example",
            "mailbox-quota is 20 GiB, not at least 25GiB (from the class of service premium)",
        ),
        (
            "(mailbox-quota>=50GiB)",
            "carol@acme.example",
            "mailbox-quota is 30 GiB, not at least 50GiB (capped by max-mailbox-quota, from the domain acme",
        ),
        ("(mailbox-quota<=30GiB)", "john@acme.example", "mailbox-quota is 25 GiB, at most 30GiB"),
        ("(pager=7)", "john@acme.example", "pager is not there"),
        (
            "(max-message-size>=1GiB)",
            "frank@acme.example",
            "max-message-size is 25 MiB, not at least 1GiB (from what holds for everybody)",
        ),
        ("(status=active)", "frank@acme.example", "status is 'lockout', not 'active': the account is in"),
        ("(login=TRUE)", "frank@acme.example", "login is no: the account is in lockout"),
        ("(cos=premium)", "frank@acme.example", "cos is 'standard', not 'premium' (from the domain acme"),
        ("(kind=account)", "staff@acme.example", "kind is 'list', not 'account'"),
        (
            "(imap-enabled=TRUE)",
            "staff@acme.example",
            "(imap-enabled=TRUE) is undefined: a list has no imap-",
        ),
        (
            "(two-factor-policy=imap disabled)",
            "jane@acme.example",
            "two-factor-policy is imap: trusted_device, not imap disabled (from the domain acme.example)",
        ),
        ("(aliases=*lead*)", "john@acme.example", "aliases is 'sales.lead@acme.example', like '*lead*'"),
        (
            "(imap-enabeld=TRUE)",
            "john@acme.example",
            "(imap-enabeld=TRUE) is undefined: no setting or attribute 'imap-enabeld'; did you mean imap-",
        ),
        ("(ou=Sales)", "jane@acme.example", "ou is 'IT', not 'Sales'"),
    ],
)
def test_what_applies(text: str, address: str, words: str) -> None:
    (reason,) = effective(text, address)
    assert reason.text.startswith(words)


def test_only_clauses_that_are_responsible_are_named() -> None:
    text = "(&(mail=*@acme.example)(|(ou=Sales)(ou=Support))(!(givenName=Jane))(cn=*))"
    assert said(stored(text)) == [
        "ou is 'IT', not 'Sales'",
        "ou is 'IT', not 'Support'",
        "givenName is 'Jane', which is excluded",
    ]
    text = "(&(mail=*@acme.example)(|(ou=IT)(ou=Support))(!(givenName=John)))"
    assert said(stored(text)) == [
        "mail is 'jane@acme.example', like '*@acme.example'",
        "ou is 'IT'",
        "givenName is 'Jane', not 'John'",
    ]


def test_reasons_say_where_the_values_stand() -> None:
    (reason,) = effective("(mailbox-quota>=25GiB)")
    (origin,) = reason.origins
    assert (origin.level, origin.dn, origin.raw) == (Level.COS, "cn=premium,ou=cos,o=mail", ("20 GiB",))
    (reason,) = stored("(ou=Sales)")
    (origin,) = reason.origins
    assert (origin.level, origin.attribute, origin.raw) == (Level.ACCOUNT, "ou", ("IT",))
    (reason,) = effective("(login=TRUE)", "frank@acme.example")
    assert ("lockout",) in [origin.raw for origin in reason.origins]


def test_a_secret_is_not_told() -> None:
    john = ACME.account("john@acme.example").entry
    (secret,) = john.raw["userPassword"]
    for text in ("(userPassword=*)", "(userPassword=x)", "(!(userPassword=*))"):
        (reason,) = stored(text, "john@acme.example")
        assert "a secret" in reason.text
        assert secret.decode() not in repr(reason)
        assert [origin.raw for origin in reason.origins] == [()]
    predicate = Predicate.read("(tls-private-key=*)", ACME.snapshot.dialect)
    domain = ACME.domain("acme.example").entry
    (reason,) = explained(predicate.filter, Judge.effective(predicate, ACME.snapshot, domain))
    assert reason.text == "tls-private-key is a secret"
    assert [origin.raw for origin in reason.origins] == [()]


def test_many_values_are_not_all_named() -> None:
    members = [f"m{number}@acme.example" for number in range(100)]
    future = ACME.with_changes(mp.set("list:staff@acme.example", member_addresses=members))
    judge = Judge.stored(future.snapshot, future.list("staff@acme.example").entry)
    (reason,) = why_not(Filter.parse("(mpMemberAddresses=x)"), judge)
    assert reason.text.endswith("'m2@acme.example', 97 more, not 'x'")


def test_a_filter_nested_to_the_limit_is_explained() -> None:
    filter: Filter = Filter.parse("(ou=Sales)")
    for _ in range(DEEPEST):
        filter = Not(filter)
    snapshot: Snapshot = ACME.snapshot
    (reason,) = explained(filter, Judge.stored(snapshot, ACME.account("jane@acme.example").entry))
    assert reason.text == "ou is 'IT', not 'Sales'"
