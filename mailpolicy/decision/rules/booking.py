"""How a room or a thing answers an invitation.

As the deployed servers answer: what is over does not count; a series may clash so many times, and in such a
part of its dates, whichever is less. A date clashes where it overlaps one that is taken; one may begin when
another ends.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from typing import Final

from ...model import Directory, Resource
from ...status.table import Receive
from ..context import Context
from ..effects import DeclineInstances, Notice
from ..opinion import Opinion
from ..replies import BOOKING_DECLINED, MAILBOX_DISABLED, MAILBOX_SUSPENDED, NO_SUCH_ADDRESS
from ..requests import Booking, Instance
from ..verdict import Verdict

__all__ = ["answer", "clashing", "notices", "resource", "status"]

ACCEPTED: Final = Opinion(Verdict.ACCEPT, "the resource accepts by itself")
LEFT: Final = Opinion(Verdict.ASK_HUMAN, "the resource leaves it to a human")


def booked(context: Context) -> Resource | None:
    """What is to be booked, where it is a resource."""
    request: Booking = context.request  # type: ignore[assignment]
    found = context.find(request.resource)
    return found if isinstance(found, Resource) else None


def resource(request: Booking, directory: Directory, context: Context) -> Opinion | None:
    """Only resources can be booked."""
    if booked(context) is not None:
        return None
    found = context.find(request.resource)
    if found is None:
        return Opinion(Verdict.REJECT, f"nobody has the address {request.resource}", NO_SUCH_ADDRESS)
    return Opinion(Verdict.REJECT, f"{found.kind} {found.name} is no resource", BOOKING_DECLINED)


def status(request: Booking, directory: Directory, context: Context) -> Opinion | None:
    """An invitation is mail: the resource must take some."""
    wanted = booked(context)
    if wanted is None:
        return None
    standing = context.status(wanted)
    if standing.receive is Receive.DELIVER:
        return None
    text = f"{wanted.name} takes no invitations: the status is {standing.name}"
    if standing.receive is Receive.DEFER:
        return Opinion(Verdict.DEFER, text, MAILBOX_SUSPENDED, standing.reasons)
    return Opinion(Verdict.REJECT, text, MAILBOX_DISABLED, standing.reasons)


def notices(request: Booking, directory: Directory, context: Context) -> Opinion | None:
    """Whoever is to be told of every invitation is told of this one."""
    wanted = booked(context)
    told = () if wanted is None else wanted.settings.booking_notification_addresses or ()
    if wanted is None or not told:
        return None
    text = f"{request.organizer} wants to book {wanted.settings.display_name or wanted.name}"
    # Whatever the answer: it is a human among them who has to give it where the resource does not.
    notice = Notice("booking", tuple(map(str, told)), wanted.name, text, always=True)
    return Opinion(Verdict.NO_OPINION, "others are told of the invitation", notices=(notice,))


def answer(request: Booking, directory: Directory, context: Context) -> Opinion | None:
    """Accept, decline, or leave it to a human, as the resource is set to."""
    wanted = booked(context)
    if wanted is None:
        return None
    settings = wanted.settings
    is_automatic, minds_busy = settings.auto_accept_bookings, settings.decline_when_busy
    if request.recurring and settings.decline_recurring:
        return declined(f"{wanted.name} takes no series")
    otherwise = ACCEPTED if is_automatic else LEFT
    if not minds_busy:
        return otherwise
    ahead = [each for each in request.instances if each[1] > context.at]
    clashes = clashing(ahead, request.busy)
    if not clashes:
        return otherwise
    if not request.recurring:
        return declined(f"{wanted.name} is taken then")
    most = min(settings.max_conflicts, settings.max_conflict_percent * len(ahead) // 100)
    counted = f"{len(clashes)} of {len(ahead)} dates clash, and {most} may"
    if len(clashes) > most:
        return declined(f"{wanted.name}: {counted}")
    if not is_automatic:
        return Opinion(Verdict.ASK_HUMAN, f"{counted}: left to a human")
    return Opinion(
        Verdict.ACCEPT, f"{counted}: only these are declined", effects=(DeclineInstances(clashes),)
    )


def declined(text: str) -> Opinion:
    return Opinion(Verdict.REJECT, text, BOOKING_DECLINED)


def clashing(wanted: Iterable[Instance], busy: Iterable[Instance]) -> tuple[Instance, ...]:
    """Those of the wanted times that overlap one that is taken, in their order.

    >>> from datetime import UTC, datetime
    >>> def hours(first, last):
    ...     return datetime(2026, 1, 5, first, tzinfo=UTC), datetime(2026, 1, 5, last, tzinfo=UTC)
    >>> [each[0].hour for each in clashing([hours(8, 9), hours(9, 11)], [hours(10, 12), hours(7, 8)])]
    [9]
    """
    taken = sorted(busy)
    begins = [begin for begin, _ in taken]
    latest = list(accumulate((end for _, end in taken), max))  # of those that begin so early, the latest end
    found = []
    for begin, end in wanted:
        before = bisect_left(begins, end)
        if before and latest[before - 1] > begin:
            found.append((begin, end))
    return tuple(found)
