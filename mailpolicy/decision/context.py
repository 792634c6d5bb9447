"""What rules look at beside the request: the objects it names, the time, the counts.

An object is looked up once, and what is worked out of it is kept with the snapshot: most mail is for people
who had some a moment ago. For a trail the same rules are asked again, and every setting they read is
written down with its origin.
"""

from __future__ import annotations

from datetime import datetime
from types import EllipsisType
from typing import Any, Final, cast

from ..model import Account, Directory, Domain, MailingList, Object
from ..model.objects import HasStatus
from ..reasons import Level, Origin
from ..status import Receive, Status
from ..status.swept import status_of as quick_status
from .followed import followed, origins_of
from .known import known_of
from .parties import looked_up
from .policy import Policy
from .requests import Request
from .usage import NOTHING_USED, Counter, Counts

__all__ = ["Context", "login_of"]

USUAL_DOMAIN: Final = "zimbraDefaultDomainName"


class Context:
    """What a rule may look at, each thing looked up when it is first asked for.

    `at` is the moment of the request; whoever looks at it makes the decision one that is `of_the_moment`. An
    object is None where the directory
    answers that there is none; where nobody can tell, asking for it raises Unavailable or Ambiguous, which a
    rule lets pass: what it thinks is then unknown.
    """

    __slots__ = (
        "_at",
        "_found",
        "_known",
        "_login",
        "_recipient",
        "_seen",
        "counts",
        "directory",
        "of_the_moment",
        "policy",
        "request",
    )

    def __init__(
        self,
        directory: Directory,
        request: Request,
        at: datetime,
        counts: Counts,
        policy: Policy,
        *,
        tracing: bool = False,
    ) -> None:
        self.directory = directory
        self.request = request
        self.counts = counts
        self.policy = policy
        self.of_the_moment = False
        """Whether the clock was looked at: at another moment the answer may be another."""
        self._at = at
        self._found: dict[tuple[str, str], Object | None] = {}
        self._login: Account | EllipsisType | None = ...
        self._recipient: Object | EllipsisType | None = ...
        self._seen: list[Origin] | None = [] if tracing else None
        # Whoever is traced has objects of her own.
        self._known = None if tracing else known_of(directory)

    @property
    def at(self) -> datetime:
        """The moment of the request."""
        self.of_the_moment = True
        return self._at

    @property
    def is_told(self) -> bool:
        """Whether somebody reads the words; where nobody does, a rule that accepts need not find any."""
        return self._seen is not None

    # Whom the request names

    @property
    def recipient(self) -> Object | None:
        """The object that mail for the recipient reaches, as `Directory.find` has it."""
        known = self._recipient
        if known is ...:  # nearly all rules ask for it
            address = getattr(self.request, "recipient", "")
            known = self._recipient = self._party("find", address) if address else None
        return known

    @property
    def recipients_list(self) -> MailingList | None:
        """The same where it is a list."""
        found = self.recipient
        return found if isinstance(found, MailingList) else None

    @property
    def recipients_mailbox(self) -> Account | None:
        """The same where it is a mailbox."""
        found = self._recipient
        if found is ...:
            found = self.recipient
        return found if isinstance(found, Account) else None

    @property
    def login(self) -> Account | None:
        """The account that has logged in, or wants to; None where there is none, or nobody has logged in."""
        known = self._login
        if known is ...:  # many rules ask for it
            request: Any = self.request
            name = getattr(request, "login", None)
            called = getattr(request, "account", "") if name is None else name
            known = self._login = self.mailbox(called, getattr(request, "host", ""))
        return known

    @property
    def sender(self) -> Object | None:
        """The object that has the address of the sender, whether or not mail reaches it."""
        return self.having(cast(Any, self.request).sender)

    def mailbox(self, name: str, host: str = "") -> Account | None:
        """The account that goes by an address, or by a user name where host or site tell the domain."""
        if name and "@" not in name:
            home = cast("Domain | None", self._party("host", host)) if host else None
            at = self._usual_domain() if home is None else home.domain_name
            name = f"{name}@{at}" if at else "" if host else name
        found = self.having(name)
        return found if isinstance(found, Account) else None

    def _usual_domain(self) -> str | None:
        """The domain of bare user names, where a deployed server names one for all."""
        found = self._party("config", "")
        if found is None or USUAL_DOMAIN not in found.settings:
            return None
        name: str | None = found.settings[USUAL_DOMAIN]
        return name

    def having(self, address: str) -> Object | None:
        """The object that has an address: as primary, alias or once, also by the name of an alias domain."""
        return self._party("having", address) if address else None

    def find(self, address: str) -> Object | None:
        """The object that mail for an address reaches."""
        return self._party("find", address) if address else None

    def domain(self, name: str) -> Domain | None:
        """The domain of that name."""
        return cast("Domain | None", self._party("domain", name)) if name else None

    def status(self, of: HasStatus) -> Status:
        """The status at the moment of the request, by the status table of the directory."""
        known: Status | None = of.__dict__.get("status")
        status = self._status(of) if known is None else known
        if status.name == "lockout":  # the only one that is over some time
            status = of.status_at(self.at)
        if self._seen is not None:
            self._seen += (origin for reason in status.reasons if reason.matched for origin in reason.origins)
        return status

    def _status(self, of: HasStatus) -> Status:
        if self._seen is None:
            directory = self.directory
            quick = quick_status(directory.snapshot, of.entry, Level(of.kind), directory.statuses)
            if quick.name == "active" and quick.receive is Receive.DELIVER:
                # Nobody asks why nothing is wrong, and whoever reads the trail has objects of her own.
                of.__dict__["status"] = quick
                return quick
        return of.status

    def used(self, counter: Counter) -> int | None:
        """How much is used of what is counted; None where nobody knows."""
        return self.counts.used(counter)

    def reads(self, setting: str, of: Object) -> None:
        """Write down, for the trail, that a rule goes by a setting without reading it here."""
        if self._seen is not None:
            self._seen += origins_of(of.explain(setting))

    def traced(self) -> tuple[Origin, ...]:
        """Where the settings stand that were read since this was last asked."""
        seen = tuple(dict.fromkeys(self._seen or ()))
        if self._seen:
            self._seen.clear()
        return seen

    # Looking up

    def _party(self, how: str, name: str) -> Object | None:
        known = self._known
        if known is not None and (kept := known.by[how].get(name)) is not None:
            return kept
        key = how, name
        if key in self._found:
            return self._found[key]
        found = self._found[key] = self._looked_up(how, name)
        return found

    def _looked_up(self, how: str, name: str) -> Object | None:
        known = self._known
        if known is None:
            fresh = looked_up(self.directory, how, name)
            return None if fresh is None or self._seen is None else followed(fresh, self._seen)
        if known.is_absent(how, name):
            return None
        found = looked_up(self.directory, how, name)
        if found is None:
            known.lacks(how, name)
            return None
        return known.keep(how, name, found)


def login_of(directory: Directory, request: Request, at: datetime, policy: Policy) -> Account | None:
    """The account that a request is a login of, as the rules see it."""
    return Context(directory, request, at, Counts(NOTHING_USED), policy).login
