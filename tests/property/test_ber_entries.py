"""Our decoder of entries against the encoding of RFC 4511, in all its forms, and against damage."""

from __future__ import annotations

from contextlib import suppress

import pytest

pytest.importorskip("ldap3")

from hypothesis import given
from hypothesis.strategies import binary, booleans, composite, data, dictionaries, integers, lists, text

from mailpolicy.live.clients.ldap3.entries import entry_in

NAMES = text("abcdefgXYZ;-.0123456789", min_size=1, max_size=200)
VALUES = lists(binary(max_size=300), max_size=3)
TAGS = (0x02, 0x04, 0x30, 0x31, 0x64, 0xA0)


@composite
def elements(draw, tag: int, content: bytes) -> bytes:  # type: ignore[no-untyped-def]
    """One element with its length in any of the forms that a server may choose."""
    size = len(content)
    if size < 0x80 and draw(booleans()):
        return bytes([tag, size]) + content
    octets = draw(integers((max(size, 1).bit_length() + 7) // 8, 4))
    return bytes([tag, 0x80 + octets]) + size.to_bytes(octets, "big") + content


@composite
def messages(draw, number: int, name: str, attributes: dict, controls: dict):  # type: ignore[no-untyped-def, type-arg]
    def made(tag: int, *parts: bytes) -> bytes:
        return draw(elements(tag, b"".join(parts)))

    stored = [
        made(0x30, made(0x04, key.encode()), made(0x31, *(made(0x04, value) for value in values)))
        for key, values in attributes.items()
    ]
    entry = made(0x64, made(0x04, name.encode()), made(0x30, *stored))
    attached = []
    for oid, value in controls.items():
        critical = [made(0x01, b"\xff")] if draw(booleans()) else []
        attached.append(made(0x30, made(0x04, oid.encode()), *critical, made(0x04, value)))
    tail = [made(0xA0, *attached)] if attached else []
    return made(0x30, made(0x02, number.to_bytes(4, "big")), entry, *tail)


ENTRIES = dictionaries(NAMES, VALUES, max_size=4)
CONTROLS = dictionaries(text("0123456789.", min_size=1, max_size=30), binary(max_size=200), max_size=2)


@given(data(), integers(1, 2**31 - 1), text(max_size=200), ENTRIES, CONTROLS)
def test_what_was_encoded_is_read(data, number, name, attributes, controls) -> None:  # type: ignore[no-untyped-def]
    name = name.encode("utf-8", "replace").decode()
    message = data.draw(messages(number, name, attributes, controls))
    assert entry_in(message) == (number, (name, attributes), controls)


@given(data(), ENTRIES, CONTROLS)
def test_what_is_cut_short_is_no_entry(data, attributes, controls) -> None:  # type: ignore[no-untyped-def]
    message = data.draw(messages(1, "o=mail", attributes, controls))
    cut = message[: data.draw(integers(0, len(message) - 1))]
    with pytest.raises(ValueError, match=r"."):
        entry_in(cut)


@given(data(), ENTRIES, CONTROLS)
def test_what_is_damaged_is_read_or_refused(data, attributes, controls) -> None:  # type: ignore[no-untyped-def]
    message = bytearray(data.draw(messages(1, "o=mail", attributes, controls)))
    message[data.draw(integers(0, len(message) - 1))] = data.draw(integers(0, 255))
    with suppress(ValueError):
        entry_in(bytes(message))


def test_what_is_no_entry_is_left_to_others() -> None:
    assert entry_in(bytes.fromhex("300c 020101 6507 0a0100 0400 0400")) is None
