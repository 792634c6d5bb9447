"""What Postfix is told to do. It takes much for an acceptance that was not meant as one, so there is no way
here to say it: no empty action, no code without text, no permission, no word from a directory as a verb.

An action is one line of UTF-8. Codes are those of refusals, but never 421 and 521, which end the connection
of whoever sends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from unicodedata import combining, normalize

from ...decision import Decision, Header, Mode, Reply, Verdict
from ...decision.reply import one_line
from ...errors import InvalidValue
from ...values import Address
from ...values.address import NEEDS_QUOTES

__all__ = ["DUNNO", "prepended", "rendered"]

DUNNO: Final = b"action=DUNNO\n\n"
"""Go on with the next restriction. OK would skip those that come after, of which one guards the relay."""

STATUS: Final = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
NAME: Final = re.compile(r"[!-9;-~]{1,70}")
"""The name of a header (RFC 5322, section 2.2)."""

ENDING_THE_CONNECTION: Final = {421: 451, 521: 554}

REFUSED: Final = Reply(550, "5.7.1", "Refused by policy")
REFUSED_FOR_NOW: Final = Reply(450, "4.7.1", "Refused for now by policy, please try again later")
UNTOLD: Final = Reply(451, "4.3.0", "Nobody can tell at the moment, please try again later")
WAITS_FOR_SOMEBODY: Final = Reply(450, "4.7.1", "Somebody has to look at this first, please try again later")

FALLBACKS: Final = {
    Verdict.REJECT: REFUSED,
    Verdict.CHALLENGE: Reply(534, "5.7.9", "A second factor is needed"),
    Verdict.DEFER: REFUSED_FOR_NOW,
    Verdict.ASK_HUMAN: WAITS_FOR_SOMEBODY,
}
"""For decisions without a reply, and for replies that say something else than the verdict."""

WITHOUT_VERDICT: Final = (Verdict.ACCEPT, Verdict.NO_OPINION)
PUNCTUATION: Final = str.maketrans("‘’‚“”„«»–—−", '\'\'\'"""""---')


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
    if verdict in WITHOUT_VERDICT:
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
    return refused(decision.reply, FALLBACKS[verdict], utf8)


def refused(reply: Reply | None, otherwise: Reply, utf8: bool) -> bytes:
    digit = otherwise.status[0]
    if reply is None:
        reply = otherwise
    code = ENDING_THE_CONNECTION.get(reply.code, reply.code)
    if code // 100 != int(digit):
        code = otherwise.code
    status, text = status_of(reply, digit, otherwise), told(reply.text, otherwise, utf8)
    return line(str(code), f"{status} {text}")


def status_of(reply: Reply, digit: str, otherwise: Reply) -> str:
    """The enhanced status, of the class that is meant."""
    if not STATUS.fullmatch(reply.status):
        return otherwise.status
    return digit + reply.status[1:]


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
        if each.mode is Mode.WARN and each.verdict not in WITHOUT_VERDICT
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


def told(text: str, otherwise: Reply, utf8: bool) -> str:
    """A text as the other side can read it; that of another reply where nothing would be left of it."""
    text = one_line(text)
    if text.isascii() or utf8:
        return text or otherwise.text
    apart = normalize("NFKD", text.translate(PUNCTUATION).replace("ß", "ss"))
    plain = "".join(character for character in apart if not combining(character))
    lost = sum(not character.isascii() for character in plain)
    if lost * 4 > len(plain):
        return otherwise.text
    return one_line(plain.encode("ascii", "replace").decode()) or otherwise.text
