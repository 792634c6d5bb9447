"""Names as every store can hold them."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

__all__ = ["spelled"]


@lru_cache(maxsize=16_384)
def spelled(name: str) -> str:
    """A name in ASCII, with what is not plain as in a URL: names of messages can hold any text.

    >>> spelled("messages/60 john@acme.example"), spelled("\\udcff\\0")
    ('messages/60 john@acme.example', '%ED%B3%BF%00')
    """
    return quote(name, safe="/@+=,;:!$&()*' ", errors="surrogatepass")
