"""A message from its first recipient to its end: what is asked about it, and what becomes of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from attrs import Factory, define, field, frozen

from ...decision import Decision, Delivery, Header, Request, Submission, Verdict
from .filing import FOLDER, SpamHeader, filed
from .forwards import forwarded
from .headers import Headers

if TYPE_CHECKING:
    from ..desk import Desk

__all__ = ["Ending", "Transaction"]

NAMES: Final = count(1)
PROCESS: Final = secrets.token_hex(6)
"""Names of messages must differ between all processes that share their counts."""


T = TypeVar("T")
Then: TypeAlias = Callable[[Decision], None]


@frozen
class Ending:
    """What becomes of a message at its end.

    `refusal` is the decision that refuses it, None where it is taken. Then `discarded` says that it goes
    nowhere, `held` why it waits for an administrator (empty where it does not), `headers` what it must carry,
    in the place of `replaced`, which are taken out in any case: names, and how many of each there are.
    `removed` says which recipients leave it and `added` which come instead.
    """

    refusal: Decision | None = None
    discarded: bool = False
    held: str = ""
    headers: tuple[Header, ...] = ()
    replaced: tuple[tuple[str, int], ...] = ()
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


@define(eq=False)
class Recipient:
    """Who was accepted, with the name under which that is counted and the latest decision."""

    address: str
    name: str
    decision: Decision


@define(eq=False)
class Transaction:
    """One message: `recipient` for each of its recipients, `end` when all of it was seen, then `settle`.

    Without `settle`, nothing it has reserved counts: `release` says so at once. Both may be called at any
    time; an answer that arrives after them is not told any more.
    """

    desk: Desk
    adapter: str
    client: str = ""
    login: str = ""
    sender: str = ""
    declared: int = 0
    """The size that the client has announced, 0 for none."""
    utf8: bool = False
    """Whether the client reads replies beyond ASCII."""
    forwards: bool = False
    """Whether its end exchanges recipients for their forwards: not where a table of aliases does it."""

    spam_header: SpamHeader | None = None
    """What a spam filter has added to spam, which its recipients want to have filed; None for no filter."""

    headers: Headers = field(
        default=Factory(lambda self: Headers(self.spam_header), takes_self=True), init=False
    )
    size: int = field(default=0, init=False)
    """What has been seen of it, in bytes."""

    recipients: list[Recipient] = field(factory=list, init=False)
    _named: set[str] = field(factory=set, init=False)
    """Their addresses: one that is named again is not one more, for it is delivered to once, whatever its
    case."""
    name: str = field(factory=lambda: f"{PROCESS}-{next(NAMES)}", init=False)
    is_over: bool = field(default=False, init=False)
    _asked: int = field(default=0, init=False)
    _reserved: dict[str, None] = field(factory=dict, init=False)

    # Recipients

    def recipient(self, address: str, then: Then) -> None:
        """Ask whether the message may have this recipient; it is one unless the decision refuses."""
        request = self._request(address, len(self._named) + (address.lower() not in self._named))
        name = self._name(request)

        def told(decision: Decision) -> None:
            if not decision.is_refused:
                self.recipients.append(Recipient(address, name, decision))
                self._named.add(address.lower())
            then(decision)

        self._ask(request, name, told)

    def withdraw(self) -> None:
        """The latest recipient is none after all: somebody else has refused it."""
        gone = self.recipients.pop()
        self._named = {each.address.lower() for each in self.recipients}
        if gone.name != self.name and gone.name in self._reserved:
            del self._reserved[gone.name]
            self.desk.release(gone.name)

    def _request(self, recipient: str, recipients: int, author: str | None = None) -> Request:
        size = self.size or self.declared
        if self.login:
            return Submission(
                self.login,
                self.sender,
                recipient,
                client=self.client,
                size=size,
                recipients=recipients,
                header_from=author or "",
            )
        seen = self.headers if author is not None else None
        return Delivery(
            self.sender,
            recipient,
            client=self.client,
            size=size,
            spam=seen is not None and seen.spam,
            automatic=seen is not None and seen.automatic,
            addressed=None if seen is None else seen.addressed,
        )

    def _name(self, request: Request) -> str:
        # What somebody sends counts for the message, what somebody gets for each recipient.
        if isinstance(request, Submission):
            return self.name
        self._asked += 1
        return f"{self.name}-{self._asked}"

    def _ask(self, request: Request, name: str, then: Then) -> None:
        def told(decision: Decision) -> None:
            if decision.charges:
                if self.is_over:
                    self.desk.release(name)  # too late: nobody would settle it
                else:
                    self._reserved[name] = None
            if not self.is_over:
                then(decision)

        self.desk.ask(request, told, adapter=self.adapter, message=name)

    # The end

    def end(self, then: Callable[[Ending], None]) -> None:
        """Ask about the whole message, by its headers and true size, and tell what becomes of it.

        What somebody sends is asked about once for each address of From:, and the first refusal refuses the
        message. What comes from outside is asked about for each recipient: it is refused only if it is for
        all of them, for a message cannot be sent back for one, and all were accepted before.
        """
        if self.login:
            self._end_submission(then)
        else:
            self._end_delivery(then)

    def _end_submission(self, then: Callable[[Ending], None]) -> None:
        alone = self.recipients[0].address if len(self.recipients) == 1 else ""
        authors = self.headers.authors or ("",)
        requests = [self._request(alone, len(self._named), author) for author in authors]

        def told(decisions: list[Decision]) -> None:
            refusal = next((each for each in decisions if each.is_refused), None)
            then(self._ending(decisions) if refusal is None else Ending(refusal))

        self._ask_all([(each, self.name) for each in requests], told)

    def _end_delivery(self, then: Callable[[Ending], None]) -> None:
        def told(decisions: list[Decision]) -> None:
            refusals = [each for each in decisions if each.is_refused]
            if refusals and len(refusals) == len(decisions):
                later = (each for each in refusals if each.verdict is not Verdict.REJECT)
                then(Ending(next(later, refusals[0])))
                return
            for recipient, decision in zip(self.recipients, decisions, strict=True):
                if not decision.is_refused:
                    recipient.decision = decision
            then(self._ending([each.decision for each in self.recipients]))

        self._ask_all([(self._request(each.address, 1, ""), each.name) for each in self.recipients], told)

    def _ask_all(self, asked: list[tuple[Request, str]], then: Callable[[list[Decision]], None]) -> None:
        """Ask several things, and tell all answers, in that order, when the last is there."""
        answers: dict[int, Decision] = {}

        def told(place: int, decision: Decision) -> None:
            answers[place] = decision
            if len(answers) == len(asked):
                then([answers[each] for each in range(len(asked))])

        for place, (request, name) in enumerate(asked):
            self._ask(request, name, partial(told, place))
        if not asked:
            then([])

    def _ending(self, decisions: list[Decision]) -> Ending:
        """What becomes of a message that is taken, by the decisions about all of it."""
        everybody = tuple(each.address for each in self.recipients)
        judged: list[tuple[tuple[str, ...], Decision]] = [
            ((each.address,), each.decision) for each in self.recipients
        ]
        if self.login:
            judged += [(everybody, each) for each in decisions]
        removed: list[str] = []
        added: list[str] = []
        held = ""
        for concerned, decision in judged:
            if decision.verdict in LEAVING:
                removed += concerned
            if decision.redirect_to:
                added.append(decision.redirect_to)
            if decision.verdict in KEEPING:
                held = held or decision.rule or "policy"
        if self.forwards:
            leaving = set(removed)
            left = [(each.address, each.decision) for each in self.recipients if each.address not in leaving]
            gone, instead = forwarded(everybody, left)
            removed += gone
            taken = {each.lower() for each in added}
            added += [each for each in instead if each.lower() not in taken]
        if everybody and not added and set(removed) >= set(everybody):
            return Ending(discarded=True)
        headers = unique(asked_for(decisions)) if self.login else shared(decisions)
        names = unique(each.name.lower() for each in headers)
        if self.spam_header is not None:
            # Ours alone to write: whoever sends spam would write that it belongs into the inbox.
            names = unique((*names, FOLDER.lower()))
            if not added:
                leaving = set(removed)
                headers += filed(each.decision for each in self.recipients if each.address not in leaving)
        replaced = tuple((name, times) for name in names if (times := self.headers.times(name)))
        return Ending(None, False, held, headers, replaced, unique(removed), unique(added))

    def settle(self) -> None:
        """The message is taken: what it has reserved counts."""
        self._let_go(self.desk.settle)

    def release(self) -> None:
        """The message is not taken, or nobody knows."""
        self._let_go(self.desk.release)

    def _let_go(self, how: Callable[[str], None]) -> None:
        if self.is_over:
            return
        self.is_over = True
        for name in self._reserved:
            how(name)


KEEPING: Final = frozenset({Verdict.HOLD, Verdict.ASK_HUMAN})
"""What an administrator has to look at."""

LEAVING: Final = frozenset({Verdict.DISCARD, Verdict.REDIRECT})
"""After these the message does not go to the recipient."""


def asked_for(decisions: Iterable[Decision]) -> Iterator[Header]:
    """The headers that decisions ask for."""
    for decision in decisions:
        yield from (each for each in decision.effects if isinstance(each, Header))


def shared(decisions: Sequence[Decision]) -> tuple[Header, ...]:
    """The headers that all decisions ask for: all recipients get the same message."""
    return tuple(
        header
        for header in unique(asked_for(decisions[:1]))
        if all(header in other.effects for other in decisions)
    )


def unique(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))
