"""Which servers to ask, as whom, and how: all that is needed to connect to one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address
from os import PathLike
from random import Random
from typing import Any, Final, Self, TypeAlias

from attrs import evolve, field, frozen

from ..errors import InvalidUrl, InvalidValue, NotFound, Unavailable
from ..ldap.text import decode
from ..ldap.url import LdapUrl
from .backend import Backend
from .bind import Bind
from .places import place_of, split_urls

__all__ = ["Servers", "delays"]

SHORTEST_DELAY: Final = 0.1
LONGEST_DELAY: Final = 10.0
"""Seconds between two tries: who is away for long is not found again much later than it is back."""

CLIENTS: Final = ("auto", "python-ldap", "ldap3")

Connect: TypeAlias = "Callable[[str, Servers], Backend]"


def _spelled(name: str) -> str:
    return name.replace("_", "-")


def _as_tuple(urls: Iterable[str]) -> tuple[str, ...]:
    return tuple(urls)


def _check_client(_: object, __: object, name: str) -> None:
    if name not in CLIENTS:
        raise InvalidValue(name, f"a client: one of {', '.join(CLIENTS)}")


@frozen
class Servers:
    """Servers with the same content, in the order in which to try them.

    `base` is the DN below which everything is; None where the servers are to be asked for it. No
    certificate goes unverified: it must be signed by somebody in `ca_file`, or whom the machine trusts.
    `network_timeout` bounds each step until a connection is bound, `operation_timeout` how long a server may
    be silent after that; both in seconds. A password goes unencrypted over a network only where `plain` says
    so. Raises InvalidUrl.

    >>> Servers.parse("ldaps://ldap1 ldaps://ldap2/o=mail", bind=Bind("cn=policy,o=mail", "secret"))
    Servers(urls=('ldaps://ldap1', 'ldaps://ldap2'), base='o=mail', bind=Bind(dn='cn=policy,o=mail', ...
    """

    urls: tuple[str, ...] = field(converter=_as_tuple)
    base: str | None = None
    bind: Bind | None = None
    start_tls: bool = field(default=False, kw_only=True)
    ca_file: str | PathLike[str] | None = field(default=None, kw_only=True)
    network_timeout: float = field(default=5.0, kw_only=True)
    operation_timeout: float = field(default=30.0, kw_only=True)
    client: str = field(default="auto", kw_only=True, converter=_spelled, validator=_check_client)
    plain: bool = field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not self.urls:
            raise InvalidUrl("", "the URL of a server, such as ldaps://ldap1.acme.example/o=mail", 0)
        for url in self.urls:
            place = place_of(url)
            self._check_start_tls(url, place)
            self._check_secrecy(url, place)

    @classmethod
    def parse(cls, urls: str, **options: Any) -> Self:
        """The servers of several URLs with white space between them; any of them may end in the base.

        A slash and nothing behind it means all that the server holds; without it the server must hold no
        more than one tree. Raises InvalidUrl for anything else in a URL, and for two different bases.
        """
        places, base = split_urls(urls)
        return cls(places, base, **options)

    def _check_start_tls(self, url: str, place: LdapUrl) -> None:
        if self.start_tls and place.scheme != "ldap":
            why = "is TLS from the start" if place.scheme == "ldaps" else "does not leave this machine"
            raise InvalidUrl(url, f"ldap:// where StartTLS is wanted, for {place.scheme}:// {why}", 0)

    def _check_secrecy(self, url: str, place: LdapUrl) -> None:
        secret = self.bind is not None and self.bind.mechanism == "simple" and self.bind.dn
        if (
            secret
            and place.scheme == "ldap"
            and not (self.start_tls or self.plain or is_loopback(place.host))
        ):
            raise InvalidUrl(
                url,
                "ldaps:// or StartTLS, for others could read the password on its way; "
                "plain=True sends it nevertheless",
                0,
            )

    def bound_as(self, bind: Bind) -> Self:
        """The same servers for somebody else."""
        return evolve(self, bind=bind)

    def connect(self, url: str) -> Backend:
        """Connect to this one server. Raises Unavailable, and ModuleNotFoundError without any client."""
        return self.speaking()(url, self)

    def speaking(self) -> Connect:
        """What connects, of the client that is wanted or the better one that is installed.

        ModuleNotFoundError says what to install.
        """
        if self.client != "ldap3":
            try:
                from .clients import python_ldap
            except ModuleNotFoundError as missing:
                if missing.name not in ("ldap", "_ldap"):
                    raise
            else:
                return python_ldap.connect
        if self.client == "python-ldap":
            raise lacking("python-ldap")
        try:
            from .clients import ldap3
        except ModuleNotFoundError as missing:
            if missing.name is None or missing.name.partition(".")[0] not in ("ldap3", "pyasn1"):
                raise
            raise lacking("python-ldap" if self.client == "auto" else "ldap3") from None
        return ldap3.connect

    def connected(self, first: str | None = None) -> Backend:
        """Connect to the first server that answers, beginning with the URL `first` if it is given.

        Raises Unavailable with what each of them did instead of answering.
        """
        problems: list[Unavailable] = []
        for url in self._from(first):
            try:
                return self.connect(url)
            except Unavailable as problem:
                problems.append(problem)
        if len(problems) == 1:
            raise problems[0]
        each = "; ".join(str(problem) for problem in problems)
        raise Unavailable("no server", why=f"of {len(problems)} answers: {each}") from None

    def _from(self, first: str | None) -> tuple[str, ...]:
        start = self.urls.index(first) if first in self.urls else 0
        return self.urls[start:] + self.urls[:start]

    def base_of(self, backend: Backend) -> str:
        """The DN below which everything is, asked of the server where it is not given.

        NotFound where it holds several trees, or does not say: then one is to be named in the URL.
        """
        if self.base:
            return self.base
        trees = [decode(each) for each in backend.root_dse().get("namingContexts", ())]
        if self.base is not None and "" in trees:
            return ""
        if len(trees) == 1:
            return trees[0]
        held = (
            f"it holds {', '.join(tree or 'the whole tree' for tree in trees)}" if trees else "it names none"
        )
        raise NotFound("base", f"{backend.url}/…: {held}; name one in the URL")


def is_loopback(host: str | None) -> bool:
    """Whether nothing leaves this machine on the way to `host`.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("ldap1.acme.example")
    (True, True, False)
    """
    if host is None or host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def lacking(extra: str) -> ModuleNotFoundError:
    return ModuleNotFoundError(f"to ask an LDAP server, install {extra}: pip install 'mailpolicy[{extra}]'")


def delays(random: Random) -> Iterator[float]:
    """Seconds to wait before each further try, without end: longer and longer, and never all at once.

    >>> [round(delay, 2) for _, delay in zip(range(4), delays(Random(1)))]
    [0.06, 0.18, 0.35, 0.5]
    """
    delay = SHORTEST_DELAY
    while True:
        yield delay * (0.5 + random.random() / 2)
        delay = min(2 * delay, LONGEST_DELAY)
