"""The same addresses, asked of slapd by Postfix itself and of our socketmap: where mail comes to.

With `ldap:` tables Postfix tries the parts of an address one after the other. Every mixture of name,
detail, case and domain goes through both.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

import pytest
from attrs import evolve

from mailpolicy.mta.tables.ladders import access_keys, transport_keys, virtual_keys
from mailpolicy.values import Address
from tests.mta.asking import asking
from tests.mta.installation import INSTALLATIONS, Installation
from tests.mta.stored import carbonio_account, carbonio_domain, native_account, native_domain
from tests.postfix import Outcome, Postfix, require

pytestmark = pytest.mark.twin

MORE: Final = {
    "native": (
        native_domain("late.example", mpDomainKind="alias", mpAliasTarget="dc=globex.example,o=mail"),
        native_account("old@acme.example", mpOldAddress="older@acme.example"),
        native_account("odd@acme.example", mpAliases='"a b"@acme.example'),
        native_account("sign@acme.example", mpAliases="plus+sign@acme.example"),
    ),
    "carbonio": (
        carbonio_account("old", zimbraOldMailAddress="older@acme.example"),
        carbonio_account("odd", zimbraMailAlias='"a b"@acme.example'),
        carbonio_account("sign", zimbraMailAlias="plus+sign@acme.example"),
        carbonio_domain("off").replace("zimbraMailStatus: enabled", "zimbraMailStatus: disabled"),
        carbonio_account("in", "off"),
    ),
}

LOCALS: Final = (
    "ann",
    "dan",
    "fay",
    "room",
    "gil",
    "older",
    "plus",
    "plus+sign",
    '"a b"',
    "nobody",
    "both",
    "off",
)
DETAILS: Final = ("", "+News", "-x")
DOMAINS: Final = ("acme.example", "Alias.Example", "globex.example")
ADDRESSES: Final = tuple(
    f"{local[:-1]}{detail}{local[-1]}@{domain}" if local.startswith('"') else f"{local}{detail}@{domain}"
    for local, detail, domain in product(LOCALS, DETAILS, DOMAINS)
)


def installation(dialect: str) -> Installation:
    return evolve(INSTALLATIONS[dialect], more="\n" + "\n\n".join(MORE[dialect]) + "\n")


@pytest.fixture(scope="module", params=["native", "carbonio"])
def both(request: pytest.FixtureRequest) -> Iterator[tuple[Postfix, Postfix]]:
    whole = installation(request.param)
    with asking(whole.directory) as ours:
        for theirs in whole.run():
            yield theirs, ours


def folded(outcome: Outcome) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    delivered = tuple(sorted(each.lower() for each in outcome.delivered))
    return delivered, tuple(sorted(each.lower() for each in outcome.returned)), outcome.refused[:9]


def bare(addresses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(address.replace("+news", "") for address in addresses)


@pytest.mark.parametrize("address", ADDRESSES)
def test_mail_comes_to_the_same(both: tuple[Postfix, Postfix], address: str) -> None:
    theirs, ours = (folded(each.send(address)) for each in both)
    if theirs[1:] == (theirs[1], "") and theirs[1]:
        # Of an alias domain Postfix by itself takes everything, and returns what nobody in its target has.
        assert ours == ((), (), "550 5.1.1")
    elif address.startswith(("fay+", "both+")) and "globex" not in address:
        # A detail is for the mailbox itself: whether others, or other systems, know it nobody can tell.
        assert bare(ours[0]) == bare(theirs[0])
        assert [each for each in ours[0] if "+" in each] == [
            each for each in theirs[0] if "fay+news@acme" in each
        ]
    else:
        assert ours == theirs


# The orders of the manual pages, by tables in files


def tables(keys: Sequence[str], first: int) -> dict[str, str]:
    """What a file has from the `first` key of a ladder on: each says which it is."""
    return {key: f"k{place}" for place, key in enumerate(keys) if place >= first}


LADDERS: Final = {"access": access_keys, "transport": transport_keys, "virtual": virtual_keys}


def ladder(name: str, number: int) -> tuple[str, list[str]]:
    """An address of its own for each rung, and its keys; but for what all addresses have in common."""
    address = Address(f"{name}{number}+ext@mx.dom.{name}{number}")
    return address, [key for key in LADDERS[name](address) if key != "*"]


@pytest.fixture(scope="module")
def reading_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postfix]:
    require()
    folder = tmp_path_factory.mktemp("tables", numbered=True)
    for parent in (folder, *list(folder.parents)[:2]):
        parent.chmod(0o755)
    said = {"access": "REJECT {}", "transport": "error:5.1.1 {}", "virtual": "{}@other.example"}
    for name, text in said.items():
        lines = []
        for number in range(8):
            _, keys = ladder(name, number)
            lines += [f"{key} {text.format(value)}" for key, value in tables(keys, number).items()]
        (folder / name).write_text("\n".join(lines) + "\n")
        os.utime(folder / name, (0, 0))
    settings = {
        "mynetworks": "127.0.0.1",
        "smtpd_relay_restrictions": "permit_mynetworks, reject",
        "smtpd_recipient_restrictions": f"check_recipient_access texthash:{folder}/access, permit",
        "transport_maps": f"texthash:{folder}/transport",
        "virtual_alias_maps": f"texthash:{folder}/virtual",
    }
    with Postfix({"virtual_mailbox_maps": ()}, ldap_uri="", base="", settings=settings) as postfix:
        yield postfix


RUNGS: Final = [(name, number) for name in LADDERS for number in range(len(ladder(name, 0)[1]))]


@pytest.mark.parametrize(("name", "number"), RUNGS)
def test_postfix_tries_the_keys_in_that_order(reading_files: Postfix, name: str, number: int) -> None:
    address, keys = ladder(name, number)
    outcome = reading_files.send(address)
    if name == "virtual":
        detail = "+ext" if number == 1 else ""  # what was not asked for goes along
        assert outcome.delivered == (f"k{number}{detail}@other.example",)
    else:
        assert outcome.refused.endswith(f" k{number}"), (outcome, keys[number])
