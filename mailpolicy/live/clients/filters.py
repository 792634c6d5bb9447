"""Search filters as they go over the wire (RFC 4511, section 4.5.1.7)."""

from __future__ import annotations

from collections.abc import Iterator

from ...ldap.filter import (
    And,
    Approx,
    Equal,
    Extensible,
    Filter,
    GreaterOrEqual,
    LessOrEqual,
    Not,
    Or,
    Present,
    Substrings,
)

__all__ = ["encoded_filter", "tagged"]

OCTETS, SEQUENCE = 0x04, 0x30
COMBINED: dict[type[Filter], int] = {And: 0xA0, Or: 0xA1, Not: 0xA2}
COMPARED: dict[type[Filter], int] = {Equal: 0xA3, GreaterOrEqual: 0xA5, LessOrEqual: 0xA6, Approx: 0xA8}
SUBSTRINGS, PRESENT, EXTENSIBLE = 0xA4, 0x87, 0xA9


def encoded_filter(filter: str | Filter) -> bytes:
    """The BER encoding of a filter. Raises InvalidFilter where the text is none.

    >>> encoded_filter("(cn=a)").hex(" ")
    'a3 07 04 02 63 6e 04 01 61'
    """
    wanted = Filter.parse(filter) if isinstance(filter, str) else filter
    # From the inside out and with a stack of our own, for filters may nest deeper than calls.
    finished: list[bytes] = []
    waiting: list[tuple[Filter, bool]] = [(wanted, False)]
    while waiting:
        each, inner_finished = waiting.pop()
        if type(each) not in COMBINED:
            finished.append(_simple(each))
        elif not inner_finished:
            waiting.append((each, True))
            waiting += [(inner, False) for inner in reversed(each.inner)]
        else:
            first = len(finished) - len(each.inner)
            finished[first:] = [tagged(COMBINED[type(each)], *finished[first:])]
    return finished[0]


def tagged(tag: int, *parts: bytes) -> bytes:
    """One BER element: its tag, its length, and what it holds."""
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 128 | len(length))) + length + content


def _simple(filter: Filter) -> bytes:
    match filter:
        case Equal() | GreaterOrEqual() | LessOrEqual() | Approx():
            name, value = tagged(OCTETS, filter.attribute.encode()), tagged(OCTETS, filter.value)
            return tagged(COMPARED[type(filter)], name, value)
        case Present():
            return tagged(PRESENT, filter.attribute.encode())
        case Substrings():
            parts = tagged(SEQUENCE, *_parts_of(filter))
            return tagged(SUBSTRINGS, tagged(OCTETS, filter.attribute.encode()), parts)
        case Extensible():
            return tagged(EXTENSIBLE, *_clauses_of(filter))
    raise TypeError(f"not a filter: {filter!r}")


def _parts_of(filter: Substrings) -> Iterator[bytes]:
    if filter.initial is not None:
        yield tagged(0x80, filter.initial)
    yield from (tagged(0x81, part) for part in filter.any)
    if filter.final is not None:
        yield tagged(0x82, filter.final)


def _clauses_of(filter: Extensible) -> Iterator[bytes]:
    if filter.rule is not None:
        yield tagged(0x81, filter.rule.encode())
    if filter.attribute is not None:
        yield tagged(0x82, filter.attribute.encode())
    yield tagged(0x83, filter.value)
    if filter.dn_attributes:
        yield tagged(0x84, b"\xff")
