"""What the maps answer of a Carbonio directory: what its own tables would, in one question."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.mta.tables import Tables, Word, ask
from tests.mta.shapes import Shape
from tests.mta.stored import carbonio_account, carbonio_domain, carbonio_list, identity, record
from tests.unit.mta.test_maps import said


def directory(*entries: str, **domain: str) -> mp.Directory:
    base = (
        record("cn=zimbra", "organizationalRole", cn="zimbra"),
        record("dc=example", "dcObject organization", dc="example", o="example"),
        carbonio_domain("acme", **domain),
        carbonio_domain("closed").replace("zimbraMailStatus: enabled", "zimbraMailStatus: disabled"),
    )
    return mp.loads("\n\n".join((*base, *entries)) + "\n", dialect="carbonio")


ANN = carbonio_account(
    "ann",
    zimbraMailAlias="a.alias@acme.example",
    zimbraMailForwardingAddress="f1@other.example",
    zimbraPrefMailForwardingAddress="f2@other.example, f3@other.example",
    zimbraMailTransport="lmtp:store1:7025",
    zimbraMailCanonicalAddress="Ann.Example@acme.example",
    zimbraAllowFromAddress="press@other.example",
)


def test_all_forwards_and_always_the_mailbox() -> None:
    own = carbonio_account("fay", zimbraPrefMailForwardingAddress="f@other.example",
                           zimbraPrefMailLocalDeliveryDisabled="TRUE")  # fmt: skip
    of = directory(ANN, own)
    forwards = ["f1@other.example", "f2@other.example", "f3@other.example"]
    assert said(of, "alias", "a.alias@acme.example") == ["ann@acme.example", *forwards]
    # Not to keep it is for the mailbox server to say.
    assert said(of, "alias", "fay@acme.example") == ["fay@acme.example", "f@other.example"]


def test_a_domain_unknown_to_mail() -> None:
    assert said(directory(), "domains", "closed.example") is Word.ABSENT
    assert said(directory(), "domains", "acme.example") == ["acme.example"]


def test_an_alias_domain_does_not_take_what_its_target_would_not() -> None:
    of = directory(
        ANN,
        carbonio_domain(
            "alias",
            "alias",
            zimbraDomainAliasTargetId=identity("acme"),
            zimbraMailCatchAllAddress="@alias.example",
            zimbraMailCatchAllForwardingAddress="@acme.example",
        ),
    )
    assert said(of, "aliasdomains", "alias.example") == ["alias.example"]
    assert "ann@acme.example" in said(of, "alias", "ann@alias.example")  # type: ignore[operator]
    for map_name in ("alias", "mailbox", "recipientaccess", "senderlogins", "transport"):
        assert said(of, map_name, "nobody@alias.example") is Word.ABSENT


def test_the_transport_of_a_mailbox_before_that_of_its_domain() -> None:
    of = directory(ANN, carbonio_account("bob"), zimbraMailTransport="smtp:relay.example")
    configured = Tables(transport="lmtp:default")
    assert said(of, "transport", "Ann+x@acme.example", configured) == ["lmtp:store1:7025"]
    assert said(of, "transport", "bob@acme.example", configured) == ["smtp:relay.example"]
    assert said(of, "transport", "acme.example", configured) == ["smtp:relay.example"]
    assert said(directory(), "transport", "acme.example", configured) == ["lmtp:default"]
    # It stands on the delivery address.
    assert said(directory(ANN), "transport", "a.alias@acme.example") is Word.ABSENT


def test_the_address_by_which_somebody_is_seen() -> None:
    of = directory(ANN, carbonio_account("bob"))
    for key in ("ann@acme.example", "A.Alias@acme.example", "ann+x@acme.example"):
        assert said(of, "canonical", key) == ["Ann.Example@acme.example"]
    assert said(of, "canonical", "bob@acme.example") is Word.ABSENT


def test_the_name_by_which_a_whole_domain_is_seen() -> None:
    of = directory(
        ANN, zimbraMailCatchAllAddress="@acme.example", zimbraMailCatchAllCanonicalAddress="@big.example"
    )
    assert said(of, "canonical", "ann@acme.example") == ["Ann.Example@acme.example"]
    assert said(of, "canonical", "who+x@acme.example") == ["who+x@big.example"]


def test_what_is_stored_badly_is_not_passed_on() -> None:
    of = directory(carbonio_account("bob", zimbraMailTransport="smtp:a"))
    broken = mp.loads(
        "\n\n".join([record("cn=zimbra", "organizationalRole", cn="zimbra"), carbonio_domain("acme"),
                     carbonio_account("bob") + "\nzimbraMailTransport:: YQpi"]) + "\n", dialect="carbonio",
    )  # fmt: skip
    assert said(of, "transport", "bob@acme.example") == ["smtp:a"]
    assert said(broken, "transport", "bob@acme.example") is Word.WRONG


def test_sender_logins_as_the_table_of_the_system_gives_them() -> None:
    of = directory(ANN, carbonio_account("bob"))
    outside = tuple(f"{name}@other.example" for name in ("f1", "f2", "f3", "press"))
    names = ("ann@acme.example", "a.alias@acme.example", *outside)
    accepted = {*names, *(name.partition("@")[0] for name in names)}
    for key in ("ann@acme.example", "a.alias@acme.example", "press@other.example", "PRESS@other.example"):
        found = said(of, "senderlogins", key)
        assert isinstance(found, list)
        assert set(found) == accepted
    assert set(said(of, "senderlogins", "bob@acme.example")) == {"bob", "bob@acme.example"}  # type: ignore[arg-type]


def test_members_of_a_list_may_send_as_it() -> None:
    of = directory(ANN, carbonio_list(Shape("team", "ann")))
    assert "ann@acme.example" in ask(of, "senderlogins", "team@acme.example").text.split(", ")


@pytest.mark.parametrize("key", ["who@acme.example", "press@else.example"])
def test_nobody_may_use_it(key: str) -> None:
    assert said(directory(ANN), "senderlogins", key) is Word.ABSENT
