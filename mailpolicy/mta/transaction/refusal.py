"""What the other side is told of a message, or a recipient, that is not taken."""

from __future__ import annotations

from ...decision import Decision, Reply
from ..postfix.action import ENDING_THE_CONNECTION, FALLBACKS, UNTOLD, status_of, told

__all__ = ["refusal"]


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
