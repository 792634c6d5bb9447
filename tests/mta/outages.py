"""A small directory, and what is asked of who serves it while something is away."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from attrs import frozen

from tests.live.servers import PASSWORD, POLICY
from tests.mta.operated import Serve
from tests.trees import record

BUDGET: Final = 2.0
"""Seconds in which every question has an answer."""
NOTICED: Final = 40.0
LIMIT: Final = 5
ELSEWHERE: Final = "somebody@else.example"
OUTSIDER: Final = "wile.e@customer.example"
STATES: Final = ("down", "frozen", "slow")

PEOPLE: Final = {
    "ann": {},
    "closed": {"mpAccountStatus": "closed"},
    **{f"bob-{state}": {"mpMaxMessagesPerHour": str(LIMIT)} for state in (*STATES, "locked")},
}


def directory() -> str:
    records = [
        record("o=mail", "organization", o="mail"),
        record("dc=acme,o=mail", "domain", "mpDomain", dc="acme", associatedDomain="acme.example"),
    ]
    for name, says in PEOPLE.items():
        names = {
            "uid": name,
            "cn": name,
            "sn": name,
            "mail": f"{name}@acme.example",
            "userPassword": PASSWORD,
        }
        records.append(record(f"uid={name},dc=acme,o=mail", "inetOrgPerson", "mpAccount", **names, **says))
    says = {"cn": "members", "mail": "members@acme.example", "mpMemberAddresses": "ann@acme.example"}
    closed = record("cn=members,dc=acme,o=mail", "groupOfURLs", "mpList", mpPostingPolicy="members", **says)
    return "".join([*records, closed])


def connecting(url: str) -> str:
    """The beginning of a configuration that follows a server; it ends in a section of its own."""
    return (
        f'[servers.acme]\nurl = "{url}/o=mail"\nbind_dn = "{POLICY}"\npassword = "{PASSWORD}"\nplain = true\n'
    )


@frozen
class Question:
    """What is asked, and what may be answered while things are as they should be, or are not."""

    ask: Callable[[Serve], str]
    calm: str
    away: tuple[str, ...]
    """How each answer may begin then."""


def recipient(name: str, **more: str) -> Callable[[Serve], str]:
    return lambda serve: serve.policy(BUDGET, sender=OUTSIDER, recipient=f"{name}@acme.example", **more)


def mailbox(name: str) -> Callable[[Serve], str]:
    return lambda serve: serve.table("mailbox", f"{name}@acme.example", BUDGET)


def sending(name: str) -> Callable[[Serve], str]:
    me = f"{name}@acme.example"
    return lambda serve: serve.policy(BUDGET, sender=me, recipient=ELSEWHERE, sasl_username=me, instance="1")


WAITS: Final = ("DEFER_IF_PERMIT ", "450 ", "451 ")
QUESTIONS: Final = {
    "known": Question(recipient("ann"), "DUNNO", ("DUNNO",)),
    "unknown": Question(recipient("nobody"), "550 5.1.1", WAITS),
    "closed": Question(recipient("closed"), "550 5.2.1", ("550 5.2.1",)),
    # Somebody may have been put on it since.
    "members' list": Question(recipient("members"), "550 5.7.2", ("550 5.7.2", *WAITS)),
    "sending": Question(sending("ann"), "DUNNO", ("DUNNO",)),
    "known mailbox": Question(mailbox("ann"), "OK ann@acme.example", ("OK ann@acme.example",)),
    "unknown mailbox": Question(mailbox("nobody"), "NOTFOUND", ("TEMP ",)),
}
LOGINS: Final = {
    # Hashes of passwords are not for us to read, so the server is asked.
    ("ann@acme.example", PASSWORD): "OK",
    ("ann@acme.example", "wrong"): "FAIL",
    ("closed@acme.example", PASSWORD): "FAIL",
    ("nobody@acme.example", PASSWORD): "FAIL",
}
DROPPED: Final = [""] * len(LOGINS)
"""What a mail server makes "try again later" of."""


def answers(serve: Serve) -> dict[str, str]:
    return {name: each.ask(serve) for name, each in QUESTIONS.items()}


def logins(serve: Serve) -> list[str]:
    """What comes of all logins at once: a no takes a second, whatever it is for."""
    return serve.login(*LOGINS, seconds=BUDGET)


def are_calm(said: dict[str, str]) -> list[str]:
    return [
        f"{name}: {said[name]}" for name, each in QUESTIONS.items() if not said[name].startswith(each.calm)
    ]


def are_away(said: dict[str, str]) -> list[str]:
    """What must not be answered while something is away."""
    found = ((name, said[name], each.away) for name, each in QUESTIONS.items())
    return [f"{name}: {answer}" for name, answer, away in found if not answer.startswith(away)]


def until(is_so: Callable[[], bool], seconds: float = NOTICED) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it does not come to that"
        time.sleep(0.05)
