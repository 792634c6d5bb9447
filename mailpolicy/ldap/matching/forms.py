"""The normal forms of values: what stands in for a value when it is compared.

Each takes the bytes of a value and gives those of its normal form, or None where it has none. Forms
of text also take the part of a value that a substring filter asserts: see `prep.Part`. `ORDERS`
then turn a normal form into what sorts as the value does.
"""

from __future__ import annotations

import re

from .prep import Part, prepare, prepare_ascii
from .times import normal_time

_INTEGER = re.compile(rb"(-?)([0-9]+)")
_FIRST_WORD = re.compile(rb"[({] *([^ ]*)")
_SID_OF_CSN = re.compile(rb"[^#]*#[^#]*#([0-9A-Fa-f]{2,3})#.*", re.DOTALL)
_COMPLEMENT = bytes.maketrans(b"0123456789", b"9876543210")


def exact(value: bytes, part: Part = Part.WHOLE) -> bytes:
    """The bytes as they are."""
    return value


def lower(value: bytes, part: Part = Part.WHOLE) -> bytes:
    """ASCII letters in lower case: UUIDs, hexadecimal digits."""
    return value.lower()


def folded_text(value: bytes, part: Part = Part.WHOLE) -> bytes | None:
    """Directory text without regard to case."""
    return prepare(value, fold=True, part=part)


def exact_text(value: bytes, part: Part = Part.WHOLE) -> bytes | None:
    """Directory text, its case kept."""
    return prepare(value, fold=False, part=part)


def folded_ascii(value: bytes, part: Part = Part.WHOLE) -> bytes | None:
    """ASCII text without regard to case; OpenLDAP trims parts as if they were whole."""
    return prepare_ascii(value, fold=True)


def exact_ascii(value: bytes, part: Part = Part.WHOLE) -> bytes | None:
    """ASCII text, its case kept; parts are trimmed as in `folded_ascii`."""
    return prepare_ascii(value, fold=False)


def folded_lines(value: bytes, part: Part = Part.WHOLE) -> bytes | None:
    """A postal address: lines between `$`, each prepared by itself.

    >>> folded_lines(b"1 Main  St $ Springfield ")
    b'1 main st$springfield'
    """
    lines = [prepare(line, fold=True, part=part) if line else line for line in value.split(b"$")]
    kept = [line for line in lines if line is not None]
    return b"$".join(kept) if len(kept) == len(lines) else None


def digits(value: bytes, part: Part = Part.WHOLE) -> bytes:
    """A numeric string: without its spaces, unless it has nothing else."""
    return value.replace(b" ", b"") or b" "


def telephone(value: bytes, part: Part = Part.WHOLE) -> bytes:
    """A telephone number: without its spaces and hyphens, unless it has nothing else."""
    return value.translate(None, b" -") or b" "


def time(value: bytes, part: Part = Part.WHOLE) -> bytes | None:
    """A generalized time in UTC."""
    return normal_time(value)


def csn(value: bytes, part: Part = Part.WHOLE) -> bytes:
    """A change sequence number, its server id and modification number in lower case."""
    return value[:30] + value[30:].lower()


def csn_sid(value: bytes, part: Part = Part.WHOLE) -> bytes | None:
    """The server id of a change sequence number.

    >>> csn_sid(b"20260131235959.000000Z#000000#00A#000000")
    b'00a'
    """
    found = _SID_OF_CSN.fullmatch(value)
    return found[1].lower().zfill(3) if found else None


def first_component(value: bytes, part: Part = Part.WHOLE) -> bytes | None:
    """The first word of a schema definition, its OID or number.

    >>> first_component(b"( 2.5.4.3 NAME 'cn' )")
    b'2.5.4.3'
    """
    found = _FIRST_WORD.match(value[:-1]) if value.endswith((b")", b"}")) else None
    return found[1] or None if found else None


def by_octets(form: bytes) -> bytes:
    """Sorts as bytes do; for UTF-8 that is by code point."""
    return form


def by_number(form: bytes) -> tuple[int, int, bytes] | None:
    """Sorts integers of any length without turning text into numbers, which takes quadratic time.

    >>> sorted([b"10", b"-9", b"9", b"-10"], key=by_number)
    [b'-10', b'-9', b'9', b'10']
    """
    found = _INTEGER.fullmatch(form)
    if not found:
        return None
    sign, figures = found.groups()
    return (-1, -len(figures), figures.translate(_COMPLEMENT)) if sign else (1, len(figures), figures)


def by_time(form: bytes) -> bytes:
    """Sorts times with and without a fraction: the final Z would come in between."""
    return form[:-1]
