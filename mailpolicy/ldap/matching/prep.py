"""String preparation: what text is compared as (RFC 4518, the way OpenLDAP 2.5 does it).

Three steps, in this order: every character becomes its simple lower case (for rules that ignore
case), then the text its compatibility composition (NFKC), then spaces are squeezed. RFC 4518 also
maps soft hyphens and zero-width characters to nothing; OpenLDAP does not, and neither do we.

Both the RFC and OpenLDAP stay at Unicode 3.2. That is a virtue: an index built last year still
agrees with a filter written today, whichever Unicode the Python at hand knows.
"""

from __future__ import annotations

import re
from enum import Enum
from itertools import groupby
from typing import Literal
from unicodedata import ucd_3_2_0 as unicode_3_2

__all__ = ["Part", "decoded", "prepare", "prepare_ascii", "squeeze", "to_ascii"]


class Part(Enum):
    """Which part of a value some text is: the outer spaces of a whole value do not count.

    A part keeps the spaces on the sides where it was cut out of a value, so that `*a b*` and
    `*a* b*` differ.
    """

    WHOLE = (True, True)
    INITIAL = (True, False)
    ANY = (False, False)
    FINAL = (False, True)

    def __init__(self, trims_left: bool, trims_right: bool) -> None:
        self.trims_left = trims_left
        self.trims_right = trims_right


class _LowerCase(dict[int, int]):
    """Unicode 3.2's simple lower case, one character for one, worked out as characters are met."""

    def __missing__(self, code: int) -> int:
        lower = code
        if unicode_3_2.category(chr(code)) in ("Lu", "Lt"):
            # Only U+0130 has a longer lower case, and begins with its simple one.
            candidate = chr(code).lower()[0]
            if unicode_3_2.category(candidate) != "Cn":
                lower = ord(candidate)
        self[code] = lower
        return lower


_LOWER_CASE = _LowerCase()

# OpenLDAP's table of decompositions lacks these and everything above: they stay as they are.
_NOT_COMPOSED = re.compile("([\uf900\uf901\U0001d60f-\U0010ffff]+)")

_SPACES = re.compile(b"  +")

LONG = 1024
"""Characters from which on the marks in a text are sorted by ourselves."""


def decoded(value: bytes) -> str | None:
    """The text of `value`, None if it is not UTF-8. Surrogates pass, as they do in OpenLDAP."""
    try:
        return value.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None


def _normalized(form: Literal["NFKC", "NFKD"], text: str) -> str:
    """The normal form of text, in a time that grows with its length and no faster.

    Python sorts the marks after a letter by insertion, so a text of nothing but marks could stop a
    search for minutes. Long texts are taken apart and their marks sorted before.
    """
    if len(text) > LONG:
        apart = "".join([unicode_3_2.normalize("NFKD", character) for character in text])
        text = "".join(
            each
            for is_mark, run in groupby(apart, key=lambda each: unicode_3_2.combining(each) > 0)
            for each in (sorted(run, key=unicode_3_2.combining) if is_mark else run)
        )
    return unicode_3_2.normalize(form, text)


def _composed(text: str) -> str:
    if not _NOT_COMPOSED.search(text):
        return _normalized("NFKC", text)
    pieces = _NOT_COMPOSED.split(text)
    pieces[::2] = [_normalized("NFKC", piece) for piece in pieces[::2]]
    return "".join(pieces)


def squeeze(value: bytes, part: Part = Part.WHOLE) -> bytes:
    """Make inner runs of spaces one, and trim the sides that `part` trims.

    A whole value of nothing but spaces is one space: it must not become the empty string, which
    no directory string is. A final part of spaces does become empty, and so matches everything.

    >>> squeeze(b"  a   b "), squeeze(b"   "), squeeze(b"  a ", Part.ANY)
    (b'a b', b' ', b' a ')
    """
    if b"  " in value:
        value = _SPACES.sub(b" ", value)
    if value == b" ":
        return b"" if part is Part.FINAL else value
    if part.trims_left:
        value = value.removeprefix(b" ")
    if part.trims_right:
        value = value.removesuffix(b" ")
    return value


def prepare(value: bytes, *, fold: bool, part: Part = Part.WHOLE) -> bytes | None:
    """Prepare directory text for comparison; `fold` ignores case. None if it is not UTF-8.

    >>> prepare("  Ärger  \N{LATIN SMALL LIGATURE FI} ".encode(), fold=True).decode()
    'ärger fi'
    """
    if value.isascii():
        return squeeze(value.lower() if fold else value, part)
    text = decoded(value)
    if text is None:
        return None
    if fold:
        text = text.translate(_LOWER_CASE)
    return squeeze(_composed(text).encode("utf-8", "surrogatepass"), part)


def prepare_ascii(value: bytes, *, fold: bool) -> bytes | None:
    """Prepare an IA5 string for comparison; None if it is not ASCII.

    Spaces alone become the empty string, and the text ends at a NUL, both as in OpenLDAP.

    >>> prepare_ascii(b" John@ACME.example ", fold=True), prepare_ascii(b"  ", fold=True)
    (b'john@acme.example', b'')
    """
    if not value.isascii():
        return None
    if b"\0" in value:
        value = value[: value.index(b"\0")]
    if b" " in value:
        value = _SPACES.sub(b" ", value).strip(b" ")
    return value.lower() if fold else value


def to_ascii(value: bytes) -> bytes:
    """What is left of text when accents and everything else beyond ASCII are dropped.

    >>> to_ascii("Müller\N{EN DASH}Łódź".encode())
    b'Mullerodz'
    """
    if value.isascii():
        return value
    text = decoded(value) or ""
    pieces = _NOT_COMPOSED.split(text)
    return _normalized("NFKD", "".join(pieces[::2])).encode("ascii", "ignore")
