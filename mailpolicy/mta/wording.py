"""What the other side is told of a message, or a recipient, that is not taken: by whatever protocol.

Codes are those of refusals, but never 421 and 521, which end the connection of whoever sends.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import combining, normalize

from ..decision import Decision, Reply, Verdict
from ..decision.reply import one_line

__all__ = ["UNTOLD", "refusal", "status_of", "told"]

STATUS: Final = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
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

PUNCTUATION: Final = str.maketrans("‘’‚“”„«»–—−", '\'\'\'"""""---')


def refusal(decision: Decision, *, utf8: bool = False) -> Reply:
    """The reply to what a decision refuses, of the class that it means: a rule that defers sends nobody's
    mail back, whatever its reply says.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> print(refusal(mp.decide(acme, mp.Delivery("wile.e@customer.example", "nobody@globex.example"))))
    550 5.1.1 There is no such address here

    No code ends the connection, for it may have mail for others. Texts are told in ASCII, as clients that
    have not said SMTPUTF8 expect, or with `utf8` as they are.
    """
    otherwise = FALLBACKS.get(decision.verdict, UNTOLD)
    reply = decision.reply or otherwise
    code = ENDING_THE_CONNECTION.get(reply.code, reply.code)
    digit = otherwise.status[0]
    if code // 100 != int(digit):
        code = otherwise.code
    return Reply(code, status_of(reply, digit, otherwise), told(reply.text, otherwise, utf8))


def status_of(reply: Reply, digit: str, otherwise: Reply) -> str:
    """The enhanced status, of the class that is meant."""
    if not STATUS.fullmatch(reply.status):
        return otherwise.status
    return digit + reply.status[1:]


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
