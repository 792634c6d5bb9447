"""Rooms and things that can be booked."""

from __future__ import annotations

from enum import StrEnum

from ...reasons import Level
from ..kinds import ADDRESS, BOOLEAN, PERCENT, STRING, WHOLE
from ..setting import Topic, setting
from ..several import Many
from ..stored import spelled
from ..words import one_of

RESOURCE = (Level.RESOURCE,)


class ResourceKind(StrEnum):
    """A place or a thing."""

    LOCATION = "location"
    EQUIPMENT = "equipment"


# A table: one paragraph per setting.
# fmt: off


class Resources(Topic, title="resources"):
    """How a resource answers invitations."""

    resource_kind = setting(
        one_of(ResourceKind), "A place or a thing.", own=RESOURCE, default=ResourceKind.LOCATION,
        carbonio=spelled(
            "zimbraCalResType",
            {"Location": ResourceKind.LOCATION, "Equipment": ResourceKind.EQUIPMENT},
        ),
    )
    auto_accept_bookings = setting(
        BOOLEAN, "Invitations are answered without a human.", own=RESOURCE, default=True,
        carbonio="zimbraCalResAutoAcceptDecline",
    )
    decline_when_busy = setting(
        BOOLEAN, "Invitations to a time already taken are declined.", own=RESOURCE, default=True,
        carbonio="zimbraCalResAutoDeclineIfBusy",
    )
    decline_recurring = setting(
        BOOLEAN, "Invitations to a series are declined.", own=RESOURCE, default=False,
        carbonio="zimbraCalResAutoDeclineRecurring",
    )
    max_conflicts = setting(
        WHOLE, "How many dates of a series may clash.", own=RESOURCE, default=0,
        carbonio="zimbraCalResMaxNumConflictsAllowed",
    )
    max_conflict_percent = setting(
        PERCENT, "Which part of a series may clash.", own=RESOURCE, default=0, constraint="0 to 100",
        carbonio="zimbraCalResMaxPercentConflictsAllowed",
    )
    booking_notification_addresses = setting(
        Many(ADDRESS), "Who is told of every invitation.", own=RESOURCE,
        carbonio="zimbraPrefCalendarForwardInvitesTo",
    )
    resource_contact_name = setting(
        STRING, "Who looks after the resource.", own=RESOURCE, carbonio="zimbraCalResContactName",
    )
    resource_contact_address = setting(
        ADDRESS, "How to reach who looks after it.", own=RESOURCE, carbonio="zimbraCalResContactEmail",
    )
    capacity = setting(WHOLE, "How many people fit in.", own=RESOURCE, carbonio="zimbraCalResCapacity")
