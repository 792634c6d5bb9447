"""What rules look at beside the request: the objects it names, the time, the counts.

An object is looked up once, and what is worked out of it is kept with the snapshot: most mail is for people
who had some a moment ago. For a trail the same rules are asked again, and every setting they read is
written down with its origin.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import EllipsisType
from typing import Any, Final, cast

from ..model import Account, Directory, Domain, MailingList, Object
from ..model.objects import HasStatus
from ..reasons import Level, Origin
from ..snapshot.remembering import remember
from ..status import Receive, Status
from ..status.swept import status_of as quick_status
from .followed import followed, origins_of
from .parties import looked_up
from .policy import Policy
from .requests import Request
from .usage import Counter, Usage

__all__ = ["Context"]

MOST_KNOWN: Final = 32_768
"""Objects that a snapshot keeps at hand, with the settings that were read: some kB each."""
MOST_NAMES: Final = 65_536
"""Names by which they were asked for."""
MOST_ABSENT: Final = 8_192
"""Addresses of which it keeps that nobody has them: they can be anything, and are asked for on purpose."""

USUAL_DOMAIN: Final = "zimbraDefaultDomainName"


class Context:
    """What a rule may look at, each thing looked up when it is first asked for.

    `at` is the moment of the request and `usage` the counts. An object is None where the directory
    answers that there is none; where nobody can tell, asking for it raises Unavailable or Ambiguous, which a
    rule lets pass: what it thinks is then unknown.
    """

    __slots__ = (
        "_found",
        "_login",
        "_names",
        "_recipient",
        "_seen",
        "at",
        "directory",
        "glance",
        "policy",
        "request",
        "usage",
    )

    def __init__(
        self,
        directory: Directory,
        request: Request,
        at: datetime,
        usage: Usage,
        policy: Policy,
        *,
        tracing: bool = False,
    ) -> None:
        self.directory = directory
        self.request = request
        self.at = at
        self.usage = usage
        self.policy = policy
        self.glance: Callable[[Counter], int | None] | None = None
        self._found: dict[str, Object | None] = {}
        self._login: Account | EllipsisType | None = ...
        self._recipient: Object | EllipsisType | None = ...
        self._seen: list[Origin] | None = [] if tracing else None
        # Whoever is traced has objects of her own; the others are kept with the snapshot, by name.
        self._names: dict[str, Object] | None = (
            None if tracing else directory.snapshot.memory(("names", directory.statuses))
        )

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
        found = self.usage.of(counter)
        return self._glanced(counter) if found is None and self.glance is not None else found

    def _glanced(self, counter: Counter) -> int | None:
        """Ask who keeps the counts now; what is read is part of the usage that the decision was made by."""
        assert self.glance is not None
        found = self.glance(counter)
        if found is not None:
            self.usage = Usage({**self.usage.counts, counter: found}, self.usage.doubt)
        return found

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
        key = f"{how} {name}"
        if self._names is not None and (known := self._names.get(key)) is not None:
            return known
        if key in self._found:
            return self._found[key]
        found = self._found[key] = self._known(how, name, key)
        return found

    def _known(self, how: str, name: str, key: str) -> Object | None:
        directory = self.directory
        if self._seen is not None:
            fresh = looked_up(directory, how, name)
            return None if fresh is None else followed(fresh, self._seen)
        absent = directory.snapshot.memory("absent")
        if key in absent:
            return None
        found = looked_up(directory, how, name)
        if found is None:
            remember(absent, key, True, MOST_ABSENT)
            return None
        assert self._names is not None
        return remember(self._names, key, self._kept(found), MOST_NAMES)

    def _kept(self, found: Object) -> Object:
        """The one object of an entry that this snapshot keeps, by whatever name it was found."""
        directory = self.directory
        kept = directory.snapshot.memory(("parties", directory.statuses))
        known: Object | None = kept.get(found.dn)
        if known is not None:
            return known
        found.settings.at_hand()
        return remember(kept, found.dn, found, MOST_KNOWN)
