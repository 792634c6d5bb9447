"""The two status tables and what each status allows, as data.

An account has a status of its own, its domain has another, and one name results. Two readings of
how the two combine are in use, and they differ:

``server`` is what the deployed mail server computes. All names stand on one chain::

    active < lockout < locked < maintenance < pending < closed < disabled

A domain puts a floor under its accounts, and the result is the higher of the two; a suspended or
shutdown domain is a floor of maintenance. Because the chain is also an order of what is
allowed, each name allowing no more than the one before it, a domain can only ever take away.

``documented`` is what the manuals promise. It is the same, except that

* in a locked domain, an account explicitly active or in lockout keeps its own status,
* in a maintenance or suspended domain, only closed and disabled accounts keep theirs: a pending
  account takes the domain's,
* suspended keeps its name,
* nobody is exempt (in ``server``, a global administrator is).

So ``documented`` widens in two places what the account or the domain alone would allow, which is
why no answer about a deployed server may be given from it.

Both are written out cell by cell below, because cells can be compared with what an operator sees;
that they obey the rules above is proved by the tests. A row is the status of the domain, a column
that of the account, `-` an account that has none. A domain without a status counts as active.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import frozen

__all__ = [
    "ACCOUNT_STATUSES",
    "CAPABILITIES",
    "DOMAIN_STATUSES",
    "FREEZING",
    "TABLES",
    "Capabilities",
    "Receive",
    "differences",
]


class Receive(StrEnum):
    """What becomes of mail for an account, from best to worst."""

    DELIVER = "deliver"
    DEFER = "defer"
    """It stays in the queue of the sender's server, which tries again for days."""
    REJECT = "reject"
    """It goes back to its sender."""


@frozen
class Capabilities:
    """What an account may do: log in, receive mail, send mail, be modified."""

    login: bool
    receive: Receive
    send: bool
    modify: bool


def rows_of(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in text.strip().splitlines())


def cells_of(text: str) -> Mapping[tuple[str, str | None], str]:
    """The cells of a table written as text, by the status of the domain and that of the account."""
    head, *rows = rows_of(text)
    accounts = [None if name == "-" else name for name in head]
    cells = {
        (domain, account): name
        for domain, *names in rows
        for account, name in zip(accounts, names, strict=True)
    }
    return MappingProxyType(cells)


SERVER: Final = """
                -            active       lockout      locked       maintenance  pending  closed  disabled
    active      active       active       lockout      locked       maintenance  pending  closed  disabled
    locked      locked       locked       locked       locked       maintenance  pending  closed  disabled
    maintenance maintenance  maintenance  maintenance  maintenance  maintenance  pending  closed  disabled
    suspended   maintenance  maintenance  maintenance  maintenance  maintenance  pending  closed  disabled
    shutdown    maintenance  maintenance  maintenance  maintenance  maintenance  pending  closed  disabled
    closed      closed       closed       closed       closed       closed       closed   closed  disabled
"""

DOCUMENTED: Final = """
                -            active       lockout      locked       maintenance  pending      closed  disabled
    active      active       active       lockout      locked       maintenance  pending      closed  disabled
    locked      locked       active       lockout      locked       maintenance  pending      closed  disabled
    maintenance maintenance  maintenance  maintenance  maintenance  maintenance  maintenance  closed  disabled
    suspended   suspended    suspended    suspended    suspended    suspended    suspended    closed  disabled
    shutdown    maintenance  maintenance  maintenance  maintenance  maintenance  pending      closed  disabled
    closed      closed       closed       closed       closed       closed       closed       closed  disabled
"""

ALLOWED: Final = """
    active       yes  deliver  yes  yes
    lockout      no   deliver  no   yes
    locked       no   deliver  no   yes
    maintenance  no   defer    no   yes
    suspended    no   defer    no   yes
    shutdown     no   defer    no   yes
    pending      no   reject   no   yes
    closed       no   reject   no   yes
    disabled     no   reject   no   no
"""
"""By name: login, receive, send, modify."""

TABLES: Final = MappingProxyType({"documented": cells_of(DOCUMENTED), "server": cells_of(SERVER)})

CAPABILITIES: Final = MappingProxyType(
    {
        name: Capabilities(login == "yes", Receive(receive), send == "yes", modify == "yes")
        for name, login, receive, send, modify in rows_of(ALLOWED)
    }
)

FREEZING: Final = frozenset({"suspended", "shutdown"})
"""The statuses of a domain in which nothing that belongs to it can be modified, whatever its name."""

ACCOUNT_STATUSES: Final = rows_of(SERVER)[0][1:]
DOMAIN_STATUSES: Final = tuple(row[0] for row in rows_of(SERVER)[1:])


def differences() -> tuple[tuple[str, str | None, str, str], ...]:
    """The cells in which the tables disagree: domain, account, the documented name, the server's.

    >>> [cell for cell in differences() if cell[0] == "locked"]
    [('locked', 'active', 'active', 'locked'), ('locked', 'lockout', 'lockout', 'locked')]
    """
    return tuple(
        (domain, account, documented, TABLES["server"][domain, account])
        for (domain, account), documented in TABLES["documented"].items()
        if documented != TABLES["server"][domain, account]
    )
