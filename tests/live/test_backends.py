"""What both clients read from a server, and that they read it alike."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from itertools import islice

import pytest

from mailpolicy.errors import InvalidDN, InvalidFilter, NotFound, Unavailable
from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.url import Scope
from mailpolicy.live.backend import Backend
from tests.live.backends import Client
from tests.slapd import Slapd, StartSlapd

MANY = 2500
ODD_VALUE = "Üzçe*(\\Ｑ"
ODD_NAME = "cn=Üzçe*(\\5CＱ,ou=odd,dc=example"


def base64(text: str) -> str:
    return b64encode(text.encode()).decode()


ODD = f"""
dn: dc=example
objectClass: domain
dc: example
description: the top
description;lang-de: ganz oben
description;lang-fr;lang-de: haut

dn: ou=people,dc=example
objectClass: organizationalUnit
ou: people

dn: ou=odd,dc=example
objectClass: organizationalUnit
ou: odd
description: zwei
description: eins
description: drei
userPassword:: /wCA/wo=

dn:: {base64(ODD_NAME)}
objectClass: device
cn:: {base64(ODD_VALUE)}
cn: second

dn: cn=elsewhere,ou=odd,dc=example
objectClass: referral
objectClass: extensibleObject
cn: elsewhere
ref: ldap://127.0.0.1:9/dc=other

dn: cn=alias,ou=odd,dc=example
objectClass: alias
objectClass: extensibleObject
cn: alias
aliasedObjectName: ou=people,dc=example

dn: cn=dynamic,ou=odd,dc=example
objectClass: groupOfURLs
cn: dynamic
memberURL: ldap:///ou=people,dc=example??one?(uid=a000*)
"""
PEOPLE = "".join(
    f"\ndn: uid=a{n:04},ou=people,dc=example\nobjectClass: account\nuid: a{n:04}\n" for n in range(MANY)
)
DYNLIST = (
    "dn: olcOverlay=dynlist\nobjectClass: olcDynListConfig\nolcDynListAttrSet: groupOfURLs memberURL member"
)


@pytest.fixture(scope="module")
def directory(module_slapd: StartSlapd) -> Slapd:
    """A server that gives 500 entries to anybody but its root."""
    return module_slapd(
        data=ODD + PEOPLE, settings={"olcSizeLimit": 500}, modules=["dynlist"], overlays=[DYNLIST]
    )


@pytest.fixture
def backend(client: Client, directory: Slapd) -> Iterator[Backend]:
    with client.opened(directory) as opened:
        yield opened


@pytest.fixture
def anonymous(client: Client, directory: Slapd) -> Iterator[Backend]:
    with client.opened(directory, bind=None) as opened:
        yield opened


@pytest.mark.parametrize(
    ("scope", "count"), [(Scope.BASE, 1), (Scope.ONE, 4), (Scope.SUB, 5), (Scope.CHILDREN, 4)]
)
def test_a_scope_bounds_what_is_found(backend: Backend, scope: Scope, count: int) -> None:
    assert len(list(backend.search("ou=odd,dc=example", scope))) == count


def test_values_are_bytes_in_the_order_of_the_server(backend: Backend) -> None:
    [(dn, attributes)] = backend.search("OU=Odd,dc=example", Scope.BASE)
    assert dn == "ou=odd,dc=example"
    assert list(attributes["description"]) == [b"zwei", b"eins", b"drei"]
    assert list(attributes["userPassword"]) == [b"\xff\x00\x80\xff\n"]


def test_options_belong_to_the_name(backend: Backend) -> None:
    [(_, attributes)] = backend.search("dc=example", Scope.BASE, attributes=["description"])
    assert attributes == {
        "description": [b"the top"],
        "description;lang-de": [b"ganz oben"],
        "description;lang-de;lang-fr": [b"haut"],
    }


def test_by_default_operational_attributes_come_too(backend: Backend) -> None:
    [(_, attributes)] = backend.search("dc=example", Scope.BASE)
    assert {"entryUUID", "entryCSN", "structuralObjectClass", "dc"} <= set(attributes)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (["OU", "noSuch"], {"ou"}),
        (["1.1"], set()),
        (["*"], {"objectClass", "ou"}),
        (["entryDN"], {"entryDN"}),
    ],
)
def test_only_the_attributes_asked_for_come(backend: Backend, asked: list[str], given: set[str]) -> None:
    [(_, attributes)] = backend.search("ou=people,dc=example", Scope.BASE, attributes=asked)
    assert set(attributes) == given


@pytest.mark.parametrize(
    "filter",
    [
        "(cn=üzçe\\2a\\28\\5cＱ)",
        "(cn=\\c3\\9cz*\\2a\\28\\5c*)",
        "(cn=*\\2a*)",
        "(&(objectClass=device)(!(cn=third))(|(cn~=second)(cn=x)))",
        "(cn:caseExactMatch:=second)",
        "(&(&)(!(|))(cn=second))",
        "cn=second",
    ],
)
def test_a_filter_finds_what_it_says(backend: Backend, filter: str) -> None:
    [(dn, attributes)] = backend.search("dc=example", filter=filter)
    assert (DN(dn), list(attributes["cn"])) == (DN(ODD_NAME), [ODD_VALUE.encode(), b"second"])


def test_a_found_name_can_be_asked_for(backend: Backend) -> None:
    [(dn, _)] = backend.search("dc=example", filter="(cn=second)")
    [again] = backend.search(dn, Scope.BASE, attributes=["1.1"])
    assert again == (dn, {})


@pytest.mark.parametrize("filter", ["(cn=a", "", "(cn=\\zz)", "(cn)", "(&(a=b)"])
def test_a_wrong_filter_is_an_error(backend: Backend, filter: str) -> None:
    with pytest.raises(InvalidFilter):
        list(backend.search("dc=example", filter=filter))
    assert backend.whoami()


def test_filters_may_be_deep(backend: Backend) -> None:
    filter = "(!" * 400 + "(cn=second)" + ")" * 400
    assert len(list(backend.search("ou=odd,dc=example", filter=filter))) == 1


def test_referrals_and_aliases_are_entries(backend: Backend) -> None:
    found = dict(backend.search("ou=odd,dc=example", Scope.ONE))
    assert list(found["cn=elsewhere,ou=odd,dc=example"]["ref"]) == [b"ldap://127.0.0.1:9/dc=other"]
    assert list(found["cn=alias,ou=odd,dc=example"]["aliasedObjectName"]) == [b"ou=people,dc=example"]


def test_a_dynamic_list_comes_as_it_is_stored(backend: Backend) -> None:
    [(_, attributes)] = backend.search("cn=dynamic,ou=odd,dc=example", Scope.BASE)
    assert "memberURL" in attributes
    assert "member" not in attributes


@pytest.mark.parametrize("page", [None, 100, 999, MANY, 10 * MANY])
def test_pages_come_together(backend: Backend, page: int | None) -> None:
    found = [dn for dn, _ in backend.search("ou=people,dc=example", Scope.ONE, attributes=["uid"], page=page)]
    assert len(found) == len(set(found)) == MANY


@pytest.mark.parametrize("page", [None, 10, 40, 1000])
@pytest.mark.parametrize("limit", [0, 1, 40, 499, 10 * MANY])
def test_a_limit_of_ours_ends_silently(backend: Backend, page: int | None, limit: int) -> None:
    found = list(
        backend.search("ou=people,dc=example", Scope.ONE, attributes=["uid"], page=page, limit=limit)
    )
    assert len(found) == min(limit, MANY)


@pytest.mark.parametrize("page", [None, 50])
def test_who_stops_reading_can_go_on_with_something_else(backend: Backend, page: int | None) -> None:
    search = backend.search("ou=people,dc=example", Scope.ONE, page=page)
    assert len(list(islice(search, 120))) == 120
    del search
    assert backend.whoami() == "dn:cn=admin,dc=example"
    assert len(list(backend.search("ou=odd,dc=example", Scope.ONE, page=page))) == 4


def test_two_searches_may_be_read_by_turns(backend: Backend) -> None:
    first = backend.search("ou=people,dc=example", Scope.ONE, "(uid=a00*)", ["uid"])
    second = backend.search("ou=people,dc=example", Scope.ONE, "(uid=a01*)", ["uid"])
    pairs = list(zip(first, second, strict=True))
    assert len(pairs) == 100
    assert all(one[0] < other[0] for one, other in pairs)


@pytest.mark.parametrize("options", [{}, {"page": 200}, {"limit": 501}, {"limit": 600, "page": 200}])
def test_a_limit_of_the_server_is_an_error(anonymous: Backend, options: dict[str, int]) -> None:
    found = []
    with pytest.raises(Unavailable, match=r"size limit .* olcLimits"):
        found.extend(anonymous.search("ou=people,dc=example", Scope.ONE, attributes=["uid"], **options))
    assert anonymous.whoami() == ""


def test_up_to_the_limit_of_the_server_all_is_well(anonymous: Backend) -> None:
    assert len(list(anonymous.search("ou=people,dc=example", Scope.ONE, limit=500))) == 500
    assert len(list(anonymous.search("ou=people,dc=example", Scope.ONE, "(uid=a04*)"))) == 100


def test_a_base_that_is_not_there_is_not_found(backend: Backend) -> None:
    with pytest.raises(NotFound) as raised:
        list(backend.search("uid=nobody,ou=people,dc=example"))
    assert raised.value.name == "uid=nobody,ou=people,dc=example"


def test_a_base_that_is_no_name_is_invalid(backend: Backend) -> None:
    with pytest.raises(InvalidDN):
        list(backend.search("nobody"))


def test_an_entry_that_does_not_match_is_an_answer(backend: Backend) -> None:
    assert list(backend.search("dc=example", Scope.BASE, "(cn=nobody)")) == []


def test_the_root_dse_says_what_the_server_can(backend: Backend) -> None:
    says = backend.root_dse()
    assert list(says["namingContexts"]) == [b"dc=example"]
    assert b"1.3.6.1.1.12" in says["supportedControl"]


def test_the_subschema_holds_every_definition(backend: Backend) -> None:
    definitions = backend.subschema()
    assert any(b"NAME 'uid'" in each or b"'uid' " in each for each in definitions["attributeTypes"])
    assert any(b"'inetOrgPerson'" in each for each in definitions["objectClasses"])
    assert {"ldapSyntaxes", "matchingRules"} <= set(definitions)


def test_the_server_knows_who_we_are(backend: Backend, anonymous: Backend) -> None:
    assert backend.whoami() == "dn:cn=admin,dc=example"
    assert anonymous.whoami() == ""


def test_the_url_is_that_of_the_server(backend: Backend, directory: Slapd) -> None:
    assert re.sub("/+$", "", backend.url) == directory.uri
