"""Who gets in: the password first, then the rules about logins, and what comes of a wrong password."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Final

from attrs import field, frozen

from ...decision import NOTHING_USED, Decision, Login, Verdict
from ...decision.context import Context
from ...decision.replies import ACCOUNT_LOCKED_OUT, LOGIN_REFUSED
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


class Gate:
    """Lets people in, for every protocol that logs in. One for a process.

    A wrong password and a name that nobody has get the same answer after the same time. Who gives the right
    one learns why she may not come in all the same. After too many wrong ones no password is looked at any
    more, right or wrong, until the lockout is over: its answer tells nobody which it was.
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
            answer(UNKNOWN)
            return
        if account is None:
            log.info("login of %r from %s: no such account", attempt.login, attempt.client)
            answer(REFUSED)
            return
        visit = Visit(self, attempt, account, target, at, adapter, answer)
        if locked_out:
            visit.ask(visit.locked_out)
        elif not attempt.password:
            visit.checked((Proof.NO, False))
        else:
            self._aside.run(partial(self._check, account, attempt.password), visit.checked)

    def _account(self, name: str, attempt: Attempt, at: datetime) -> Account | None:
        """Who has the name, as the rules will see it."""
        request = Login(name, attempt.service, host=attempt.host, client=attempt.client)
        return Context(self._desk.source.directory, request, at, NOTHING_USED, self._desk.policy).login

    def _check(self, account: Account, password: bytes) -> tuple[Proof, bool]:
        """Whether a password is right, and whether it is that of an application."""
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
    """One attempt of somebody who exists."""

    _gate: Gate
    _attempt: Attempt
    _account: Account
    _target: Account | None
    _at: datetime
    _adapter: str
    _answer: Callable[[Admission], None]

    @property
    def acts_for_another(self) -> bool:
        return self._target is None or self._target.dn != self._account.dn

    def checked(self, checked: tuple[Proof, bool] | None) -> None:
        """Go on with what came of the password; None where nothing did."""
        proof, by_application = checked or (Proof.UNKNOWN, False)
        if proof is Proof.YES:
            self.ask(self.decided, by_application=by_application)
            return
        if proof is Proof.NO:
            self._gate._failures.wrong(self._account, self._at)
        self._say("wrong password" if proof is Proof.NO else "the password cannot be checked")
        self._answer(REFUSED if proof is Proof.NO else UNKNOWN)

    def ask(self, then: Callable[[Decision], None], *, by_application: bool = False) -> None:
        """Put it to the rules about logins."""
        if self._target is None:
            self._say(f"there is no {self._attempt.acting_for!r} to act for")
            self._answer(REFUSED)
            return
        request = Login(
            self._target.name,
            self._attempt.service,
            client=self._attempt.client,
            host=self._attempt.host,
            secure=self._attempt.secure,
            application_password=by_application,
            actor=self._account.name if self.acts_for_another else "",
        )
        self._gate._desk.ask(request, then, adapter=self._adapter)

    def decided(self, decision: Decision) -> None:
        """The password was right: what the rules say counts."""
        admission = self.admission(decision)
        if admission.proof is Proof.YES:
            self._gate._failures.right(self._account, self._at)
        self._say(str(decision))
        self._answer(admission)

    def locked_out(self, decision: Decision) -> None:
        """Whatever the password is: the rules know of the lockout, unless it is ours alone to know."""
        admission = self.admission(decision)
        if admission.proof is Proof.YES:
            admission = Admission(Proof.NO, text=ACCOUNT_LOCKED_OUT.text)
        self._say("locked out")
        self._answer(admission)

    def admission(self, decision: Decision) -> Admission:
        """What a decision comes to. Only an acceptance lets somebody act for another."""
        verdict = decision.verdict
        assert self._target is not None
        silent = verdict is Verdict.NO_OPINION and not self.acts_for_another
        if verdict is Verdict.ACCEPT or silent:
            return Admission(Proof.YES, user=self._target.name)
        if verdict is Verdict.DEFER:
            return UNKNOWN
        return Admission(Proof.NO, text=decision.reply.text if decision.reply else WRONG)

    def _say(self, what: str) -> None:
        attempt = self._attempt
        log.info("login of %r by %s from %s: %s", attempt.login, attempt.service, attempt.client, what)
