"""Which addresses an account may send as: its own, what is granted to it, what its server lets it use.

An address is judged by the entry that it leads to, not by its text: case, quotes, the two spellings of an
international name, details and alias domains make no difference. What another has as an address of its own
is never anybody's by a catch-all.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from attrs import evolve, field, frozen

from ...errors import InvalidValue
from ...ldap.entry import Entry
from ...lookup import is_partial
from ...lookup.absent import absent
from ...lookup.ladder import addresses, distinct, first_to_receive, homes, only, receives
from ...model import Account
from ...reasons import Level, Reason
from ...rights import holds
from ...rights.chain import is_deployed
from ...rights.holding import Holding, certain
from ...snapshot import Index, Snapshot, folded_address
from ...snapshot.remembering import remember
from ...values import Address
from ..context import Context

__all__ = ["Identity", "Manner", "identity"]

MOST_KNOWN: Final = 16_384

ALLOWED_ADDRESSES: Final = "zimbraAllowFromAddress"
ANY_ADDRESS: Final = "zimbraAllowAnyFromAddress"
DELEGATES_ADDRESSES: Final = "zimbraPrefAllowAddressForDelegatedSender"


class Manner(StrEnum):
    """In which way an account sends as an address."""

    OWN = "own"
    """The address is its own."""
    AS = "as"
    """It sends as somebody else, and nobody sees that."""
    ON_BEHALF_OF = "on_behalf_of"
    """It sends for somebody else, and Sender: says so."""


@frozen
class Identity:
    """Whether an account may send as an address: `manner` is None where it may not.

    `of` is the entry that has the address, where that is another's.
    """

    manner: Manner | None
    text: str
    because: tuple[Reason, ...] = ()
    of: Entry | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        return self.manner is not None


OWN: Final = Identity(Manner.OWN, "the address is the account's own")
DETAILED: Final = Identity(Manner.OWN, "the address leads to the account")
CAUGHT: Final = Identity(Manner.OWN, "nobody has the address, and the account takes the mail of all such")
ALLOWED: Final = Identity(Manner.OWN, f"the address is one that {ALLOWED_ADDRESSES} lets the account use")
ANY: Final = Identity(Manner.OWN, f"{ANY_ADDRESS} lets the account use any address")
NOBODYS: Final = Identity(None, "nobody who could be asked has the address")
MALFORMED: Final = Identity(None, "that is not an address")


def identity(context: Context, login: Account, address: str) -> Identity:
    """Say whether an account may send as an address, and in which way.

    Unavailable or Ambiguous where nobody can tell.
    """
    if address == login.settings.address:
        return OWN
    snapshot = context.directory.snapshot
    if context.is_told:
        return found(context, snapshot, login, address)
    memory = snapshot.memory("identities")
    key = (login.entry.dn, address)
    known: Identity | None = memory.get(key)
    if known is None:
        known = remember(memory, key, found(context, snapshot, login, address), MOST_KNOWN)
    return known


def found(context: Context, snapshot: Snapshot, login: Account, address: str) -> Identity:
    try:
        wanted = Address(address)
    except InvalidValue:
        return MALFORMED
    if is_deployed(snapshot) and (lent := allowed(context, login, wanted)) is not None:
        return lent
    known = tuple(homes(snapshot, wanted.domain))
    having = owners(snapshot, wanted, known)
    if login.entry in having:
        return OWN if wanted in login.aliases or wanted == login.address else DETAILED
    if having:
        return of_another(snapshot, login.entry, only(having, wanted), wanted)
    if known[0][1] is None:
        if is_partial(snapshot):
            raise absent(snapshot, "domain", wanted.domain)
        return NOBODYS
    if is_partial(snapshot):
        raise absent(snapshot, "address", wanted)
    caught = first_to_receive(snapshot, (snapshot.lookup(Index.CATCH_ALL, name) for name, _ in known))
    return CAUGHT if login.entry in caught else NOBODYS


def owners(
    snapshot: Snapshot, wanted: Address, known: tuple[tuple[str, Entry | None], ...]
) -> tuple[Entry, ...]:
    """Those who have an address, by the first step of the ladder on which anybody has.

    A deployed mail server knows only those who take mail, and no address that somebody once had.
    """
    steps = list(addresses(snapshot, wanted, known))
    if is_deployed(snapshot):
        for step in steps[: len(steps) - len(known)]:
            if here := tuple(each for each in distinct(snapshot, step) if receives(snapshot, each)):
                return here
        return ()
    return next((here for step in steps if (here := distinct(snapshot, step))), ())


def allowed(context: Context, login: Account, wanted: Address) -> Identity | None:
    """What a deployed server lets an account use that is nobody's: addresses of the outside."""
    context.reads(ALLOWED_ADDRESSES, login)
    if wanted in map(folded_address, login.settings[ALLOWED_ADDRESSES] or ()):
        return ALLOWED
    context.reads(ANY_ADDRESS, login)
    return ANY if login.settings[ANY_ADDRESS] is True else None


def of_another(snapshot: Snapshot, login: Entry, other: Entry, wanted: Address) -> Identity:
    """What is granted to an account that sends as somebody else, or as a list."""
    is_list = snapshot.level_of(other) is Level.LIST
    asked = holds(snapshot, login, "sendAsDistList" if is_list else "sendAs", other)
    if asked.answer:
        return narrowed(snapshot, other, wanted, Identity(Manner.AS, "a right to send as it", asked.reasons))
    reasons = asked.reasons
    in_doubt = asked.answer is None
    if is_list and not is_deployed(snapshot):
        owned = holds(snapshot, login, "ownDistList", other)
        reasons += owned.reasons
        if owned.answer:
            return Identity(Manner.AS, "the list is the account's", reasons, other)
        in_doubt = in_doubt or owned.answer is None
    behalf = holds(snapshot, login, "sendOnBehalfOfDistList" if is_list else "sendOnBehalfOf", other)
    reasons += behalf.reasons
    if behalf.answer:
        found = Identity(Manner.ON_BEHALF_OF, "a right to send on its behalf", reasons)
        return narrowed(snapshot, other, wanted, found)
    certain(None if in_doubt or behalf.answer is None else False, why_unsure(asked, behalf))
    return Identity(None, "the address is another's, who lets the account not use it", reasons, other)


def why_unsure(*held: Holding) -> str:
    return "who may send as it: " + " ".join(each.right for each in held if each.answer is None)


def narrowed(snapshot: Snapshot, other: Entry, wanted: Address, found: Identity) -> Identity:
    """The same where a deployed account lets its delegates use this address of its own."""
    chosen = [value.decode("utf-8", "replace") for value in other.stored(DELEGATES_ADDRESSES)]
    if is_deployed(snapshot) and chosen and wanted not in map(folded_address, chosen):
        text = f"{DELEGATES_ADDRESSES} lets delegates use other addresses of it"
        return Identity(None, text, found.because, other)
    return evolve(found, of=other)
