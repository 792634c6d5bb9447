"""What predicates understand, said by example: names, values, and what is wrong with a filter."""

from __future__ import annotations

import pickle

import pytest

import mailpolicy as mp
from mailpolicy.errors import InvalidFilter, InvalidValue
from mailpolicy.ldap.filter import DEEPEST, And, Equal, Filter, Not, Or
from mailpolicy.lists.predicate import Predicate
from mailpolicy.model import Directory

ACME = mp.open("ldif/examples/acme.ldif")
JOHN = ACME.account("john@acme.example").entry


def predicate(text: str, directory: Directory = ACME) -> Predicate:
    return Predicate.read(text, directory.snapshot.dialect)


def names(text: str, directory: Directory = ACME) -> list[str]:
    found = directory.snapshot.entries(predicate(text, directory).rows(directory.snapshot))
    return [directory.object(entry).name for entry in found]


@pytest.mark.parametrize(
    "text",
    [
        "(imap-enabled=TRUE)", "(imap-enabled=true)", "(IMAP-Enabled=True)", "(mailbox-quota=25 GiB)",
        "(mailbox-quota=25GiB)", "(mailbox-quota=26843545600)", "(mailbox-quota>=5GiB)",
        "(mailbox-quota<=unlimited)", "(max-messages-per-day>=5000)", "(display-name=john  DOE)",
        "(display-name=*doe)", "(display-name=j*n*e)", "(display-name~=jon do)",
        "(aliases=J.Doe@ACME.example)", "(aliases=sales.*)", "(status=active)", "(status=Active)",
        "(status=act*)", "(login=TRUE)", "(send=true)",
        "(modify=TRUE)", "(receive=deliver)", "(cos=Premium)", "(cos=prem*)", "(cos=*)", "(kind=account)",
        "(kind=Account)", "(allowed-services=imap)", "(two-factor-policy=*)", "(two-factor-policy=imap)",
        "(two-factor-policy=imap trusted_device)", "(trusted-networks=webmail 192.0.2.0/24)",
        "(mail=john@acme.example)", "(objectClass=person)", "(ou=Sales)", "(department=Sales)",
        "(cn:caseExactMatch:=John Doe)", "(!(account-status=closed))", "(domain-status=active)",
    ],
)  # fmt: skip
def test_it_is_true_of_john(text: str) -> None:
    assert predicate(text).problems == ()
    assert predicate(text).matches(ACME.snapshot, JOHN) is True
    assert predicate(f"(!{text})").matches(ACME.snapshot, JOHN) is False


@pytest.mark.parametrize(
    "text",
    [
        "(imap-enabled=FALSE)", "(mailbox-quota>=1TiB)", "(cos=kiosk)", "(status=closed)", "(kind=list)",
        "(pager=*)", "(pager=1*)", "(two-factor-policy=imap disabled)", "(display-name=john)",
    ],
)  # fmt: skip
def test_it_is_false_of_john(text: str) -> None:
    assert predicate(text).problems == ()
    assert predicate(text).matches(ACME.snapshot, JOHN) is False
    assert predicate(f"(!{text})").matches(ACME.snapshot, JOHN) is True


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (
            "(imap-enabeld=TRUE)",
            "no setting or attribute 'imap-enabeld'; did you mean imap-enabled or api-enabled?",
        ),
        ("(telefoneNumber=*)", "no setting or attribute 'telefoneNumber'; did you mean telephone-number?"),
        ("(colour=red)", "no setting or attribute 'colour'"),
        (
            "(mailbox-quota>=5GiBs)",
            "mailbox-quota: '5GiBs' at character 1: expected a size such as 10 MiB, 1.5 GiB, 10M or",
        ),
        (
            "(imap-enabled>=TRUE)",
            "imap-enabled: 'TRUE': expected another comparison, as TRUE or FALSE has no order",
        ),
        ("(imap-enabled=yes)", "imap-enabled: 'YES': expected TRUE or FALSE"),
        ("(mailbox-quota=5*)", "mailbox-quota: '5*': expected a whole value, as a size has no parts"),
        ("(receive=maybe)", "receive: 'maybe': expected one of deliver, defer, reject"),
        (
            "(kind=person)",
            "kind: 'person': expected one of account, resource, list, cos, domain, config, server, alias",
        ),
        ("(tls-private-key=x)", "tls-private-key: '…': expected =*, as its values are secret"),
        ("(uidNumber=x)", "uidNumber: 'x': expected a value that integerMatch can compare"),
        ("(mail>=x)", "mail: 'x': expected another comparison, as it has no rule for >="),
        (
            "(two-factor-policy=x)",
            "two-factor-policy: 'x': expected a key, with or without its value (one of imap, pop3, smtp,",
        ),
        ("(two-factor-policy>=x)", "two-factor-policy: '(two-factor-policy>=x)': expected = or =*, as it"),
        ("(cos:caseExactMatch:=x)", "'(cos:caseExactMatch:=x)': expected no matching rule, as those are for"),
        ("(status;lang-de=x)", "no setting or attribute 'status;lang-de'"),
    ],
)
def test_what_can_only_be_undefined_is_a_problem(part: str, text: str) -> None:
    (problem,) = predicate(f"(|(cn=x)(!{part}))").problems
    assert problem.part == part
    assert problem.text.startswith(text)
    assert str(problem) == f"{part}: {problem.text}"
    assert predicate(part).matches(ACME.snapshot, JOHN) is None
    assert predicate(f"(!{part})").matches(ACME.snapshot, JOHN) is None
    assert not names(f"(|{part}(!{part}))")


def test_problems_come_in_the_order_of_the_filter_and_once() -> None:
    found = predicate("(&(|(b-b=1)(a-a=1))(imap-enabled=TRUE)(!(c-c=1))(a-a=1))").problems
    assert [problem.part for problem in found] == ["(b-b=1)", "(a-a=1)", "(c-c=1)"]


def test_a_setting_is_undefined_for_objects_that_cannot_have_it() -> None:
    everybody = predicate("(|(capacity>=0)(!(capacity>=0)))")
    assert names("(kind=resource)") == [ACME.object(each).name for each in found(everybody)]
    assert everybody.problems == ()


def found(asked: Predicate) -> list[mp.Entry]:
    return ACME.snapshot.entries(asked.rows(ACME.snapshot))


def test_what_has_no_status_is_neither_active_nor_not() -> None:
    standing = {ACME.object(entry).kind for entry in found(predicate("(|(login=TRUE)(login=FALSE))"))}
    assert standing == {"account", "resource", "list", "domain"}


def test_entries_that_only_hold_the_tree_together_are_of_no_kind() -> None:
    others = found(predicate("(!(kind=*))"))
    assert others
    assert {ACME.snapshot.level_of(entry) for entry in others} == {None}


def test_the_table_of_statuses_can_be_chosen() -> None:
    locked = [account.name for account in ACME.accounts() if account.status.name == "suspended"]
    assert locked
    assert set(locked) <= set(names("(status=suspended)"))
    server = Predicate.read("(&(kind=account)(status=suspended))", ACME.snapshot.dialect, "server")
    assert not server.rows(ACME.snapshot)
    with pytest.raises(InvalidValue, match="statuses: 'others': expected one of documented, server"):
        Predicate.read("(status=active)", ACME.snapshot.dialect, "others")


def test_text_that_is_no_filter_is_refused() -> None:
    with pytest.raises(InvalidFilter):
        predicate("(imap_enabled=TRUE)")


def test_a_filter_nested_to_the_limit_is_judged() -> None:
    for levels in (31, 32, 33, 34, DEEPEST - 1, DEEPEST):
        filter: Filter = Equal("imap-enabled", "TRUE")
        for level in range(levels):
            filter = (And, Or)[level % 2]([filter]) if level % 3 else Not(filter)
        asked = Predicate.read(filter, ACME.snapshot.dialect)
        is_true = sum(level % 3 == 0 for level in range(levels)) % 2 == 0
        assert asked.matches(ACME.snapshot, JOHN) is is_true
        assert (JOHN in found(asked)) is is_true


def test_a_filter_of_very_many_parts_is_judged() -> None:
    asked = Predicate.read(
        Or([Equal("display-name", f"nobody {number}") for number in range(2000)]), ACME.snapshot.dialect
    )
    assert not found(asked)


def test_a_changed_class_of_service_changes_who_is_meant() -> None:
    before = names("(&(cos=premium)(mailbox-quota>=21GiB))")
    future = ACME.with_changes(mp.set("cos:premium", mailbox_quota="22 GiB"))
    after = names("(&(cos=premium)(mailbox-quota>=21GiB))", future)
    assert set(before) < set(after)
    assert names("(&(cos=premium)(mailbox-quota>=21GiB))") == before


@pytest.mark.parametrize(
    "text", ["(status=active)", "(kind=account)", "(&(mailbox-quota>=1GiB)(!(l=Rom)))", "(x=1)"]
)
def test_it_travels_as_a_pickle(text: str) -> None:
    asked = predicate(text)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        arrived = pickle.loads(pickle.dumps(asked, protocol))
        assert (arrived.filter, arrived.statuses, arrived.dialect) == (
            asked.filter,
            asked.statuses,
            asked.dialect,
        )
        assert arrived.problems == asked.problems
        assert found(arrived) == found(asked)
