"""Codecs for settings that are one of a few words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from ..errors import InvalidValue
from .codec import One

__all__ = ["auth_mechanism", "exactly", "one_of", "spelling"]

E = TypeVar("E", bound=StrEnum)


def one_of(choices: type[E], *, without: frozenset[E] = frozenset()) -> One[E]:
    """One of a few words, in any case; `without` leaves out those that a directory cannot store."""
    words = {str(choice): choice for choice in choices if choice not in without}
    expected = f"one of {', '.join(words)}"

    def parse(text: str) -> E:
        found = words.get(text.strip().lower())
        if found is None:
            raise InvalidValue(text, expected)
        return found

    return One(
        expected,
        choices,
        parse=parse,
        check=lambda choice: expected if choice in without else None,
        schema={"type": "string", "enum": list(words)},
    )


def spelling(words: Mapping[str, E]) -> One[E]:
    """A choice under other words; they are compared with their case, as the server does."""
    texts = {choice: word for word, choice in words.items()}
    expected = f"one of {', '.join(words)}"

    def parse(text: str) -> E:
        if text not in words:
            raise InvalidValue(text, expected)
        return words[text]

    def check(choice: E) -> str | None:
        return None if choice in texts else f"one of {', '.join(texts)}"

    kind = type(next(iter(words.values())))
    return One(expected, kind, parse=parse, show=texts.__getitem__, check=check)


def exactly(words: tuple[str, ...]) -> One[str]:
    """One of the words, with its case; it stays text, because nobody has named these choices."""
    expected = f"one of {', '.join(words)}"

    def parse(word: str) -> str:
        if word not in words:
            raise InvalidValue(word, expected)
        return word

    return One(expected, str, parse=parse, check=None, schema={"type": "string", "enum": list(words)})


def auth_mechanism(internal: str = "internal") -> One[str]:
    """Who checks passwords; `internal` is the word by which the directory calls itself."""
    words = {internal: "internal"} | {word: word for word in ("ldap", "ad", "kerberos5", "saml")}
    texts = {mechanism: word for word, mechanism in words.items()}

    def parse(text: str) -> str:
        if text.startswith("custom:") and text != "custom:":
            return text
        if text not in words:
            raise InvalidValue(text, f"one of {', '.join(words)} or custom:name")
        return words[text]

    return One("mechanism", str, parse=parse, show=lambda value: texts.get(value, value))
