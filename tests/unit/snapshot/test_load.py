"""From a stream of LDIF to a snapshot, with nothing dropped in silence."""

from __future__ import annotations

import pytest

from mailpolicy.errors import NotFound
from mailpolicy.ldap.definitions import Definitions
from mailpolicy.ldap.ldif import read
from mailpolicy.reasons import Level
from mailpolicy.snapshot import Index, Severity, Snapshot, load
from tests.trees import loaded, native, native_text, record


def only_problem(text: str) -> tuple[Snapshot, object]:
    snapshot = loaded(text, "native")
    (problem,) = snapshot.problems
    return snapshot, problem


class TestProblems:
    def test_a_broken_record(self) -> None:
        snapshot, problem = only_problem("dn: o=mail\nobjectClass organization\n\n" + native_text())
        assert len(snapshot) == 5
        assert (problem.id, problem.line, problem.severity) == ("broken-record", 2, Severity.ERROR)
        assert problem.raw is not None
        assert "objectClass organization" in problem.raw
        assert problem.text.startswith("expected ")

    def test_the_rest_loads_whatever_the_bytes(self) -> None:
        text = b"dn: o=mail\nobjectClass: organization\no: mail\n\ndn:: !!!\no: x\n\n\xff\xfe\n\n"
        more = b"dn: cn=a,o=mail\nobjectClass: mpClassOfService\ncn: a\n"
        snapshot = load(read([text + more]))
        assert [entry.dn for entry in snapshot] == ["o=mail", "cn=a,o=mail"]
        assert [each.id for each in snapshot.problems] == ["broken-record", "broken-record"]

    def test_the_same_dn_twice(self) -> None:
        again = record("UID = Ann , o=MAIL", "inetOrgPerson", cn="Other")
        snapshot, problem = only_problem(native_text({}, {}, {}, {}, again))
        entry = snapshot.entry("uid=ann,o=mail")
        assert entry is not None
        assert entry.first("cn") == "Ann"
        assert (problem.id, problem.dn) == ("duplicate-entry", "UID=Ann,o=MAIL")
        assert problem.line is not None
        assert entry.line is not None
        assert problem.line > entry.line
        assert f"line {entry.line}" in problem.text

    def test_a_record_that_changes_something(self) -> None:
        change = "dn: uid=ann,o=mail\nchangetype: delete\n\n"
        snapshot, problem = only_problem(native_text({}, {}, {}, {}, change))
        assert snapshot.entry("uid=ann,o=mail") is not None
        assert (problem.id, problem.dn) == ("change-record", "uid=ann,o=mail")
        assert "delete" in problem.text

    def test_a_record_that_adds_is_an_entry(self) -> None:
        add = "dn: cn=gold,o=mail\nchangetype: add\nobjectClass: mpClassOfService\ncn: gold\n\n"
        snapshot = native({}, {}, {}, {}, add)
        assert snapshot.problems == ()
        assert snapshot.named(Level.COS, "gold") is not None

    def test_an_entry_that_hangs_in_the_air(self) -> None:
        orphan = record("cn=x,ou=gone,o=mail", "mpClassOfService", cn="x")
        snapshot, problem = only_problem(native_text({}, {}, {}, {}, orphan))
        assert (problem.id, problem.dn, problem.severity) == (
            "no-parent",
            "cn=x,ou=gone,o=mail",
            Severity.WARNING,
        )
        assert "cn=x,ou=gone,o=mail" in [entry.dn for entry in snapshot.within("o=mail", "sub")]
        assert "cn=x,ou=gone,o=mail" not in [entry.dn for entry in snapshot.within("o=mail", "one")]

    def test_a_suffix_of_two_labels_hangs_nowhere(self) -> None:
        text = record("dc=acme,dc=example", "domain", dc="acme") + record(
            "cn=a,dc=acme,dc=example", "mpConfig", cn="a"
        )
        snapshot = loaded(text, "native")
        assert snapshot.problems == ()
        assert len(list(snapshot.within("", "sub"))) == 2
        assert list(snapshot.within("", "one")) == []

    def test_children_may_come_first(self) -> None:
        text = record("cn=a,o=mail", "mpConfig", cn="a") + record("o=mail", "organization", o="mail")
        assert loaded(text, "native").problems == ()

    def test_nothing_at_all(self) -> None:
        snapshot = loaded("")
        assert (len(snapshot), snapshot.problems, snapshot.dialect.name) == (0, (), "native")
        assert snapshot.revision == "0" * 32


class TestDialect:
    @pytest.mark.parametrize(
        ("kind", "attribute", "name"),
        [
            ("mpClassOfService", "mpMailboxQuota", "native"),
            ("zimbraCOS", "carbonioFeatureOTPMgmtEnabled", "carbonio"),
            ("zimbraCOS", "zimbraBackupEnabled", "zimbra"),
            ("organizationalRole", "description", "native"),
        ],
    )
    def test_is_heard_from_the_entries(self, kind: str, attribute: str, name: str) -> None:
        entries = record("o=mail", "organization", o="mail"), record("cn=a,o=mail", kind, **{attribute: "1"})
        snapshot = loaded("".join(entries))
        assert len(snapshot) == 2
        assert snapshot.dialect.name == name

    def test_is_given(self) -> None:
        assert loaded(native_text(), "zimbra").dialect.name == "zimbra"
        with pytest.raises(NotFound):
            loaded("", "exchange")

    def test_names_are_spelled_as_the_schema_spells_them(self) -> None:
        entry = native({"MPMAILBOXQUOTA": "1 GiB", "TITLE;Lang-DE": "Chefin"}).entry("uid=ann,o=mail")
        assert entry is not None
        assert {"mpMailboxQuota", "title;lang-de"} <= set(entry.raw)

    def test_a_sites_own_schema(self) -> None:
        site = Definitions.parse(
            "objectclass ( 2.25.1 NAME 'shopCos' SUP mpClassOfService )\n"
            "attributetype ( 2.25.2 NAME 'shoeSize' SUP name )\n"
        )
        text = record("cn=a,o=mail", "shopCos", cn="a", SHOESIZE="9")
        snapshot = load(read([text.encode()]), dialect="native", schema=site)
        (cos,) = snapshot.of_level(Level.COS)
        assert "shoeSize" in cos.raw
        assert snapshot.definitions.attribute("shoesize") is not None


def test_many_values_are_gathered_in_time() -> None:
    members = [f"user{number}@acme.example" for number in range(50_000)]
    text = record("cn=all,o=mail", "groupOfURLs", "mpList", cn="all", mpMemberAddresses=members)
    (entry,) = loaded(text, "native")
    assert len(entry.raw["mpMemberAddresses"]) == 50_000


class TestIndexes:
    def test_entries_by_kind(self) -> None:
        snapshot = native()
        assert [entry.dn for entry in snapshot.of_level(Level.ACCOUNT)] == ["uid=ann,o=mail"]
        assert list(snapshot.of_level(Level.LIST)) == []

    def test_namesakes_in_the_order_of_their_dns(self) -> None:
        more = [record(f"cn={letter},o=mail", "mpClassOfService", cn=[letter, "twin"]) for letter in "cab"]
        snapshot = native({}, {}, {}, {}, *more)
        assert [entry.dn[3] for entry in snapshot.lookup(Index.NAME, "twin")] == ["a", "b", "c"]
        twin = snapshot.named(Level.COS, " TWIN ")
        assert twin is not None
        assert twin.dn == "cn=a,o=mail"

    def test_of_two_configurations_the_first_by_name(self) -> None:
        more = record("cn=all,o=mail", "mpConfig", cn="all")
        found = native({}, {}, {}, {}, more).configuration()
        assert found is not None
        assert found.dn == "cn=all,o=mail"

    def test_scopes(self) -> None:
        snapshot = native({}, {}, {}, {}, record("ou=x,uid=ann,o=mail", "organizationalUnit", ou="x"))

        def within(base: str, scope: str) -> list[str]:
            return [entry.dn for entry in snapshot.within(base, scope)]

        assert within("uid=ann,o=mail", "base") == ["uid=ann,o=mail"]
        assert within("uid=ann,o=mail", "one") == ["ou=x,uid=ann,o=mail"]
        assert within("UID=ANN, O=mail", "sub") == ["uid=ann,o=mail", "ou=x,uid=ann,o=mail"]
        assert within("uid=ann,o=mail", "children") == ["ou=x,uid=ann,o=mail"]
        assert within("uid=bob,o=mail", "sub") == []
        assert len(within("", "sub")) == len(snapshot) == 6
        assert within("", "one") == ["o=mail"]
        assert within("", "base") == []


class TestRevision:
    def test_is_content(self) -> None:
        base = native({"mpMailboxQuota": "1 GiB"}).revision
        assert base == native({"MpMailboxQuota": "1 GiB"}).revision
        assert base != native({"mpMailboxQuota": "1 gib"}).revision  # exact bytes
        assert base != native({"mpMailboxQuota": ["1 GiB", "1 GiB"]}).revision
        assert base != native().revision
        assert len(base) == 32

    def test_operational_attributes_are_none(self) -> None:
        stamped = {
            "entryCSN": "20240101000000.000000Z#000000#000#000000",
            "createTimestamp": "20240101000000Z",
        }
        assert native(stamped).revision == native().revision

    def test_no_value_runs_into_the_next(self) -> None:
        one = native({"description": ["a", "b"]}).revision
        assert (
            len(
                {
                    one,
                    native({"description": "a", "title": "b"}).revision,
                    native({"description": "ab"}).revision,
                }
            )
            == 3
        )

    def test_the_spelling_of_a_dn_is_none(self) -> None:
        text = native_text().replace("dn: uid=ann,o=mail", "dn: UID = Ann, O=Mail")
        assert loaded(text, "native").revision == native().revision
