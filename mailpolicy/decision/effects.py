"""What else comes of a decision, beside the verdict: where mail goes, headers, automatic replies."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from attrs import frozen

from .usage import Charge

__all__ = [
    "AutoReply",
    "DeclineInstances",
    "DeliverTo",
    "DeviceOrder",
    "Effect",
    "FileInto",
    "Folder",
    "Header",
    "Notice",
    "Order",
]


@frozen
class DeliverTo:
    """The addresses that mail is delivered to: the mailbox itself where a copy stays, and its forwards."""

    addresses: tuple[str, ...]


class Folder(StrEnum):
    """Where in a mailbox a message is filed."""

    INBOX = "Inbox"
    JUNK = "Junk"


@frozen
class FileInto:
    """The folder a message is filed into."""

    folder: Folder


@frozen
class AutoReply:
    """An automatic reply is due: from whom, to whom, in which words.

    A decision sends nothing, so whoever sends the reply counts `charge`, and sends none where its limit is
    reached: each sender gets one in its window. None where she gets one each time.
    """

    sender: str
    recipient: str
    text: str
    charge: Charge | None = None


@frozen
class Header:
    """A header that the message must carry."""

    name: str
    value: str


class Order(StrEnum):
    """What a device is told to do."""

    WIPE = "wipe"
    """Forget everything, as one that was stolen shall."""
    RESET = "reset"
    """Synchronise from the beginning."""


@frozen
class DeviceOrder:
    """What is pending for a device, which it is told now."""

    order: Order


@frozen
class DeclineInstances:
    """The dates of a series that are declined, though the series is accepted: when each begins and ends."""

    instances: tuple[tuple[datetime, datetime], ...]


Effect: TypeAlias = DeliverTo | FileInto | AutoReply | Header | DeviceOrder | DeclineInstances


@frozen
class Notice:
    """A mail that whoever asked should send: `kind` is a word for programs, `about` whom it concerns."""

    kind: str
    recipients: tuple[str, ...]
    about: str
    text: str
    always: bool = False
    """Whether it is sent even if the request is refused; others go with what is taken."""
