"""Logins by small directories: what `tests.trees` builds, asked at noon."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mailpolicy.decision import Decision, Login, Recovery, Usage, decide
from mailpolicy.model import Directory
from mailpolicy.snapshot import Snapshot
from tests.trees import ANN, carbonio, native, record

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
BOB = "bob@acme.example"
BOB_ID = "44444444-4444-4444-8444-444444444444"


def own(*entries: Any, **named: Any) -> Directory:
    """A directory of our own."""
    return Directory(native(*entries, **named), "documented")


def deployed(*entries: Any, **named: Any) -> Directory:
    """One of a deployed server."""
    return Directory(carbonio(*entries, **named), "server")


def tables(snapshot: Snapshot) -> tuple[Directory, Directory]:
    """The same entries by both status tables."""
    return Directory(snapshot, "documented"), Directory(snapshot, "server")


def bob(**says: Any) -> str:
    """Somebody else, in a directory of our own."""
    says = {"uid": "bob", "cn": "Bob", "sn": "Bob", "mail": BOB, **says}
    return record("uid=bob,o=mail", "inetOrgPerson", "mpAccount", **says)


def deployed_bob(**says: Any) -> str:
    """The same on a deployed server."""
    says = {"uid": "bob", "cn": "Bob", "sn": "Bob", "zimbraMailDeliveryAddress": BOB, "mail": BOB, **says}
    return record(
        "uid=bob,ou=people,dc=acme,dc=example", "inetOrgPerson", "zimbraAccount", zimbraId=BOB_ID, **says
    )


def login(directory: Directory, service: str = "imap", account: str = ANN, **more: Any) -> Decision:
    """What becomes of a login."""
    decision = decide(directory, Login(account, service, **more), at=NOON)
    assert not decision.errors
    return decision


def recovery(directory: Directory, account: str = ANN, usage: Usage | None = None, **more: Any) -> Decision:
    """What becomes of a recovery."""
    decision = decide(directory, Recovery(account, **more), at=NOON, usage=usage)
    assert not decision.errors
    return decision


def outcome(decision: Decision) -> tuple[str, str | None]:
    """The verdict, and the rule that decided."""
    return str(decision.verdict), decision.rule


IN = ("accept", None)
