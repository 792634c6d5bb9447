"""Accounts that forward, and what a message to some of them comes to: the same for every adapter."""

from __future__ import annotations

from typing import Any, Final

import pytest
from attrs import frozen

import mailpolicy as mp
from mailpolicy.decision import Delivery, Opinion, Rule, Submission, Verdict
from tests import milters
from tests.mail_directories import native, native_account

WAYS: Final = {
    "copy": ("copy", "out"),
    "copy2": ("copy2", "out", "out2"),
    "away": ("out",),
    "away2": ("OUT", "out2"),
    "inside": ("bob",),
    "onward": ("inside",),
    "double": ("alias.onward", "out", "onward"),
    "ping": ("pong",),
    "pong": ("ping",),
    "round": ("round2", "out2"),
    "round2": ("round",),
    "lost": (),
}
"""Where mail for an account goes: what has no local part of ours is elsewhere."""


def address(name: str) -> str:
    return f"{name}@{'x.example' if name.lower().startswith('out') else 'acme.example'}"


def forwarding() -> mp.Directory:
    """ann and bob, who forward nothing, and those who do, each with an alias: `alias.` before her name."""
    return native(
        more=[
            native_account(
                name,
                f"mpAliases: {address('alias.' + name)}",
                f"mpLocalDeliveryEnabled: {'TRUE' if name in way else 'FALSE'}",
                *(f"mpForwardingAddresses: {address(each)}" for each in way if each != name),
            )
            for name, way in WAYS.items()
        ]
    )


def at_end(request: Delivery | Submission, directory: mp.Directory, context: Any) -> Opinion | None:
    """Verdicts that come when the size is known, by the first words of sender and recipient."""
    match request.sender.partition("@")[0], request.recipient.partition("@")[0]:
        case ("nocopy", "copy") | ("nobob", "bob") if request.size:
            return Opinion(Verdict.DISCARD, "thrown away")
        case ("moved", "copy") if request.size:
            return Opinion(Verdict.REDIRECT, "elsewhere", redirect_to=address("OUT"))
        case ("a", "") if request.size:
            return Opinion(Verdict.REDIRECT, "elsewhere", redirect_to=address("jane"))
    return None


POLICY: Final = milters.POLICY.with_rules(
    Rule("site.at_end", at_end, (Delivery, Submission), "what tests need", "nothing of the kind"),
    before="recipient.syntax",
)


@frozen
class Directed:
    """A message to somebody, and to whom it goes, in order."""

    sender: str
    recipients: tuple[str, ...]
    goes_to: tuple[str, ...]


def directed(recipients: str, goes_to: str, sender: str = "wile.e") -> Directed:
    return Directed(
        f"{sender}@x.example",
        tuple(address(each) for each in recipients.split()),
        tuple(address(each) for each in goes_to.split()),
    )


CASES: Final = {
    "nobody forwards": directed("ann bob", "ann bob"),
    "a copy stays in its place": directed("copy bob", "copy bob out"),
    "in capitals": directed("COPY", "COPY out"),
    "with a detail": directed("copy+x", "copy+x out"),
    "by an alias": directed("alias.copy", "copy out"),
    "by two addresses": directed("alias.copy copy", "copy out"),
    "no copy": directed("ann away", "ann out"),
    "no copy, in capitals": directed("AWAY", "out"),
    "no copy, twice": directed("away AWAY", "out"),
    "the same for several": directed("copy away copy2 away2", "copy copy2 out out2"),
    "to a recipient": directed("inside bob", "bob"),
    "to a recipient in capitals": directed("BOB inside", "BOB"),
    "to a recipient who forwards": directed("onward inside", "bob"),
    "to one of ours who forwards": directed("onward", "inside"),
    "to one of ours by two addresses": directed("double", "alias.onward out"),
    "to each other": directed("ping pong", "ping pong"),
    "to each other and elsewhere": directed("round2 round", "out2"),
    "nowhere": directed("lost", "lost"),
    "discarded for who forwards": directed("copy ann", "ann", "nocopy"),
    "discarded for whom it goes to": directed("inside ann bob", "ann", "nobob"),
    "discarded for all": directed("inside bob", "", "nobob"),
    "redirected": directed("copy ann", "jane", "redirected"),
    "redirected for one": directed("copy away", "OUT", "moved"),
}

cases = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
