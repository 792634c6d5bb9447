"""What is wrong with one entry, whatever the others say.

==========================  =========================================================================
``unknown-class``           an object class that the schema does not have
``missing-attribute``       an attribute that the object classes require
``unknown-attribute``       an attribute that the schema does not have (warning)
``attribute-not-allowed``   an attribute that none of the object classes allows (warning)
``several-values``          more than one value where the schema has room for one
``undecodable-value``       bytes that are not UTF-8 where the schema has text
``invalid-value``           text that is no value of the setting or attribute
``not-among-choices``       a value that is none of the choices offered for the setting (warning)
==========================  =========================================================================

What its values say against each other stands in `relations`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..inherit import layers_of
from ..inherit.choices import choices_of
from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import SETTINGS, Setting
from ..snapshot import Finding, Severity, Snapshot
from .classes import class_findings
from .references import REFERRED
from .relations import relation_findings
from .values import single_values, value_findings

__all__ = ["choice_findings", "entry_findings", "schema_findings"]


def entry_findings(snapshot: Snapshot, entry: Entry) -> Iterator[Finding]:
    """Give what is wrong with an entry, which need not be part of the snapshot yet.

    The snapshot says what else is known: the dialect and the schema, and the layers whose choices and
    limits bind the entry.
    """
    level = snapshot.level_of(entry)
    yield from schema_findings(snapshot, level, entry)
    yield from choice_findings(snapshot, entry)
    yield from relation_findings(snapshot, level, entry)


def schema_findings(snapshot: Snapshot, level: Level | None, entry: Entry) -> Iterator[Finding]:
    """Give what the object classes and the attributes of the entry have against it."""
    yield from class_findings(snapshot.definitions, entry)
    yield from value_findings(snapshot.dialect, level, entry)


def choice_findings(snapshot: Snapshot, entry: Entry) -> Iterator[Finding]:
    """Give the values of an entry that are none of the choices offered for their setting."""
    layers = layers_of(snapshot, entry)
    for name, choices in choices_of(snapshot, layers).items():
        setting = SETTINGS[name]
        binding = snapshot.dialect.binding(setting, layers[0].level)
        for part in binding.parts if binding else ():
            offered = [comparable(snapshot, setting, choice) for choice in choices]
            for text, value in single_values(entry, part):
                if comparable(snapshot, setting, value) not in offered:
                    shown = ", ".join(setting.codec.text(choice) for choice in choices)
                    yield Finding(
                        "not-among-choices",
                        f"this is not offered as a choice; expected one of {shown}",
                        Severity.WARNING,
                        str(entry.dn),
                        part.attribute,
                        entry.line,
                        next(iter(setting.conceal((text,))), None),
                    )


def comparable(snapshot: Snapshot, setting: Setting[object], value: object) -> object:
    """The value as it compares: however an entry is referred to, it is the same one."""
    levels: tuple[Level, ...] = REFERRED.get(setting.name, ())
    named = (snapshot.referred(value, level) for level in levels) if isinstance(value, str) else ()
    entry = next(filter(None, named), None)
    return value if entry is None else entry.dn
