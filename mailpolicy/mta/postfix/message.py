"""What is remembered of one message while Postfix asks about it."""

from __future__ import annotations

from typing import Final, TypeAlias

from ...decision import Effect, Header

__all__ = ["MOST_REMEMBERED", "Key", "Message"]

Key: TypeAlias = tuple[str, str, str, str]
"""State, recipient, sender and login: what makes a question the same question."""

MOST_REMEMBERED: Final = 2000
"""Answers that are remembered for one message. Postfix takes 1000 recipients unless somebody says more."""


class Message:
    """The answers so far, who was accepted, and what is reserved. Postfix calls it an instance."""

    __slots__ = ("accepted", "answers", "headers", "held", "instance", "is_whole", "more")

    def __init__(self, instance: str, *, is_whole: bool = False) -> None:
        self.instance = instance
        self.is_whole = is_whole
        """Whether all its recipients have been asked about here, from the first on."""
        self.answers: dict[Key, bytes] = {}
        self.accepted: set[str] = set()
        self.more = 0
        """Recipients that were accepted beyond those that are remembered."""
        self.held: set[str] = set()
        """The names under which something is reserved at the desk."""
        self.headers: list[Header] | None = None
        """The headers that the decisions about all recipients ask for; None where there was none yet."""

    def recipients_with(self, recipient: str) -> int:
        """How many recipients there are, with this one."""
        return len(self.accepted) + self.more + (recipient.lower() not in self.accepted)

    def recipients_of(self, told: int) -> int:
        """How many there are at the end, where Postfix tells of so many.

        It counts each time that somebody is named, and delivers once. Of those whom somebody else has refused
        after us it knows, and of those who were asked about on a connection that is gone.
        """
        known = len(self.accepted) + self.more
        return min(told, known) if told and known and self.is_whole else told or known or 1

    def accept(self, recipient: str, effects: tuple[Effect, ...]) -> None:
        """One more is a recipient; in other letters she is the same, and Postfix delivers once."""
        folded = recipient.lower()
        if len(self.accepted) < MOST_REMEMBERED:
            self.accepted.add(folded)
        elif folded not in self.accepted:
            self.more += 1
        self.wants(effects)

    def wants(self, effects: tuple[Effect, ...]) -> None:
        """Keep the headers that this decision asks for, too."""
        known = self.headers
        if not effects:
            self.headers = []
        elif known is None or known:
            asked = [each for each in effects if type(each) is Header]
            self.headers = asked if known is None else [each for each in known if each in asked]

    def remember(self, key: Key, reply: bytes) -> None:
        """The same question has the same answer, as far as there is room."""
        if len(self.answers) < MOST_REMEMBERED:
            self.answers[key] = reply
