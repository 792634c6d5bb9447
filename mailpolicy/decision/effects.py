"""What else comes of a decision, beside the verdict: where mail goes, headers, automatic replies."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from attrs import frozen

__all__ = ["AutoReply", "DeliverTo", "Effect", "FileInto", "Folder", "Header", "Notice"]


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
    """An automatic reply is due: from whom, to whom, in which words."""

    sender: str
    recipient: str
    text: str


@frozen
class Header:
    """A header that the message must carry."""

    name: str
    value: str


Effect: TypeAlias = DeliverTo | FileInto | AutoReply | Header


@frozen
class Notice:
    """A mail that whoever asked should send: `kind` is a word for programs, `about` whom it concerns."""

    kind: str
    recipients: tuple[str, ...]
    about: str
    text: str
