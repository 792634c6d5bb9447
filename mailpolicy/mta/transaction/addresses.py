"""The addresses in a header such as From:, read so that nobody hides one from us.

Whoever forges a sender writes what one program reads as a comment and another as an address. The parsers of
the standard library give up on some of that with an exception, and take their time over the rest. Here
any text has an answer, in one pass: what stands in angle brackets, else all of a part between commas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["addresses_in"]

TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|[()<>,:;]|\\.?|[^"()<>,:;\\]+', re.DOTALL)
"""Quoted text, what separates, anything else. It matches every text."""

IN_COMMENT: Final = re.compile(r"[()]|\\.?|[^()\\]+", re.DOTALL)
"""The same in a comment, where quotes mean nothing."""

SPACE: Final = re.compile(r"\s+")


def addresses_in(value: str) -> tuple[str, ...]:
    """The addresses in the value of an address header, in order, as they are written there.

    >>> addresses_in('"Coyote, Wile E." <wile.e@customer.example>, john@acme.example (John)')
    ('wile.e@customer.example', 'john@acme.example')
    >>> addresses_in("Friends: jane@acme.example, Bob <bob@acme.example>;")
    ('jane@acme.example', 'bob@acme.example')

    What has no brackets is given whole, whether or not it makes an address; where a part has several
    brackets, each counts.

    >>> addresses_in("The boss")
    ('The boss',)
    """
    tokens = without_comments(value)
    if tokens is None:
        return (value.strip(),)
    return tuple(found for part in parts(tokens) for found in addresses_of(part))


def without_comments(value: str) -> list[str] | None:
    """The tokens that do not stand in comments; None where a comment never ends."""
    tokens: list[str] = []
    depth = place = 0
    while place < len(value):
        found = (IN_COMMENT if depth else TOKEN).match(value, place)
        assert found is not None
        place = found.end()
        token = found[0]
        if token == "(":
            depth += 1
        elif token == ")" and depth:
            depth -= 1
        elif not depth:
            tokens.append(token)
    return None if depth else tokens


def parts(tokens: list[str]) -> Iterator[list[str]]:
    """Lists of tokens between commas, without the names of groups."""
    part: list[str] = []
    in_brackets = False
    for token in tokens:
        if token in ("<", ">"):
            in_brackets = token == "<"
        elif token in (",", ";") and not in_brackets:
            yield part
            part = []
            continue
        elif token == ":" and not in_brackets:
            # The name of a group; one that looks like an address is shown as one.
            if any(each == "<" or "@" in each for each in part):
                yield part
            part = []
            continue
        part.append(token)
    yield part


def addresses_of(part: list[str]) -> Iterator[str]:
    """What stands in brackets, without routes; without brackets all of it."""
    if "<" not in part:
        if whole := plain("".join(part)):
            yield whole
        return
    inside: list[str] = []
    is_open = False
    for token in (*part, ">"):
        if token == "<":
            inside, is_open = [], True
        elif token == ">":
            if is_open and (found := plain(without_route(inside))):
                yield found
            is_open = False
        elif is_open:
            inside.append(token)


def without_route(inside: list[str]) -> str:
    """Less of `@relay.example,@other.example:john@acme.example` (RFC 5322, section 4.4)."""
    if inside and inside[0].lstrip().startswith("@") and ":" in inside:
        inside = inside[inside.index(":") + 1 :]
    return "".join(inside)


def plain(text: str) -> str:
    """Without the white space around dots and the `@`, and around all of it."""
    if not SPACE.search(text) or '"' in text:
        return text.strip()
    return re.sub(r"\s*([.@])\s*", r"\1", SPACE.sub(" ", text).strip())
