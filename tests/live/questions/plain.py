"""Objects, entries and what is said of them, as plain values."""

from __future__ import annotations

import re
from typing import Any

from mailpolicy.inherit import Effective
from mailpolicy.ldap.entry import Entry
from mailpolicy.live.replica.reading import COMPUTED
from mailpolicy.model.objects import Object
from mailpolicy.status import Status

from .table import InOrder

__all__ = ["dns", "lines_of", "shown", "stood", "story"]


def dns(objects: Any) -> InOrder:
    """Objects, each by its class and DN."""
    return InOrder((type(each).__name__, str(each.dn)) for each in objects)


def shown(entry: Entry) -> tuple[str, dict[str, list[bytes]]]:
    """An entry without what a server works out while it is read. Values are a set (RFC 4512 section 2.3)."""
    kept = {name: sorted(values) for name, values in entry.raw.items() if name not in COMPUTED}
    return str(entry.dn), kept


def story(effective: Effective[Any]) -> tuple[Any, ...]:
    """A value with everything that is told about it."""
    ceiling = effective.ceiling
    return (
        effective.value,
        places(effective.origin),
        [(places(each.origin), each.value, each.why, each.text) for each in effective.shadowed],
        None if ceiling is None else story(ceiling),
        [places(each) for each in effective.joined],
        (effective.is_own, effective.inherited.value),
        [(each.id, each.matched, each.text) for each in effective.reasons],
        str(effective.as_table()),
    )


def places(origin: Any) -> tuple[Any, ...]:
    return origin.level, origin.dn, origin.attribute, origin.raw


def lines_of(table: Any) -> dict[str, str]:
    """What a table of two columns says, by the text in the first."""
    lines = (re.split(" {2,}", line, maxsplit=1) for line in str(table).splitlines())
    return {line[0]: line[1] for line in lines if len(line) == 2}


def stood(status: Status) -> tuple[Any, ...]:
    """A status with its reasons."""
    return repr(status), status, [(each.id, each.matched, each.text) for each in status.reasons]


def named(found: Object | None) -> str | None:
    return None if found is None else str(found.dn)
