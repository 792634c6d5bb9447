"""Who gets in: the password first, then the rules about logins, and what comes of a wrong password."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Final

from attrs import field, frozen

from ...decision import Decision, Login, Verdict
from ...decision.context import login_of
from ...decision.replies import ACCOUNT_LOCKED_OUT, LOGIN_REFUSED
from ...decision.requests import PasswordIs
from ...errors import Ambiguous, Unavailable
from ...model import Account
from ..desk import Desk
from .failures import Failures, KeptFailures
from .proof import Proof, Verifier
from .threads import Aside

__all__ = ["Admission", "Attempt", "Gate"]

log = logging.getLogger(__name__)

DELAY: Final = 1.0
"""Seconds after which a no is told: the same whether there is such an account or not."""

WRONG: Final = LOGIN_REFUSED.text


@frozen(kw_only=True)
class Attempt:
    """Somebody wants in, and says a name and a password."""

    login: str
    password: bytes = field(repr=False)
    service: str
    client: str = ""
    secure: bool = False
    host: str = ""
    acting_for: str = ""


@frozen
class Admission:
    """Whether somebody gets in: as whom, or why not. `text` is for her."""

    proof: Proof
    user: str = ""
    text: str = ""


UNKNOWN: Final = Admission(Proof.UNKNOWN)
REFUSED: Final = Admission(Proof.NO, text=WRONG)
LOCKED_OUT: Final = Admission(Proof.NO, text=ACCOUNT_LOCKED_OUT.text)

LONGEST_NAME: Final = 1_024
"""So much is told of a name that nobody has: whoever guesses must not fill what keeps decisions."""


class Gate:
    """Lets people in, for every protocol that logs in. One for a process.

    A wrong password and a name that nobody has get the same answer after the same time. Who gives the right
    one learns why she may not come in all the same. After too many wrong ones no password is looked at any
    more, right or wrong, until the lockout is over: its answer tells nobody which it was.

    The rules are asked in any case, so that all who want to hear of decisions hear of wrong passwords, too.
    But what they say of others than right ones changes nothing, and nobody waits for it.
    """

    def __init__(
        self,
        desk: Desk,
        passwords: Verifier,
        aside: Aside,
        *,
        applications: Verifier | None = None,
        failures: Failures | None = None,
        delay: float = DELAY,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._desk = desk
        self._passwords = passwords
        self._applications = applications
        self._aside = aside
        self._failures: Failures = failures or KeptFailures()
        self._delay = delay
        self._clock = clock

    def admit(self, attempt: Attempt, then: Callable[[Admission], None], *, adapter: str = "sasl") -> None:
        """Decide, and tell `then`: later, as a rule."""
        answer = self._answering(attempt, then)
        at = datetime.fromtimestamp(self._clock(), UTC)
        try:
            account = self._account(attempt.login, attempt, at)
            target = self._account(attempt.acting_for, attempt, at) if attempt.acting_for else account
            locked_out = account is not None and self._failures.is_locked_out(account, at)
        except (Unavailable, Ambiguous) as problem:
            log.warning("login of %r from %s: nobody can tell: %s", attempt.login, attempt.client, problem)
            Visit(self, attempt, None, None, at, adapter, answer).tell("unknown")
            answer(UNKNOWN)
            return
        visit = Visit(self, attempt, account, target, at, adapter, answer)
        if locked_out:
            visit.locked_out()
        else:
            self._aside.run(partial(self._check, account, attempt.password), visit.checked)

    def _account(self, name: str, attempt: Attempt, at: datetime) -> Account | None:
        """Who has the name, as the rules will see it."""
        request = Login(name, attempt.service, host=attempt.host, client=attempt.client)
        return login_of(self._desk.source.directory, request, at, self._desk.policy)

    def _check(self, account: Account | None, password: bytes) -> tuple[Proof, bool]:
        """Whether a password is right, and whether it is that of an application."""
        # Known here and not before: who had not to wait while much is to be checked would be known as nobody.
        if account is None or not password:
            return Proof.NO, False
        proof = self._passwords.verify(account, password)
        if proof is Proof.YES or self._applications is None:
            return proof, False
        if not account.settings.application_passwords_enabled:
            return proof, False
        other = self._applications.verify(account, password)
        if other is Proof.YES:
            return other, True
        return (Proof.UNKNOWN if Proof.UNKNOWN in (proof, other) else Proof.NO), False

    def _answering(self, attempt: Attempt, then: Callable[[Admission], None]) -> Callable[[Admission], None]:
        """A no waits until its time has come, so that nobody learns from it how far we got."""
        started = time.monotonic()

        def answer(admission: Admission) -> None:
            left = started + self._delay - time.monotonic()
            if admission.proof is Proof.NO and left > 0:
                self._aside.later(left, partial(then, admission))
            else:
                then(admission)

        return answer


@frozen(eq=False)
class Visit:
    """One attempt to get in; nobody's account, where the name is nobody's."""

    _gate: Gate
    _attempt: Attempt
    _account: Account | None
    _target: Account | None
    _at: datetime
    _adapter: str
    _answer: Callable[[Admission], None]

    def checked(self, checked: tuple[Proof, bool] | None) -> None:
        """Go on with what came of the password; None where nothing did."""
        proof, by_application = checked or (Proof.UNKNOWN, False)
        account = self._account
        if proof is Proof.UNKNOWN:
            self._turn_away("unknown", "the password cannot be checked", UNKNOWN)
        elif account is None:
            self._turn_away("wrong", "no such account", REFUSED)
        elif self._is_locked_out_by_now(account):
            self.locked_out()
        elif proof is Proof.NO:
            self._gate._failures.wrong(account, self._at)
            self._turn_away("wrong", "wrong password", REFUSED)
        elif self._target is None:
            self._turn_away("right", f"there is no {self._attempt.acting_for!r} to act for", REFUSED)
        else:
            decided = partial(self._decided, account, self._target)
            self._ask(decided, "right", by_application=by_application)

    def locked_out(self) -> None:
        """Turn away in the same words, whatever the password and the rules: others would tell who guesses."""
        self._turn_away("ignored", "locked out", LOCKED_OUT)

    def tell(self, password_is: PasswordIs) -> None:
        """Let all hear of it who want to hear of decisions."""
        self._ask(lambda _: None, password_is)

    def _turn_away(self, password_is: PasswordIs, why: str, admission: Admission) -> None:
        # Nothing that rules or counts take their time for may tell one name, or one password, from another.
        self.tell(password_is)
        self._end(why, admission)

    def _is_locked_out_by_now(self, account: Account) -> bool:
        """Whether others gave too many wrong passwords while this one was checked."""
        try:
            known = self._gate._account(self._attempt.login, self._attempt, self._at)
        except (Unavailable, Ambiguous):
            known = None
        return self._gate._failures.is_locked_out(known or account, self._at)

    def _ask(
        self, then: Callable[[Decision], None], password_is: PasswordIs, *, by_application: bool = False
    ) -> None:
        """Put it to the rules about logins."""
        attempt, account, target = self._attempt, self._account, self._target
        who = attempt.login[:LONGEST_NAME] if account is None else account.name
        whose = who
        if attempt.acting_for:
            whose = attempt.acting_for[:LONGEST_NAME] if target is None else target.name
        request = Login(
            whose,
            attempt.service,
            client=attempt.client,
            host=attempt.host,
            secure=attempt.secure,
            application_password=by_application,
            actor="" if whose == who else who,
            password_is=password_is,
        )
        self._gate._desk.ask(request, then, adapter=self._adapter)

    def _decided(self, account: Account, target: Account, decision: Decision) -> None:
        """The password was right: what the rules say counts. Only an acceptance lets act for another."""
        verdict = decision.verdict
        silent = verdict is Verdict.NO_OPINION and target.dn == account.dn
        if verdict is Verdict.ACCEPT or silent:
            self._gate._failures.right(account, self._at)
            admission = Admission(Proof.YES, user=target.name)
        elif verdict is Verdict.DEFER:
            admission = UNKNOWN
        else:
            admission = Admission(Proof.NO, text=decision.reply.text if decision.reply else WRONG)
        self._end(str(decision), admission)

    def _end(self, what: str, admission: Admission) -> None:
        attempt = self._attempt
        log.info("login of %r by %s from %s: %s", attempt.login, attempt.service, attempt.client, what)
        self._answer(admission)
