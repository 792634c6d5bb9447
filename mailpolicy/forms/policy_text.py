"""A request of the policy protocol of Postfix, pasted as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..decision import Delivery, Submission
from ..errors import quote
from .addresses import from_request
from .problems import InvalidForm

__all__ = ["request_from_policy_text"]

MOST_DIGITS: Final = 20
ENDING: Final = ("DATA", "END-OF-MESSAGE")
"""States in which a message with several recipients names none."""


def request_from_policy_text(text: str) -> Delivery | Submission:
    """The request that lines `name=value` stand for, as Postfix sends and its log shows them.

    >>> print(request_from_policy_text('''request=smtpd_access_policy
    ... protocol_state=RCPT
    ... sender=wile.e@customer.example
    ... recipient=john@acme.example
    ... client_address=192.0.2.7'''))
    Delivery(client='192.0.2.7', sender='wile.e@customer.example', recipient='john@acme.example')

    Whoever has logged in sends a Submission. Names that we do not know are passed over, as the protocol says;
    InvalidForm where a line is none of these, or nobody is the recipient.
    """
    said: dict[str, str] = {}
    problems: list[str] = []
    for number, line in enumerate(text.strip().splitlines(), 1):
        name, equals, value = line.strip().partition("=")
        if equals:
            said.setdefault(name.strip(), value)
        elif name:
            problems.append(f"line {number}: {quote(line)}: expected name=value")
    asked = said.get("request", "smtpd_access_policy")
    if asked != "smtpd_access_policy":
        problems.append(f"request: {quote(asked)}: expected smtpd_access_policy")
    size, recipients = amount("size", said, problems), amount("recipient_count", said, problems)
    login, recipient = said.get("sasl_username", ""), said.get("recipient", "")
    if not recipient and not (login and said.get("protocol_state", "").upper() in ENDING):
        problems.append("recipient: missing; expected recipient= and an address")
    if problems:
        raise InvalidForm(tuple(problems))
    sender, client = from_request(said.get("sender", "")), client_of(said)
    if login:
        return Submission(
            login, sender, from_request(recipient), client=client, size=size, recipients=recipients or 1
        )
    return Delivery(sender, from_request(recipient), client=client, size=size)


def amount(name: str, said: Mapping[str, str], problems: list[str]) -> int:
    text = said.get(name) or "0"
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return int(text)
    problems.append(f"{name}: {quote(text)}: expected a whole number")
    return 0


def client_of(said: Mapping[str, str]) -> str:
    client = said.get("client_address", "")
    return "" if client == "unknown" else client
