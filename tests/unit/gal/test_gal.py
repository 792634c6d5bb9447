"""Whom the address book of a domain finds, and in which order."""

from __future__ import annotations

import pickle
from collections.abc import Iterable

import pytest

import mailpolicy as mp
from mailpolicy.errors import InvalidValue, Unavailable
from mailpolicy.gal import AddressBook, ExternalEntry, ExternalSearch, Match, gal
from mailpolicy.ldap.entry import Entry
from mailpolicy.snapshot import Snapshot
from tests.small_directories import (
    bob,
    carbonio_bob,
    carbonio_domain,
    cos,
    domain,
    mailing_list,
    record,
    snapshot_with,
)

SERVER = ("mpGalExternalUrl: ldaps://ldap.example", "mpGalExternalBase: o=partner")
WILE = ("uid=wile,o=partner", {"displayName": ["Wile E."], "mail": [b"wile@partner.example"]})


def globex(*lines: str) -> str:
    return domain("globex.example", *lines)


def person(uid: str, home: str, *lines: str) -> str:
    names = [line.partition(":")[0] for line in lines]
    usual = {"cn": uid, "sn": uid, "mail": f"{uid}@{home}"}
    given = [f"{name}: {value}" for name, value in usual.items() if name not in names]
    return record(f"uid={uid},dc={home},o=mail", "inetOrgPerson mpAccount", f"uid: {uid}", *given, *lines)


def home(snapshot: Snapshot, name: str = "acme.example") -> Entry:
    entry = snapshot.domain(name)
    assert entry is not None
    return entry


def addresses(book: AddressBook) -> list[str]:
    return [each.address for each in book]


def found(*records: str, query: str = "", name: str = "acme.example", dialect: str = "native") -> list[str]:
    snapshot = snapshot_with(dialect, *records)
    return addresses(gal(snapshot, home(snapshot, name), query))


class TestWhoIsIn:
    def test_accounts_lists_and_resources(self) -> None:
        room = record("cn=room,o=mail", "mpResource", "cn: room", "mail: room@acme.example")
        assert found(room, mailing_list(), bob()) == [
            "ann@acme.example", "bob@acme.example", "all@acme.example", "room@acme.example"
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("line", "is_in"),
        [
            ("mpHiddenFromGal: TRUE", False),
            ("mpHiddenFromGal: FALSE", True),
            ("mpHiddenFromGal: perhaps", True),
            ("mpMailStatus: disabled", False),
            ("mpAccountStatus: closed", False),
            ("mpAccountStatus: pending", False),
            ("mpAccountStatus: disabled", False),
            ("mpAccountStatus: locked", True),
            ("mpAccountStatus: maintenance", True),
        ],
    )
    def test_native(self, line: str, is_in: bool) -> None:
        assert ("bob@acme.example" in found(bob(line))) is is_in

    @pytest.mark.parametrize(
        ("line", "is_in"),
        [
            ("zimbraHideInGal: TRUE", False),
            ("zimbraIsSystemAccount: TRUE", False),
            ("zimbraIsExternalVirtualAccount: TRUE", False),
            ("zimbraIsExternalVirtualAccount: FALSE", True),
            ("zimbraMailStatus: disabled", True),
        ],
    )
    def test_deployed(self, line: str, is_in: bool) -> None:
        assert ("bob@acme.example" in found(carbonio_bob(line), dialect="carbonio")) is is_in

    def test_nobody_without_an_address(self) -> None:
        # The account of the mail system in the small directory has none.
        snapshot = snapshot_with("carbonio", carbonio_domain("zimbraGalInternalSearchBase: ROOT"))
        assert addresses(gal(snapshot, home(snapshot, "globex.example"))) == ["ann@acme.example"]

    def test_a_list_has_no_account_status(self) -> None:
        assert "all@acme.example" in found(mailing_list("mpAccountStatus: closed"))


class TestBases:
    RECORDS = (
        domain("eu.acme.example"),
        person("eva", "eu.acme.example"),
        person("gil", "globex.example"),
    )

    @pytest.mark.parametrize(
        ("base", "expected"),
        [
            ((), ["ann"]),
            (("mpGalSearchBase: domain",), ["ann"]),
            (("mpGalSearchBase: subdomains",), ["ann", "eva"]),
            (("mpGalSearchBase: root",), ["ann", "eva", "gil"]),
            (("mpGalSearchBase: o=mail",), ["ann"]),
        ],
    )
    def test_native(self, base: tuple[str, ...], expected: list[str]) -> None:
        config = record("cn=all,cn=config,o=mail", "mpConfig", "cn: all")
        acme = snapshot_with("native", config, *self.RECORDS)
        entry = home(acme)
        lines = {line.partition(": ")[0]: (line.partition(": ")[2].encode(),) for line in base}
        changed = Entry(entry.dn, {**entry.raw, **lines}, acme.definitions)
        snapshot = acme.changed({acme.key(str(entry.dn)): changed})
        assert [each.partition("@")[0] for each in addresses(gal(snapshot, changed))] == expected

    def test_inherited_from_the_global_configuration(self) -> None:
        acme = mp.loads(
            "dn: cn=config\nobjectClass: mpConfig\ncn: config\nmpGalSearchBase: root\n\n"
            + "\n".join([domain("acme.example"), *self.RECORDS])
        )
        assert len(gal(acme.snapshot, home(acme.snapshot))) == 2

    @pytest.mark.parametrize(
        ("base", "expected"),
        [
            ("DOMAIN", []),
            ("dc=acme,dc=example", ["ann", "bob"]),
            ("DC=Acme, dc=example", ["ann", "bob"]),
            ("uid=bob,dc=acme,dc=example", ["bob"]),
            ("dc=nowhere", []),
            ("=", []),
        ],
    )
    def test_a_deployed_server_may_have_a_dn(self, base: str, expected: list[str]) -> None:
        snapshot = snapshot_with(
            "carbonio", carbonio_bob(), carbonio_domain(f"zimbraGalInternalSearchBase: {base}")
        )
        book = gal(snapshot, home(snapshot, "globex.example"))
        assert [each.partition("@")[0] for each in addresses(book)] == expected

    def test_a_dn_follows_changes(self) -> None:
        base = "zimbraGalInternalSearchBase: dc=acme,dc=example"
        snapshot = snapshot_with("carbonio", carbonio_bob(), carbonio_domain(base))
        entry = home(snapshot, "globex.example")
        assert len(gal(snapshot, entry)) == 2
        after = snapshot.changed({snapshot.key("uid=bob,dc=acme,dc=example"): None})
        assert addresses(gal(after, entry)) == ["ann@acme.example"]
        assert len(gal(snapshot, entry)) == 2

    def test_an_alias_domain_has_the_address_book_of_its_target(self) -> None:
        target = "mpAliasTarget: dc=acme.example,o=mail"
        assert found(globex("mpDomainKind: alias", target), name="globex.example") == ["ann@acme.example"]

    def test_alias_domains_in_a_circle_find_nobody(self) -> None:
        first = globex("mpDomainKind: alias", "mpAliasTarget: dc=x.example,o=mail")
        second = domain("x.example", "mpDomainKind: alias", "mpAliasTarget: dc=globex.example,o=mail")
        assert found(first, second, name="globex.example") == []


class TestMatches:
    @pytest.mark.parametrize(
        ("query", "match"),
        [
            ("John Doe", Match.EXACT),
            ("JOHN  DOE", Match.EXACT),
            ("j.d@acme.example", Match.EXACT),
            ("j.d", Match.EXACT),
            ("jo", Match.BEGINNING),
            ("john d", Match.BEGINNING),
            ("j.d@", Match.BEGINNING),
            ("doe", Match.WORD),
            ("doe john", Match.WORD),
            ("Doe, J.", Match.WORD),
            ("boss", Match.WORD),
            ("the.boss@acme", Match.WORD),
            ("boss@acme", None),
            ("ernst", Match.WORD),
            ("ohn", Match.WITHIN),
            ("oe john", Match.WITHIN),
            ("oss", None),
            ("acme", None),
            ("example", None),
            ("john x", None),
        ],
    )
    def test_how_well(self, query: str, match: Match | None) -> None:
        john = person(
            "john", "acme.example", "displayName: John Doe", "givenName: Ernst", "mail: j.d@acme.example",
            "mpAliases: the.boss@acme.example",
        )  # fmt: skip
        snapshot = snapshot_with("native", john)
        book = gal(snapshot, home(snapshot), query)
        assert [each.match for each in book if each.address == "j.d@acme.example"] == (
            [match] if match is not None else []
        )

    def test_accents_and_case(self) -> None:
        zoe = person("zoe", "acme.example", "displayName: Zoë MÜLLER-Straße")
        for query in ("zoe", "ZOË", "muller", "strasse", "Mu\u0308ll"):
            assert found(zoe, query=query) == ["zoe@acme.example"]

    def test_an_alias_is_found_but_not_shown(self) -> None:
        snapshot = snapshot_with("native", bob("mpAliases: sales@acme.example"))
        (only,) = gal(snapshot, home(snapshot), "sal")
        assert only.address == "bob@acme.example"
        assert only.reasons[0].text == "'sal' begins a word of mpAliases: sales@acme.example"
        assert only.reasons[0].origins[0].dn == "uid=bob,dc=acme.example,o=mail"

    def test_ranked_as_people_type(self) -> None:
        acme = "acme.example"
        records = [
            person("x1", acme, "displayName: Johanna Li"),
            person("x2", acme, "displayName: Li Johan"),
            person("johan", acme, "displayName: Zed"),
            person("x3", acme, "displayName: Aljohan"),
            mailing_list("displayName: Johan fans"),
        ]
        assert [each.partition("@")[0] for each in found(*records, query="johan")] == [
            "johan", "x1", "all", "x2", "x3"
        ]  # fmt: skip

    def test_without_a_name_the_local_part_is_the_name(self) -> None:
        room = record("ou=x,o=mail", "mpResource", "mail: room@acme.example")
        snapshot = snapshot_with("native", room)
        (only,) = gal(snapshot, home(snapshot), "oom")
        assert (only.name, only.match) == ("room@acme.example", Match.WITHIN)
        assert gal(snapshot, home(snapshot), "acme") == ()


class TestLimits:
    MANY = tuple(person(f"b{number:03}", "acme.example") for number in range(150))

    @pytest.mark.parametrize(("limit", "length"), [(None, 100), (5, 5), (0, 0), (149, 100), (10**30, 100)])
    def test_the_usual_limit(self, limit: int | None, length: int) -> None:
        snapshot = snapshot_with("native", *self.MANY)
        book = gal(snapshot, home(snapshot), "b", limit=limit)
        assert (len(book), book.more) == (length, True)
        assert addresses(book)[:1] == ["b000@acme.example"][:length]

    def test_no_more_where_all_are_there(self) -> None:
        snapshot = snapshot_with("native", *self.MANY)
        book = gal(snapshot, home(snapshot), "b14", limit=10)
        assert (len(book), book.more) == (10, False)

    @pytest.mark.parametrize(("most", "length"), [("120", 120), ("0", 150), ("x", 100)])
    def test_of_the_domain(self, most: str, length: int) -> None:
        snapshot = snapshot_with(
            "native", globex(f"mpGalMaxResults: {most}", "mpGalSearchBase: root"), *self.MANY
        )
        assert len(gal(snapshot, home(snapshot, "globex.example"), "b")) == length

    def test_a_negative_limit(self) -> None:
        snapshot = snapshot_with("native")
        with pytest.raises(InvalidValue):
            gal(snapshot, home(snapshot), limit=-1)


class Asked:
    """A server that remembers what it was asked."""

    def __init__(self, *entries: ExternalEntry) -> None:
        self.entries = entries
        self.searches: list[ExternalSearch] = []

    def __call__(self, search: ExternalSearch) -> Iterable[ExternalEntry]:
        self.searches.append(search)
        return iter(self.entries)


def with_mode(mode: str, *lines: str) -> tuple[Snapshot, Entry]:
    snapshot = snapshot_with("native", globex(f"mpGalMode: {mode}", *lines), person("gil", "globex.example"))
    return snapshot, home(snapshot, "globex.example")


class TestModes:
    def test_internal_asks_nobody(self) -> None:
        asked = Asked(WILE)
        assert addresses(gal(*with_mode("internal", *SERVER), external=asked)) == ["gil@globex.example"]
        assert not asked.searches

    def test_external(self) -> None:
        asked = Asked(WILE)
        book = gal(*with_mode("external", *SERVER), "wile", external=asked)
        (only,) = book
        assert (only.name, only.address, only.kind, only.dn) == (
            "Wile E.", "wile@partner.example", "external", "uid=wile,o=partner"
        )  # fmt: skip
        assert (only.entry, only.match, book.unknown) == (None, Match.EXACT, None)
        (search,) = asked.searches
        assert (search.url, search.base, search.limit) == ("ldaps://ldap.example", "o=partner", 101)

    def test_both_each_with_its_half(self) -> None:
        others = [(f"uid={number}", {"mail": [f"a{number}@x.example"]}) for number in range(9)]
        asked = Asked(*others)
        book = gal(*with_mode("both", "mpGalMaxResults: 5", *SERVER), external=asked)
        assert addresses(book) == ["gil@globex.example", "a0@x.example", "a1@x.example"]
        assert book.more
        assert asked.searches[0].limit == 3

    def test_one_that_both_have_is_found_once(self) -> None:
        asked = Asked(("uid=gil", {"mail": ["GIL@globex.example"]}), WILE, WILE)
        book = gal(*with_mode("both", *SERVER), external=asked)
        assert addresses(book) == ["gil@globex.example", "wile@partner.example"]

    def test_one_that_comes_here_after_the_limit_is_not_from_outside(self) -> None:
        many = tuple(person(f"b{number}", "globex.example") for number in range(5))
        lines = ("mpGalMode: both", "mpGalMaxResults: 2", *SERVER)
        snapshot = snapshot_with("native", globex(*lines), *many)
        asked = Asked(("uid=b4", {"mail": ["b4@globex.example"]}), WILE)
        expected = ["b0@globex.example", "wile@partner.example"]
        assert addresses(gal(snapshot, home(snapshot, "globex.example"), external=asked)) == expected
        # Nor is one that has changed since.
        key = snapshot.key("uid=b4,dc=globex.example,o=mail")
        before = snapshot.at(key)
        assert before is not None
        changed = Entry(before.dn, {**before.raw, "cn": (b"bz",)}, snapshot.definitions)
        after = snapshot.changed({key: changed})
        assert addresses(gal(after, home(after, "globex.example"), external=asked)) == expected
        without = after.changed({key: None})
        found = gal(without, home(without, "globex.example"), external=asked)
        assert addresses(found) == ["b0@globex.example", "b4@globex.example"]

    def test_without_a_limit(self) -> None:
        asked = Asked(WILE)
        assert len(gal(*with_mode("both", "mpGalMaxResults: 0", *SERVER), external=asked)) == 2
        assert asked.searches[0].limit is None

    def test_what_has_no_address_is_left_out(self) -> None:
        asked = Asked((None, {"mail": ["x@x.example"]}), ("cn=x", {"cn": ["x"]}))
        assert gal(*with_mode("external", *SERVER), external=asked) == ()

    def test_entries_as_they_are(self) -> None:
        snapshot, entry = with_mode("external", *SERVER)
        gil = next(each for each in snapshot if "gil" in str(each.dn))
        (only,) = gal(snapshot, entry, "unlike", external=Asked(gil))
        assert (only.entry, only.match) == (gil, Match.ELSEWHERE)
        assert only.reasons[0].id == "gal.external"


class TestUnknown:
    @pytest.mark.parametrize("problem", [Unavailable("ldaps://ldap.example"), TimeoutError("too slow")])
    @pytest.mark.parametrize(("mode", "expected"), [("both", ["gil@globex.example"]), ("external", [])])
    def test_a_server_that_does_not_answer(self, problem: OSError, mode: str, expected: list[str]) -> None:
        def fail(search: ExternalSearch) -> Iterable[ExternalEntry]:
            yield WILE
            raise problem

        book = gal(*with_mode(mode, *SERVER), external=fail)
        assert addresses(book) == expected
        assert isinstance(book.unknown, Unavailable)
        assert "others may be there" in book.as_table().title

    def test_nobody_to_ask_it(self) -> None:
        assert "was not asked" in str(gal(*with_mode("both", *SERVER)).unknown)

    def test_no_server_named(self) -> None:
        assert "names no server" in str(gal(*with_mode("external"), external=Asked(WILE)).unknown)

    @pytest.mark.parametrize(("lost", "text"), [(1, "one record"), (3, "3 records")])
    def test_records_that_could_not_be_used(self, lost: int, text: str) -> None:
        snapshot = snapshot_with("native", bob())
        entries = {snapshot.key(each.dn): each for each in snapshot}
        snapshot = Snapshot.of(snapshot.dialect, entries, lost=lost)
        book = gal(snapshot, home(snapshot), "bob")
        assert (addresses(book), isinstance(book.unknown, Unavailable)) == (["bob@acme.example"], True)
        (reason,) = book.reasons
        expected = f"the source has {text} that could not be used: others may be there"
        assert (reason.id, reason.text) == ("gal.unknown", expected)

    def test_both_may_be_unknown(self) -> None:
        snapshot, entry = with_mode("both", *SERVER)
        entries = {snapshot.key(each.dn): each for each in snapshot}
        book = gal(Snapshot.of(snapshot.dialect, entries, lost=1), entry)
        assert "was not asked" in str(book.unknown)
        assert [each.id for each in book.reasons] == ["gal.unknown", "gal.unknown"]

    def test_records_lost_here_hide_nobody_elsewhere(self) -> None:
        snapshot, entry = with_mode("external", *SERVER)
        entries = {snapshot.key(each.dn): each for each in snapshot}
        lossy = Snapshot.of(snapshot.dialect, entries, lost=1)
        assert gal(lossy, entry, external=Asked(WILE)).unknown is None

    def test_other_errors_are_not_hidden(self) -> None:
        def fail(search: ExternalSearch) -> Iterable[ExternalEntry]:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            gal(*with_mode("both", *SERVER), external=fail)


class TestFilters:
    @pytest.mark.parametrize(
        ("template", "query", "expected"),
        [
            ("(cn=*%s*)", "Jörg", "(cn=*Jörg*)"),
            ("(cn=%s)", "", "(cn=*)"),
            ("(&(o=x)(!(cn=%s*)))", "a", "(&(o=x)(!(cn=a*)))"),
            ("(cn=*%s*)", "john  doe", "(&(cn=*john*)(cn=*doe*))"),
            ("(cn=*%s*)", "*", "(cn=*)"),
            ("(cn=*%s*)", "a)(b=*)\\", "(cn=*a\\29\\28b=\\2a\\29\\5c*)"),
            ("(cn:caseExactMatch:=%s)", "a", "(cn:caseExactMatch:=a)"),
            ("(uid>=%s)", "a", "(uid>=a)"),
            ("(o=x)", "", "(o=x)"),
            ("(o=x)", "%s", "(&(o=x)(|(displayName=%s*)(cn=%s*)(givenName=%s*)(sn=%s*)(mail=%s*)))"),
        ],
    )
    def test_what_is_typed_is_never_read(self, template: str, query: str, expected: str) -> None:
        asked = Asked()
        gal(*with_mode("external", f"mpGalExternalFilter: {template}", *SERVER), query, external=asked)
        assert str(asked.searches[0].filter) == expected

    def test_without_one(self) -> None:
        asked = Asked()
        gal(*with_mode("external", *SERVER), external=asked)
        assert str(asked.searches[0].filter) == "(|(mail=*))"

    def test_a_deployed_server_names_its_filters(self) -> None:
        snapshot = snapshot_with(
            "carbonio",
            carbonio_domain(
                "zimbraGalMode: ldap", "zimbraGalLdapURL: ldap://x.example", "zimbraGalLdapFilter: ad"
            ),
        )
        key = snapshot.key("cn=config,cn=zimbra")
        config = snapshot.at(key)
        assert config is not None
        named = {"zimbraGalLdapFilterDef": (b"ad2:(x=y)", b"ad:(&(cn=%s*)(mail=*))")}
        after = snapshot.changed({key: Entry(config.dn, {**config.raw, **named}, snapshot.definitions)})
        asked = Asked()
        gal(after, home(after, "globex.example"), "jo", external=asked)
        assert str(asked.searches[0].filter) == "(&(cn=jo*)(mail=*))"


class TestWhoAsks:
    def test_one_who_may_not(self) -> None:
        snapshot = snapshot_with("carbonio", carbonio_bob("zimbraFeatureGalEnabled: FALSE"))
        asker = snapshot.entry("uid=bob,dc=acme,dc=example")
        book = gal(snapshot, home(snapshot), actor=asker)
        assert (book, [each.id for each in book.reasons]) == ((), ["gal.switched_off"])
        assert book.reasons[0].origins[0].attribute == "zimbraFeatureGalEnabled"

    def test_others_may(self) -> None:
        snapshot = snapshot_with("carbonio", carbonio_bob("zimbraFeatureGalEnabled: TRUE"))
        for asker in map(snapshot.entry, ("uid=bob,dc=acme,dc=example", "uid=ann,dc=acme,dc=example")):
            assert len(gal(snapshot, home(snapshot), actor=asker)) == 2

    def test_native_directories_restrict_nobody(self) -> None:
        snapshot = snapshot_with("native", cos())
        assert len(gal(snapshot, home(snapshot), actor=snapshot.entry("uid=ann,dc=acme.example,o=mail"))) == 1


class TestResult:
    def test_it_shows_itself(self) -> None:
        acme = mp.open("ldif/examples/acme.ldif")
        book = gal(acme.snapshot, home(acme.snapshot), "b", limit=3)
        assert "there are more" in str(book.as_table())
        assert "&lt;script&gt;" in book._repr_html_()

    def test_it_can_be_pickled(self) -> None:
        acme = mp.open("ldif/examples/acme.ldif")
        book = gal(acme.snapshot, home(acme.snapshot), "j")
        again = pickle.loads(pickle.dumps(book))
        assert (again, again.more) == (book, book.more)

    def test_a_change_is_followed_by_the_new_version_only(self) -> None:
        snapshot = snapshot_with("native", bob())
        entry = home(snapshot)
        assert len(gal(snapshot, entry)) == 2
        key = snapshot.key("uid=bob,dc=acme.example,o=mail")
        before = snapshot.at(key)
        assert before is not None
        hidden = Entry(before.dn, {**before.raw, "mpHiddenFromGal": (b"TRUE",)}, snapshot.definitions)
        after = snapshot.changed({key: hidden})
        assert addresses(gal(after, entry)) == ["ann@acme.example"]
        assert len(gal(snapshot, entry)) == 2
        assert len(gal(after.changed({key: before}), entry)) == 2
