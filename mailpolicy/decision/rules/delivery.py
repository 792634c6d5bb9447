"""Where mail goes that is taken: the mailbox, its forwards, and which folder."""

from __future__ import annotations

from typing import Final

from ...errors import Ambiguous, InvalidValue, NotFound, Unavailable
from ...lookup.ladder import spellings
from ...model import Account, Directory, Resource
from ...reasons import Level
from ...values import Address
from ..context import Context
from ..effects import DeliverTo, FileInto, Folder
from ..opinion import Opinion
from ..requests import Delivery, Submission
from ..verdict import Verdict
from ..ways import Way, way
from .recipient import person

__all__ = ["addresses", "folder", "forwards", "goes_nowhere_else", "keeps_copy", "stores_nothing"]

ADMINISTRATORS: Final = "member_addresses"
"""Deployed servers keep what an administrator forwards where a list has its members."""

TO_INBOX: Final = Opinion(
    Verdict.NO_OPINION, "spam goes to the inbox here", effects=(FileInto(Folder.INBOX),)
)
TO_JUNK: Final = Opinion(Verdict.NO_OPINION, "spam goes to Junk", effects=(FileInto(Folder.JUNK),))


def addresses(request: Delivery | Submission, directory: Directory, context: Context) -> Opinion | None:
    """Mail goes to the forwards as well, and where no local copy is wanted, to them only.

    Mail that would neither be kept nor forwarded stays in the mailbox: deployed servers throw it away. What
    is forwarded to the mailbox itself would come round for ever, and stays as well.
    """
    found = person(context)
    if found is None:
        return None
    listed = forwards(found)
    away = one_each(directory, [each for each in listed if not comes_back(found, each)])
    if context.is_told:
        for attribute in administrators_attributes(found):
            context.reads(attribute, found)
    if not listed and found.settings.local_delivery_enabled:
        return None
    own = (own_address(found, request.recipient),) if keeps_copy(found) else ()
    effects = (DeliverTo(tuple(dict.fromkeys((*own, *away)))),)
    if not listed:
        text = f"{found.name} neither keeps nor forwards mail, and would lose it: it is kept all the same"
    else:
        text = f"mail for {found.name} goes to {', '.join(effects[0].addresses)}"
    return Opinion(Verdict.NO_OPINION, text, effects=effects)


def folder(request: Delivery, directory: Directory, context: Context) -> Opinion | None:
    """Spam is filed into Junk, or into the inbox where its owner wants that and the domain allows it."""
    if not request.spam:
        return None
    found = context.recipients_mailbox
    if found is None or not keeps_copy(found):
        return None
    return TO_INBOX if found.settings.spam_to_inbox else TO_JUNK


def forwards(mailbox: Account) -> tuple[str, ...]:
    """The addresses that mail for a mailbox is forwarded to, by its owner or an administrator.

    Whether the owner may change her forwards is no matter here: what exists keeps working.
    """
    if isinstance(mailbox, Resource):
        return ()
    own = mailbox.settings.forwarding_addresses or ()
    attributes = administrators_attributes(mailbox)
    if not attributes:
        return own
    others = (mailbox.settings[attribute] for attribute in attributes)
    return (*own, *(address for addresses in others for address in addresses or ()))


def administrators_attributes(mailbox: Account) -> tuple[str, ...]:
    """Where an administrator has mail forwarded behind its owner's back: as a rule, nowhere."""
    binding = mailbox.directory.snapshot.dialect.binding(ADMINISTRATORS, Level.ACCOUNT)
    stored = mailbox.entry.shape.places
    return () if binding is None else tuple(p.attribute for p in binding.parts if p.attribute in stored)


def keeps_copy(mailbox: Account) -> bool:
    """Whether mail is stored in the mailbox: not where it is only forwarded."""
    if isinstance(mailbox, Resource) or mailbox.settings.local_delivery_enabled:
        return True
    listed = forwards(mailbox)
    return not listed or any(comes_back(mailbox, each) for each in listed)


def own_address(mailbox: Account, asked: str) -> str:
    """The primary address of a mailbox with the detail of the one that was asked for, a folder perhaps."""
    primary = mailbox.address
    if primary is None:
        return asked
    wanted, snapshot = Address(asked), mailbox.directory.snapshot
    *_, short = spellings(snapshot, wanted.local, snapshot.domain(wanted.domain))
    # Quotes are not cut through: what needs them is delivered as it always was.
    detail = wanted.local.removeprefix(short) if '"' not in wanted.local else ""
    if not detail or way(mailbox, asked) in (Way.PRIMARY, Way.ALIAS, Way.CATCH_ALL):
        return primary
    detailed = f"{primary.local}{detail}@{primary.domain}"
    return detailed if reaches(mailbox, detailed) else primary


def one_each(directory: Directory, forwards: list[str]) -> tuple[str, ...]:
    """Of several addresses that lead to one mailbox of ours the first: it gets mail once."""
    if len(forwards) < 2:
        return tuple(forwards)
    first: dict[object, str] = {}
    for each in forwards:
        try:
            whom: object = directory.find(each)
        except (NotFound, Ambiguous, Unavailable, InvalidValue):
            whom = each  # of whom nothing is known nothing is left out
        first.setdefault(whom, each)
    return tuple(first.values())


def comes_back(mailbox: Account, forward: str) -> bool:
    """Whether mail that is forwarded to an address reaches the mailbox itself; kept with it."""
    known: dict[str, bool] = mailbox.__dict__.setdefault("_comes_back", {})
    answer = known.get(forward)
    if answer is None:
        # Nearly no forward does, and that costs little to see.
        answer = known[forward] = way(mailbox, forward) is not None and reaches(mailbox, forward)
    return answer


def reaches(mailbox: Account, address: str) -> bool:
    try:
        return mailbox.directory.find(address) == mailbox
    except NotFound:
        return False


def goes_nowhere_else(found: object | None, context: Context) -> bool:
    """Mail is kept and not forwarded, or belongs to nobody of ours."""
    if not isinstance(found, Account) or isinstance(found, Resource):
        return True
    return not forwards(found) and found.settings.local_delivery_enabled


def stores_nothing(found: object | None, context: Context) -> bool:
    """There is no mailbox of ours in which a message could be filed."""
    return not isinstance(found, Account) or not keeps_copy(found)
