"""Small directories with grants: two domains, one below the other, people, lists, and what is granted."""

from __future__ import annotations

from mailpolicy.ldap.ldif import read
from mailpolicy.lookup import selected
from mailpolicy.rights import Holding, holds
from mailpolicy.snapshot import Snapshot, load
from tests.trees import record

ANN, BOB, EVE = "ann@acme.example", "bob@acme.example", "eve@globex.example"
OUTSIDER = "wile@customer.example"
OUTER, INNER, STAFF = "outer@acme.example", "inner@acme.example", "staff@acme.example"

PLACES = ("global", "acme", "north", "globex", "ann", "bob", "eve", "adm", "outer", "inner", "staff", "cos")


def address(name: str) -> str:
    return f"{name}@{'globex' if name == 'eve' else 'acme'}.example"


def directory(*extra: str, **grants: str | list[str]) -> Snapshot:
    """A native directory; what is granted is given by the name of the entry where it stands.

    `inner` is a static list that is on `outer`; `bob` is on `inner`, and so on both; `staff` is dynamic,
    and finds `ann` and `bob`. `adm` is an administrator by grants, `root` one of everything.
    """
    unknown = grants.keys() - set(PLACES)
    assert not unknown, unknown
    given = {place: {"mpGrants": texts} for place, texts in grants.items()}

    def person(name: str, **more: str) -> str:
        says = {"cn": name, "sn": name, "mail": address(name), **more, **given.get(name, {})}
        domain = address(name).rpartition("@")[2]
        return record(
            f"uid={name},dc={domain},o=mail",
            "inetOrgPerson",
            "mpAccount",
            uid=name,
            **says,  # type: ignore[arg-type]
        )

    def domain(place: str, name: str) -> str:
        says = {"associatedDomain": name, **given.get(place, {})}
        return record(f"dc={name},o=mail", "domain", "mpDomain", dc=name, **says)  # type: ignore[arg-type]

    def mailing_list(name: str, **members: str | list[str]) -> str:
        says = {"mail": address(name), **members, **given.get(name, {})}
        return record(f"cn={name},dc=acme.example,o=mail", "groupOfURLs", "mpList", cn=name, **says)

    records = [
        record("o=mail", "organization", o="mail"),
        record("cn=config,o=mail", "mpConfig", cn="config", **given.get("global", {})),
        record("cn=gold,o=mail", "mpClassOfService", cn="gold", **given.get("cos", {})),
        domain("acme", "acme.example"),
        domain("north", "north.acme.example"),
        domain("globex", "globex.example"),
        person("ann", mpAliases="a.smith@acme.example", ou="Sales"),
        person("bob", ou="Sales"),
        person("eve"),
        person("adm", mpIsDelegatedAdmin="TRUE"),
        person("root", mpIsGlobalAdmin="TRUE"),
        mailing_list("outer", mpMemberAddresses=[INNER, OUTSIDER, "adm@acme.example"]),
        mailing_list("inner", mpMemberAddresses=[BOB]),
        mailing_list("staff", memberURL="ldap:///dc=acme.example,o=mail??sub?(ou=Sales)"),
        *extra,
    ]
    return load(read(["".join(records).encode()]), dialect="native")


def holding(
    snapshot: Snapshot,
    who: str | None,
    right: str,
    target: str,
    *,
    as_admin: bool = False,
    onward: bool = False,
) -> Holding:
    return holds(snapshot, who, right, selected(snapshot, target), as_admin=as_admin, onward=onward)


def answer(snapshot: Snapshot, who: str | None, right: str, target: str, **how: bool) -> bool | None:
    return holding(snapshot, who, right, target, **how).answer


def ids(held: Holding) -> list[str]:
    """The reasons that had an effect."""
    return [reason.id for reason in held.deciding]
