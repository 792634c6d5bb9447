"""Logins as slowly and plainly as they can be judged: one long list of cases over bare facts."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from datetime import datetime, timedelta

from attrs import frozen

from mailpolicy.decision import Login

CAN_ASK = ("webmail", "admin", "api")
PAGES = ("webmail", "admin")
FOLDERS = ("imap", "sieve", "managesieve", "webmail", "dav")
CALLED = {"sieve": "imap", "managesieve": "imap", "submission": "smtp", "admin": "webmail"}
SERVICES = ("imap", "pop3", "smtp", "webmail", "activesync", "dav", "xmpp", "api")


@frozen
class Person:
    """What applies to one account, all of it worked out."""

    status: str
    administers: str
    """``nothing``, ``everything``, or ``grants``."""
    services: frozenset[str]
    networks: tuple[str, ...]
    limited: frozenset[str]
    """The services to which networks apply."""
    required: bool
    devices: bool
    application_passwords: bool
    must_change: bool
    can_change: bool
    max_age: int
    changed: datetime | None


@frozen
class House:
    """What applies to both, because their domain says it."""

    networks: tuple[str, ...]
    policy: Mapping[str, str]
    trusted: Mapping[str, tuple[str, ...]]
    https: bool
    internal: bool


def bits(address: str) -> str | None:
    """An address as 128 bits; IPv4 lies within IPv6."""
    address = address.strip()
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            packed = socket.inet_pton(family, address)
        except (OSError, ValueError):
            continue
        if len(packed) == 4:
            packed = b"\0" * 10 + b"\xff\xff" + packed
        return "".join(f"{each:08b}" for each in packed)
    return None


def lies_in(client: str, networks: tuple[str, ...]) -> bool:
    where = bits(client)
    if where is None:
        return False
    for network in networks:
        address, _, length = network.partition("/")
        start = bits(address)
        assert start is not None
        all_bits = 128 if ":" in address else 32
        same = int(length or all_bits) + 128 - all_bits
        if where[:same] == start[:same]:
            return True
    return False


def wants_second_factor(request: Login, person: Person, house: House) -> bool:
    service = CALLED.get(request.service, request.service)
    policy = house.policy.get(service, "disabled")
    if policy == "disabled":
        return person.required
    if policy == "trusted_network":
        return not lies_in(request.client, house.trusted.get(service, ()))
    return not (request.trusted_device and person.devices)


def slow_login(
    request: Login,
    mailbox: Person | None,
    actor: Person | None,
    house: House,
    rights: frozenset[str],
    at: datetime,
) -> tuple[str, str | None]:
    """The verdict and the rule. `rights` are what grants on the mailbox give to the actor, if there is one.

    Without an actor in the request, `actor` is the mailbox itself.
    """
    if request.password_is == "unknown":
        return "defer", "login.password"
    if actor is None:
        return "reject", "login.account"
    if request.password_is != "right":
        return "reject", "login.password"
    if actor.status != "active":
        waits = actor.status in ("maintenance", "suspended", "shutdown")
        return ("defer" if waits else "reject"), "login.status"
    if mailbox is None:
        return "reject", "login.actor"
    if actor is not mailbox:
        may = "loginAs" in rights or (bool(rights & {"read", "readWrite"}) and request.service in FOLDERS)
        office = actor.administers == "everything"
        waits = mailbox.status in ("maintenance", "suspended", "shutdown")
        if not (may and mailbox.status == "active") and not (office and not waits):
            return ("defer" if waits and (may or office) else "reject"), "login.actor"
    service = CALLED.get(request.service, request.service)
    if service not in SERVICES:
        return "reject", "login.service"
    for each in (actor, mailbox):
        if request.service == "admin":
            if each.administers == "nothing":
                return "reject", "login.service"
        elif service not in each.services:
            return "reject", "login.service"
    for each in (actor, mailbox):
        for networks in (each.networks, house.networks):
            if service in each.limited and networks and not lies_in(request.client, networks):
                return "reject", "login.network"
    if request.service in PAGES and house.https and not request.secure:
        return "reject", "login.encryption"
    if request.application_password and (not actor.application_passwords or request.service in PAGES):
        return "reject", "login.application_password"
    nothing_but_a_password = not request.application_password and not request.second_factor
    if nothing_but_a_password and wants_second_factor(request, actor, house):
        return ("challenge" if request.service in CAN_ASK else "reject"), "login.second_factor"
    if house.internal and not request.application_password:
        answer = "challenge" if request.service in PAGES and actor.can_change else "reject"
        if actor.must_change:
            return answer, "login.password_must_change"
        if actor.max_age and actor.changed and at > actor.changed + timedelta(days=actor.max_age):
            return answer, "login.password_age"
    return "accept", None
