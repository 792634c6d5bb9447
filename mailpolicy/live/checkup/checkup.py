"""Go through everything that a policy host needs of its servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Final

from attrs import evolve

from ...errors import MailPolicyError, NotFound, Unavailable
from ...ldap.url import LdapUrl
from ..asking import asking
from ..backend import Backend
from ..servers import Servers
from . import access, following
from .certificate import certificate
from .indexes import indexes
from .item import Item, Verdict, ok, unseen, warning, wrong
from .lag import lag
from .subject import Subject

__all__ = ["checkup"]

Check = Callable[[Subject], Iterator[Item]]

CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("schema", access.schema),
    ("secrets", access.secrets),
    ("limits", access.limits),
    ("sync", following.sync),
    ("entryUUID, entryCSN, contextCSN", following.change_numbers),
    ("assertion", following.assertion),
    ("indexes", indexes),
)
"""What is looked at where the base is there, of the first server that answers."""


def checkup(servers: Servers, dialect: str = "auto") -> Iterator[Item]:
    """Say of each thing how it is, as it is found out: all connections, then the first server that answers.

    Raises Unavailable where none answers, after an item for each.
    """
    with ExitStack() as open_connections:
        backends: list[Backend] = []
        problem: Unavailable | None = None
        for url in servers.urls:
            try:
                backend = servers.connect(url)
            except Unavailable as refused:
                problem = refused
                yield wrong(f"connection to {url}", refused.why, remedy_for(url, servers))
                continue
            open_connections.enter_context(closing(backend))
            backends.append(backend)
            yield from connection(url, servers)
        if not backends:
            assert problem is not None
            raise problem
        yield from looked_at(servers, backends, dialect)


def remedy_for(url: str, servers: Servers) -> str:
    who = f", and as {servers.bind.dn} with this password" if servers.bind and servers.bind.dn else ""
    return f"see whether ldapwhoami -H {url} works from here{who}"


def connection(url: str, servers: Servers) -> Iterator[Item]:
    """What can be said of a connection that stands."""
    scheme = LdapUrl.parse(url).scheme
    name = f"connection to {url}"
    if scheme == "ldapi":
        yield ok(name, "through a socket of this machine")
    elif scheme == "ldaps" or servers.start_tls:
        yield ok(name, "encrypted with TLS" if scheme == "ldaps" else "encrypted with StartTLS")
        yield certificate(url, servers)
    else:
        yield warning(name, "not encrypted: everybody on the way can read along", "ldaps://, or --start-tls")


def looked_at(servers: Servers, backends: list[Backend], dialect: str) -> Iterator[Item]:
    try:
        base = servers.base_of(backends[0])
    except NotFound as problem:
        yield wrong("base", str(problem), "name one in the URL: ldaps://…/o=mail")
        return
    with asking(evolve(servers, base=base), dialect=dialect) as directory:
        spoken = directory.dialect
    subjects = [Subject(each, base, spoken) for each in backends]
    yield from access.account(subjects[0])
    there = list(access.base(subjects[0]))
    yield from there
    if there[0].verdict is not Verdict.OK:
        return
    for name, check in CHECKS:
        yield from found_by(name, check, subjects[0])
    try:
        yield from lag(subjects)
    except MailPolicyError as problem:
        yield unseen("replication", f"could not be found out: {problem}", "")


def found_by(name: str, check: Check, subject: Subject) -> Iterator[Item]:
    """What a check finds; where it gets no answer, that."""
    try:
        yield from check(subject)
    except MailPolicyError as problem:
        yield unseen(name, f"could not be found out: {problem}", "")
