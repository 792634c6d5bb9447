"""Servers for a Postfix that asks: one that gives any reply, and one that only seems to know passwords."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from mailpolicy.mta.background import Background
from mailpolicy.mta.server import Serving
from mailpolicy.mta.session import Outlet
from tests.postfix import Postfix
from tests.postfix_files import ASKING

DOMAINS = "acme.example"
LATE = "check_recipient_access inline:{ { late@acme.example = REJECT too late } }"
"""A restriction after the service."""
DOWN = "DEFER_IF_PERMIT 4.3.0 policy service is down"


def asking(address: str, *, auth: str, options: str = "timeout=1s, try_limit=1") -> dict[str, str]:
    """Settings of a Postfix that asks the service there about recipients, content and ends of messages."""
    service = f"check_policy_service {{ {address}, {options}, {{ default_action = {DOWN} }} }}"
    return {
        **ASKING,
        "smtpd_sasl_type": "dovecot",
        "smtpd_sasl_path": auth,
        "virtual_mailbox_domains": DOMAINS,
        "virtual_mailbox_maps": "inline:{ { known@acme.example = x } }",
        "mailpolicy": service,
        "smtpd_recipient_restrictions": f"$mailpolicy, {LATE}",
        "smtpd_data_restrictions": "$mailpolicy",
        "smtpd_end_of_data_restrictions": "$mailpolicy",
    }


class Raw:
    """A session that answers each request as `replies` says for its state, whatever that is."""

    replies: Mapping[str, bytes] = {}
    requests: list[dict[str, str]] = []
    connections = 0

    is_busy = False

    def __init__(self, outlet: Outlet) -> None:
        type(self).connections += 1
        self.outlet = outlet
        self.rest = b""

    def receive(self, chunk: bytes) -> None:
        *asked, self.rest = (self.rest + chunk).split(b"\n\n")
        for each in asked:
            lines = each.decode("utf-8", "surrogateescape").split("\n")
            found = dict(line.split("=", 1) for line in lines)
            self.requests.append(found)
            reply = self.replies.get(found["protocol_state"], b"action=DUNNO\n\n")
            self.outlet.send(reply.removesuffix(CLOSE))
            if reply.endswith(CLOSE):
                self.outlet.close()

    def at_end(self) -> None:
        self.outlet.close()

    def lost(self) -> None:
        pass


CLOSE = b"<close>"
"""At the end of a reply: close the connection after it."""


class Auth:
    """Greets as Dovecot's authentication server does, which is all Postfix needs to believe XCLIENT."""

    is_busy = False

    def __init__(self, outlet: Outlet) -> None:
        self.outlet = outlet
        outlet.send(b"VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00\nDONE\n")

    def receive(self, chunk: bytes) -> None:
        pass

    def at_end(self) -> None:
        self.outlet.close()

    def lost(self) -> None:
        pass


class Services:
    """The servers, and a Postfix that asks them."""

    def __init__(self, *policy: Serving, settings: Mapping[str, str] | None = None, **options: str) -> None:
        self._policy = policy
        self._settings = settings or {}
        self._options = options

    def __enter__(self) -> Self:
        self.background = Background(
            lambda: Serving("inet:127.0.0.1:0", Auth), *(lambda each=each: each for each in self._policy)
        ).__enter__()
        auth, *policy = (serving.addresses[0] for serving in self.background.servings)
        settings = {**asking(policy[0], auth=auth, **self._options), **self._settings}
        self.postfix = Postfix(settings=settings)
        self.postfix.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.postfix.__exit__(*error)
        self.background.__exit__(*error)
