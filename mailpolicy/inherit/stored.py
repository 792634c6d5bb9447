"""What one entry says, as text and with its place."""

from __future__ import annotations

from ..ldap.entry import Entry
from ..reasons import Level, Origin

__all__ = ["origin_of", "text_values"]


def text_values(entry: Entry, attribute: str) -> tuple[str, ...]:
    """Give the stored strings of an attribute; none where the entry does not have it.

    Bytes that are not UTF-8 come as surrogate escapes: codecs refuse them where text has a form,
    and nothing is lost where it has none.
    """
    values = entry.raw.get(attribute)
    if values is None:
        return ()
    return tuple([value.decode("utf-8", "surrogateescape") for value in values])


def origin_of(level: Level, entry: Entry, attribute: str, texts: tuple[str, ...]) -> Origin:
    """Say where these strings stand; what of them is secret has been left out."""
    return Origin(level, str(entry.dn), attribute, texts)
