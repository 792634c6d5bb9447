"""How a person names one object."""

from __future__ import annotations

import pytest

from mailpolicy.errors import Ambiguous, NotFound
from mailpolicy.lookup import parse_selector, selected
from mailpolicy.reasons import Level
from tests.trees import ANN_ID, COS_ID, DOMAIN_ID, carbonio, native, record

LIST = record("cn=all,o=mail", "groupOfURLs", "mpList", cn="all", mail="all@acme.example")
ROOM = record("cn=room,o=mail", "mpResource", cn="room", mail="room@acme.example")
SERVER = record("cn=mx1,o=mail", "mpServer", cn="MX1")
ALIAS = record(
    "mail=al@acme.example,o=mail", "mpAlias", mail="al@acme.example", mpAliasTarget="uid=ann,o=mail"
)
TREE = native(
    {"mpAliases": "a@acme.example", "mpOldAddress": "old@acme.example"}, {}, {}, {}, LIST, ROOM, SERVER, ALIAS
)
PEOPLE = "ou=people,dc=acme,dc=example"


@pytest.mark.parametrize(
    ("selector", "dn"),
    [
        ("ann@acme.example", "uid=ann,o=mail"),
        ("ANN@acme.example", "uid=ann,o=mail"),
        ("a@acme.example", "uid=ann,o=mail"),
        ("old@acme.example", "uid=ann,o=mail"),
        ("al@acme.example", "uid=ann,o=mail"),
        ("account:ann@acme.example", "uid=ann,o=mail"),
        ("account:al@acme.example", "uid=ann,o=mail"),
        ("alias:al@acme.example", "mail=al@acme.example,o=mail"),
        ("list:all@acme.example", "cn=all,o=mail"),
        ("all@acme.example", "cn=all,o=mail"),
        ("resource:room@acme.example", "cn=room,o=mail"),
        ("cos:basic", "cn=basic,o=mail"),
        ("cos:BASIC", "cn=basic,o=mail"),
        ("cos:cn=basic,o=mail", "cn=basic,o=mail"),
        ("domain:acme.example", "dc=acme,o=mail"),
        ("domain:ACME.example", "dc=acme,o=mail"),
        ("domain:@acme.example", "dc=acme,o=mail"),
        ("server:mx1", "cn=mx1,o=mail"),
        ("config", "cn=config,o=mail"),
        ("UID = ann , O=mail", "uid=ann,o=mail"),
        ("o=mail", "o=mail"),
        ("account:uid=ann,o=mail", "uid=ann,o=mail"),
    ],
)
def test_what_it_names(selector: str, dn: str) -> None:
    assert selected(TREE, selector).dn == dn


@pytest.mark.parametrize(
    ("selector", "kind", "name"),
    [
        ("bob@acme.example", "address", "bob@acme.example"),
        ("account:all@acme.example", "account", "all@acme.example"),
        ("list:ann@acme.example", "list", "ann@acme.example"),
        ("resource:ann@acme.example", "resource", "ann@acme.example"),
        ("alias:a@acme.example", "alias", "a@acme.example"),
        ("cos:gold", "cos", "gold"),
        ("cos:uid=ann,o=mail", "cos", "uid=ann,o=mail"),
        ("domain:globex.example", "domain", "globex.example"),
        ("server:mx2", "server", "mx2"),
        ("uid=bob,o=mail", "entry", "uid=bob,o=mail"),
        ("nonsense", "entry", "nonsense"),
        ("", "entry", ""),
        ("cos:", "cos", ""),
        ("color:blue", "entry", "color:blue"),
        ("a=b", "entry", "a=b"),
        ("=", "entry", "="),
    ],
)
def test_what_is_not_there(selector: str, kind: str, name: str) -> None:
    with pytest.raises(NotFound) as caught:
        selected(TREE, selector)
    assert (caught.value.kind, caught.value.name) == (kind, name)


def test_the_kind_that_is_wanted_overrules() -> None:
    with pytest.raises(NotFound):
        selected(TREE, "all@acme.example", Level.ACCOUNT)
    assert selected(TREE, "acme.example", Level.DOMAIN).dn == "dc=acme,o=mail"
    assert selected(TREE, "basic", Level.COS).dn == "cn=basic,o=mail"


def test_no_config() -> None:
    with pytest.raises(NotFound):
        selected(native({}, {}, {}, None), "config")


def test_an_address_may_hold_an_equals_sign() -> None:
    snapshot = native({"mail": "a=b@acme.example"})
    assert selected(snapshot, "a=b@acme.example").dn == "uid=ann,o=mail"


def test_two_of_one_address() -> None:
    more = record(
        "uid=b,o=mail", "inetOrgPerson", "mpAccount", uid="b", cn="B", sn="B", mail="ann@acme.example"
    )
    with pytest.raises(Ambiguous):
        selected(native({}, {}, {}, {}, more), "ann@acme.example")


class TestDeployed:
    ALIAS = record(f"uid=al,{PEOPLE}", "zimbraAlias", uid="al", zimbraId="alias", zimbraAliasTargetId=ANN_ID)
    TREE = carbonio({"zimbraMailAlias": "al@acme.example"}, {}, {}, {}, ALIAS)

    @pytest.mark.parametrize(
        ("selector", "dn"),
        [
            (f"cos:{COS_ID}", "cn=basic,cn=cos,cn=zimbra"),
            ("cos:basic", "cn=basic,cn=cos,cn=zimbra"),
            (f"domain:{DOMAIN_ID}", "dc=acme,dc=example"),
            (f"account:{ANN_ID.upper()}", f"uid=ann,{PEOPLE}"),
            ("al@acme.example", f"uid=ann,{PEOPLE}"),
            ("alias:al@acme.example", f"uid=al,{PEOPLE}"),
            ("alias:AL@Acme.example", f"uid=al,{PEOPLE}"),
            ("alias:uid=al," + PEOPLE, f"uid=al,{PEOPLE}"),
        ],
    )
    def test_ids_and_alias_entries(self, selector: str, dn: str) -> None:
        assert selected(self.TREE, selector).dn == dn

    @pytest.mark.parametrize(
        "selector", ["alias:al@globex.example", "alias:ann@acme.example", f"cos:{ANN_ID}"]
    )
    def test_of_another_kind_or_place(self, selector: str) -> None:
        with pytest.raises(NotFound):
            selected(self.TREE, selector)


def test_taken_apart() -> None:
    assert parse_selector("config") == (Level.GLOBAL, "config")
    assert parse_selector("cos:a:b") == (Level.COS, "a:b")
    assert parse_selector("ldap:x") == (None, "ldap:x")
