"""What Dovecot asks about logins: may this one go on, and later what has become of it.

Dovecot checks passwords itself, and asks here before it does and after one was right
(`auth_policy_check_before_auth`, `auth_policy_check_after_auth`), without saying which; then it reports.
A status below zero refuses, and the user reads why; one above is how many seconds the login is held up.

Where nobody can tell, there is no status: 503 is the answer, and `auth_policy_reject_on_fail` of Dovecot says
what that means. Whom the directory does not know Dovecot may know: that is none of our business.
"""

from __future__ import annotations

import hmac
import json
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from attrs import evolve, frozen

from ...decision import Decision, Login, Verdict
from ...decision.context import login_of
from ...decision.replies import ACCOUNT_LOCKED_OUT, LOGIN_REFUSED
from ...decision.requests import PasswordIs
from ...errors import Ambiguous, Unavailable
from ...model import Account
from ..desk import Desk
from ..sasl import Failures, KeptFailures
from .http import Answered, Posted

__all__ = ["AuthPolicy", "Seen"]

log = logging.getLogger(__name__)

REFUSED: Final = -1
GO_ON: Final = 0

PATIENCE: Final = 3
"""So many wrong passwords cost no time."""
LONGEST_WAIT: Final = 5

LONGEST_TEXT: Final = 1_024

PASSWORDS: Final = 16
ACCOUNTS: Final = 10_000
"""What is remembered of passwords that failed: so many of each account, and of so many accounts."""

WRONG_PASSWORD: Final = "credentials"
"""Why a login failed, where that was for its password."""

Seen = Callable[[str, str, datetime], None]
"""Is told who has come in by which service, and when."""


@frozen
class Said:
    """What Dovecot says of a login."""

    login: str
    protocol: str = ""
    remote: str = ""
    device_id: str = ""
    fail_type: str = ""
    pwhash: str = ""
    tls: bool = False
    success: bool = False
    policy_reject: bool = False

    @property
    def request(self) -> Login:
        """The same as the rules want it."""
        return Login(
            self.login,
            self.protocol.lower() or "imap",
            client=self.remote,
            device=self.device_id,
            secure=self.tls,
        )


class AuthPolicy:
    """Answers Dovecot. One for a process; `failures` are those that other ways to log in count, too.

    With a `key`, only who sends it is answered: the value of the header `Authorization`, as in
    `auth_policy_server_api_header = Authorization: Bearer …`.
    """

    def __init__(
        self,
        desk: Desk,
        failures: Failures | None = None,
        *,
        seen: Seen | None = None,
        key: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._desk = desk
        self._failures: Failures = failures or KeptFailures()
        self._seen = seen
        self._key = key.encode()
        self._clock = clock
        self._tried = Tried()

    def __call__(self, posted: Posted, answer: Answered) -> None:
        """Answer a request."""
        if self._key and not hmac.compare_digest(
            posted.headers.get("authorization", "").encode("latin-1"), self._key
        ):
            answer(HTTPStatus.UNAUTHORIZED, b"")
            return
        said = read(posted.content)
        command = command_of(posted.target)
        if said is None or command is None:
            answer(HTTPStatus.BAD_REQUEST, b"")
            return
        try:
            if command == "allow":
                self._allow(said, answer)
            else:
                self._report(said)
                answer(HTTPStatus.OK, status(GO_ON))
        except (Unavailable, Ambiguous) as problem:
            log.warning("login of %r from %s: nobody can tell: %s", said.login, said.remote, problem)
            answer(HTTPStatus.SERVICE_UNAVAILABLE, b"")

    def _account(self, said: Said, at: datetime) -> Account | None:
        if not said.login:  # a name that Dovecot itself takes for none
            return None
        directory = self._desk.source.directory
        return login_of(directory, said.request, at, self._desk.policy)

    def _allow(self, said: Said, answer: Answered) -> None:
        at = datetime.fromtimestamp(self._clock(), UTC)
        account = self._account(said, at)
        if account is None:
            answer(HTTPStatus.OK, status(GO_ON))
            return
        if self._failures.is_locked_out(account, at):
            # What the rules say changes nothing, and it must not be late: Dovecot would let her in.
            log.info("login of %r by %s from %s: locked out", said.login, said.protocol, said.remote)
            self._ask(said, lambda _: None, "ignored")
            answer(HTTPStatus.OK, status(REFUSED, ACCOUNT_LOCKED_OUT.text))
            return
        wait = min(max(self._failures.recent(account, at) - PATIENCE + 1, 0), LONGEST_WAIT)

        def decided(decision: Decision) -> None:
            log.info("login of %r by %s from %s: %s", said.login, said.protocol, said.remote, decision)
            if decision.verdict in (Verdict.ACCEPT, Verdict.NO_OPINION):
                answer(HTTPStatus.OK, status(wait))
            elif decision.unknown:
                answer(HTTPStatus.SERVICE_UNAVAILABLE, b"")
            else:
                reply = decision.reply or LOGIN_REFUSED
                answer(HTTPStatus.OK, status(REFUSED, reply.text))

        self._ask(said, decided, "right")

    def _ask(self, said: Said, then: Callable[[Decision], None], password_is: PasswordIs) -> None:
        self._desk.ask(evolve(said.request, password_is=password_is), then, adapter="dovecot")

    def _report(self, said: Said) -> None:
        at = datetime.fromtimestamp(self._clock(), UTC)
        account = self._account(said, at)
        if account is None or said.policy_reject:
            return
        if said.success:
            self._tried.forget(account)
            self._failures.right(account, at)
            if self._seen is not None:
                self._seen(account.name, said.request.service, at)
        elif said.fail_type == WRONG_PASSWORD or (
            not said.fail_type and self._tried.is_new(account, said.pwhash)
        ):
            self._failures.wrong(account, at)
            # It was asked about before it was looked at: now all may hear that it was wrong.
            self._ask(said, lambda _: None, "wrong")


class Tried:
    """The passwords that have failed of late, as Dovecot abbreviates them: twelve bits of a hash.

    Dovecot 2.3 reports a failure of its own, such as a directory out of reach, as it does a wrong password.
    Clients then say the right one again and again, and nobody may be locked out for that. Whoever guesses
    says another one each time.
    """

    def __init__(self) -> None:
        self._tried: OrderedDict[str, deque[str]] = OrderedDict()

    def is_new(self, account: Account, pwhash: str) -> bool:
        """Whether this one was not tried before, and from now on it was; True where there is no telling."""
        tried = self._tried.setdefault(str(account.dn), deque(maxlen=PASSWORDS))
        self._tried.move_to_end(str(account.dn))
        if len(self._tried) > ACCOUNTS:
            self._tried.popitem(last=False)
        if pwhash and pwhash in tried:
            return False
        tried.append(pwhash)
        return True

    def forget(self, account: Account) -> None:
        """Somebody is in: all that was tried before is another story."""
        self._tried.pop(str(account.dn), None)


def command_of(target: str) -> str | None:
    """What is wanted: ``allow`` or ``report``.

    >>> command_of("/policy?command=allow"), command_of("/policy?command=delete")
    ('allow', None)
    """
    try:
        named = parse_qs(urlsplit(target).query, max_num_fields=10).get("command", [])
    except ValueError:
        return None
    return named[0] if named in (["allow"], ["report"]) else None


def read(content: bytes) -> Said | None:
    """What the content says; None where it is nothing that Dovecot would send."""
    try:
        given = json.loads(content.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict) or given.get("login") is None:
        return None
    texts = {name: text_of(given.get(name)) for name in TEXTS}
    texts["device_id"] = shown(given.get("device_id"))
    truths = {name: truth_of(given.get(name)) for name in TRUTHS}
    if None in texts.values() or None in truths.values():
        return None
    return Said(**texts, **truths)  # type: ignore[arg-type]


TEXTS: Final = ("login", "protocol", "remote", "fail_type", "pwhash")
TRUTHS: Final = ("tls", "success", "policy_reject")


def text_of(value: Any) -> str | None:
    """A text of one line, empty where nothing is given; None for anything else."""
    if value is None:
        return ""
    is_text = isinstance(value, str) and len(value) <= LONGEST_TEXT and (value.isprintable() or not value)
    return value if is_text else None


def shown(value: Any) -> str | None:
    """What a client says that it is, as a text of one line; None where it is no text.

    Clients say this before they log in, and Dovecot lets in whom we cannot answer: if an odd byte, or one too
    many, made a question unreadable, whoever guesses passwords would send it.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return None
    return "".join(each if each.isprintable() else "\ufffd" for each in value[:LONGEST_TEXT])


def truth_of(value: Any) -> bool | None:
    """Yes or no. Dovecot says both in several ways, for a variable that it expands is text.

    >>> [truth_of(each) for each in (True, "TLS", "", None, "no", 7)]
    [True, True, False, False, False, None]
    """
    if value is None or isinstance(value, bool):
        return bool(value)
    return value.lower() not in ("", "no", "false", "0") if isinstance(value, str) else None


def status(number: int, text: str = "") -> bytes:
    """The content of an answer."""
    return json.dumps({"status": number, "msg": text}).encode()
