"""What the servers of `ldif/server` let whom see and do, and that nothing is missing in those files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import ldap
import pytest
from ldap.controls import SimplePagedResultsControl

import mailpolicy as mp
from mailpolicy.gal.external import NAMES
from mailpolicy.ldap.ldif import ChangeRecord, ContentRecord, Modify, read
from mailpolicy.reasons import Level
from mailpolicy.schema.dialects import find_dialect
from mailpolicy.snapshot.index import sources
from mailpolicy.testing.generate import generate
from tests.live.servers import LDIF, PASSWORD, SERVER_FILES, Served, acme_server, carbonio_server, configured
from tests.slapd import DATABASE, require

pytestmark = pytest.mark.twin

NATIVE, CARBONIO = find_dialect("native"), find_dialect("carbonio")
SUB, BASE = ldap.SCOPE_SUBTREE, ldap.SCOPE_BASE
JOHN = "uid=john,ou=people,dc=acme.example,o=mail"

TIMED = """dn: {0}
objectClass: organization
modifyTimestamp: {1}0101000000Z
entryCSN: {1}0101000000.000000Z#000000#000#000000

"""


@pytest.fixture(scope="module")
def acme() -> Iterator[Served]:
    require()
    with acme_server() as server:
        yield server


@pytest.fixture
def fresh() -> Iterator[Served]:
    """The same for a test that changes it."""
    require()
    with acme_server() as server:
        yield server


@pytest.fixture(scope="module")
def carbonio() -> Iterator[Served]:
    require()
    with carbonio_server() as server:
        yield server


# --- What must be in the files ---


def indexed(kind: str) -> set[str]:
    lines = [line.split() for line in configured()[DATABASE]["olcDbIndex"]]
    return {name for names, kinds in lines if kind in kinds.split(",") for name in names.split(",")}


def test_what_leads_to_an_object_is_indexed() -> None:
    leading = {attribute for level in Level for _, attribute, _ in sources(NATIVE, level)}
    assert {"mail", "mpAliases"} < leading <= indexed("eq")


def test_what_refers_to_an_entry_is_indexed() -> None:
    # A reference that is not to an entry of this server is none to look up.
    references = {
        each.name
        for each in NATIVE.own_definitions().attribute_types
        if each.equality == "distinguishedNameMatch"
    } - {"mpGalExternalBase"}
    assert {"mpCos"} < references <= indexed("eq")
    assert "memberURL" in indexed("pres")


def test_what_a_replica_asks_for_is_indexed() -> None:
    assert {"objectClass", "entryUUID", "entryCSN", "modifyTimestamp"} <= indexed("eq")


def test_names_are_indexed_for_parts_of_them() -> None:
    assert set(NAMES) <= indexed("sub")


def test_filters_of_dynamic_lists_are_indexed() -> None:
    text = (LDIF / "examples/acme.ldif").read_text()
    filters = [
        line for line in text.splitlines() if line.startswith("memberURL:") and "!x-effective" not in line
    ]
    asked = {name for line in filters for name in re.findall(r"\(([a-zA-Z]+)=", line)}
    assert {"ou", "l"} < asked <= indexed("eq")


def secrets(dialect: Any) -> set[str]:
    return {each.name for each in dialect.definitions.attribute_types if dialect.is_secret(each.name)}


def hidden(rules: list[str]) -> set[str]:
    """The attributes of which rules speak that name them."""
    named = [re.search(r"attrs=(\S+)", rule) for rule in rules if "cn=config" not in rule]
    return {name for found in named if found for name in found[1].split(",")}


def test_every_secret_is_named() -> None:
    assert {"userPassword", "mpTlsPrivateKey"} <= secrets(NATIVE)
    assert hidden(configured()[DATABASE]["olcAccess"]) == secrets(NATIVE)


def test_every_secret_of_carbonio_is_named() -> None:
    rules = [
        value.decode()
        for record in read([(SERVER_FILES / "carbonio-policy.ldif").read_bytes()])
        if isinstance(record, ChangeRecord) and isinstance(record.change, Modify)
        for step in record.change.modifications
        for value in step.values
        if step.attribute == "olcAccess"
    ]
    # Carbonio's own rule keeps userPassword.
    assert hidden(rules) == secrets(CARBONIO) - {"userPassword"}


# --- Who sees what ---


def everything(connection: Any, base: str) -> dict[str, dict[str, list[bytes]]]:
    return dict(connection.search_s(base, SUB, "(objectClass=*)", ["*", "+"]))


@pytest.mark.parametrize(
    ("server", "base", "dialect"), [("acme", "o=mail", NATIVE), ("carbonio", "", CARBONIO)]
)
def test_a_policy_host_sees_everything_but_secrets(
    request: pytest.FixtureRequest, server: str, base: str, dialect: Any
) -> None:
    served: Served = request.getfixturevalue(server)
    root = everything(served.connect(), base)
    seen = everything(served.connect(served.policy), base)
    assert seen.keys() == root.keys()
    found = set()
    for dn, attributes in root.items():
        secret = {name for name in attributes if dialect.is_secret(name)}
        found |= secret
        assert seen[dn] == {name: values for name, values in attributes.items() if name not in secret}
    assert "userPassword" in found
    assert len(found) > 1
    assert all(
        {"entryUUID", "entryCSN", "modifyTimestamp"} <= attributes.keys() for attributes in seen.values()
    )
    [(_, suffix)] = served.connect(served.policy).search_s(base, BASE, attrlist=["contextCSN"])
    if base:  # With the empty suffix its entry is not there: the root DSE answers.
        assert suffix["contextCSN"]


@pytest.mark.parametrize(("server", "example"), [("acme", "acme"), ("carbonio", "carbonio")])
def test_the_server_has_the_entries_of_the_file(
    request: pytest.FixtureRequest, server: str, example: str
) -> None:
    served: Served = request.getfixturevalue(server)
    base = "o=mail" if server == "acme" else ""
    stored = everything(served.connect(), base)
    by_dn = {dn.lower(): attributes for dn, attributes in stored.items()}
    records = list(read([(LDIF / f"examples/{example}.ldif").read_bytes()]))
    assert len(records) > 60
    for record in records:
        assert isinstance(record, ContentRecord)
        there = by_dn[str(record.dn).lower()]
        for name, value in record.attributes:
            assert value in there[name], (record.dn, name)


@pytest.mark.parametrize("server", ["acme", "carbonio"])
def test_a_policy_host_writes_nothing(request: pytest.FixtureRequest, server: str) -> None:
    served: Served = request.getfixturevalue(server)
    connection = served.connect(served.policy)
    dn = served.policy
    for victim in (
        dn,
        next(iter(everything(served.connect(), "o=mail" if server == "acme" else "dc=example"))),
    ):
        with pytest.raises(ldap.INSUFFICIENT_ACCESS):
            connection.modify_s(victim, [(ldap.MOD_REPLACE, "description", [b"mine"])])
        with pytest.raises(ldap.INSUFFICIENT_ACCESS):
            connection.delete_s(victim)
    with pytest.raises(ldap.INSUFFICIENT_ACCESS):
        connection.passwd_s(dn, None, "mine")


def test_the_writer_sets_secrets_and_reads_none(fresh: Served) -> None:
    writer = fresh.connect(fresh.writer)
    domain = "dc=acme.example,o=mail"
    writer.modify_s(JOHN, [(ldap.MOD_REPLACE, "description", [b"changed"])])
    writer.modify_s(domain, [(ldap.MOD_REPLACE, "mpTlsPrivateKey", [b"a new key"])])
    [(_, seen)] = writer.search_s(domain, BASE)
    assert "mpTlsPrivateKey" not in seen
    [(_, stored)] = fresh.connect().search_s(domain, BASE)
    assert stored["mpTlsPrivateKey"] == [b"a new key"]
    with pytest.raises(ldap.INSUFFICIENT_ACCESS):
        writer.passwd_s(fresh.policy, None, "taken over")


def test_a_user_changes_the_own_password_alone(fresh: Served) -> None:
    fresh.connect(fresh.writer).passwd_s(JOHN, None, "first")
    john = fresh.connect(JOHN, "first")
    john.passwd_s(JOHN, "first", "second")
    fresh.connect(JOHN, "second")
    with pytest.raises(ldap.INSUFFICIENT_ACCESS):
        john.modify_s(JOHN, [(ldap.MOD_REPLACE, "mpMailboxQuota", [b"100 GiB"])])
    with pytest.raises(ldap.LDAPError):
        john.passwd_s(JOHN.replace("john", "jane"), None, "hers")
    with pytest.raises(ldap.NO_SUCH_OBJECT):
        john.search_s("o=mail", SUB)


def test_who_is_nobody_sees_the_schema_alone(acme: Served) -> None:
    nobody = acme.connect(bind=False)
    with pytest.raises(ldap.NO_SUCH_OBJECT):
        nobody.search_s("o=mail", SUB)


@pytest.mark.parametrize("attribute", ["mail", "mpAliases"])
def test_an_address_is_refused_that_another_entry_has(acme: Served, attribute: str) -> None:
    [(_, john)] = acme.connect(acme.policy).search_s(JOHN, BASE, attrlist=[attribute])
    writer, jane = acme.connect(acme.writer), JOHN.replace("john", "jane")
    with pytest.raises(ldap.CONSTRAINT_VIOLATION):
        writer.modify_s(jane, [(ldap.MOD_REPLACE, attribute, john[attribute][:1])])


def test_an_alias_that_is_the_address_of_another_entry_is_for_us_to_notice(fresh: Served) -> None:
    jane = JOHN.replace("john", "jane")
    fresh.connect(fresh.writer).modify_s(jane, [(ldap.MOD_ADD, "mpAliases", [b"john@acme.example"])])
    directory = mp.loads(fresh.dump().decode())
    twice = [str(each) for each in directory.findings if each.id == "duplicate-address"]
    assert any(jane in each and "john@acme.example" in each for each in twice)
    with pytest.raises(mp.errors.Ambiguous):
        directory.find("john@acme.example")


# --- Large directories, and following them ---


def test_only_the_accounts_of_ours_have_no_limit() -> None:
    require()
    with acme_server(data="".join(generate(700, "native"))) as server:
        page = SimplePagedResultsControl(True, size=200, cookie="")
        for name in (server.policy, server.writer):
            connection = server.connect(name)
            assert len(connection.search_s("o=mail", SUB, attrlist=["1.1"])) > 700
            page.cookie = ""
            assert len(connection.search_ext_s("o=mail", SUB, serverctrls=[page], attrlist=["1.1"])) == 200
        config = server.connect("cn=admin,cn=config")
        config.modify_s(DATABASE, [(ldap.MOD_DELETE, "olcLimits", None)])
        with pytest.raises(ldap.SIZELIMIT_EXCEEDED):
            server.connect(server.policy).search_s("o=mail", SUB, attrlist=["1.1"])


def test_changes_are_found_by_their_time() -> None:
    require()
    entries = "".join(
        TIMED.format(rdn, year) for year, rdn in enumerate(["o=mail", "o=1,o=mail", "o=2,o=mail"], 2021)
    )
    with acme_server(data=entries) as server:
        connection = server.connect(server.policy)
        for since in (
            "modifyTimestamp>=20220101000000Z",
            "entryCSN>=20220101000000.000000Z#000000#000#000000",
        ):
            found = dict(connection.search_s("o=mail", SUB, f"(&(objectClass=organization)({since}))"))
            assert set(found) == {"o=1,o=mail", "o=2,o=mail"}


@pytest.mark.parametrize("serve", [acme_server, carbonio_server])
@pytest.mark.parametrize("syncprov", [True, False])
def test_it_can_be_followed_if_so_wished(serve: Any, syncprov: bool) -> None:
    require()
    with serve(syncprov=syncprov) as server:
        [(_, root)] = server.connect(bind=False).search_s("", BASE, attrlist=["supportedControl"])
        assert (b"1.3.6.1.4.1.4203.1.9.1.1" in root["supportedControl"]) is syncprov


def test_a_carbonio_server_of_its_own_shows_next_to_nothing() -> None:
    require()
    with carbonio_server(policy=False) as server:
        other = "uid=zmpostfix,cn=appaccts,cn=zimbra"
        server.connect(server.writer).passwd_s(other, None, PASSWORD)
        seen = everything(server.connect(other), "dc=acme,dc=example")
        assert seen
        assert not any("zimbraAccountStatus" in attributes for attributes in seen.values())
