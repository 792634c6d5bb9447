"""Where mail goes on to: from an object to mailboxes that keep it, and to addresses elsewhere.

Postfix asks about each address that it is given again. So what is answered for one address has to fit
what is answered for those in the answer, and must never lead back in a circle: Postfix would go round a
thousand times, and refuse the message for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ...errors import Ambiguous, Unavailable
from ...ldap.entry import Entry
from ...lists import expand
from ...lists.reach import entry_at
from ...reasons import Level
from ...snapshot import Snapshot, folded_address
from ...values import Address
from .boxes import forwards, keeps, own_address, where

__all__ = ["Onward", "TooMany"]

Steps: TypeAlias = list[tuple[Entry, Address]]
"""Addresses that are still to be followed, each with the object that sends mail there."""


class TooMany(Exception):
    """Mail would come to more places than allowed."""


class Onward:
    """A walk from one object to all `places` where its mail comes to rest.

    A mailbox that keeps a copy is such a place, and what it forwards is left to the next question, which
    Postfix asks about it anyway. One that keeps none is gone through. Where such mailboxes send mail round
    in a circle without a way out of it, all of them keep it. Of an object that is too large `instead`
    gives a place in its stead; without one the walk ends with TooMany.
    """

    def __init__(
        self, snapshot: Snapshot, at_most: int, instead: Callable[[Entry], str | None] | None = None
    ) -> None:
        self._snapshot = snapshot
        self._at_most = at_most
        self._instead = instead
        self.places: dict[str, None] = {}
        self.forwarding: dict[str, Entry] = {}
        """Those of the places that send mail on themselves."""
        self._kept: set[str] = set()
        """Mailboxes that are among the places, by DN: each once, whatever the detail."""
        self._leads: dict[str, set[str]] = {}
        """Of each object that is gone through those it leads to."""
        self._ends: set[str] = set()
        """Objects that lead to a place."""
        self._mailboxes: dict[str, tuple[str, Entry]] = {}
        """Mailboxes that are gone through, with their addresses."""
        self._start = ""

    def of_mailbox(self, entry: Entry, asked: Address) -> Onward:
        """Go on from a mailbox: it comes first, where it keeps a copy, then where it forwards to."""
        self._start = own = own_address(self._snapshot, entry, asked)
        onward = list(forwards(self._snapshot, entry))
        if not onward or keeps(self._snapshot, entry):
            self._leads[entry.dn] = set()
            self._kept.add(entry.dn)
            self._place(own, entry)
        else:
            self._pass(entry, own)
        return self._walk([(entry, each) for each in onward])

    def of_list(self, entry: Entry) -> Onward:
        """Go on from a list to all who are on it."""
        return self._walk(self._members(entry))

    def _walk(self, steps: Steps) -> Onward:
        while steps:
            following: Steps = []
            for holder, address in steps:
                following += self._step(holder, address)
            steps = following
        self._close()
        return self

    def _step(self, holder: Entry, address: Address) -> Steps:
        found = where(self._snapshot, address)
        if not isinstance(found, Entry):
            # Elsewhere, or nobody's: then Postfix returns it, and the sender hears of it.
            self._place(str(address), holder)
            return []
        self._leads[holder.dn].add(found.dn)
        if found.dn in self._kept:
            self._ends.add(holder.dn)
        if found.dn in self._kept or found.dn in self._leads:
            return []
        if self._snapshot.level_of(found) is Level.LIST:
            return self._members(found)
        own = own_address(self._snapshot, found, address)
        onward = list(forwards(self._snapshot, found))
        if onward and not keeps(self._snapshot, found):
            self._pass(found, own)
            return [(found, each) for each in onward]
        self._kept.add(found.dn)
        self._place(own, holder)
        if onward:
            self.forwarding[own] = found
        return []

    def _pass(self, entry: Entry, own: str) -> None:
        self._leads[entry.dn] = set()
        self._mailboxes[entry.dn] = own, entry

    def _members(self, entry: Entry) -> Steps:
        self._leads[entry.dn] = set()
        expansion = expand(self._snapshot, entry)
        for each in expansion.dangling:
            if each.problem == "ambiguous":
                rivals = tuple(str(entry_at(self._snapshot, row).dn) for row in each.rivals)
                raise Ambiguous(each.address, rivals)
            if each.problem == "unknown":
                raise Unavailable("the source", why=each.text)
        if len(expansion.addresses) > self._at_most:
            instead = None if self._instead is None else self._instead(entry)
            if instead is None:
                raise TooMany
            self._place(instead, entry)
            return []
        for each in expansion.dangling:
            if each.problem == "nobody":
                self._place(folded_address(each.address), entry)
        return [(entry, Address(address)) for address in expansion.addresses]

    def _place(self, address: str, holder: Entry) -> None:
        self._ends.add(holder.dn)
        self._keep(address)

    def _keep(self, address: str) -> None:
        self.places[address] = None
        if len(self.places) > self._at_most:
            raise TooMany

    def _close(self) -> None:
        """Let those who lead nowhere keep what they get."""
        if not self._mailboxes:
            return
        above: dict[str, list[str]] = {}
        for dn, onward in self._leads.items():
            for each in onward:
                above.setdefault(each, []).append(dn)
        good = [*self._ends]
        while good:
            for dn in above.get(good.pop(), ()):
                if dn not in self._ends:
                    self._ends.add(dn)
                    good.append(dn)
        for dn, (own, entry) in self._mailboxes.items():
            if dn not in self._ends:
                self._keep(own)
                self.forwarding[own] = entry

    def weigh(self) -> None:
        """Count as Postfix does, what all is when it has asked about each place; TooMany beyond the bound."""
        weight = len(self.places)
        asked = {self._start}
        waiting = dict(self.forwarding)
        while waiting:
            own, entry = waiting.popitem()
            if own in asked:
                continue
            asked.add(own)
            following = Onward(self._snapshot, self._at_most, self._instead).of_mailbox(entry, Address(own))
            weight += len(following.places) - 1
            waiting.update(following.forwarding)
            if weight > self._at_most:
                raise TooMany
