"""Which object mail for an address reaches, step by step."""

from __future__ import annotations

from base64 import b64encode

import pytest

from mailpolicy.errors import Ambiguous, InvalidValue, NotFound
from mailpolicy.lookup import addressed, find
from mailpolicy.snapshot import Snapshot
from tests.trees import ANN, ANN_ID, carbonio, native, record

ANN_DN = "uid=ann,o=mail"
BOB = record(
    "uid=bob,o=mail", "inetOrgPerson", "mpAccount", uid="bob", cn="Bob", sn="Bob", mail="bob@acme.example"
)
CATCHER = record(
    "uid=any,o=mail", "inetOrgPerson", "mpAccount", uid="any", cn="Any", sn="Any", mail="any@acme.example",
    mpCatchAllAddresses="@acme.example",
)  # fmt: skip


def alias_domain(name: str, target: str, **more: str) -> str:
    return record(
        f"dc={name},o=mail", "domain", "mpDomain", dc=name, associatedDomain=name, mpDomainKind="alias",
        mpAliasTarget=target, **more,
    )  # fmt: skip


def reached(snapshot: Snapshot, address: str) -> str:
    return find(snapshot, address).dn


class TestLadder:
    def test_the_address_itself(self) -> None:
        assert reached(native(), ANN) == ANN_DN

    def test_an_alias(self) -> None:
        assert reached(native({"mpAliases": "a@acme.example"}), "a@acme.example") == ANN_DN

    @pytest.mark.parametrize("address", ["Ann@Acme.Example", " ann@acme.example ", '"ann"@acme.example'])
    def test_every_spelling(self, address: str) -> None:
        assert reached(native(), address) == ANN_DN

    def test_case_of_what_is_stored(self) -> None:
        assert reached(native({"mail": "Ann@ACME.Example"}), ANN) == ANN_DN

    def test_without_the_detail(self) -> None:
        assert reached(native(), "ann+news@acme.example") == ANN_DN
        assert reached(native(), "ann+news+more@acme.example") == ANN_DN

    def test_the_whole_address_comes_before_the_one_without_detail(self) -> None:
        more = BOB.replace("bob@acme", "ann+news@acme")
        assert reached(native({}, {}, {}, {}, more), "ann+news@acme.example") == "uid=bob,o=mail"
        assert reached(native({}, {}, {}, {}, more), "ann+other@acme.example") == ANN_DN

    def test_in_the_target_of_an_alias_domain(self) -> None:
        snapshot = native(
            {"mpAliases": "a@acme.example"}, {}, {}, {}, alias_domain("alias.example", "dc=acme,o=mail")
        )
        for address in ("ann@alias.example", "a@alias.example", "ann+x@alias.example", "A+X@ALIAS.example"):
            assert reached(snapshot, address) == ANN_DN

    def test_a_real_address_in_the_alias_domain_comes_first(self) -> None:
        more = BOB.replace("bob@acme.example", "ann@alias.example")
        snapshot = native({}, {}, {}, {}, alias_domain("alias.example", "acme.example"), more)
        assert reached(snapshot, "ann@alias.example") == "uid=bob,o=mail"
        assert reached(snapshot, "ann+x@alias.example") == "uid=bob,o=mail"

    def test_an_old_address(self) -> None:
        snapshot = native({"mpOldAddress": "maiden@acme.example"}, {}, {}, {}, CATCHER)
        assert reached(snapshot, "maiden@acme.example") == ANN_DN

    def test_an_old_address_in_an_alias_domain(self) -> None:
        more = alias_domain("alias.example", "acme.example")
        snapshot = native({"mpOldAddress": "maiden@acme.example"}, {}, {}, {}, more)
        assert reached(snapshot, "maiden@alias.example") == ANN_DN

    def test_an_old_address_with_a_detail(self) -> None:
        more = alias_domain("alias.example", "acme.example")
        snapshot = native({"mpOldAddress": "maiden@acme.example"}, {}, {}, {}, more, CATCHER)
        for address in ("maiden+x@acme.example", "Maiden+x@alias.example"):
            assert reached(snapshot, address) == ANN_DN
        assert reached(snapshot, "maidens+x@acme.example") != ANN_DN

    def test_an_address_of_today_comes_before_an_old_one(self) -> None:
        assert reached(native({"mpOldAddress": "bob@acme.example"}, {}, {}, {}, BOB), "bob@acme.example") == (
            "uid=bob,o=mail"
        )

    def test_the_catch_all(self) -> None:
        snapshot = native({}, {}, {}, {}, CATCHER)
        assert reached(snapshot, "nobody@acme.example") == "uid=any,o=mail"
        assert reached(snapshot, ANN) == ANN_DN
        with pytest.raises(NotFound):
            find(snapshot, "nobody@else.example")

    def test_the_catch_all_of_the_target(self) -> None:
        snapshot = native({}, {}, {}, {}, CATCHER, alias_domain("alias.example", "acme.example"))
        assert reached(snapshot, "nobody@alias.example") == "uid=any,o=mail"

    def test_the_catch_all_of_the_alias_domain_itself_is_nearer(self) -> None:
        nearer = BOB.replace("mail: bob", "mpCatchAllAddresses: @alias.example\nmail: bob")
        snapshot = native({}, {}, {}, {}, CATCHER, nearer, alias_domain("alias.example", "acme.example"))
        assert reached(snapshot, "nobody@alias.example") == "uid=bob,o=mail"

    def test_a_list_and_a_resource_too(self) -> None:
        more = (
            record("cn=all,o=mail", "groupOfURLs", "mpList", cn="all", mail="all@acme.example"),
            record("cn=room,o=mail", "mpResource", cn="room", mail="room@acme.example"),
        )
        snapshot = native({}, {}, {}, {}, *more)
        assert reached(snapshot, "all@acme.example") == "cn=all,o=mail"
        assert reached(snapshot, "room+x@acme.example") == "cn=room,o=mail"

    def test_an_address_in_a_domain_that_is_not_there(self) -> None:
        snapshot = native({"mpAliases": "ann@gone.example"})
        assert reached(snapshot, "ann@gone.example") == ANN_DN
        with pytest.raises(NotFound):
            find(snapshot, "ann+x@gone.example")

    @pytest.mark.parametrize("address", ["", "ann", "@acme.example", "ann@", "a b@acme.example"])
    def test_what_is_no_address(self, address: str) -> None:
        with pytest.raises(InvalidValue):
            find(native(), address)


class TestDelimiter:
    @pytest.mark.parametrize("address", ["ann+x", "ann-x", "ann-x+y", "ann+x-y", "ann-"])
    def test_each_character_is_one(self, address: str) -> None:
        snapshot = native(domain={"mpRecipientDelimiter": "+-"})
        assert reached(snapshot, f"{address}@acme.example") == ANN_DN

    def test_another_one(self) -> None:
        snapshot = native(domain={"mpRecipientDelimiter": "-"})
        assert reached(snapshot, "ann-x@acme.example") == ANN_DN
        with pytest.raises(NotFound):
            find(snapshot, "ann+x@acme.example")

    def test_everybodys(self) -> None:
        assert reached(native(config={"mpRecipientDelimiter": "="}), "ann=x@acme.example") == ANN_DN

    def test_none(self) -> None:
        snapshot = native(domain={"mpRecipientDelimiter:": ""})
        with pytest.raises(NotFound):
            find(snapshot, "ann+x@acme.example")

    def test_that_of_the_target_splits_in_the_target(self) -> None:
        more = alias_domain("alias.example", "acme.example", mpRecipientDelimiter="=")
        snapshot = native({}, {}, {"mpRecipientDelimiter": "-"}, {}, more)
        assert reached(snapshot, "ann-x@alias.example") == ANN_DN
        with pytest.raises(NotFound):
            find(snapshot, "ann=x@alias.example")

    def test_a_detail_does_not_start_at_the_beginning(self) -> None:
        snapshot = native({"mpAliases": ["+ann@acme.example", "x@acme.example"]})
        assert reached(snapshot, "+ann@acme.example") == ANN_DN
        for address in ("+x@acme.example", "+ann+x@acme.example"):
            with pytest.raises(NotFound):
                find(snapshot, address)

    @pytest.mark.parametrize(
        "local", ["postmaster", "MAILER-DAEMON", "double-bounce", "owner-x", "x-request"]
    )
    def test_names_that_mail_itself_uses_are_never_split(self, local: str) -> None:
        parts = [f"{part}@acme.example" for part in ("post", "mailer", "double", "owner", "x")]
        snapshot = native({"mpAliases": parts}, {}, {"mpRecipientDelimiter": "-"})
        assert reached(snapshot, "double-x@acme.example") == ANN_DN
        with pytest.raises(NotFound):
            find(snapshot, f"{local}@acme.example")

    def test_owner_and_request_split_elsewhere(self) -> None:
        snapshot = native({"mpAliases": "owner-x@acme.example"}, {}, {"mpRecipientDelimiter": "+"})
        assert reached(snapshot, "owner-x+y@acme.example") == ANN_DN

    def test_inside_quotes(self) -> None:
        snapshot = native({"mpAliases": ['"ann lee"@acme.example', "lee@acme.example"]})
        assert reached(snapshot, '"Ann Lee"@acme.example') == ANN_DN
        assert reached(snapshot, '"ann lee+x"@acme.example') == ANN_DN
        assert reached(snapshot, '"lee+a b"@acme.example') == ANN_DN


class TestMailStatus:
    def test_disabled_is_as_good_as_absent(self) -> None:
        snapshot = native({"mpMailStatus": "disabled"})
        with pytest.raises(NotFound):
            find(snapshot, ANN)

    def test_the_catch_all_is_next(self) -> None:
        snapshot = native({"mpMailStatus": "disabled"}, {}, {}, {}, CATCHER)
        assert reached(snapshot, ANN) == "uid=any,o=mail"

    def test_a_disabled_exact_one_leaves_the_one_without_detail(self) -> None:
        more = BOB.replace("bob@acme", "ann+x@acme").replace("cn: Bob", "cn: Bob\nmpMailStatus: disabled")
        assert reached(native({}, {}, {}, {}, more), "ann+x@acme.example") == ANN_DN

    def test_a_disabled_catch_all_catches_nothing(self) -> None:
        more = CATCHER.replace("cn: Any", "cn: Any\nmpMailStatus: disabled")
        with pytest.raises(NotFound):
            find(native({}, {}, {}, {}, more), "nobody@acme.example")

    def test_of_two_the_one_that_takes_mail(self) -> None:
        more = BOB.replace("mail: bob@", "mpAliases: ann@acme.example\nmail: bob@")
        assert reached(native({"mpMailStatus": "disabled"}, {}, {}, {}, more), ANN) == "uid=bob,o=mail"

    def test_people_find_it_all_the_same(self) -> None:
        assert addressed(native({"mpMailStatus": "disabled"}), ANN).dn == ANN_DN


class TestAliasDomains:
    def test_a_chain_is_followed(self) -> None:
        more = (alias_domain("b.example", "a.example"), alias_domain("a.example", "acme.example"))
        assert reached(native({}, {}, {}, {}, *more), "ann@b.example") == ANN_DN

    def test_a_loop_ends(self) -> None:
        more = (alias_domain("b.example", "a.example"), alias_domain("a.example", "b.example"))
        snapshot = native({"mpAliases": "only@a.example"}, {}, {}, {}, *more)
        with pytest.raises(NotFound):
            find(snapshot, "ann@b.example")
        assert reached(snapshot, "only@b.example") == ANN_DN

    def test_an_alias_of_itself(self) -> None:
        with pytest.raises(NotFound):
            find(native({}, {}, {}, {}, alias_domain("a.example", "a.example")), "ann@a.example")

    @pytest.mark.parametrize("target", ["dc=gone,o=mail", "gone.example"])
    def test_a_target_that_is_gone(self, target: str) -> None:
        with pytest.raises(NotFound):
            find(native({}, {}, {}, {}, alias_domain("a.example", target)), "ann@a.example")

    def test_a_target_alone_makes_no_alias_domain(self) -> None:
        more = alias_domain("a.example", "acme.example").replace("mpDomainKind: alias\n", "")
        with pytest.raises(NotFound):
            find(native({}, {}, {}, {}, more), "ann@a.example")


class TestAmbiguous:
    def test_nobody_is_chosen(self) -> None:
        more = BOB.replace("mail: bob@", "mpAliases: ann@acme.example\nmail: bob@")
        with pytest.raises(Ambiguous) as caught:
            find(native({}, {}, {}, {}, more), ANN)
        assert caught.value.address == ANN
        assert caught.value.dns == (ANN_DN, "uid=bob,o=mail")

    def test_two_catch_alls(self) -> None:
        snapshot = native({"mpCatchAllAddresses": "@acme.example"}, {}, {}, {}, CATCHER)
        with pytest.raises(Ambiguous):
            find(snapshot, "nobody@acme.example")

    def test_twice_the_same_object_is_one(self) -> None:
        assert reached(native({"mpAliases": ANN}), ANN) == ANN_DN


class TestIdn:
    @pytest.mark.parametrize("stored", ["bücher.example", "xn--bcher-kva.example", "BÜCHER.example"])
    @pytest.mark.parametrize(
        "asked", ["ann@bücher.example", "ann@xn--bcher-kva.example", "Ann@Bu\u0308cher.Example"]
    )
    def test_labels_meet(self, stored: str, asked: str) -> None:
        def coded(text: str) -> str:
            return b64encode(text.encode()).decode()

        snapshot = native({"mail:": coded(f"ann@{stored}")}, {}, {"associatedDomain:": coded(stored)})
        assert reached(snapshot, asked) == ANN_DN
        assert reached(snapshot, asked.replace("@", "+x@")) == ANN_DN

    def test_the_catch_all_in_u_labels(self) -> None:
        account = {"mpCatchAllAddresses:": "QGLDvGNoZXIuZXhhbXBsZQ=="}
        snapshot = native(account, {}, {"associatedDomain": "xn--bcher-kva.example"})
        assert reached(snapshot, "nobody@bücher.example") == ANN_DN


class TestAliasEntries:
    def test_one_leads_to_its_target(self) -> None:
        more = record("mail=al@acme.example,o=mail", "mpAlias", mail="al@acme.example", mpAliasTarget=ANN_DN)
        assert reached(native({}, {}, {}, {}, more), "al+x@acme.example") == ANN_DN

    def test_a_dangling_one_leads_nowhere(self) -> None:
        more = record(
            "mail=al@acme.example,o=mail", "mpAlias", mail="al@acme.example", mpAliasTarget="uid=x,o=mail"
        )
        with pytest.raises(NotFound):
            find(native({}, {}, {}, {}, more), "al@acme.example")
        assert reached(native({}, {}, {}, {}, more, CATCHER), "al@acme.example") == "uid=any,o=mail"

    def test_in_a_deployed_directory_the_value_at_the_target_counts(self) -> None:
        entry = record(
            "uid=al,ou=people,dc=acme,dc=example",
            "zimbraAlias",
            uid="al",
            zimbraId="x",
            zimbraAliasTargetId=ANN_ID,
        )
        snapshot = carbonio({"zimbraMailAlias": "al@acme.example"}, {}, {}, {}, entry)
        assert reached(snapshot, "al@acme.example") == "uid=ann,ou=people,dc=acme,dc=example"
        with pytest.raises(NotFound):
            find(carbonio({}, {}, {}, {}, entry), "al@acme.example")

    def test_old_addresses_of_a_deployed_directory(self) -> None:
        snapshot = carbonio({"zimbraOldMailAddress": "maiden@acme.example"})
        assert reached(snapshot, "maiden@acme.example") == "uid=ann,ou=people,dc=acme,dc=example"


def test_people_find_by_text_that_is_no_address() -> None:
    assert addressed(native({"mail": "Ann Lee@acme.example"}), "ann lee@acme.example").dn == ANN_DN
