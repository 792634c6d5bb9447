"""What rules look at beside the request: the objects it names, the time, the counts.

An object is looked up once, and what is worked out of it is kept with the snapshot: most mail is for people
who had some a moment ago. For a trail the same rules are asked again, and every setting they read is
written down with its origin.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import EllipsisType
from typing import Any, Final, TypeVar, cast

from ..errors import Ambiguous, InvalidValue, NotFound, Unavailable
from ..freshness import State
from ..inherit import Effective, Why
from ..ldap.filter import Equal
from ..lookup import Straight, absent, having
from ..model import Account, Directory, Domain, MailingList, Object
from ..model.objects import Addressed, HasStatus
from ..model.settings import Settings
from ..reasons import Level, Origin
from ..schema import Setting
from ..snapshot import folded_domain
from ..snapshot.remembering import remember
from ..status import Receive, Status
from ..status.swept import status_of as quick_status
from ..values import folded
from .policy import Policy
from .requests import Request
from .usage import Counter, Usage

__all__ = ["Context"]

T = TypeVar("T")

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


def looked_up(directory: Directory, how: str, name: str) -> Object | None:
    """The object of that name; None where the directory answers that there is none."""
    try:
        if how == "find":
            return whole(directory.find(name))
        if how == "domain":
            return directory.domain(name)
        if how == "config":
            return directory.config
        if how == "host":
            return served_at(directory, name)
        entry = having(directory.snapshot, folded(name))
    except NotFound:
        return None
    except InvalidValue:
        return None  # text that is no address is nobody's
    except Unavailable:
        if how in PLACES and was_foreign(directory, name):
            return None
        raise
    if entry is not None:
        return whole(directory.object(entry))
    problem = absent(directory.snapshot, "address", name)
    if isinstance(problem, NotFound):
        return None
    raise problem


def whole(found: Object) -> Object:
    """The same; Unavailable where what it inherits from may stand in a record that nobody could read.

    A class of service or a domain that is gone leaves its accounts to what holds for all. One that is lost
    does not: a second factor that it wants, or mail that it stops, must not fall away for that.
    """
    directory = found.directory
    lost = directory.snapshot.lost
    if not lost or not isinstance(found, Addressed):
        return found
    lacking = "domain" if found.domain is None else lost_cos(found)
    if lacking:
        records = "one record" if lost == 1 else f"{lost} records"
        why = f"shows no {lacking} of {found.name}, but {records} could not be used"
        raise Unavailable("the source", why=why)
    return found


def lost_cos(found: Addressed) -> str:
    """Whether it names a class of service that is not there."""
    if not isinstance(found, Account):
        return ""
    dangling = any(each.why is Why.DANGLING for each in found.explain("cos").shadowed)
    return "class of service" if dangling else ""


PLACES: Final = ("find", "domain")
"""Questions where mail goes; who somebody is, is another matter."""


def was_foreign(directory: Directory, name: str) -> bool:
    """Whether the domain of an address was none of ours when the directory last answered.

    Then mail to others goes on leaving while it does not: whether the domain is a new one of ours is for the
    mail server's own tables to say. Of a directory that was never seen whole nothing follows.
    """
    snapshot = directory.snapshot
    if snapshot.lost or not snapshot or directory.freshness.state is not State.STALE:
        return False
    return Straight(snapshot).is_foreign(name)


def served_at(directory: Directory, host: str) -> Object:
    """The one domain that is reached by the name of a host; Ambiguous where several are."""
    snapshot = directory.snapshot
    binding = snapshot.dialect.binding("virtual_hostnames", Level.DOMAIN)
    name = folded_domain(host)
    found = []
    for part in binding.parts if binding else ():
        entries = directory.search("", filter=Equal(part.attribute, name))
        found += [entry for entry in entries if snapshot.level_of(entry) is Level.DOMAIN]
    if not found:
        raise absent(snapshot, "domain at", host)
    if len(found) > 1:
        raise Ambiguous(host, tuple(str(entry.dn) for entry in found))
    return directory.object(found[0])


def origins_of(effective: Effective[Any]) -> tuple[Origin, ...]:
    """Where a value stands, and what brought it down to what it is."""
    own = (effective.origin, *effective.joined)
    return own if effective.ceiling is None else (*own, *origins_of(effective.ceiling))


class Followed(Settings):
    """Settings that write down which of them are read."""

    def __init__(self, settings: Settings, seen: list[Origin]) -> None:
        super().__init__(settings._snapshot, settings._entry)
        self.__dict__["_seen"] = seen

    def value_of(self, setting: Setting[T], /) -> T:
        # Not kept under its name: each rule that reads it shall be seen to.
        effective = self.explain(setting.name)
        self.__dict__["_seen"] += origins_of(effective)
        return cast(T, effective.value)


def followed(found: Object, seen: list[Origin]) -> Object:
    """The object, and whatever rules read of its settings is written down."""
    fresh = type(found)(found.directory, found.entry)
    fresh.__dict__["settings"] = Followed(fresh.settings, seen)
    return fresh
