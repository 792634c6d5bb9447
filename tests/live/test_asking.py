"""A directory that asks a server for what it needs answers as the file does from which that was loaded."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.errors import Ambiguous, MailPolicyError, Unavailable
from mailpolicy.ldap.entry import Entry
from mailpolicy.live.asking import Asking
from mailpolicy.model.objects import Object
from mailpolicy.snapshot import Index
from mailpolicy.snapshot.revision import is_operational
from tests.live.asking_servers import FILES, counted, with_example
from tests.slapd import StartSlapd

pytestmark = pytest.mark.twin

JOHN = "john@acme.example"


class Twins:
    """The same directory twice: as a file, and on a server that is asked anew for each question."""

    def __init__(self, start: StartSlapd, dialect: str) -> None:
        self.file = mp.open(FILES[dialect])
        self.servers = counted(with_example(start, dialect))
        self.first = self.servers.open()

    def open(self) -> Asking:
        """The directory on the server, with nothing known of it yet."""
        anew = self.first.anew()
        self.servers.searches.clear()
        return anew

    def agree(self, question: Callable[..., Any], *about: Any, whole: bool | None = False) -> None:
        """Whether both give the same answer; unless `whole`, by fetching less than everything."""
        asked = self.open()
        answer = outcome(question, asked, *about)
        assert whole is None or asked.snapshot.snapshot.is_whole is whole
        assert answer == outcome(question, self.file, *about)


def outcome(question: Callable[..., Any], directory: mp.Directory, *about: Any) -> Any:
    try:
        return question(directory, *about)
    except Ambiguous as error:
        return Ambiguous, error.address, set(error.dns)
    except MailPolicyError as error:
        return type(error), str(error)


@pytest.fixture(scope="module", params=sorted(FILES))
def twins(request: pytest.FixtureRequest, module_slapd: StartSlapd) -> Iterator[Twins]:
    pair = Twins(module_slapd, request.param)
    with pair.first:
        yield pair


def every_object(directory: mp.Directory) -> list[Object]:
    return [directory.object(each) for each in directory.snapshot if directory.snapshot.level_of(each)]


def shown(entry: Entry) -> tuple[str, dict[str, tuple[bytes, ...]]]:
    """An entry without what the server adds to it."""
    definitions = entry.shape.definitions
    return str(entry.dn), {
        name: values for name, values in entry.raw.items() if not is_operational(name, definitions)
    }


def account_of(found: Object) -> dict[str, Any]:
    """All that is said of an object."""
    return {
        "kind": found.kind,
        "name": found.name,
        "entry": shown(found.entry),
        "facts": [(name, str(value)) for name, value in found.facts()],
        "settings": found.settings.flat(),
        "explained": list(found.settings.effective()),
        "domain": str(getattr(found, "domain", None)),
        "table": str(found.as_table()),
    }


# Objects


def test_objects_are_the_same_in_every_respect(twins: Twins) -> None:
    for each in every_object(twins.file):
        twins.agree(lambda directory, dn: account_of(directory.select(dn)), each.dn)


def test_an_address_leads_to_the_same_object(twins: Twins) -> None:
    for address in addresses_to_try(twins.file):
        twins.agree(lambda directory, address: directory.find(address).dn, address)


def addresses_to_try(directory: mp.Directory) -> list[str]:
    """Those that somebody has, each also in another spelling, and those that nobody has."""
    known = [
        term for index in (Index.ADDRESS, Index.OLD_ADDRESS) for term, _ in directory.snapshot.postings(index)
    ]
    domains = [term for term, _ in directory.snapshot.postings(Index.DOMAIN)]
    spelt = [spelling for address in known for spelling in (address.upper(), address.replace("@", "+x@"))]
    nobody = [f"nobody@{domain}" for domain in (*domains, "elsewhere.example")]
    johns = [f"{local}@{domain}" for domain in domains for local in ("john", '"John"', "john+a+b")]
    odd = [
        "",
        "john",
        "@acme.example",
        "john@",
        "a b@acme.example",
        "john@acme.example.",
        "jöhn@acme.example",
    ]
    return [
        *known,
        *spelt,
        *nobody,
        *johns,
        *odd,
        "cn=john@acme.example",
        "john=x@acme.example",
        "*@acme.example",
    ]


@pytest.mark.parametrize("selector", [
    JOHN, f"account:{JOHN}", f"list:{JOHN}", "cos:premium", "cos:PREMIUM ", "cos:nope", "domain:acme.example",
    "domain:ACME.example", "config", "server:nope", "uid=nobody,o=mail", "cn=x,dc=elsewhere",
    "foo=bar,o=mail",
    "alias:j@acme.example", "", "nonsense",
])  # fmt: skip
def test_a_selector_means_the_same(twins: Twins, selector: str) -> None:
    twins.agree(lambda directory: directory.select(selector).dn)


def test_kinds_of_objects_have_the_same_members(twins: Twins) -> None:
    for kind in ("accounts", "resources", "lists", "domains", "classes_of_service", "servers", "aliases"):
        twins.agree(lambda directory, kind: {each.dn for each in getattr(directory, kind)()}, kind)


# Lists


def test_lists_expand_to_the_same_members(twins: Twins) -> None:
    for each in twins.file.lists():
        for depth in (1, None):
            twins.agree(members, each.dn, depth, whole=None)


def members(directory: mp.Directory, name: str, depth: int | None) -> Any:
    expansion = directory.expand(name, depth=depth)
    found = {(each.address, each.kind, each.dn, each.receive, each.hidden, each.system) for each in expansion}
    bad = {(each.address, each.list, each.problem, each.text) for each in expansion.dangling}
    return found, bad, dict(expansion.counts), set(expansion.loops)


def test_only_lists_about_what_applies_take_everything(twins: Twins) -> None:
    for each in twins.file.lists():
        asked = twins.open()
        assert asked.expand(each.dn).counts
        urls = each.settings.member_urls or ()
        assert asked.snapshot.snapshot.is_whole is any("effective" in str(url) for url in urls)


def test_somebody_is_on_the_same_lists(twins: Twins) -> None:
    for each in [*twins.file.accounts()][::7]:
        for whom in (each.dn, each.address or "nobody@elsewhere.example"):
            twins.agree(memberships, whom, whole=True)


def memberships(directory: mp.Directory, whom: str) -> Any:
    return {(each.list.dn, each.is_direct) for each in directory.lists_of(whom)}


# Rights, address book, searches, changes


def test_the_same_may_post(twins: Twins) -> None:
    for each in twins.file.lists():
        if each.address:
            for sender in (JOHN, "wile.e@customer.example", "x@elsewhere.example"):
                twins.agree(may_post, each.address, sender, whole=None)


def may_post(directory: mp.Directory, to: str, sender: str) -> str:
    return str(mp.may_post(directory, to, sender=sender))


def test_the_address_book_is_the_same(twins: Twins) -> None:
    for query in ("", "john", "mull"):
        twins.agree(in_address_book, query, whole=True)


def in_address_book(directory: mp.Directory, query: str) -> Any:
    return {each.address for each in directory.gal("acme.example", query)}


@pytest.mark.parametrize("scope", ["base", "one", "sub", "children"])
@pytest.mark.parametrize("filter", [
    "(objectClass=*)", "(uid=john)", "(&(objectClass=inetOrgPerson)(|(sn=Doe)(givenName=J*)))", "(!(mail=*))",
    "(hasSubordinates=TRUE)", "(&)", "(|)", "(nonsense=1)", "(cn:dn:=john)", "(ou:dn:=people)", "(sn~=do)",
    "(objectClass=person)", "(description=*\\2a*)", "(!(!(!(cn=premium))))",
])  # fmt: skip
def test_searches_find_the_same(twins: Twins, scope: str, filter: str) -> None:
    for base in ("", *TREES[twins.file.snapshot.dialect.name]):
        twins.agree(found, base, scope, filter, whole=not base and scope != "sub")


def found(directory: mp.Directory, base: str, scope: str, filter: str) -> Any:
    return sorted(repr(shown(each)) for each in directory.search(base, scope, filter))


TREES = {
    "native": [
        "o=mail",
        "O = Mail",
        "ou=people,dc=acme,dc=example,o=mail",
        "cn=premium,ou=cos,o=mail",
        "dc=nope",
    ],
    "carbonio": ["dc=example", "dc=acme,dc=example", "cn=cos,cn=zimbra", "cn=nope,cn=zimbra"],
}


def test_a_search_has_its_limit_and_its_plan(twins: Twins) -> None:
    with twins.servers.open() as asked:
        base = asked.config.dn
        assert len(asked.search("", filter="(objectClass=*)", limit=3)) == 3
        assert asked.search("", limit=0) == ()
        found = asked.search(base, "base", attributes=["cn"], explain=True)
        assert found.plan is not None
        assert [step.found_by for step in found.plan.steps] == ["a search on the server"]
        assert (found.freshness.method, bool(found.freshness)) == ("search", True)


def test_whatever_looks_everywhere_fetches_everything(twins: Twins) -> None:
    with twins.servers.open() as asked:
        asked.account(JOHN)
        assert asked.revision == twins.file.revision
        assert asked.snapshot.snapshot.is_whole
        assert len(asked.snapshot.snapshot) == len(twins.file.snapshot)
        everything = len(twins.servers.searches)
        assert asked.find(JOHN).dn == twins.file.find(JOHN).dn
        assert {each.id for each in asked.findings} == {each.id for each in twins.file.findings}
        assert len(twins.servers.searches) == everything


def test_changes_are_tried_on_everything(twins: Twins) -> None:
    with twins.servers.open() as asked:
        future = asked.with_changes(mp.set(JOHN, mailbox_quota="2 GiB"))
        assert str(future.account(JOHN).settings.mailbox_quota) == "2 GiB"
        assert str(asked.account(JOHN).settings.mailbox_quota) == "25 GiB"


def test_a_pickle_has_everything(twins: Twins) -> None:
    with twins.servers.open() as asked:
        asked.account(JOHN)
        again = pickle.loads(pickle.dumps(asked))
    assert type(again) is mp.Directory
    assert again.revision == twins.file.revision
    assert again.account(JOHN).settings.flat() == twins.file.account(JOHN).settings.flat()


def test_an_object_may_ask_for_more_when_it_is_read(twins: Twins) -> None:
    with twins.servers.open() as asked:
        found = asked.snapshot.snapshot.entry(twins.file.account(JOHN).dn)
        assert found is not None
        account = asked.object(found)
        assert len(twins.servers.searches) == 1
        assert account.settings.flat() == twins.file.account(JOHN).settings.flat()
        assert len(twins.servers.searches) > 1
        assert asked.account(JOHN) == account
    with pytest.raises(Unavailable, match="after it had been closed"):
        asked.account("nobody@acme.example")
    assert asked.account(JOHN) == account
