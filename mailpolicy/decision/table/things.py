"""Changes of entries, mobile devices, and bookings."""

from __future__ import annotations

from typing import Final

from ..policy import Rule
from ..replies import UNKNOWN
from ..requests import Booking, Device, Edit
from ..rules import booking, devices, edit, edit_names

__all__ = ["THINGS"]


THINGS: Final[tuple[Rule, ...]] = (
    Rule(
        "edit.target",
        edit.target,
        (Edit,),
        "what is to be changed must be there",
        "it is there",
    ),
    Rule(
        "edit.actor",
        edit.actor,
        (Edit,),
        "whoever changes something must be somebody who may log in",
        "the actor may log in",
    ),
    Rule(
        "edit.field",
        edit.field,
        (Edit,),
        "a setting that is changed must be one of such entries, and its value one it can have",
        "there is such a setting, with such values, or none is to be changed",
    ),
    Rule(
        "edit.allowed",
        edit.allowed,
        (Edit,),
        "the actor must have the right: to her own, by a grant, or as an administrator",
        "there is nothing that could be changed so",
    ),
    Rule(
        "edit.fixed",
        edit.fixed,
        (Edit,),
        "some settings change by a rename only, are set by servers only, or never change",
        "nothing of the kind is to be changed",
    ),
    Rule(
        "edit.name",
        edit_names.name,
        (Edit,),
        "a new name must be one, be free, and lie in a domain that holds such entries",
        "nothing gets a name, or the name is new",
    ),
    Rule(
        "edit.frozen",
        edit.frozen,
        (Edit,),
        "nothing changes that belongs to a suspended domain, nor a disabled account but to be enabled",
        "no status stops the change",
    ),
    Rule(
        "edit.notices",
        edit.notices,
        (Edit,),
        "who is new on a list is told, where the list is set to",
        "nobody is new on a list that tells new members",
    ),
    Rule(
        "device.order",
        devices.order,
        (Device,),
        "a device that is to be wiped or reset is told so",
        "nothing is pending for the device",
    ),
    Rule(
        "device.account",
        devices.account,
        (Device,),
        "the account must be there",
        "the account is there",
        in_doubt=UNKNOWN,
    ),
    Rule(
        "device.status",
        devices.status,
        (Device,),
        "the status of the account must let it log in",
        "the account may log in",
    ),
    Rule(
        "device.service",
        devices.service,
        (Device,),
        "synchronising must be switched on for the account",
        "activesync is switched on",
    ),
    Rule(
        "device.state",
        devices.state,
        (Device,),
        "what was said of this very device counts before what is said of its kind",
        "nothing was said of this device",
    ),
    Rule(
        "device.access",
        devices.access,
        (Device,),
        "the first rule about devices that fits decides, else what the account is set to",
        "there is no account, or this very device was let in",
    ),
    Rule(
        "booking.resource",
        booking.resource,
        (Booking,),
        "only resources can be booked",
        "it is a resource",
    ),
    Rule(
        "booking.status",
        booking.status,
        (Booking,),
        "the resource must be in a state to receive",
        "the resource receives",
    ),
    Rule(
        "booking.notices",
        booking.notices,
        (Booking,),
        "whoever is to be told of every invitation is told",
        "nobody is to be told of invitations",
    ),
    Rule(
        "booking.answer",
        booking.answer,
        (Booking,),
        "the resource accepts, declines, or leaves it to a human, as it is set to",
        "there is no resource",
    ),
)
