"""What a site can choose about its tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from ...errors import InvalidValue
from ...values import DomainName
from .answer import LONGEST_REPLY

__all__ = ["Tables"]

POSTFIX_RESULTS: Final = 1000
"""`virtual_alias_expansion_limit`: what an address may come to in all, each name on the way counted."""

SAFE_BYTES: Final = 90_000
"""Of a reply: some room is left below what Postfix takes."""


def settled(values: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({as_asked(name): value for name, value in values.items()})


def as_asked(key: str) -> str:
    """A key of transport(5) as the ladder has it: in small letters, its domain in A-labels.

    >>> as_asked("John@BÜCHER.example"), as_asked(".Acme.Example"), as_asked("*")
    ('john@xn--bcher-kva.example', '.acme.example', '*')
    """
    local, at, domain = key.lower().rpartition("@")
    below = "." if domain.startswith(".") else ""
    try:
        return f"{local}{at}{below}{DomainName(domain.removeprefix('.'))}"
    except InvalidValue:
        return key.lower()


def domain_names(names: Iterable[str]) -> frozenset[str]:
    """Domains as they are asked for; ValueError where one is none, for mail for it would be refused."""
    try:
        return frozenset(map(DomainName, names))
    except InvalidValue as problem:
        raise ValueError(f"relay_domains: {problem}") from None


@frozen(cache_hash=True)
class Tables:
    """What the tables of a site say beyond what the directory does.

    `most_results` is Postfix's own `virtual_alias_expansion_limit`, or less; `most_bytes` bounds a reply.
    A list that comes to more would be refused by Postfix for ever. So its lookups fail for a while, with
    the reason; or, where there is an `expander`, they give one address in its stead: a template such as
    ``{local}+expand@{domain}``, of a program that delivers to the members of that list in portions.
    `expander_transport` is how mail for such addresses gets there.

    `transport` is how mail for the domains of the directory is delivered, where it does not say itself;
    `transports` are for further keys: an address, a domain, ``.domain`` for all below it, ``*``.
    `relay_domains` are those that mail is relayed for, with all below.

    `most_logins` bounds who may use one sender address; `members_send` lets the members of a list send as
    the list. `foreign_while_stale` says what a domain is that is not seen while the directory does not
    answer: somebody else's, so that mail leaves as ever, or unknown, so that it waits.
    """

    most_results: int = field(default=POSTFIX_RESULTS)
    most_bytes: int = field(default=SAFE_BYTES)
    expander: str = field(default="")
    expander_transport: str = ""
    transport: str = ""
    transports: Mapping[str, str] = field(factory=dict, converter=settled, hash=False)
    relay_domains: frozenset[str] = field(default=frozenset(), converter=domain_names)
    most_logins: int = field(default=POSTFIX_RESULTS)
    members_send: bool = False
    foreign_while_stale: bool = False

    @most_results.validator
    @most_logins.validator
    def _at_least_one(self, attribute: object, value: int) -> None:
        if value < 1:
            raise ValueError("expected at least 1")

    @most_bytes.validator
    def _at_most_what_postfix_takes(self, attribute: object, value: int) -> None:
        if not 1 <= value < LONGEST_REPLY:
            raise ValueError(f"expected 1 to {LONGEST_REPLY - 1} bytes")

    @expander.validator
    def _names_the_list(self, attribute: object, value: str) -> None:
        if value and ("{local}" not in value or "@" not in value):
            raise ValueError("expected an address with {local} in it, such as {local}+expand@{domain}")
