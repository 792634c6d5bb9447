"""How a word sounds: what the approximate match `~=` compares.

The rules are those of Metaphone, which Lawrence Philips published in 1990, in the variant of
OpenLDAP: it keeps four sounds of a word at most, leaves a G before E, I or Y a G, hears a B only at
the end, and skips the letter after an X.
"""

from __future__ import annotations

import re

from .prep import to_ascii

__all__ = ["asserted_words", "sounds", "sounds_like", "stored_words"]

LONGEST_SOUND = 4
LONGEST_WORD = 31

_UP_TO_BREAK = re.compile(rb"[A-Za-z\x01-\x08\x0e-\x1f\x7f]*")
_NO_LETTER = re.compile(r"[^A-Z]")
_VOWELS = tuple("AEIOU")
_SOFTENING = tuple("EIY")


def stored_words(value: bytes) -> tuple[str, ...]:
    """The sounds of the words of a stored value, which spaces separate."""
    return tuple(sounds(word) for word in _words(value))


def asserted_words(value: bytes) -> tuple[str, ...]:
    """The sounds of the words to look for: where there is no word, there is no sound either."""
    return tuple(sounds(word) for word in _words(value) if word)


def _words(value: bytes) -> list[bytes]:
    return to_ascii(value).partition(b"\0")[0].split(b" ")


def sounds_like(stored: tuple[str, ...], asserted: tuple[str, ...]) -> bool:
    """Tell whether the asserted words occur among the stored ones, in their order.

    >>> sounds_like(stored_words(b"Jon Philip Smyth"), asserted_words(b"john smith"))
    True
    """
    remaining = iter(stored)
    return bool(asserted) and all(sound in remaining for sound in asserted)


def sounds(word: bytes) -> str:
    """How the letters at the start of `word` sound, in at most four signs.

    >>> [sounds(word) for word in (b"Philips", b"Wright", b"Exeter", b"o'Brien", b"42")]
    ['FLPS', 'RKT', 'EKST', 'O', '']
    """
    found = _UP_TO_BREAK.match(word)
    letters = _NO_LETTER.sub("", found[0].decode("ascii").upper() if found else "")
    text = _simpler_start(letters[:LONGEST_WORD])
    heard, skip = "", False
    for at, letter in enumerate(text):
        if skip:
            skip = False
        elif letter == "C" or not text.startswith(letter, max(at - 1, 0), at):
            heard += _sound(text, at)
            skip = letter == "X"
        if len(heard) >= LONGEST_SOUND:
            break
    return heard[:LONGEST_SOUND]


def _simpler_start(text: str) -> str:
    """The word as it begins to the ear: the K of KNIGHT and the W of WRITE are silent."""
    match text[:2]:
        case "PN" | "KN" | "GN" | "AE" | "WR":
            return text[1:]
        case "WH":
            return "W" + text[2:]
    return "S" + text[1:] if text.startswith("X") else text


def _sound(text: str, at: int) -> str:
    """What the letter at `at` adds to the sound."""
    before, after = text[max(at - 1, 0) : at], text[at + 1 :]
    softened = after.startswith(_SOFTENING)
    match letter := text[at]:
        case "F" | "J" | "L" | "M" | "N" | "R":
            return letter
        case "A" | "E" | "I" | "O" | "U":
            return "" if before else letter
        case "B":
            return "" if after or before == "M" else "B"
        case "C":
            if before == "S" and softened:
                return ""
            if after.startswith("H"):
                hard = before == "S" or not (before or after[1:].startswith(_VOWELS))
                return "K" if hard else "X"
            return "X" if after.startswith("IA") else "S" if softened else "K"
        case "D":
            return "J" if after.startswith(("GE", "GI", "GY")) else "T"
        case "G":
            silent = (
                (after.startswith("J") and not after[1:].startswith(_VOWELS))
                or after.startswith("NED")
                or (before == "D" and softened)
            )
            return "" if silent else "G" if softened and after[1:2] != "G" else "K"
        case "H":
            mute = before in tuple("CGPST") or (before in _VOWELS and not after.startswith(_VOWELS))
            return "" if mute else "H"
        case "K":
            return "" if before == "C" else "K"
        case "P":
            return "F" if after.startswith("H") else "P"
        case "Q":
            return "K"
        case "S":
            return "X" if after.startswith(("H", "IO", "IA")) else "S"
        case "T":
            if after.startswith(("IO", "IA")):
                return "X"
            return "0" if after.startswith("H") else "" if after.startswith("CH") else "T"
        case "V":
            return "F"
        case "W" | "Y":
            return letter if after.startswith(_VOWELS) else ""
        case "X":
            return "KS"
        case "Z":
            return "S"
    return ""
