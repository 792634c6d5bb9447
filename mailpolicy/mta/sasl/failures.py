"""What wrong passwords do to an account: counted here, and written to the directory where we may.

`mailpolicy.decision.failures` says what happens; this keeps the state it works on, or writes it.
"""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from threading import Lock
from time import sleep
from typing import Final, Protocol

from ...decision.failures import Attempts, after_right_password, after_wrong_password, is_locked_out
from ...errors import MailPolicyError, StalePlan
from ...inherit import layers_of
from ...live.bind import Bind
from ...live.live import Live
from ...model import Account, Directory
from ...status import LockoutState, lockout_policy, lockout_state

__all__ = ["Failures", "KeptFailures", "WrittenFailures"]

log = logging.getLogger(__name__)

MOST: Final = 10_000
"""Accounts of which failures are remembered; the one whose last is longest ago is forgotten first."""
WAITING: Final = 1_000
"""Writes that may wait for those before them."""
TRIES: Final = 5
PAUSE: Final = 0.05
"""Seconds before the second try, and so much longer before each after it."""
CLOSING_SECONDS: Final = 5.0
"""How long writes that wait may take when no more are to come."""
LOCKOUT: Final = "lockout"

Step = Callable[..., Attempts]


class Failures(Protocol):
    """Remembers wrong passwords. Nothing here waits or raises; any thread may call."""

    def is_locked_out(self, account: Account, at: datetime) -> bool:
        """Whether there were too many, so that the password is not even looked at."""
        ...

    def recent(self, account: Account, at: datetime) -> int:
        """How many there were of those that still count."""
        ...

    def wrong(self, account: Account, at: datetime) -> None:
        """A wrong password was given."""
        ...

    def right(self, account: Account, at: datetime) -> None:
        """Somebody is in."""
        ...


class KeptFailures:
    """Counts in memory, beginning with what the directory says, until the process ends.

    Nobody else sees it: an account set active by hand stays locked here until its period is over. Then it
    counts from the beginning: on a deployed server anybody may guess from then on, until the owner comes.
    """

    def __init__(self) -> None:
        self._states: OrderedDict[str, LockoutState] = OrderedDict()
        self._lock = Lock()

    def is_locked_out(self, account: Account, at: datetime) -> bool:
        """Whether the directory or what is counted here says so."""
        return is_locked_out(account, at, self._states.get(key_of(account)))

    def recent(self, account: Account, at: datetime) -> int:
        """How many failures still count."""
        window = window_of(account)
        failures = self.state(account).failures
        return sum(1 for each in failures if not window or at - each <= window)

    def wrong(self, account: Account, at: datetime) -> None:
        """Count one more."""
        self._step(account, at, after_wrong_password)

    def right(self, account: Account, at: datetime) -> None:
        """Begin anew, unless a lockout is not over."""
        self._step(account, at, after_right_password)

    def state(self, account: Account) -> LockoutState:
        """How things stand with an account."""
        return self._states.get(key_of(account)) or state_of(account)

    def forget(self, account: Account) -> None:
        """Go by what the directory says from now on."""
        with self._lock:
            self._states.pop(key_of(account), None)

    def _step(self, account: Account, at: datetime, step: Step) -> None:
        with self._lock:
            before = self.state(account)
            if before.status == LOCKOUT and not is_locked_out(account, at, before):
                before = LockoutState()
            after = step(account, at, kept=before).state
            self._states.pop(key_of(account), None)
            if after != state_of(account):
                self._states[key_of(account)] = after
            while len(self._states) > MOST:
                self._states.popitem(last=False)


class WrittenFailures:
    """Writes what happens to the directory, where everybody sees it, one after the other in a thread.

    What is not written yet, or cannot be, is counted here meanwhile: whoever tries many passwords at once
    has no more tries than others. `bind` is who may write, where that is not who reads; `kept` is what was
    counted before.
    """

    def __init__(self, live: Live, bind: Bind | None = None, kept: KeptFailures | None = None) -> None:
        self._live, self._bind = live, bind
        self._kept = kept or KeptFailures()
        self._waiting: Counter[str] = Counter()
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mailpolicy-lockout")

    def is_locked_out(self, account: Account, at: datetime) -> bool:
        """Whether the directory says so, or what is on its way there."""
        return self._kept.is_locked_out(account, at)

    def recent(self, account: Account, at: datetime) -> int:
        """How many failures still count."""
        return self._kept.recent(account, at)

    def wrong(self, account: Account, at: datetime) -> None:
        """Count one more, and write it."""
        self._kept.wrong(account, at)
        self._write_later(account, at, after_wrong_password)

    def right(self, account: Account, at: datetime) -> None:
        """Begin anew, and write it where there was something."""
        state = self._kept.state(account)
        if after_right_password(account, at, kept=state).state != state:
            self._kept.right(account, at)
            self._write_later(account, at, after_right_password)

    def close(self) -> None:
        """Write what is waiting, for as long as there is time, and end."""
        done = self._thread.submit(lambda: None)
        self._thread.shutdown(wait=False)
        wait((done,), CLOSING_SECONDS)
        if not done.done():
            log.warning("lockouts are not written any more: %d wait for a server", self._waiting.total())
            self._thread.shutdown(wait=False, cancel_futures=True)

    def _write_later(self, account: Account, at: datetime, step: Step) -> None:
        dn = key_of(account)
        with self._lock:
            if self._waiting.total() >= WAITING:
                log.warning("lockout of %s is not written: too much waits for that", dn)
                return
            self._waiting[dn] += 1
        self._thread.submit(self._write, dn, at, step)

    def _write(self, dn: str, at: datetime, step: Step) -> None:
        account: Account | None = None
        try:
            account = self._written(dn, at, step)
        except MailPolicyError as problem:
            log.warning("lockout of %s is not written, and counted in memory: %s", dn, problem)
        finally:
            with self._lock:
                self._waiting -= Counter((dn,))
                # Now the directory knows all, if nothing else is on its way.
                if account is not None and dn not in self._waiting:
                    self._kept.forget(account)

    def _written(self, dn: str, at: datetime, step: Step) -> Account | None:
        for left in reversed(range(TRIES)):
            account = found(self._live.directory, dn)
            if account is None:
                return None
            changes = step(account, at).changes
            if not changes and step is after_wrong_password:
                return None  # it does not count there, but here it may
            try:
                if changes:
                    self._live.apply(*changes, bind=self._bind)
                return account
            except StalePlan:
                if not left:
                    raise
                sleep(PAUSE * (TRIES - left))  # until what the other has written has come here, too
        return None


def key_of(account: Account) -> str:
    return str(account.dn)


def found(directory: Directory, dn: str) -> Account | None:
    entry = directory.snapshot.entry(dn)
    seen = None if entry is None else directory.object(entry)
    return seen if isinstance(seen, Account) else None


def state_of(account: Account) -> LockoutState:
    snapshot = account.directory.snapshot
    return lockout_state(snapshot, layers_of(snapshot, account.entry))


def window_of(account: Account) -> timedelta:
    snapshot = account.directory.snapshot
    return lockout_policy(snapshot, layers_of(snapshot, account.entry)).failure_window
