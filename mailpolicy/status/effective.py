"""What an account, a domain or a list may do now, and which side decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen

from ..errors import InvalidValue
from ..freshness import AS_READ, Freshness
from ..reasons import Origin, Reason
from ..tables import Cell, Style, Table
from ..values import shown
from .table import ACCOUNT_STATUSES, CAPABILITIES, DOMAIN_STATUSES, FREEZING, TABLES, Capabilities, Receive

__all__ = ["Status", "domain_status", "list_status", "resolve_status"]

Origins = Mapping[str, Origin]
NOWHERE: Final[Origins] = MappingProxyType({})

STOPS_MAIL: Final = frozenset({"closed", "shutdown"})
"""The statuses of a domain whose mail stops for everybody, its exempt administrators included."""


@frozen
class Status:
    """What an account may do now: a name, four capabilities, and why.

    `receive` is ``deliver``, ``defer`` or ``reject``; `table` is the status table that was asked;
    `until` is when a lockout ends, None for every other status and for a lockout without end.

    >>> import mailpolicy as mp
    >>> status = mp.open("ldif/examples/acme.ldif").account("frank@acme.example").status
    >>> status.name, status.login, str(status.receive), status.until.isoformat()
    ('lockout', False, 'deliver', '2025-03-01T12:30:00+00:00')
    """

    name: str
    login: bool
    receive: Receive = field(repr=str)
    send: bool
    modify: bool
    table: str = field(repr=False)
    until: datetime | None = field(default=None, repr=False)
    reasons: tuple[Reason, ...] = field(default=(), repr=False)
    freshness: Freshness = field(default=AS_READ, repr=False, eq=False)
    """How far this can be taken for the status now."""

    @property
    def capabilities(self) -> Capabilities:
        """The four alone, equal also between statuses that differ in name or reasons."""
        return Capabilities(self.login, self.receive, self.send, self.modify)

    def as_table(self) -> Table:
        """The status with its reasons, for people."""
        deciding = [("because", reason.text) for reason in self.reasons if reason.matched]
        yielding = [
            (Cell("besides", Style.NOTE), Cell(reason.text, Style.NOTE))
            for reason in self.reasons
            if not reason.matched
        ]
        rows: list[tuple[Cell | str, Cell | str]] = [
            ("status", Cell(self.name, Style.OWN)),
            ("log in", yes_or_no(self.login)),
            ("receive", Cell(self.receive, Style.GOOD if self.receive == Receive.DELIVER else Style.BAD)),
            ("send", yes_or_no(self.send)),
            ("be modified", yes_or_no(self.modify)),
        ]
        if self.until:
            rows.append(("until", shown(self.until)))
        return Table("", (), [*rows, *deciding, *yielding])

    def _repr_html_(self) -> str:
        return self.as_table().html()

    def __str__(self) -> str:
        return self.name


def resolve_status(
    *,
    domain: str | None = None,
    account: str | None = None,
    table: str = "documented",
    exempt: bool = False,
    ownership: bool = True,
    until: datetime | None = None,
    at: datetime | None = None,
    dated: bool = True,
    origins: Origins = NOWHERE,
) -> Status:
    """The status of an account or resource, from its own and its domain's.

    The two are looked up in the `table`; what the resulting name allows is the same in both tables.

    >>> status = resolve_status(domain="locked", account="active", table="server")
    >>> status
    Status(name='locked', login=False, receive=deliver, send=False, modify=True)
    >>> for reason in status.reasons:
    ...     print(reason.matched, reason.text)
    True the domain is locked, which outranks the account's active
    False the account is active
    >>> resolve_status(domain="locked", account="active", table="documented").login
    True

    `domain` None is a domain without a status, or no domain; `account` None is an account without a
    status, which takes its domain's. `exempt` marks a global administrator: in the ``server`` table
    she keeps her own name, login and mail; only mail of a closed or shutdown domain, and being modified,
    are as for everybody. `ownership` is False for a domain that must prove its ownership and has
    not: nothing is received or sent. A lockout that ends at `until` no longer counts after that, if
    `at` says what time it is; one that is not `dated`, because somebody set it by hand, then holds
    nobody in the ``server`` table, for the server looks at the moment alone. `origins` tells by the
    names of these arguments where they are stored.

    InvalidValue for a name that is not in the table.
    """
    cells = TABLES[known(table, TABLES, "statuses")]
    floor = "active" if domain is None else known(domain, DOMAIN_STATUSES, "domain_status")
    if account is not None:
        known(account, ACCOUNT_STATUSES, "account_status")

    trail: list[Reason] = []
    over = why_over(until, at, dated or table != "server") if account == "lockout" and at else None
    if over is not None:
        counted = f"{over}: the account counts as active"
        trail.append(reason("lockout_ended", True, counted, origins, "account", "until"))
        account = "active"

    name = cells[floor, account]
    if exempt and table == "server":
        own = account or "active"
        status = named(own, table, until)
        if floor in STOPS_MAIL:
            status = evolve(status, receive=CAPABILITIES[name].receive, send=CAPABILITIES[name].send)
        trail += exemption(own, floor, origins)
    else:
        status = named(name, table, until)
        trail += decision(name, domain, account, origins)
        if exempt:
            trail.append(reason("exempt", False, "this table exempts nobody", origins, "exempt"))
    if over is not None:
        # Nobody stored that it is active, so no reason may say it.
        trail = [each for each in trail if each.id != "status.account"]
    return narrowed(evolve(status, reasons=tuple(trail)), floor, ownership, origins)


def why_over(until: datetime | None, at: datetime, holds_undated: bool) -> str | None:
    """Why a stored lockout no longer holds anybody; None if it does."""
    if until is not None and at > until:
        return f"the lockout ended at {shown(until)}"
    return None if holds_undated else "nothing says when the lockout began, so the server takes it for none"


def domain_status(
    domain: str | None, *, table: str = "documented", ownership: bool = True, origins: Origins = NOWHERE
) -> Status:
    """The status of a domain itself: what an account in it may do that has nothing against it.

    Its name stays as stored, also where the ``server`` table gives the accounts another.

    >>> domain_status("suspended", table="server")
    Status(name='suspended', login=False, receive=defer, send=False, modify=False)

    `modify` is about what belongs to the domain. InvalidValue for an unknown name.
    """
    name = "active" if domain is None else known(domain, DOMAIN_STATUSES, "domain_status")
    said = f"the domain is {standing(name)}" if domain else "the domain has no status: it counts as active"
    status = named(name, known(table, TABLES, "statuses"))
    status = evolve(status, reasons=(reason("domain", True, said, origins, "domain"),))
    return narrowed(status, name, ownership, origins)


def list_status(
    domain: str | None, *, table: str = "documented", ownership: bool = True, origins: Origins = NOWHERE
) -> Status:
    """The status of a list: its domain's, but a list neither logs in nor sends.

    >>> list_status("maintenance").receive
    <Receive.DEFER: 'defer'>
    """
    status = domain_status(domain, table=table, ownership=ownership, origins=origins)
    return evolve(status, login=False, send=False)


def named(name: str, table: str, until: datetime | None = None) -> Status:
    allowed = CAPABILITIES[name]
    end = until if name == "lockout" else None
    return Status(name, allowed.login, allowed.receive, allowed.send, allowed.modify, table, end)


def narrowed(status: Status, floor: str, ownership: bool, origins: Origins) -> Status:
    """`status` under what no name tells: the domain is frozen, or nobody proved to own it."""
    if floor in FREEZING:
        text = f"the domain is {standing(floor)}: nothing that belongs to it can be modified"
        why = reason("frozen", True, text, origins, "domain")
        status = evolve(status, modify=False, reasons=(*status.reasons, why))
    if not ownership:
        text = "the domain is not proved to be its owner's: mail is rejected, nothing can be sent"
        why = reason("ownership", True, text, origins, "ownership")
        status = evolve(status, receive=Receive.REJECT, send=False, reasons=(*status.reasons, why))
    return status


def decision(name: str, domain: str | None, account: str | None, origins: Origins) -> Iterator[Reason]:
    """Which side decided the name, and which one yielded."""
    if account is None:
        floor = (
            f"the domain is {standing(domain)}"
            if domain
            else "the domain has none either, which counts as active"
        )
        yield reason("account", False, "the account has no status of its own", origins)
        yield reason("domain", True, f"{floor}{counting(name, domain or name)}", origins, "domain")
    elif name == account:
        yield reason("account", True, f"the account is {standing(account)}", origins, "account")
        if domain == name:
            yield reason("domain", True, f"the domain is {standing(domain)} too", origins, "domain")
        elif domain:
            text = f"the domain is {standing(domain)}, which changes nothing"
            yield reason("domain", False, text, origins, "domain")
    else:
        text = f"the domain is {standing(domain or name)}, which outranks the account's {account}"
        yield reason("domain", True, f"{text}{counting(name, domain)}", origins, "domain")
        yield reason("account", False, f"the account is {standing(account)}", origins, "account")


def counting(name: str, stored: str | None) -> str:
    return "" if name == stored else f": the account counts as {standing(name)}"


def standing(name: str) -> str:
    """A status as a sentence says it: somebody is locked, but in lockout."""
    return f"in {name}" if name in ("lockout", "maintenance") else name


def exemption(own: str, floor: str, origins: Origins) -> Iterator[Reason]:
    """Why a global administrator keeps her own status, and where she does not."""
    yield reason("account", True, f"the account is {standing(own)}", origins, "account")
    if floor != "active":
        text = f"the domain is {standing(floor)}, from which a global administrator is exempt"
        yield reason("exempt", True, text, origins, "exempt", "domain")
    if floor in STOPS_MAIL:
        yield reason("mail", True, f"mail of a {floor} domain stops for everybody", origins, "domain")


def reason(id: str, matched: bool, text: str, origins: Origins, *sides: str) -> Reason:
    return Reason(f"status.{id}", matched, text, tuple(origins[side] for side in sides if side in origins))


def known(name: str, names: Iterable[str], attribute: str) -> str:
    if name not in names:
        raise InvalidValue(name, f"one of {', '.join(names)}", attribute=attribute)
    return name


def yes_or_no(value: bool) -> Cell:
    return Cell("yes", Style.GOOD) if value else Cell("no", Style.BAD)
