"""What a table says of a key, whatever the protocol."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final

from attrs import frozen

__all__ = ["ABSENT", "LONGEST_REPLY", "Answer", "Word", "found", "joined", "unknown", "wrong"]

LONGEST_REPLY: Final = 100_000
"""Octets that Postfix takes for a reply of a socketmap; what is longer is a failed lookup for ever."""

LONGEST_REASON: Final = 300


class Word(Enum):
    """The four things that can be said."""

    FOUND = "found"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    """Nobody can tell, now: Postfix defers what it is about."""
    WRONG = "wrong"
    """It will never be answered: a mistake of the configuration, for which Postfix defers too."""


@frozen
class Answer:
    """What a table says: with what it has found, or with the reason why it cannot tell."""

    word: Word
    text: str = ""


ABSENT: Final = Answer(Word.ABSENT)


def found(text: str) -> Answer:
    """What was found: an empty text is nothing, and Postfix would take it for a mistake."""
    if not text:
        return ABSENT
    if not text.isprintable():
        return wrong("what is stored for this key has control characters")
    if len(text.encode("utf-8", "surrogateescape")) + len("OK ") > LONGEST_REPLY:
        return unknown(f"the answer is longer than {LONGEST_REPLY} octets")
    return Answer(Word.FOUND, text)


def joined(texts: Iterable[str]) -> Answer:
    """Several things found, as Postfix separates them; each once."""
    return found(", ".join(dict.fromkeys(texts)))


def unknown(reason: object) -> Answer:
    """That nobody can tell, and why."""
    return Answer(Word.UNKNOWN, printable(reason))


def wrong(reason: object) -> Answer:
    """That nobody will ever be able to tell, and why."""
    return Answer(Word.WRONG, printable(reason))


def printable(reason: object) -> str:
    """A reason in one line of ASCII."""
    text = str(reason).encode("ascii", "backslashreplace").decode()
    return "".join(each if each.isprintable() else " " for each in text)[:LONGEST_REASON]
