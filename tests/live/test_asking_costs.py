"""How many searches a question takes, and what becomes of it when the server does not answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import ldap
import pytest

import mailpolicy as mp
from mailpolicy.errors import NotFound, Unavailable
from mailpolicy.live.asking.known import AT_ONCE, LONGEST, in_batches
from mailpolicy.live.servers import Servers
from mailpolicy.schema import find_dialect
from mailpolicy.snapshot import Index
from tests.live.asking_servers import FILES, Counted, counted, schema_of, with_example
from tests.slapd import StartSlapd

pytestmark = pytest.mark.twin

JOHN = "john@acme.example"
MANY = 3 * AT_ONCE


def crowd() -> Iterator[str]:
    """A list with accounts on it, some by an address with a detail, with people outside and with nobody."""
    members = [f"m{number}@acme.example" for number in range(MANY)]
    for number, address in enumerate(members):
        yield (
            f"\ndn: uid=m{number},ou=people,dc=acme.example,o=mail\nobjectClass: inetOrgPerson\n"
            f"objectClass: mpAccount\nuid: m{number}\ncn: m\nsn: m\nmail: {address}\n"
        )
    members += [f"m{number}+news@acme.example" for number in range(0, MANY, 10)]
    members += [f"somebody@outside{number}.example" for number in range(AT_ONCE)]
    members += [f"nobody{number}@globex.example" for number in range(10)]
    yield "\ndn: cn=crowd,ou=lists,dc=acme.example,o=mail\nobjectClass: groupOfURLs\n"
    yield "objectClass: mpList\ncn: crowd\nmail: crowd@acme.example\n"
    yield from (f"mpMemberAddresses: {each}\n" for each in members)


@pytest.fixture(scope="module")
def servers(module_slapd: StartSlapd) -> Counted:
    return counted(with_example(module_slapd, "native", "".join(crowd())))


@pytest.mark.parametrize(("question", "most"), [
    (lambda acme: acme.account(JOHN), 3),
    (lambda acme: acme.account(JOHN).explain("mailbox_quota"), 5),
    (lambda acme: acme.account(JOHN).settings.flat(), 5),
    (lambda acme: acme.find(JOHN).status, 5),
    (lambda acme: acme.find("john+news@acme.example"), 4),
    (lambda acme: acme.find("john@alias.example"), 5),
    (lambda acme: outcome(lambda: acme.find("nobody@acme.example")), 4),
    (lambda acme: outcome(lambda: acme.find("nobody@elsewhere.example")), 3),
    (lambda acme: acme.domain("acme.example").settings.flat(), 3),
    (lambda acme: acme.cos("premium"), 1),
    (lambda acme: acme.config, 1),
    (lambda acme: acme.search("o=mail", filter="(uid=m1*)"), 2),
    (lambda acme: acme.search("", filter="(uid=m1*)"), 1),
    (lambda acme: acme.search("", limit=0), 0),
    (lambda acme: acme.search("", filter="(&(objectClass=mpDomain)(hasSubordinates=TRUE))"), 1),
    (lambda acme: acme.accounts(), 1),
    (lambda acme: acme.expand("sales@acme.example").addresses, 5),
])  # fmt: skip
def test_a_question_takes_a_handful_of_searches(
    servers: Counted, question: Callable[[Any], Any], most: int
) -> None:
    with servers.open() as acme:
        question(acme)
        assert len(servers.searches) <= most
        assert not acme.snapshot.snapshot.is_whole


def outcome(question: Callable[[], Any]) -> Any:
    try:
        return question()
    except NotFound as error:
        return error


def test_a_list_takes_a_search_for_hundreds_of_members(servers: Counted) -> None:
    file = mp.loads(FILES["native"].read_text() + "".join(crowd()))
    with servers.open() as acme:
        expansion = acme.expand("crowd@acme.example")
        expected = file.expand("crowd@acme.example")
        assert set(expansion.addresses) == set(expected.addresses)
        assert expansion.counts == expected.counts
        assert {each.text for each in expansion.dangling} == {each.text for each in expected.dangling}
        assert len(expansion.dangling) == 10
        # For each address and domain; then what else is tried of those that nobody has as they are.
        assert len(servers.searches) <= 6 + (2 * MANY + 4 * AT_ONCE) / AT_ONCE
        assert not acme.snapshot.snapshot.is_whole


def test_no_search_is_too_long() -> None:
    batches = list(in_batches(((Index.ADDRESS, str(number)), "x" * 5000) for number in range(50)))
    assert [len(batch) for batch in batches] == [20, 20, 10]
    assert all(sum(map(len, batch.values())) <= LONGEST for batch in batches)
    assert [len(batch) for batch in in_batches(((Index.ID, str(n)), "") for n in range(MANY))] == [
        AT_ONCE
    ] * 3
    assert [len(batch) for batch in in_batches([((Index.ID, ""), "x" * 2 * LONGEST)])] == [1]


def test_threads_share_a_connection(servers: Counted) -> None:
    expected = {each: f"m{each}@acme.example" for each in range(40)}
    with servers.open() as acme, ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda number: acme.account(expected[number]).address, expected)
        assert list(found) == list(expected.values())


# Servers that do not answer, and answers that are no longer the same


def test_what_is_known_is_known_and_the_rest_is_unavailable(start_slapd: StartSlapd) -> None:
    slapd = with_example(start_slapd, "native")
    with counted(slapd).open() as acme:
        quota = acme.account(JOHN).settings.mailbox_quota
        with pytest.raises(NotFound):
            acme.account("nobody@acme.example")
        slapd.stop()
        assert acme.account(JOHN).settings.mailbox_quota == quota
        with pytest.raises(NotFound):
            acme.account("nobody@acme.example")
        with pytest.raises(Unavailable):
            acme.account("jane@acme.example")
        with pytest.raises(Unavailable):
            acme.find("nobody@elsewhere.example")
        with pytest.raises(Unavailable):
            acme.revision  # noqa: B018
        slapd.start()
        assert acme.account("jane@acme.example").address == "jane@acme.example"
        assert acme.revision == mp.open(FILES["native"]).revision


def test_a_connection_that_has_died_is_made_anew(start_slapd: StartSlapd) -> None:
    slapd = with_example(start_slapd, "native")
    with counted(slapd).open() as acme:
        slapd.restart()
        assert acme.account(JOHN).address == JOHN


def test_an_empty_server_tells_nothing(start_slapd: StartSlapd) -> None:
    slapd = start_slapd(suffix="o=mail", extra_schema=[schema_of("native")])
    with counted(slapd).open() as nothing, pytest.raises(Unavailable, match="no entries at all"):
        nothing.account(JOHN)


def test_what_was_answered_stays_and_what_is_asked_later_is_newer(start_slapd: StartSlapd) -> None:
    slapd = with_example(start_slapd, "native")
    with counted(slapd).open() as acme:
        john = acme.account(JOHN)
        with pytest.raises(NotFound):
            acme.account("new@acme.example")
        change = [(ldap.MOD_ADD, "mpAliases", [b"newer@acme.example"])]
        slapd.connect().modify_s(john.dn, change)
        assert john.aliases == acme.account(JOHN).aliases
        assert acme.account("newer@acme.example").dn == john.dn
        slapd.connect().delete_s(acme.account("bob@acme.example").dn)
        assert acme.account("bob@acme.example").address == "bob@acme.example"
        with pytest.raises(NotFound):
            acme.anew().account("bob@acme.example")
        assert "newer@acme.example" in acme.anew().account(JOHN).aliases
        jane = acme.account("jane@acme.example")
        assert str(jane.settings.mailbox_quota) == "20 GiB"
        change = [(ldap.MOD_REPLACE, "mpMailboxQuota", [b"22 GiB"])]
        slapd.connect().modify_s(jane.explain("mailbox_quota").origin.dn, change)
        assert str(acme.account("jane@acme.example").settings.mailbox_quota) == "20 GiB"
        acme.revision  # noqa: B018  # everything anew
        assert str(acme.account("jane@acme.example").settings.mailbox_quota) == "22 GiB"
        with pytest.raises(NotFound):
            acme.account("bob@acme.example")


# Which dialect


@pytest.mark.parametrize("dialect", ["native", "carbonio", "zimbra"])
def test_the_schema_tells_the_dialect(start_slapd: StartSlapd, dialect: str) -> None:
    slapd = start_slapd(suffix="o=mail", extra_schema=[schema_of(dialect)])
    with counted(slapd).open() as nothing:
        assert nothing.dialect.name == dialect


@pytest.mark.parametrize("dialect", ["native", "carbonio"])
def test_entries_tell_it_where_the_schema_does_not(start_slapd: StartSlapd, dialect: str) -> None:
    schemas = [schema_of("native"), schema_of("carbonio")]
    slapd = start_slapd(suffix="", extra_schema=schemas, data=FILES[dialect].read_bytes())
    with counted(slapd).open() as found:
        assert found.dialect.name == dialect
        assert found.account(JOHN).address == JOHN


def test_a_dialect_and_a_schema_can_be_given(servers: Counted) -> None:
    with servers.open(dialect="native", statuses="server") as acme:
        assert acme.dialect.definitions.attribute("mpAliases")
        assert acme.statuses == "server"
    definitions = find_dialect("native").definitions
    with servers.open(dialect="native", schema=definitions) as acme:
        assert acme.account(JOHN).address == JOHN
    with pytest.raises(NotFound):
        servers.open(dialect="exchange")
    with pytest.raises(NotFound):
        servers.open(statuses="strict")


def test_only_a_part_of_a_server_can_be_the_directory(servers: Counted) -> None:
    part = Servers(servers.servers.urls, "dc=acme.example,o=mail", servers.servers.bind)
    with Counted(part).open() as acme:
        assert acme.account(JOHN).cos is None
        with pytest.raises(NotFound):
            acme.config  # noqa: B018
        assert acme.search("", filter="(cn=premium)") == ()
        with pytest.raises(NotFound):
            acme.select("cn=premium,ou=cos,o=mail")
        assert {each.dn for each in acme.domains()} == {"dc=acme.example,o=mail"}


def test_a_class_of_the_site_makes_an_account(start_slapd: StartSlapd) -> None:
    schema = (
        "dn: cn=site,cn=schema,cn=config\nobjectClass: olcSchemaConfig\ncn: site\n"
        "olcObjectClasses: ( 2.25.4711.1 NAME 'siteAccount' SUP mpAccount AUXILIARY )\n"
    )
    entry = (
        "\ndn: uid=site,ou=people,dc=acme.example,o=mail\nobjectClass: inetOrgPerson\n"
        "objectClass: siteAccount\nuid: site\ncn: site\nsn: site\nmail: site@acme.example\n"
    )
    data = FILES["native"].read_text() + entry
    slapd = start_slapd(suffix="o=mail", extra_schema=[schema_of("native"), schema], data=data)
    with counted(slapd).open() as acme:
        assert acme.account("site@acme.example").address == "site@acme.example"
        assert "site@acme.example" in {each.address for each in acme.anew().accounts()}
