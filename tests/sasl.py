"""What tests of logins have in common: a connection without a network, passwords, a small directory."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import mailpolicy as mp
from mailpolicy.check import findings
from mailpolicy.decision import DEFAULT_POLICY, Counter, Opinion, Policy, Rule, Usage, Verdict
from mailpolicy.errors import Unavailable
from mailpolicy.ldap.ldif import read
from mailpolicy.model import Account, Directory
from mailpolicy.mta.desk import Desk
from mailpolicy.mta.sasl import Gate, Proof
from mailpolicy.snapshot import Severity, load

T = TypeVar("T")

DIRECTORY = """
dn: o=mail
objectClass: organization
o: mail

dn: cn=config,o=mail
objectClass: mpConfig
cn: config
mpLockoutEnabled: TRUE
mpLockoutMaxFailures: 3
mpLockoutDuration: 1h

dn: dc=acme.example,o=mail
objectClass: domain
objectClass: mpDomain
dc: acme.example
associatedDomain: acme.example
mpVirtualHostnames: mail.acme.example

dn: uid=john,dc=acme.example,o=mail
objectClass: inetOrgPerson
objectClass: mpAccount
uid: john
cn: John
sn: Doe
mail: john@acme.example
mpAliases: j.doe@acme.example
userPassword: secret

dn: uid=jane,dc=acme.example,o=mail
objectClass: inetOrgPerson
objectClass: mpAccount
uid: jane
cn: Jane
sn: Roe
mail: jane@acme.example
mpApplicationPasswordsEnabled: FALSE
userPassword: jane's

dn: uid=joan,dc=acme.example,o=mail
objectClass: inetOrgPerson
objectClass: mpAccount
uid: joan
cn: Joan
sn: Loe
mail: joan@acme.example
mpSmtpEnabled: FALSE
mpImapEnabled: FALSE
userPassword: joan's

dn: uid=sasl,dc=acme.example,o=mail
objectClass: inetOrgPerson
objectClass: mpAccount
uid: sasl
cn: Sasl
sn: Poe
mail: sasl@acme.example
userPassword: {SASL}elsewhere
"""


class Wire:
    """An `Outlet` that keeps what is sent."""

    peer = "test"

    def __init__(self) -> None:
        self.sent = b""
        self.closed = self.aborted = False

    def send(self, reply: bytes) -> None:
        assert not self.closed
        self.sent += reply

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = self.aborted = True

    def taken(self) -> bytes:
        sent, self.sent = self.sent, b""
        return sent


class AtOnce:
    """Does everything at once, so that tests need no event loop; what was put off is written down."""

    def __init__(self) -> None:
        self.delays: list[float] = []

    def run(self, work: Callable[[], T], then: Callable[[T | None], None]) -> None:
        then(work())

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        self.delays.append(seconds)
        call()


class WhenAsked(AtOnce):
    """Keeps work until a test wants it done, in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Callable[[], None]] = []

    def run(self, work: Callable[[], T], then: Callable[[T | None], None]) -> None:
        self.waiting.append(lambda: then(work()))


class NoCounts:
    """Counters of which none is ever asked."""

    def read(
        self, message: str, wanted: tuple[Counter, ...], at: float, then: Callable[[Usage], None]
    ) -> None:
        then(Usage())

    def glance(self, message: str, at: float) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} of a counter is used")


class Fixed:
    """A verifier that always says the same."""

    def __init__(self, proof: Proof) -> None:
        self.proof = proof
        self.asked: list[tuple[str, bytes]] = []

    def verify(self, account: Account, password: bytes) -> Proof:
        self.asked.append((account.name, password))
        return self.proof


def small_directory() -> Directory:
    snapshot = load(read([DIRECTORY.lstrip().encode()]), dialect="native")
    assert not [each for each in findings(snapshot) if each.severity is Severity.ERROR]
    return Directory(snapshot, "documented")


def desk_of(
    source: Any, policy: Policy = DEFAULT_POLICY, observers: Iterable[Callable[..., None]] = (), **more: Any
) -> Desk:
    counters: Any = NoCounts()
    return Desk(source, counters, policy, tuple(observers), **more)


def saying(verdict: Verdict, reply: mp.Reply | None = None) -> Policy:
    """A policy that says this of every login."""
    rule = Rule("test.login", lambda *_: Opinion(verdict, "so", reply), (mp.Login,), "so", "so")
    return Policy((rule,))


def gate_of(
    source: Any, passwords: Any, aside: Any = None, policy: Policy | None = None, **more: Any
) -> Gate:
    return Gate(desk_of(source, policy or DEFAULT_POLICY), passwords, aside or AtOnce(), **more)


def plain(login: str, password: str, acting_for: str = "") -> str:
    return b64encode(f"{acting_for}\0{login}\0{password}".encode()).decode()


def coded(text: str) -> str:
    return b64encode(text.encode()).decode()


class Nowhere:
    """A source that does not answer."""

    @property
    def directory(self) -> Directory:
        raise Unavailable("ldap://nowhere")
