"""What lies in mailboxes, as Dovecot tells it: its quota_clone plugin writes into a dictionary, which is us.

In dovecot.conf, with `quota` and `quota_clone` among the mail_plugins:

    plugin {
      quota_clone_dict = proxy:/run/mailpolicy/usage:mailpolicy
    }

A conversation is lines of a letter and words with tabs between them. Dovecot 2.3 says hello, and then for
each change begins, sets, commits:

    H3 2 0 (nothing) mailpolicy / B1 john@acme.example / S1 priv/quota/storage 4711 / C1

and waits for `O1`. Older ones name the user in the hello. What is not quota is taken and forgotten.
"""

from __future__ import annotations

import logging
import re
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final

from attrs import define

from ..errors import InvalidValue, Unavailable
from ..stores import MailboxUsage
from ..values import Address
from .session import Outlet, ProtocolError

if TYPE_CHECKING:
    from .sasl import Aside

__all__ = ["QuotaSession"]

log = logging.getLogger(__name__)

VERSIONS: Final = ("2", "3")
"""Major versions of the protocol: Dovecot 2.2 and 2.3."""
LONGEST_LINE: Final = 64 * 1024
MOST_OPEN: Final = 64
"""Transactions at a time: Dovecot has one for each mailbox that changes."""
MOST_UNANSWERED: Final = 10_000
STORAGE: Final = "priv/quota/storage"
LARGEST: Final = 2**50
"""Bytes of a mailbox: many such must have a sum that a file of SQLite can hold."""

ESCAPED: Final = re.compile("\x01(.)", re.DOTALL)
ESCAPES: Final = {"0": "\0", "1": "\x01", "t": "\t", "r": "\r", "n": "\n"}


def unescaped(word: str) -> str:
    """A word as it was before it was put into a line.

    >>> unescaped("one\\x01two\\x011")
    'one\\two\\x01'
    """
    return ESCAPED.sub(lambda found: ESCAPES.get(found[1], found[1]), word) if "\x01" in word else word


@define
class Change:
    """What is about to be said of a mailbox."""

    user: str
    size: int | None = None


class QuotaSession:
    """One connection of a Dovecot process; what it commits is in the counts when it gets its answer.

    It is written `aside`, for the file may be locked by somebody else, and mail must not wait for that.
    Answers leave in the order of what they answer: Dovecot takes them so.
    """

    def __init__(self, outlet: Outlet, usage: MailboxUsage, aside: Aside) -> None:
        self._outlet, self._usage, self._aside = outlet, usage, aside
        self._begun = b""
        self._user: str | None = None  # until there was a hello
        self._changes: dict[str, Change] = {}
        self._answers: deque[list[str]] = deque()
        """Of what was asked the answers, each empty until there is one."""
        self._is_ending = False

    def receive(self, chunk: bytes) -> None:
        """Take in what has arrived; ProtocolError where it is not the protocol."""
        *lines, self._begun = (self._begun + chunk).split(b"\n")
        for line in (*lines, self._begun):
            if len(line) > LONGEST_LINE:
                raise ProtocolError("a line is too long")
        for line in lines:
            self._heard(line.decode("utf-8", "surrogateescape"))

    def at_end(self) -> None:
        """The other side sends no more: what was committed is still answered."""
        self._is_ending = True
        self._send_ready()

    def lost(self) -> None:
        """The connection is gone, and with it what was not committed."""
        self._changes.clear()

    @property
    def is_busy(self) -> bool:
        """Whether something is written that waits for its answer."""
        return bool(self._answers)

    def _heard(self, line: str) -> None:
        verb, words = line[:1], [unescaped(word) for word in line[1:].split("\t")]
        if verb == "H":
            self._hello(words)
            return
        if self._user is None:
            raise ProtocolError("it does not begin with a hello")
        match verb:
            case "B":
                if len(self._changes) >= MOST_OPEN:
                    raise ProtocolError("too many transactions at a time")
                self._changes[words[0]] = Change(words[1] if len(words) > 1 and words[1] else self._user)
            case "S":
                self._set(words)
            case "C" | "D":
                self._commit(words[0], "A" if verb == "D" else "")
            case "R":
                self._changes.pop(words[0], None)
            case "L":
                self._send("N")
            case "I":
                self._send("")
            case "U" | "A" | "T" | "V" | "E":
                pass  # removing, adding to, dating what quota_clone only sets
            case _:
                raise ProtocolError(f"nothing is known that begins with {verb!r}")

    def _hello(self, words: list[str]) -> None:
        if self._user is not None or len(words) < 4:
            raise ProtocolError("this is no hello")
        if words[0] not in VERSIONS:
            raise ProtocolError(f"version {words[0]} of the protocol is not known")
        self._user = words[3]

    def _set(self, words: list[str]) -> None:
        change = self._changes.get(words[0])
        if change is None or len(words) != 3:
            raise ProtocolError("something is set outside a transaction")
        if words[1] == STORAGE:
            if not (words[2].isascii() and words[2].isdigit() and len(words[2]) < 20):
                raise ProtocolError("a mailbox holds a number of bytes")
            change.size = min(int(words[2]), LARGEST)

    def _commit(self, transaction: str, before: str) -> None:
        change = self._changes.pop(transaction, None)
        if change is None:
            raise ProtocolError("something is committed that was not begun")
        if change.size is None:
            self._send(f"{before}O{transaction}")
            return
        if len(self._answers) >= MOST_UNANSWERED:
            raise ProtocolError("too much is committed without waiting for an answer")
        answer: list[str] = []
        self._answers.append(answer)

        def then(letter: str | None) -> None:
            answer.append(f"{before}{letter or 'F'}{transaction}")
            self._send_ready()

        self._aside.run(partial(written, self._usage, change.user, change.size), then)

    def _send(self, answer: str) -> None:
        self._answers.append([answer])
        self._send_ready()

    def _send_ready(self) -> None:
        while self._answers and self._answers[0]:
            (answer,) = self._answers.popleft()
            self._outlet.send(answer.encode("utf-8", "surrogateescape") + b"\n")
        if self._is_ending and not self._answers:
            self._outlet.close()


def written(usage: MailboxUsage, user: str, size: int) -> str:
    """What is answered to whoever says that the mailbox of a user holds so much, once it is written."""
    try:
        usage.say(Address(user), size)
    except InvalidValue:
        pass  # a user without an address, whose mailbox no mail from outside reaches
    except Unavailable as problem:
        log.warning("what the mailbox of %r holds is not kept: %s", user, problem)
        return "F"
    return "O"
