"""What the questions are about: every object of a directory, and names, filters and people to try."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import mailpolicy as mp
from mailpolicy.filters import Equal, Substrings
from mailpolicy.model.objects import Addressed, Object
from mailpolicy.snapshot import Index
from tests.odd_text import corpus

__all__ = [
    "DOMAIN",
    "JANE",
    "JOHN",
    "NOBODY",
    "ODD",
    "OUTSIDER",
    "addresses",
    "domains",
    "filters",
    "lists",
    "names",
    "objects",
    "people",
    "trees",
]

DOMAIN = "acme.example"
JOHN, JANE = "john@acme.example", "jane@acme.example"
NOBODY, OUTSIDER = "nobody@acme.example", "wile.e@customer.example"

ODD = (
    "", " ", "john", "@acme.example", "john@", "a b@acme.example", "john@acme.example.", "jöhn@acme.example",
    '"john"@acme.example', "JOHN+x@ACME.example", "john@nowhere.example", "john=x@acme.example",
    "cn=john@acme.example", "*@acme.example", "jon@acme.example", "premium", "PREMIUM", "cos:premium",
    "cos:nope", "cos:", "nope:x", "config", "config:", "domain:acme.example", "domain:ACME.example",
    "acme.exmaple", "account:john@acme.example", "list:john@acme.example", "server:nope",
    "alias:j@acme.example", "uid=nobody,o=mail", "uid=john", "cn=x,dc=elsewhere", "foo=bar,o=mail", "o=mail",
    "dc=example", "cn=zimbra", "cn=,o=mail", "ou=people,dc=acme.example,o=mail",
)  # fmt: skip
"""Names in other spellings, of others, of nobody, and what is no name."""

FILTERS = (
    "(objectClass=*)", "(uid=john)", "(&(objectClass=inetOrgPerson)(|(sn=Doe)(givenName=J*)))", "(!(mail=*))",
    "(hasSubordinates=TRUE)", "(&)", "(|)", "(nonsense=1)", "(cn:dn:=john)", "(ou:dn:=people)", "(sn~=do)",
    "(objectClass=person)", "(description=*\\2a*)", "(!(!(!(cn=premium))))", "(mail=*@acme.example)",
    "(createTimestamp>=20200101000000Z)", "(entryDN:dnSubtreeMatch:=dc=acme.example,o=mail)", "(c=DE)",
    "(mpMailboxQuota=*)", "(zimbraMailQuota>=0)", "(zimbraMemberOf=*)", "(!(|(uid=*)(cn=*)))",
    "(uid:caseExactMatch:=John)", "(entryUUID=*)", "(&(uid>=j)(uid<=m))", "(mail=J*N@acme.*)",
)  # fmt: skip


def known(file: mp.Directory) -> list[Object]:
    return [file.object(each) for each in file.snapshot if file.snapshot.level_of(each)]


def objects(file: mp.Directory) -> list[str]:
    """Every object, by its DN."""
    return [str(each.dn) for each in known(file)]


def stored(file: mp.Directory) -> list[str]:
    return [term for index in (Index.ADDRESS, Index.OLD_ADDRESS) for term, _ in file.snapshot.postings(index)]


def addresses(file: mp.Directory) -> list[str]:
    """Those that somebody has or had, some in other spellings, and those of nobody in every domain."""
    spelt = [name for each in stored(file)[::3] for name in (each.upper(), each.replace("@", "+x@"))]
    in_domains = [f"{local}@{domain}" for local in ("john", "nobody") for domain in domain_names(file)]
    return [*stored(file), *spelt, *in_domains]


def names(file: mp.Directory) -> list[str]:
    """Whatever anybody may call an object."""
    terms = [
        term for index in (Index.NAME, Index.DOMAIN, Index.ID) for term, _ in file.snapshot.postings(index)
    ]
    called = {f"{each.kind}:{each.name}" for each in known(file)}
    return [*objects(file), *addresses(file)[::2], *terms, *sorted(called)[::2], *ODD]


def domain_names(file: mp.Directory) -> list[str]:
    return [term for term, _ in file.snapshot.postings(Index.DOMAIN)]


def domains(file: mp.Directory) -> list[str]:
    return [str(each.dn) for each in file.domains()]


def lists(file: mp.Directory) -> list[str]:
    return [str(each.dn) for each in file.lists()]


def people(file: mp.Directory) -> list[str]:
    """Everybody who can be on a list, by DN; some by address; somebody outside, and nobody."""
    inside = [each for each in known(file) if isinstance(each, Addressed)]
    return [
        *(str(each.dn) for each in inside),
        *(each.name for each in inside[::4]),
        OUTSIDER,
        NOBODY,
        "",
        "x",
    ]


def trees(file: mp.Directory) -> list[str]:
    """Where searches begin: everywhere, at each kind of entry, in odd spellings, and where nothing is."""
    tree, nowhere = {
        "native": (["o=mail", "O = Mail", "ou=people,dc=acme.example,o=mail"], "dc=nope,o=mail"),
        "carbonio": (["dc=example", "DC=acme , dc=example", "cn=cos,cn=zimbra"], "cn=nope,cn=zimbra"),
    }[file.snapshot.dialect.name]
    return ["", *tree, str(file.account(JOHN).dn), nowhere, "nonsense"]


def filters(file: mp.Directory) -> list[str]:
    """Filters that find something or nothing, and some of every odd form that there is."""
    return [*FILTERS, *of_values(file), *corpus("filters")[::4]]


def of_values(file: mp.Directory) -> Iterator[str]:
    """Filters that find values which are there, of every attribute in turn: whole, begun, and in capitals."""
    values = [
        (name, each) for entry in file.snapshot for name, several in entry.raw.items() for each in several
    ]
    for name, value in values[::23]:
        yield str(Equal(name, value))
        yield str(Substrings(name, value[:4], (), None))
        yield str(Equal(name, value.upper()))


def crossed(*each: list[Any], every: int = 1) -> Iterator[tuple[Any, ...]]:
    """All combinations, or every so many-th of them."""
    return (chosen for number, chosen in enumerate(product(*each)) if number % every == 0)
