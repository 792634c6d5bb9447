"""What wrong passwords do to an account: counted here, and written to the directory where we may.

`mailpolicy.status.lockout` says what happens; this keeps the state it works on.
"""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Lock
from typing import Final, Protocol

from ...errors import MailPolicyError, StalePlan
from ...inherit import layers_of
from ...live.bind import Bind
from ...live.live import Live
from ...model import Account, Directory
from ...snapshot import Change, Set
from ...status.lockout import LockoutPolicy, LockoutState, after_failure, after_success, is_locked_out
from ...status.stored import lockout_policy, lockout_state

__all__ = ["Failures", "KeptFailures", "WrittenFailures"]

log = logging.getLogger(__name__)

MOST: Final = 10_000
"""Accounts of which failures are remembered; the one whose last is longest ago is forgotten first."""
WAITING: Final = 1_000
"""Writes that may wait for those before them."""
TRIES: Final = 3

Step = Callable[[LockoutState, datetime, LockoutPolicy], LockoutState]


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

    Nobody else sees it: an account set active by hand stays locked here until its period is over.
    """

    def __init__(self) -> None:
        self._states: OrderedDict[str, LockoutState] = OrderedDict()
        self._lock = Lock()

    def is_locked_out(self, account: Account, at: datetime) -> bool:
        """Whether the directory or what is counted here says so."""
        policy = policy_of(account)
        return any(is_locked_out(state, at, policy) for state in (self.state(account), state_of(account)))

    def recent(self, account: Account, at: datetime) -> int:
        """How many failures still count."""
        window = policy_of(account).failure_window
        failures = self.state(account).failures
        return sum(1 for each in failures if not window or at - each <= window)

    def wrong(self, account: Account, at: datetime) -> None:
        """Count one more."""
        self._step(account, at, after_failure)

    def right(self, account: Account, at: datetime) -> None:
        """Begin anew, unless a lockout is not over."""
        self._step(account, at, after_success)

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
            after = step(before, at, policy_of(account))
            if after != before or key_of(account) in self._states:
                self._states[key_of(account)] = after
                self._states.move_to_end(key_of(account))
            while len(self._states) > MOST:
                self._states.popitem(last=False)


class WrittenFailures:
    """Writes what happens to the directory, where everybody sees it, one after the other in a thread.

    What is not written yet, or cannot be, is counted here meanwhile: whoever tries many passwords at once
    has no more tries than others. `bind` is who may write, where that is not who reads.
    """

    def __init__(self, live: Live, bind: Bind | None = None) -> None:
        self._live, self._bind = live, bind
        self._kept = KeptFailures()
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
        self._write_later(account, at, after_failure)

    def right(self, account: Account, at: datetime) -> None:
        """Begin anew, and write it where there was something."""
        state = self._kept.state(account)
        if after_success(state, at, policy_of(account)) != state:
            self._kept.right(account, at)
            self._write_later(account, at, after_success)

    def close(self) -> None:
        """Write what is waiting, and end."""
        self._thread.shutdown()

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
            before = None if account is None else state_of(account)
            if account is None or before is None:
                return None
            after = step(before, at, policy_of(account))
            if after == before:
                return account
            try:
                self._live.apply(change(account, before, after), bind=self._bind)
                return account
            except StalePlan:
                if not left:
                    raise
        return None


def change(account: Account, before: LockoutState, after: LockoutState) -> Change:
    """What to write so that one state becomes another."""
    dialect = account.directory.snapshot.dialect
    values: dict[str, object] = {
        dialect.lockout_failure_attribute: tuple(map(written, after.failures)) or None,
    }
    if before.locked_at != after.locked_at:
        locked = None if after.locked_at is None else written(after.locked_at)
        values[dialect.lockout_started_attribute] = locked
    if before.status != after.status:
        values["account_status"] = after.status
    return Set(account.dn, values)


def written(moment: datetime) -> str:
    """A moment as directories write it, with what there is of a second.

    >>> from datetime import UTC
    >>> written(datetime(2025, 3, 1, 12, 30, 1, 250_000, tzinfo=UTC))
    '20250301123001.250Z'
    """
    return f"{moment:%Y%m%d%H%M%S}.{moment.microsecond // 1000:03d}Z"


def key_of(account: Account) -> str:
    return str(account.dn)


def found(directory: Directory, dn: str) -> Account | None:
    entry = directory.snapshot.entry(dn)
    seen = None if entry is None else directory.object(entry)
    return seen if isinstance(seen, Account) else None


def policy_of(account: Account) -> LockoutPolicy:
    snapshot = account.directory.snapshot
    return lockout_policy(snapshot, layers_of(snapshot, account.entry))


def state_of(account: Account) -> LockoutState:
    snapshot = account.directory.snapshot
    return lockout_state(snapshot, layers_of(snapshot, account.entry))
