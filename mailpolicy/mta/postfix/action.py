"""What Postfix is told to do. It takes much for an acceptance that was not meant as one, so there is no way
here to say it: no empty action, no code without text, no permission, no word from a directory as a verb.

An action is one line of UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ...decision import Decision, Header, Mode, Verdict
from ...decision.reply import one_line
from ...decision.verdict import TAKEN
from ...errors import InvalidValue
from ...values import Address
from ...values.address import NEEDS_QUOTES
from ..wording import UNTOLD, refusal, status_of, told

__all__ = ["DUNNO", "prepended", "rendered"]

DUNNO: Final = b"action=DUNNO\n\n"
"""Go on with the next restriction. OK would skip those that come after, of which one guards the relay."""

NAME: Final = re.compile(r"[!-9;-~]{1,70}")
"""The name of a header (RFC 5322, section 2.2)."""


def rendered(decision: Decision, *, utf8: bool = False) -> bytes:
    """The reply to a request: one action, one line, and the empty line.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> rendered(mp.decide(acme, mp.Delivery("wile.e@customer.example", "nobody@globex.example")))
    b'action=550 5.1.1 There is no such address here\\n\\n'

    Texts are told in ASCII, as clients that have not said SMTPUTF8 expect, or with `utf8` as they are.
    """
    outcome = decision.outcome
    verdict = outcome.verdict
    if verdict in TAKEN:
        return DUNNO if not outcome.observed else warned(decision)
    if decision.unknown or (verdict is Verdict.DEFER and decision.directory is None):
        # Not at once: a restriction after this one may know that nobody has the address.
        reply = decision.reply or UNTOLD
        status, text = status_of(reply, "4", UNTOLD), told(reply.text, UNTOLD, utf8)
        return line("DEFER_IF_PERMIT", f"{status} {text}")
    match verdict:
        case Verdict.HOLD | Verdict.DISCARD:
            why = decision.opinion.text if decision.opinion else ""
            return line(verdict.name, one_line(why) or "by policy")
        case Verdict.REDIRECT:
            return redirected(decision.redirect_to)
    reply = refusal(decision, utf8=utf8)
    return line(str(reply.code), f"{reply.status} {reply.text}")


def redirected(to: str) -> bytes:
    try:
        address = Address(to)
    except InvalidValue:
        return unsaid()
    if NEEDS_QUOTES.search(address.local) or not address.isprintable():
        return unsaid()
    return line("REDIRECT", address)


def unsaid() -> bytes:
    """For what cannot be said to Postfix: a fault of a rule, for which nobody loses mail."""
    return line("DEFER_IF_PERMIT", f"{UNTOLD.status} {UNTOLD.text}")


def warned(decision: Decision) -> bytes:
    """A warning in the log of Postfix, where rules that only warn would not have accepted."""
    warnings = [
        f"{each.rule} would {each.verdict}: {each.text}"
        for each in decision.observed
        if each.mode is Mode.WARN and each.verdict not in TAKEN
    ]
    return line("WARN", "; ".join(warnings)) if warnings else DUNNO


def prepended(headers: Iterable[Header]) -> bytes:
    """A header to stand before those of the message, or nothing. Postfix takes one: Sender: goes first, for
    it says who has written the message."""
    for header in sorted(headers, key=lambda header: header.name.lower() != "sender"):
        value = one_line(header.value)
        if NAME.fullmatch(header.name) and value:
            return line("PREPEND", f"{header.name}: {value}")
    return DUNNO


def line(verb: str, text: str) -> bytes:
    return f"action={verb} {one_line(text)}\n\n".encode()
