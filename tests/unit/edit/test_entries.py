"""Creating, deleting and renaming entries, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.edit import applied
from mailpolicy.reasons import Level
from tests.changing import raw, refused
from tests.trees import ANN, ANN_ID, carbonio, entry, native, record, value

PEOPLE = "ou=people,dc=acme,dc=example"
GOLD = record("cn=gold,o=mail", "mpClassOfService", cn="gold")


class TestDelete:
    def test_an_entry_goes(self) -> None:
        snapshot = applied(native(), [mp.delete("cos:basic")])
        assert list(snapshot.of_level(Level.COS)) == []

    def test_not_with_entries_below(self) -> None:
        assert "such as" in refused(native(), mp.delete("o=mail"))[0]

    def test_not_with_entries_far_below(self) -> None:
        more = record("cn=x,ou=gone,cn=gold,o=mail", "mpClassOfService", cn="x")
        assert refused(native({}, {}, {}, {}, GOLD, more), mp.delete("cos:gold"))

    def test_twice(self) -> None:
        assert refused(native(), mp.delete("cos:basic"), mp.delete("cos:basic")) == (
            "cos:basic: no cos 'basic'",
        )


class TestRename:
    def test_the_naming_value_follows(self) -> None:
        snapshot = applied(native({}, {}, {}, {}, GOLD), [mp.rename("cos:gold", "cn=Platinum,o=mail")])
        assert raw(snapshot, "cos:platinum", "cn") == (b"Platinum",)
        assert snapshot.named(Level.COS, "gold") is None

    def test_a_stored_spelling_of_the_old_name_goes_too(self) -> None:
        gold = record("cn=gold,o=mail", "mpClassOfService", cn=["GOLD", "Au"])
        snapshot = applied(native({}, {}, {}, {}, gold), [mp.rename("cos:gold", "cn=platinum,o=mail")])
        assert raw(snapshot, "cos:platinum", "cn") == (b"platinum", b"Au")

    def test_only_the_case(self) -> None:
        snapshot = applied(native({}, {}, {}, {}, GOLD), [mp.rename("cos:gold", "CN=Gold,o=mail")])
        assert entry(snapshot, "cos:gold").dn == "CN=Gold,o=mail"
        assert raw(snapshot, "cos:gold", "cn") == (b"Gold",)
        assert len(snapshot) == len(native()) + 1

    def test_those_below_move_along_with_what_was_wrong_with_them(self) -> None:
        more = (
            record("ou=a,o=mail", "organizationalUnit", ou="a"),
            record("ou=b,ou=a,o=mail", "organizationalUnit", ou="b"),
            record("cn=c,ou=b,ou=a,o=mail", "mpClassOfService", cn="c", mpMailboxQuota="??", shoeSize="9"),
        )
        snapshot = applied(native({}, {}, {}, {}, *more), [mp.rename("ou=a,o=mail", "ou=z,o=mail")])
        assert [each.dn for each in snapshot.within("ou=z,o=mail", "sub")] == [
            "ou=z,o=mail",
            "ou=b,ou=z,o=mail",
            "cn=c,ou=b,ou=z,o=mail",
        ]
        assert snapshot.entry("ou=a,o=mail") is None

    @pytest.mark.parametrize(
        ("dn", "says"),
        [
            ("cn=config,o=mail", "already"),
            ("cn=gold,ou=gone,o=mail", "no entry ou=gone,o=mail"),
            ("cn=x,cn=gold,o=mail", "below itself"),
            ("", "a name"),
            ("nonsense", "expected"),
        ],
    )
    def test_where_it_cannot_go(self, dn: str, says: str) -> None:
        (problem,) = refused(native({}, {}, {}, {}, GOLD), mp.rename("cos:gold", dn))
        assert says in problem


class TestCreate:
    def test_beside_its_like(self) -> None:
        more = (
            record("ou=people,dc=acme,o=mail", "organizationalUnit", ou="people"),
            record("uid=bob,ou=people,dc=acme,o=mail", "inetOrgPerson", "mpAccount", uid="bob", cn="B",
                   sn="B", mail="bob@acme.example"),
        )  # fmt: skip
        snapshot = applied(
            native(None, {}, {}, {}, *more), [mp.create("account:Eve@acme.example", last_name="Evans")]
        )
        eve = entry(snapshot, "eve@acme.example")
        assert eve.dn == "uid=eve,ou=people,dc=acme,o=mail"
        assert raw(snapshot, "eve@acme.example", "sn") == (b"Evans",)
        assert raw(snapshot, "eve@acme.example", "mail") == (b"eve@acme.example",)

    def test_a_new_domain_brings_the_containers_of_the_others(self) -> None:
        acme = mp.open("ldif/examples/acme.ldif")
        future = acme.with_changes(mp.create("domain:new.example"), mp.create("account:ann@new.example"))
        assert future.account("ann@new.example").dn == "uid=ann,ou=people,dc=new.example,o=mail"
        assert future.account("ann@new.example").domain == future.domain("new.example")

    def test_a_domain_in_labels(self) -> None:
        changes = mp.create("domain:mail.globex.org"), mp.create("account:ann@mail.globex.org")
        snapshot = applied(carbonio(), changes)
        assert entry(snapshot, "domain:mail.globex.org").dn == "dc=mail,dc=globex,dc=org"
        assert snapshot.entry("dc=globex,dc=org") is not None
        ann = entry(snapshot, "account:ann@mail.globex.org")
        assert ann.dn == "uid=ann,ou=people,dc=mail,dc=globex,dc=org"
        assert ann.raw["zimbraAccountStatus"] == (b"active",)

    def test_not_beside_the_systems_own_accounts(self) -> None:
        acme = mp.open("ldif/examples/carbonio.ldif")
        future = acme.with_changes(mp.create("account:new@hooli.example"))
        assert future.account("new@hooli.example").dn == "uid=new,ou=people,dc=hooli,dc=example"

    def test_ids_are_never_given_twice(self) -> None:
        snapshot = applied(
            carbonio(),
            [
                mp.create("cos:gold"),
                mp.rename("cos:gold", "cn=silver,cn=cos,cn=zimbra"),
                mp.create("cos:gold"),
            ],
        )
        assert raw(snapshot, "cos:gold", "zimbraId") != raw(snapshot, "cos:silver", "zimbraId")

    def test_a_resource_is_one(self) -> None:
        snapshot = applied(
            carbonio(),
            [mp.create("resource:room@acme.example", dn=f"uid=room,{PEOPLE}", resource_kind="equipment")],
        )
        assert snapshot.level_of(entry(snapshot, "room@acme.example")) is Level.RESOURCE
        assert value(snapshot, "resource_kind", "room@acme.example") == "equipment"

    def test_a_dynamic_list_beside_dynamic_lists(self) -> None:
        carbon = mp.open("ldif/examples/carbonio.ldif")
        url = "ldap:///ou=people,dc=acme,dc=example??sub?(objectClass=zimbraAccount)"
        future = carbon.with_changes(
            mp.create("list:dyn@acme.example", member_urls=url),
            mp.create("list:flat@acme.example", member_addresses="john@acme.example"),
        )
        assert isinstance(future.list("dyn@acme.example"), mp.DynamicList)
        assert future.list("dyn@acme.example").dn == "cn=dyn,cn=groups,dc=acme,dc=example"
        assert future.list("flat@acme.example").dn == "uid=flat,ou=people,dc=acme,dc=example"

    def test_an_alias_entry_and_its_target(self) -> None:
        snapshot = carbonio({"zimbraAccountStatus": "active"})
        there = mp.create("alias:al@acme.example", {"zimbraAliasTargetId": ANN_ID}, dn=f"uid=al,{PEOPLE}")
        after = applied(snapshot, [there])
        assert raw(after, ANN, "zimbraMailAlias") == (b"al@acme.example",)
        assert b"al@acme.example" in raw(after, ANN, "mail")
        assert entry(after, "alias:al@acme.example").dn == f"uid=al,{PEOPLE}"
        assert applied(after, [mp.delete("alias:al@acme.example")]).revision == snapshot.revision

    def test_a_config(self) -> None:
        snapshot = applied(
            native({}, {}, {}, None), [mp.create("config", dn="cn=all,o=mail", mailbox_quota="1 GiB")]
        )
        assert value(snapshot, "mailbox_quota") == 2**30

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            (mp.create("ann2@acme.example"), "kind of object first"),
            (mp.create("account:ann@acme.example"), "already"),
            (mp.create("account:ann@globex.example"), "no domain 'globex.example'"),
            (mp.create("account:ann lee@acme.example"), "expected an address"),
            (mp.create("server:mx1"), "a dn is needed"),
            (mp.create("cos:gold", dn="cn=gold,ou=gone,o=mail"), "no entry ou=gone,o=mail"),
            (mp.create("cos:gold", mailbox_quota="5GB?"), "mailbox_quota"),
            (mp.create("cos:gold", dn="nonsense"), "expected"),
            (mp.create("alias:al@acme.example", dn="mail=al@acme.example,o=mail"), "mpAliasTarget"),
        ],
    )
    def test_what_it_refuses(self, change: Any, says: str) -> None:
        assert says in " ".join(refused(native(), change))
