"""A small domain of each dialect for decisions about mail: ann, what is said of her, and her neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import mailpolicy as mp
from mailpolicy.decision import NOTHING_USED, Counter, Decision, Effect, Usage
from mailpolicy.freshness import Freshness, State
from tests.small_directories import record

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
OUTSIDER = "wile.e@customer.example"
ANN = "ann@acme.example"
BOB = "bob@acme.example"
ACME, ALIAS, GLOBEX = "acme.example", "alias.example", "globex.example"

SILENT = Freshness(State.STALE, "ldap1.acme.example", "syncrepl", 250.0, NOON, "has not answered")

Lines = Iterable[str]


def native(
    ann: Lines = (), acme: Lines = (), alias: Lines = (), config: Lines = (), more: Lines = (),
    globex: Lines = (), statuses: str | None = None,
) -> mp.Directory:  # fmt: skip
    """ann with the alias a, bob, the list all; alias.example stands for acme.example, globex is another."""
    records = (
        record("o=mail", "organization", "o: mail"),
        record("cn=config,o=mail", "mpConfig", "cn: config", *config),
        native_domain(ACME, *acme),
        native_domain(ALIAS, "mpDomainKind: alias", f"mpAliasTarget: dc={ACME},o=mail", *alias),
        native_domain(GLOBEX, *globex),
        native_account("ann", "mpAliases: a@acme.example", "mpAliases: ann@globex.example", *ann),
        native_account("bob"),
        record(
            f"cn=all,dc={ACME},o=mail", "groupOfURLs mpList", "cn: all", "mail: all@acme.example",
            "mpMemberAddresses: ann@acme.example",
        ),
        *more,
    )  # fmt: skip
    return opened(records, "native", statuses)


def native_domain(name: str, *lines: str) -> str:
    return record(f"dc={name},o=mail", "domain mpDomain", f"dc: {name}", f"associatedDomain: {name}", *lines)


def native_account(uid: str, *lines: str, classes: str = "inetOrgPerson mpAccount") -> str:
    return record(
        f"uid={uid},dc={ACME},o=mail", classes, f"uid: {uid}", f"cn: {uid}", f"sn: {uid}",
        f"mail: {uid}@{ACME}", *lines,
    )  # fmt: skip


def carbonio(
    ann: Lines = (), acme: Lines = (), alias: Lines = (), config: Lines = (), more: Lines = (),
    globex: Lines = (), statuses: str | None = None,
) -> mp.Directory:  # fmt: skip
    """The same as a deployed server stores it."""
    records = (
        record("cn=zimbra", "organizationalRole", "cn: zimbra"),
        record(
            "cn=config,cn=zimbra", "organizationalRole zimbraGlobalConfig", "cn: config",
            "zimbraLDAPSchemaVersion: 1", *config,
        ),
        carbonio_domain(ACME, *acme),
        carbonio_domain(
            ALIAS, "zimbraDomainType: alias", f"zimbraDomainAliasTargetId: {id_of(ACME)}", *alias
        ),
        carbonio_domain(GLOBEX, *globex),
        carbonio_account(
            "ann", "zimbraMailAlias: a@acme.example", "zimbraMailAlias: ann@globex.example", *ann
        ),
        carbonio_account("bob"),
        *more,
    )  # fmt: skip
    return opened(records, "carbonio", statuses)


def carbonio_domain(name: str, *lines: str) -> str:
    kind = () if any(line.startswith("zimbraDomainType") for line in lines) else ("zimbraDomainType: local",)
    first, _, _ = name.partition(".")
    return record(
        f"dc={first},dc=example", "dcObject organization zimbraDomain", f"dc: {first}", f"o: {first}",
        f"zimbraDomainName: {name}", f"zimbraId: {id_of(name)}", *kind, *lines,
    )  # fmt: skip


def carbonio_account(uid: str, *lines: str) -> str:
    said = {line.partition(":")[0] for line in lines}
    status = () if "zimbraAccountStatus" in said else ("zimbraAccountStatus: active",)
    return record(
        f"uid={uid},dc=acme,dc=example", "inetOrgPerson zimbraAccount", f"uid: {uid}", f"cn: {uid}",
        f"sn: {uid}", f"zimbraMailDeliveryAddress: {uid}@{ACME}", f"zimbraId: {id_of(uid)}", *status, *lines,
    )  # fmt: skip


def id_of(name: str) -> str:
    digits = "".join(f"{ord(letter) % 16:x}" for letter in (name * 16)[:12])
    return f"11111111-1111-4111-8111-{digits}"


def opened(records: Iterable[str], dialect: str, statuses: str | None) -> mp.Directory:
    directory = mp.loads("\n".join(records).encode(), dialect=dialect)
    return directory if statuses is None else mp.Directory(directory.snapshot, statuses)


def stale(directory: mp.Directory) -> mp.Directory:
    """The same directory after its source has fallen silent."""
    return mp.Directory(directory.snapshot.as_fresh_as(SILENT), directory.statuses)


def deliver(
    directory: mp.Directory, to: str = ANN, *, sender: str = OUTSIDER, usage: Usage = NOTHING_USED,
    at: datetime = NOON, **said: Any,
) -> Decision:  # fmt: skip
    """What becomes of mail from outside."""
    return mp.decide(directory, mp.Delivery(sender, to, **said), at=at, usage=usage)


def submit(
    directory: mp.Directory, login: str = ANN, to: str = OUTSIDER, *, usage: Usage = NOTHING_USED, **said: Any
) -> Decision:
    """What becomes of mail from somebody who has logged in."""
    return mp.decide(directory, mp.Submission(login, login, to, **said), at=NOON, usage=usage)


def used(mailbox: int | None = None, aggregate: int | None = None, **others: int) -> Usage:
    """What ann's mailbox and all of her domain hold; None for what nobody knows."""
    gauges = {Counter("mailbox", ANN): mailbox, Counter("aggregate", ACME): aggregate}
    return Usage({counter: value for counter, value in gauges.items() if value is not None})


def outcome(decision: Decision) -> str:
    """The verdict, and by which rule where one decided: `reject recipient.status`."""
    return f"{decision.verdict} {decision.rule}" if decision.rule else str(decision.verdict)


def said(decision: Decision, rule: str) -> str:
    """What a rule said of it; empty where it had nothing to say."""
    return next((each.text for each in decision.reasons if each.id == rule and each.matched), "")


def effect(decision: Decision, kind: type[Effect]) -> Any:
    """The one effect of a kind; None where there is none."""
    found = [each for each in decision.effects if isinstance(each, kind)]
    assert len(found) <= 1, found
    return found[0] if found else None
