"""The attribute tables of the deployed servers, as data."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from attrs import frozen

from ...reasons import Level

__all__ = ["Attribute", "read_table"]

ACCOUNT_COS: Final = (Level.ACCOUNT, Level.COS)


@frozen
class Attribute:
    """One row: `classes` are the kinds of entry whose object class has it, `must` those that require it."""

    name: str
    number: int | None
    type: str
    multiple: bool
    choices: tuple[str, ...]
    pattern: str | None
    least: int | None
    most: int | None
    must: frozenset[str]
    classes: frozenset[str]
    flags: frozenset[str]

    @property
    def paths(self) -> Mapping[Level, tuple[Level, ...]]:
        """The layers that each kind of object asks for the attribute, by its flags."""
        return dict(self._paths())

    def _paths(self) -> Iterator[tuple[Level, tuple[Level, ...]]]:
        to_global = (Level.GLOBAL,) if "domainInherited" in self.flags else ()
        if "accountCosDomainInherited" in self.flags:
            yield Level.ACCOUNT, (*ACCOUNT_COS, Level.DOMAIN, *to_global)
        elif "accountInherited" in self.flags:
            yield Level.ACCOUNT, ACCOUNT_COS
        if to_global:
            yield Level.DOMAIN, (Level.DOMAIN, *to_global)
        if "serverInherited" in self.flags:
            yield Level.SERVER, (Level.SERVER, Level.GLOBAL)


@cache
def read_table(name: str) -> Mapping[str, Attribute]:
    """The rows of a table, by attribute name in lower case."""
    text = files("mailpolicy.schema").joinpath(f"tables/{name}.csv").read_text("utf-8")
    return {row["name"].lower(): _attribute(row) for row in csv.DictReader(text.splitlines())}


def _attribute(row: Mapping[str, str]) -> Attribute:
    is_enum = row["type"] == "enum"
    must = _words(row["required_in"])
    return Attribute(
        name=row["name"],
        number=int(row["oid"]) if row["oid"] else None,
        type=row["type"],
        multiple=row["cardinality"] != "single",
        choices=tuple(row["value"].split(",")) if is_enum else (),
        pattern=row["value"] if row["type"] == "regex" else None,
        least=_number(row["min"]),
        most=_number(row["max"]),
        must=must,
        classes=must | _words(row["optional_in"]),
        flags=_words(row["flags"]),
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split(",")))


def _number(text: str) -> int | None:
    return int(text) if text else None
