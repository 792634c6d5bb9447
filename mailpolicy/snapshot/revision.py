"""A name for what a directory contains.

Two directories with equal content have equal revisions, whatever the order of their entries and
values, in every process: a revision can be logged, compared and replayed against. It is a sum
over the entries, so that a change costs as much as the entries it touches.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

from ..ldap.definitions import Definitions, Usage
from ..ldap.entry import Entry

__all__ = ["fingerprint"]

BYTES = 16


def fingerprint(key: str, entry: Entry, definitions: Definitions) -> int:
    """A number for one entry: the key of its DN and the exact bytes of its user attributes.

    Operational attributes are left out: the server sets them, and they differ between replicas of
    the same content.
    """
    digest = blake2b(key.encode("utf-8", "surrogateescape"), digest_size=BYTES)
    for name, values in sorted(entry.raw.items()):
        if is_operational(name, definitions):
            continue
        for value in sorted(values):
            digest.update(b"\0%s\0%d\0%s" % (name.encode(), len(value), value))
    return int.from_bytes(digest.digest(), "big")


@lru_cache(maxsize=4096)
def is_operational(name: str, definitions: Definitions) -> bool:
    attribute = definitions.attribute(name)
    return attribute is not None and attribute.usage is not Usage.USER_APPLICATIONS
