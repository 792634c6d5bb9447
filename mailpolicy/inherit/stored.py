"""What one entry says, as text and with its place."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from ..errors import InvalidValue
from ..ldap.entry import Entry
from ..reasons import Level, Origin
from ..schema import Part
from ..schema.codec import Codec

__all__ = ["origin_of", "read_part", "text_values", "texts_of"]

MOST_READ: Final = 1 << 13
"""How many stored values that can be inherited are remembered with what they mean."""

Read = tuple[Any, tuple[InvalidValue, ...]]


def text_values(entry: Entry, attribute: str) -> tuple[str, ...]:
    """Give the stored strings of an attribute; none where the entry does not have it.

    Bytes that are not UTF-8 come as surrogate escapes: codecs refuse them where text has a form,
    and nothing is lost where it has none.
    """
    values = entry.stored(attribute)
    return texts_of(values) if values else ()


def texts_of(values: Iterable[bytes]) -> tuple[str, ...]:
    """The same for values that have been looked up."""
    return tuple([value.decode("utf-8", "surrogateescape") for value in values])


def read_part(entry: Entry, part: Part) -> Read:
    """Read what an entry has for an attribute: the value, or None, and everything that is wrong with it.

    What can be inherited is the same on many entries, and read once; what is an object's own is not.
    """
    values = entry.stored(part.attribute)
    if not values:
        return None, ()
    return read_shared(part.codec, tuple(values)) if part.path else part.codec.read(texts_of(values))


@lru_cache(MOST_READ)
def read_shared(codec: Codec[Any], values: tuple[bytes, ...]) -> Read:
    return codec.read(texts_of(values))


def origin_of(level: Level, entry: Entry, attribute: str, texts: tuple[str, ...]) -> Origin:
    """Say where these strings stand; what of them is secret has been left out."""
    return Origin(level, str(entry.dn), attribute, texts)
