"""Logins of all kinds, by a house with all kinds of rules: judged as the slow and plain way does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final, get_args

from attrs import evolve, frozen
from hypothesis import Phase, event, given, settings, strategies as st

from mailpolicy.decision import REPLIES, Login, Recovery, Verdict, decide
from mailpolicy.decision.requests import PasswordIs
from mailpolicy.model import Directory
from mailpolicy.status import resolve_status
from mailpolicy.status.table import ACCOUNT_STATUSES, DOMAIN_STATUSES
from mailpolicy.values import generalized_time
from tests.examples import ACME
from tests.reference.login import SERVICES, House, Person, slow_login
from tests.trees import loaded, native_text, record

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
NETWORKS = ("192.0.2.0/24", "192.0.2.7", "2001:db8::/32", "::ffff:198.51.100.0/120", "0.0.0.0/0")
CLIENTS = (
    "", "nowhere", "192.0.2.7", "192.0.2.8", "::ffff:192.0.2.7", "2001:db8::7", "2001:db9::1",
    "198.51.100.255",
)  # fmt: skip
ANNS = ("ann@acme.example", "Ann@ACME.example", "a@acme.example", "ann@alias.example", "ann")
BOBS = ("bob@acme.example", "bob")
NOBODIES = ("team@acme.example", "nobody@acme.example", "@", "ann@", "", "ann@elsewhere.example")
RIGHT: Final[tuple[PasswordIs, ...]] = ("right",) * 12
CALLS = (*SERVICES, "admin", "sieve", "managesieve", "submission", "telnet", "IMAP", "")

few_networks = st.lists(st.sampled_from(NETWORKS), max_size=2, unique=True).map(tuple)
no_networks = st.sampled_from([()])
mostly = st.sampled_from([True, True, True, False])
seldom = st.sampled_from([False, False, False, True])
ages = st.integers(-10, 200).map(lambda days: NOON - timedelta(days=days))

people = st.builds(
    Person,
    st.sampled_from([*["active"] * 8, *ACCOUNT_STATUSES]).map(lambda each: each or ""),
    st.sampled_from(["nothing", "everything", "grants"]),
    st.frozensets(st.sampled_from(SERVICES), max_size=2).map(frozenset(SERVICES).difference),
    no_networks | few_networks,
    st.frozensets(st.sampled_from(SERVICES), min_size=1),
    seldom,
    mostly,
    mostly,
    seldom,
    mostly,
    st.sampled_from([0, 0, 90, 365]),
    st.one_of(st.none(), ages),
)
houses = st.builds(
    House,
    no_networks | few_networks,
    st.dictionaries(
        st.sampled_from(SERVICES),
        st.sampled_from(["disabled", "trusted_network", "trusted_device"]),
        max_size=4,
    ),
    st.dictionaries(st.sampled_from(SERVICES), few_networks, max_size=4),
    st.booleans(),
    mostly,
)
HOSTS = ("mail.acme.example", "MAIL.acme.example.", "mail.acme.example", "", "other.example")


def drawn(dice: Random) -> Login:
    """A login: mostly one of ann, often opened by bob, and evenly of all services."""
    return Login(
        dice.choice((*ANNS * 4, *BOBS, *NOBODIES)),
        dice.choice((*CALLS, *SERVICES, *SERVICES)),
        client=dice.choice(CLIENTS),
        second_factor=dice.random() < 0.5,
        host=dice.choice(HOSTS),
        trusted_device=dice.random() < 0.5,
        secure=dice.random() < 0.8,
        application_password=dice.random() < 0.2,
        actor=dice.choice(("",) * 6 + BOBS * 6 + ANNS + NOBODIES),
        password_is=dice.choice((*RIGHT, "wrong", "unknown", "ignored")),
    )


@frozen
class World:
    ann: Person
    bob: Person
    house: House
    floor: str
    rights: frozenset[str]
    table: str

    def directory(self) -> Directory:
        house = self.house
        domain = {
            "mpDomainStatus": self.floor,
            "mpDomainAllowedNetworks": house.networks,
            "mpVirtualHostnames": "mail.acme.example",
            "mpTwoFactorPolicy": [f"{service} {policy}" for service, policy in house.policy.items()],
            "mpTrustedNetworks": [
                f"{service} {each}" for service, networks in house.trusted.items() for each in networks
            ],
            "mpPublicServiceProtocol": "https" if house.https else "http",
            "mpAuthMechanism": "internal" if house.internal else "ldap",
        }
        text = native_text(
            {"mpAliases": "a@acme.example", "mpGrants": self.grants, **said(self.ann)},
            {},
            domain,
            {},
            record("uid=bob,o=mail", "inetOrgPerson", "mpAccount", uid="bob", cn="Bob", sn="Bob",
                   mail="bob@acme.example", **said(self.bob)),
            record("cn=team,o=mail", "groupOfURLs", "mpList", cn="team", mail="team@acme.example"),
            record("dc=alias,o=mail", "domain", "mpDomain", dc="alias", associatedDomain="alias.example",
                   mpDomainKind="alias", mpAliasTarget="dc=acme,o=mail"),
        )  # fmt: skip
        return Directory(loaded(text, "native"), self.table)

    @property
    def grants(self) -> list[str]:
        return [f"bob@acme.example usr {right}" for right in sorted(self.rights)]

    def standing(self, person: Person) -> Person:
        """Her with the status that she has under her domain."""
        own = person.status or None
        status = resolve_status(
            domain=self.floor,
            account=own,
            table=self.table,
            exempt=person.administers == "everything",
            at=NOON,
            dated=False,
        )
        return evolve(person, status=status.name)


def said(person: Person) -> dict[str, str | Sequence[str]]:
    values: dict[str, str | Sequence[str]] = {
        "mpIsGlobalAdmin": truth(person.administers == "everything"),
        "mpIsDelegatedAdmin": truth(person.administers == "grants"),
        "mpAllowedNetworks": person.networks,
        "mpAllowedNetworkServices": sorted(person.limited),
        "mpTwoFactorRequired": truth(person.required),
        "mpTrustedDevicesEnabled": truth(person.devices),
        "mpApplicationPasswordsEnabled": truth(person.application_passwords),
        "mpPasswordMustChange": truth(person.must_change),
        "mpPasswordChangeEnabled": truth(person.can_change),
        "mpPasswordMaxAge": f"{person.max_age}d",
    }
    values |= {f"mp{each.capitalize()}Enabled": truth(each in person.services) for each in SERVICES}
    if person.status:
        values["mpAccountStatus"] = person.status
    if person.changed:
        values["pwdChangedTime"] = generalized_time(person.changed)
    return values


def truth(value: bool) -> str:
    return "TRUE" if value else "FALSE"


worlds = st.builds(
    World,
    people,
    people,
    houses,
    st.sampled_from([*["active"] * 18, *DOMAIN_STATUSES]),
    st.frozensets(st.sampled_from(["loginAs", "read", "readWrite", "sendAs"]), max_size=2),
    st.sampled_from(["documented", "server"]),
)


def named(name: str, host: str) -> str | None:
    if name and "@" not in name and host.lower().rstrip(".") == "mail.acme.example":
        name += "@acme.example"
    folded = name.lower()
    if folded in ("ann@acme.example", "a@acme.example", "ann@alias.example"):
        return "ann"
    return "bob" if folded == "bob@acme.example" else None


@settings(phases=[Phase.reuse, Phase.generate, Phase.shrink])
@given(worlds, st.integers(0, 2**32))
def test_logins_are_judged_as_the_slow_way_does(world: World, seed: int) -> None:
    dice = Random(seed)
    directory = world.directory()
    assert not directory.findings or all(each.id != "invalid-value" for each in directory.findings)
    standing = {"ann": world.standing(world.ann), "bob": world.standing(world.bob)}
    for request in (drawn(dice) for _ in range(40)):
        whose = named(request.account, request.host)
        who = named(request.actor, request.host) if request.actor else whose
        mailbox, actor = (None if each is None else standing[each] for each in (whose, who))
        # The grants stand on ann and are to bob; whoever opens the own mailbox needs none.
        rights = world.rights if (whose, who) == ("ann", "bob") else frozenset()
        expected = slow_login(request, mailbox, actor, world.house, rights, NOON)
        decision = decide(directory, request, at=NOON)
        event(f"{expected[0]} {expected[1]}")
        assert not decision.errors
        assert (str(decision.verdict), decision.rule) == expected, request
        assert decision.reply is None if decision.verdict is Verdict.ACCEPT else decision.reply is not None
        told = [each.id for each in decision.reasons if each.matched]
        assert expected[1] in told or told == ["login.welcome"]


@settings(phases=[Phase.reuse, Phase.generate, Phase.shrink])
@given(worlds, st.integers(0, 2**32))
def test_no_reply_tells_what_it_must_not(world: World, seed: int) -> None:
    """During a lockout which password is right, by a wrong one who exists and how she is."""
    dice = Random(seed)
    directory = world.directory()
    standing = {"ann": world.standing(world.ann).status, "bob": world.standing(world.bob).status}
    for request in (drawn(dice) for _ in range(20)):
        said = {
            each: decide(directory, evolve(request, password_is=each), at=NOON)
            for each in get_args(PasswordIs)
        }
        who = named(request.actor or request.account, request.host)
        event(f"{standing.get(who or '')}")
        assert said["unknown"].reply == REPLIES["unknown"]
        assert Verdict.ACCEPT not in {said[each].verdict for each in said if each != "right"}
        if who and standing[who] == "lockout":
            assert said["right"].reply == said["wrong"].reply == said["ignored"].reply
            assert said["right"].reply == REPLIES["account_locked_out"]
        else:
            assert said["wrong"].reply == REPLIES["login_refused"]


texts = st.text(st.characters(), max_size=12)


@given(texts, texts, texts, texts, texts)
def test_any_text_is_judged(name: str, host: str, client: str, actor: str, service: str) -> None:
    for account, at, door in (
        (name, host, "imap"),
        ("john", f"{host}.acme.example", "webmail"),
        (f"{name}@acme.example", "mail.acme.example", service),
    ):
        asked = (
            Login(account, door, host=at, client=client, actor=actor),
            Recovery(account, door, client=client),
        )
        for request in asked:
            decision = decide(ACME, request, at=NOON)
            assert not decision.errors
            assert decision.reasons
