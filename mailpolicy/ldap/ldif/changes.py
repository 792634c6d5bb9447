"""Read the lines of a change record that follow its DN (RFC 2849; `increment` from RFC 4525)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, cast

from .lines import DESCRIPTION, Lines
from .records import Add, Change, Control, Delete, Modification, Modify, Rename

__all__ = ["read_change", "read_controls"]

CONTROL = re.compile(r" *(\d+(?:\.\d+)+)(?: +(true|false))?(:.*)?", re.ASCII | re.DOTALL | re.IGNORECASE)
FEWEST_VALUES = {"add": 1, "delete": 0, "replace": 0, "increment": 1}


def read_controls(lines: Lines) -> tuple[Control, ...]:
    """The `control:` lines, which stand between the DN and the `changetype:`."""
    controls = []
    while lines.keyword() == "control":
        match = CONTROL.fullmatch(lines.name_and_spec()[1].decode("latin-1"))
        if not match:
            raise lines.expected("an OID, then perhaps true or false, then perhaps ': value'")
        oid, critical, spec = match.groups()
        value = lines.value(spec[1:].encode("latin-1")) if spec else None
        controls.append(Control(oid, (critical or "").lower() == "true", value))
    return tuple(controls)


def read_change(lines: Lines) -> Change:
    """The `changetype:` line and all that follow it."""
    if lines.keyword() != "changetype":
        raise lines.expected("changetype: after the controls")
    read = CHANGE_TYPES.get(lines.text().lower())
    if not read:
        raise lines.expected(f"one of {' '.join(CHANGE_TYPES)}")
    return read(lines)


def _add(lines: Lines) -> Add:
    return Add(lines.attributes())


def _delete(lines: Lines) -> Delete:
    lines.end()
    return Delete()


def _modify(lines: Lines) -> Modify:
    modifications = []
    while lines:
        modifications.append(_modification(lines))
    return Modify(tuple(modifications))


def _modification(lines: Lines) -> Modification:
    operation = lines.keyword()
    if operation not in FEWEST_VALUES:
        lines.skip()
        raise lines.expected(f"one of {' '.join(FEWEST_VALUES)} and the name of an attribute")
    attribute = lines.text()
    if not DESCRIPTION.fullmatch(attribute):
        raise lines.expected("the name of an attribute")
    values = []
    while lines and lines.keyword() != "-":
        name, value = lines.attribute()
        if name.lower() != attribute.lower():
            raise lines.expected(f"a value of {attribute}, or '-'")
        values.append(value)
    if len(values) < FEWEST_VALUES[operation]:
        raise lines.expected(f"a value of {attribute} to {operation}")
    # The last '-' of a record is often left out, and ldapmodify does not miss it.
    if lines:
        lines.skip()
    return Modification(
        cast("Literal['add', 'delete', 'replace', 'increment']", operation), attribute, tuple(values)
    )


def _rename(lines: Lines) -> Rename:
    if lines.keyword() != "newrdn":
        raise lines.expected("newrdn: after this line")
    rdn = lines.dn()
    if rdn.depth != 1:
        raise lines.expected("a relative distinguished name: one level, no comma")
    if lines.keyword() != "deleteoldrdn":
        raise lines.expected("deleteoldrdn: after this line")
    delete_old = lines.text()
    if delete_old not in ("0", "1"):
        raise lines.expected("0 or 1")
    superior = lines.dn() if lines.keyword() == "newsuperior" else None
    lines.end()
    return Rename(rdn, delete_old == "1", superior)


CHANGE_TYPES: dict[str, Callable[[Lines], Change]] = {
    "add": _add,
    "delete": _delete,
    "modify": _modify,
    "modrdn": _rename,
    "moddn": _rename,
}
