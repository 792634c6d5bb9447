"""Who may come in, by a password or after losing it."""

from __future__ import annotations

from typing import Final

from ..policy import Rule
from ..replies import RECOVERY_REFUSED, UNKNOWN
from ..requests import Login, Recovery
from ..rules import login, recovery

__all__ = ["ACCESS"]

LOGIN: Final = (Login,)

ACCESS: Final[tuple[Rule, ...]] = (
    Rule(
        "login.password",
        login.proof.right,
        LOGIN,
        "the password must be right, and is not looked at after too many wrong ones",
        "the password is right, or nobody has the name",
        in_doubt=UNKNOWN,
    ),
    Rule(
        "login.account",
        login.identity.known,
        LOGIN,
        "whoever comes in must have an account",
        "the account exists",
        in_doubt=UNKNOWN,
    ),
    Rule(
        "login.status",
        login.status.lets_in,
        LOGIN,
        "the status of the account must let its owner in",
        "the account is open",
    ),
    Rule(
        "login.actor",
        login.actor.may_open,
        LOGIN,
        "who opens the mailbox of another needs a right to",
        "everybody opens the own mailbox, or has a right to open this one",
        in_doubt=UNKNOWN,
    ),
    Rule(
        "login.service",
        login.services.switched_on,
        LOGIN,
        "the service must be on for the account, and administration is for administrators",
        "the service is on",
    ),
    Rule(
        "login.network",
        login.networks.allowed,
        LOGIN,
        "where networks are set for account or domain, the client must be in one of each",
        "the client may come from where it is",
    ),
    Rule(
        "login.encryption",
        login.encryption.used,
        LOGIN,
        "pages whose links are https are used over https",
        "the connection is encrypted, or need not be",
    ),
    Rule(
        "login.application_password",
        login.second_factor.application_password,
        LOGIN,
        "application passwords must be switched on, and open no pages for people",
        "it is no application password, or one that is good here",
    ),
    Rule(
        "login.second_factor",
        login.second_factor.given,
        LOGIN,
        "where a second factor is wanted it must be given, or the network or device be trusted",
        "no second factor is wanted, or it was given",
    ),
    Rule(
        "login.password_must_change",
        login.password.must_change,
        LOGIN,
        "who must change the password does so before anything else",
        "the password need not be changed",
    ),
    Rule(
        "login.password_age",
        login.password.too_old,
        LOGIN,
        "a password is good for so long",
        "the password is not too old, or nobody knows how old it is",
    ),
    Rule(
        "login.welcome",
        login.identity.welcome,
        LOGIN,
        "who gets here comes in",
        "nobody is known who could",
    ),
    Rule(
        "recovery.account",
        recovery.known,
        (Recovery,),
        "the account must exist",
        "the account exists",
        in_doubt=RECOVERY_REFUSED,
    ),
    Rule(
        "recovery.enabled",
        recovery.switched_on,
        (Recovery,),
        "recovery must be switched on, and is done in webmail only",
        "recovery is switched on",
        in_doubt=RECOVERY_REFUSED,
    ),
    Rule(
        "recovery.address",
        recovery.destination,
        (Recovery,),
        "there must be a proven address elsewhere to send the code to",
        "there is a proven address elsewhere",
        in_doubt=RECOVERY_REFUSED,
    ),
    Rule(
        "recovery.status",
        recovery.standing,
        (Recovery,),
        "a code must be of use in the status of the account",
        "a code is of use",
        in_doubt=RECOVERY_REFUSED,
    ),
    Rule(
        "recovery.attempts",
        recovery.attempts,
        (Recovery,),
        "after so many attempts there is a pause",
        "no account is known whose attempts count",
        counters=recovery.counted,
        in_doubt=RECOVERY_REFUSED,
    ),
    Rule(
        "recovery.code",
        recovery.code,
        (Recovery,),
        "a code is good for some time",
        "no account is known whose code it could be",
        in_doubt=RECOVERY_REFUSED,
    ),
)
