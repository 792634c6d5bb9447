"""Who may act on what, asked of a directory by the names people use.

The directory may be a live one: then that of this moment is asked.
"""

from __future__ import annotations

from typing import Any

from .. import rights
from ..reasons import Level
from ..rights import Holding, Posting, Subscription
from .held import Held
from .objects import Account, MailingList, Object
from .whom import entry_of, whom

__all__ = ["holds", "may_edit", "may_post", "may_subscribe", "may_unsubscribe"]


def holds(
    directory: Held,
    actor: str | Object | None,
    right: str,
    target: str | Object,
    *,
    as_admin: bool = False,
    onward: bool = False,
) -> Holding:
    """Say whether somebody holds a right on an object, with the reasons of the whole chain.

    `actor` is an object, an address (of somebody in the directory or outside), or None for somebody of
    whom nothing is known; `target` an object or a selector. Admin rights count only where she acts
    `as_admin`. With `onward` it is asked whether she may grant the right to others.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> holding = mp.holds(acme, "jane@acme.example", "sendOnBehalfOf", "john@acme.example")
    >>> holding.answer, holding.deciding[0].text
    (True, "'jane@acme.example usr sendOnBehalfOf' on the target gives sendOnBehalfOf to jane@acme.example")

    InvalidValue for a name that is no right, or none on such an object; NotFound where there is no target.
    """
    snapshot = directory.directory.snapshot
    who = None if actor is None else whom(snapshot, actor)
    on = entry_of(snapshot, target)
    return rights.holds(snapshot, who, right, on, as_admin=as_admin, onward=onward)


def may_post(
    directory: Held,
    mailing_list: str | MailingList,
    *,
    login: str | Account | None = None,
    sender: str = "",
) -> Posting:
    """Say whether somebody may write to a list.

    `login` is the account that has logged in, None where nobody has; then the `sender` of the envelope is
    taken at its word, and the answer says so. It is empty or ``<>`` for mail without one.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> mp.may_post(acme, "board@acme.example", sender="wile.e@customer.example")
    Posting(verdict=True, policy=granted, authenticated=False)
    >>> bool(mp.may_post(acme, "staff@acme.example", login="john@acme.example"))
    True
    """
    snapshot = directory.directory.snapshot
    of_list = entry_of(snapshot, mailing_list, Level.LIST)
    account = None if login is None else entry_of(snapshot, login)
    return rights.may_post(snapshot, of_list, login=account, sender=sender)


def may_subscribe(directory: Held, mailing_list: str | MailingList, who: str | Object | None) -> Subscription:
    """Say what becomes of somebody's request to join a list: accept, reject, or approval by its owners.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> mp.may_subscribe(acme, "partners@acme.example", "bob@acme.example").reasons[-1].text
    'nobody owns the list who could approve'
    """
    snapshot = directory.directory.snapshot
    asking = None if who is None else whom(snapshot, who)
    return rights.may_subscribe(snapshot, entry_of(snapshot, mailing_list, Level.LIST), asking)


def may_unsubscribe(
    directory: Held, mailing_list: str | MailingList, who: str | Object | None
) -> Subscription:
    """Say what becomes of somebody's request to leave a list.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> str(mp.may_unsubscribe(acme, "partners@acme.example", "jane@acme.example").outcome)
    'reject'
    """
    snapshot = directory.directory.snapshot
    asking = None if who is None else whom(snapshot, who)
    return rights.may_unsubscribe(snapshot, entry_of(snapshot, mailing_list, Level.LIST), asking)


def may_edit(
    directory: Held,
    who: str | Object | None,
    target: str | Object,
    name: str,
    *,
    as_admin: bool = False,
    value: Any = None,
    unset: bool = False,
) -> Holding:
    """Say whether somebody may change a setting of an object, and why.

    With `value`, what is to be written, a limit that the administrator has is held against it; with `unset`,
    against what is inherited then.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> mp.may_edit(acme, "john@acme.example", "john@acme.example", "auto_reply_text").answer
    True
    """
    snapshot = directory.directory.snapshot
    asking = None if who is None else whom(snapshot, who)
    on = entry_of(snapshot, target)
    return rights.may_edit(snapshot, asking, on, name, as_admin=as_admin, value=value, unset=unset)
