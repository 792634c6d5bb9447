"""Which folder spam is filed into: how a filter says that it is some, and how we tell the mailbox server.

Both by headers, which everybody may read who gets the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from attrs import frozen

from ...decision import Decision, DeliverTo, FileInto, Folder, Header
from ...errors import InvalidValue

__all__ = ["FOLDER", "SpamHeader", "filed"]

FOLDER: Final = "X-Mailpolicy-Folder"
"""The header that says where a message is to be filed."""

WRITTEN: Final = re.compile(r"([!-9;-~]+)[ \t]*:[ \t]*(\S(?:.*\S)?)\s*")


@frozen
class SpamHeader:
    """The header that a spam filter adds to what it takes for spam.

    >>> flag = SpamHeader.parse("X-Spam-Flag: YES")
    >>> flag.is_it("x-spam-flag", " Yes"), flag.is_it("X-Spam-Flag", "NO")
    (True, False)
    """

    name: str
    """In lower case, as the value."""
    value: str

    @classmethod
    def parse(cls, text: str) -> SpamHeader:
        """Read a header as it stands in a message; InvalidValue where it has no name or no value."""
        found = WRITTEN.fullmatch(text)
        if found is None:
            raise InvalidValue(text, "a header such as X-Spam-Flag: YES")
        return cls(found[1].lower(), found[2].lower())

    def is_it(self, name: str, value: str) -> bool:
        """Whether this header is the one; case does not matter, nor what is blank around it."""
        return name.strip().lower() == self.name and value.strip().lower() == self.value


def filed(decisions: Iterable[Decision]) -> tuple[Header, ...]:
    """The header for a message to those whom the decisions are about, where all of them want the same folder.

    Where they differ there is none: it would file the mail of one as another wants it, and tell her so.
    """
    folders = {folder_of(each) for each in decisions}
    wanted = folders.pop() if len(folders) == 1 else None
    return () if wanted is None else (Header(FOLDER, str(wanted)),)


def folder_of(decision: Decision) -> Folder | None:
    """Where the message is filed for all who get it by this decision; None where nobody says."""
    wanted: Folder | None = None
    for effect in decision.effects:
        match effect:
            case FileInto(folder=folder):
                wanted = folder
            case DeliverTo(addresses=addresses) if len(addresses) > 1:
                return None  # it is forwarded as well, to somebody who is not asked
    return wanted
