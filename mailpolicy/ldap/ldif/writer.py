"""Write LDIF (RFC 2849): lines of at most 76 characters, base64 only where it must be.

A value is written as it is when it is a SAFE-STRING that does not end in a space: ASCII without
NUL and line ends, not beginning with a space, `:` or `<`. Everything else is base64, so the output
is ASCII throughout. One thing is stricter than the RFC: a leading tab is base64 too, because libldap
and python-ldap skip it like a space.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Iterable, Iterator

from .records import (
    Add,
    Attribute,
    Change,
    ContentRecord,
    Control,
    Delete,
    Modify,
    Record,
    Rename,
)

__all__ = ["write"]

WIDTH = 76
SAFE = re.compile(rb"(?![\s:<])[^\0\n\r\x80-\xff]*[^\0\n\r\x80-\xff ]")


def write(records: Iterable[Record], *, version: bool = False) -> Iterator[bytes]:
    """Yield the LDIF text of each record, ready to be written to a file opened for bytes.

    `version=True` starts with `version: 1`, as the RFC asks; slapadd refuses that line, so it is
    left out otherwise.

    >>> from mailpolicy.ldap.dn import DN
    >>> entry = ContentRecord(DN.parse("o=mail"), (("o", b"mail"), ("description", b" indented")))
    >>> print(b"".join(write([entry], version=True)).decode(), end="")
    version: 1
    <BLANKLINE>
    dn: o=mail
    o: mail
    description:: IGluZGVudGVk
    """
    separator = b""
    if version:
        yield b"version: 1\n"
        separator = b"\n"
    for record in records:
        yield separator + b"".join(_lines(record))
        separator = b"\n"


def _lines(record: Record) -> Iterator[bytes]:
    yield _line(b"dn", record.dn.encode())
    if isinstance(record, ContentRecord):
        yield from _attributes(record.attributes)
        return
    for control in record.controls:
        yield _control(control)
    yield from _change(record.change)


def _change(change: Change) -> Iterator[bytes]:
    match change:
        case Add(attributes):
            yield b"changetype: add\n"
            yield from _attributes(attributes)
        case Delete():
            yield b"changetype: delete\n"
        case Modify(modifications):
            yield b"changetype: modify\n"
            for each in modifications:
                yield _line(each.operation.encode(), each.attribute.encode())
                for value in each.values:
                    yield _line(each.attribute.encode(), value)
                yield b"-\n"
        case Rename(rdn, delete_old_rdn, superior):
            yield b"changetype: modrdn\n"
            yield _line(b"newrdn", rdn.encode())
            yield b"deleteoldrdn: %d\n" % delete_old_rdn
            if superior is not None:
                yield _line(b"newsuperior", superior.encode())


def _attributes(attributes: Iterable[Attribute]) -> Iterator[bytes]:
    for description, value in attributes:
        yield _line(description.encode(), value)


def _control(control: Control) -> bytes:
    head = b"control: %s%s" % (control.oid.encode(), b" true" if control.critical else b"")
    return _fold(head) if control.value is None else _line(head, control.value)


def _line(name: bytes, value: bytes) -> bytes:
    if not value:
        return _fold(name + b":")
    if SAFE.fullmatch(value):
        return _fold(b"%s: %s" % (name, value))
    return _fold(b"%s:: %s" % (name, b2a_base64(value, newline=False)))


def _fold(line: bytes) -> bytes:
    """`line` cut so that no part is longer than `WIDTH`, the space before a part included."""
    if len(line) <= WIDTH:
        return line + b"\n"
    starts = range(WIDTH, len(line), WIDTH - 1)
    return b"\n ".join([line[:WIDTH], *(line[start : start + WIDTH - 1] for start in starts)]) + b"\n"
