"""Who asks: somebody of the directory, somebody outside, or nobody known."""

from __future__ import annotations

from attrs import define, field

from ..errors import Ambiguous, InvalidValue
from ..inherit import domain_of, layers_of, resolve, resolve_for
from ..ldap.entry import Entry
from ..lookup import alias_target, is_partial
from ..lookup.ladder import addresses, distinct, homes, only
from ..reasons import Level
from ..schema import find_setting
from ..snapshot import Index, Snapshot, folded_address, folded_domain
from ..snapshot.index import terms
from ..values import Address
from .groups import Group, groups_of

__all__ = ["Actor", "actor_of", "known_sender"]

NULL_SENDERS = frozenset({"", "<>"})


@define(eq=False)
class Actor:
    """Somebody of whom it is asked what she may do.

    `entry` is who she is in the directory, None for others. `address` is under which address somebody
    else is known, None for nobody at all. `doubt` says why nobody can tell whether she is in the directory.
    """

    snapshot: Snapshot
    entry: Entry | None = None
    address: str | None = None
    doubt: str | None = None
    is_authenticated: bool = True
    """Whether she has logged in; only where that is known to be otherwise it is not taken for granted."""
    _names: frozenset[str] | None = field(default=None, init=False)
    _groups: tuple[Group, ...] | None = field(default=None, init=False)
    _group_keys: frozenset[str] | None = field(default=None, init=False)

    @property
    def level(self) -> Level | None:
        return None if self.entry is None else self.snapshot.level_of(self.entry)

    @property
    def is_nobody(self) -> bool:
        return self.entry is None and self.address is None

    @property
    def is_mailbox(self) -> bool:
        """Whether she is somebody who can log in."""
        return self.level in (Level.ACCOUNT, Level.RESOURCE)

    @property
    def names(self) -> frozenset[str]:
        """By what a grant can name her: her id, addresses and DN, folded."""
        if self._names is None:
            self._names = names_of(self.snapshot, self.entry) if self.entry is not None else self._outside()
        return self._names

    def _outside(self) -> frozenset[str]:
        return frozenset() if self.address is None else frozenset({folded_address(self.address)})

    @property
    def domain(self) -> Entry | None:
        """The domain of the directory that she belongs to; nobody from outside belongs to one."""
        return None if self.entry is None else domain_of(self.snapshot, self.entry)

    @property
    def outside_domain(self) -> str | None:
        """The name after the `@` of somebody outside."""
        if self.entry is not None or self.address is None:
            return None
        return folded_domain(self.address.rpartition("@")[2])

    @property
    def groups(self) -> tuple[Group, ...]:
        """The lists she is on, nearest first."""
        if self._groups is None:
            self._groups = groups_of(self.snapshot, self.entry, self.address)
        return self._groups

    @property
    def group_keys(self) -> frozenset[str]:
        """The keys of the names of these lists."""
        if self._group_keys is None:
            self._group_keys = frozenset(self.snapshot.key(each.entry.dn) for each in self.groups)
        return self._group_keys

    def may(self, setting: str) -> bool:
        """Whether a switch of hers is on; never for somebody outside."""
        return self.entry is not None and bool(
            self.is_mailbox and resolve_for(self.snapshot, self.entry, find_setting(setting))
        )

    @property
    def is_global_admin(self) -> bool:
        return self.may("is_global_admin")

    @property
    def is_delegated_admin(self) -> bool:
        """Whether grants make her an administrator; one of everything needs none."""
        return self.may("is_delegated_admin") and not self.is_global_admin

    def is_entry(self, other: Entry) -> bool:
        return self.entry is not None and self.snapshot.key(self.entry.dn) == self.snapshot.key(other.dn)

    def __str__(self) -> str:
        if self.entry is not None:
            return primary(self.snapshot, self.entry) or str(self.entry.dn)
        return "nobody known" if self.address is None else self.address


def actor_of(snapshot: Snapshot, who: Entry | str | None) -> Actor:
    """Make an actor of an entry, an address, or None for nobody; the null sender is nobody too.

    An address is looked up as mail is, but no catch-all stands for her. Text that is no address is
    somebody outside whom no grant can name.
    """
    if isinstance(who, Entry):
        is_alias = snapshot.level_of(who) is Level.ALIAS
        return Actor(snapshot, (alias_target(snapshot, who) or who) if is_alias else who)
    if who is None or who.strip() in NULL_SENDERS:
        return Actor(snapshot)
    try:
        entry = known_sender(snapshot, who)
    except Ambiguous as problem:
        return Actor(snapshot, None, who, str(problem))
    except InvalidValue:
        return Actor(snapshot, None, who)
    doubt = None
    if entry is None and is_partial(snapshot):
        doubt = "a part of the directory could not be read, and she may stand there"
    return Actor(snapshot, entry, who, doubt)


def known_sender(snapshot: Snapshot, address: str) -> Entry | None:
    """The object that has an address, with or without a detail; whether mail reaches it does not matter.

    Ambiguous where several have it, InvalidValue where the text is none.
    """
    wanted = Address(address)
    for step in addresses(snapshot, wanted, tuple(homes(snapshot, wanted.domain))):
        if found := distinct(snapshot, step):
            return only(found, wanted)
    return None


def primary(snapshot: Snapshot, entry: Entry) -> str | None:
    """The primary address of an object, its name where it is a domain."""
    level = snapshot.level_of(entry)
    for name in ("address", "domain_name"):
        if level is not None and find_setting(name).belongs_to(level):
            value = resolve(snapshot, layers_of(snapshot, entry), find_setting(name))
            return None if value is None else str(value)
    return None


def names_of(snapshot: Snapshot, entry: Entry) -> frozenset[str]:
    """By what a grant can name an object: its id, its addresses, its DN; folded."""
    kinds = (Index.ADDRESS, Index.ID, Index.DOMAIN)
    found = {term for kind in kinds for _, term in terms(snapshot.dialect, entry, kind)}
    return frozenset({*found, snapshot.key(entry.dn)})
