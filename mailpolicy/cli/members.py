"""Lists and whom they may have as members, by the names that people type."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Final

from ..lists.reach import reached
from ..lookup import absent, is_partial, parse_selector
from ..model import Directory, MailingList, Object
from ..model.objects import Addressed
from ..tables import harmless
from ..values import Address
from .exits import Exit, Usage
from .named import chosen, note_lost

__all__ = ["ADDRESSES", "chosen_list", "name_of", "no", "note_doubts", "note_gaps", "somebody"]

ADDRESSES: Final = """\
An address that nobody has is followed as mail is: without its detail, or to
the catch-all of its domain. One of another domain stands for itself.
"""


def chosen_list(directory: Directory, selector: str) -> MailingList:
    """The list that a selector names; Usage where it names something else."""
    thing = chosen(directory, selector)
    if not isinstance(thing, MailingList):
        raise Usage(f"{thing.kind} {thing.name} is no list")
    return thing


def somebody(directory: Directory, selector: str) -> Object | str:
    """Whoever could be on a list: an object of the directory, or an address of another domain."""
    is_bare = parse_selector(selector) == (None, selector)
    if is_bare and isinstance(outside := reached(directory.snapshot, selector), Address):
        return outside
    thing = chosen(directory, selector, as_mail_goes=True)
    if not isinstance(thing, Addressed):
        raise Usage(f"{thing.kind} {thing.name} can be on no list; accounts, lists and resources can")
    return thing


def name_of(whom: Object | str) -> str:
    """What to call somebody: the address."""
    return whom if isinstance(whom, str) else whom.name


def note_doubts(whom: str, lists: Iterable[MailingList]) -> None:
    """Say on standard error on which lists somebody may be, but nobody can tell."""
    for each in lists:
        text = f"nobody can tell whether {whom} is on {each.name}"
        print(f"mailpolicy: note: {harmless(text)}", file=sys.stderr)


def note_gaps(directory: Directory) -> None:
    """Say on standard error what of the source could not be read: it may have had members, too."""
    if is_partial(directory.snapshot):
        note_lost(directory.snapshot)


def no(directory: Directory, kind: str, name: str) -> Exit:
    """The answer that there is none of a kind; Unavailable where that may stand in what was not read."""
    if is_partial(directory.snapshot):
        note_lost(directory.snapshot)
        raise absent(directory.snapshot, kind, name)
    return Exit.NO
