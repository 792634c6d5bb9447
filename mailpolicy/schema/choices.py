"""The choices that a layer offers for a setting.

One stored line is one choice: the name of the setting, a space, and one value in the setting's own
text. Several lines with one name are all that may be chosen; a setting without a line is free.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import InvalidValue
from ..values import FrozenMapping
from .catalog import SETTINGS

__all__ = ["read_choices"]

Choices = Mapping[str, tuple[Any, ...]]


def read_choices(lines: tuple[str, ...]) -> tuple[Choices, tuple[InvalidValue, ...]]:
    """The values offered, by the name of the setting, and what is wrong with lines that offer nothing.

    >>> offered, problems = read_choices(("mailbox_quota 5 GiB", "mailbox_quota 10 GiB", "quota 1"))
    >>> offered
    FrozenMapping({'mailbox_quota': (Size('5 GiB'), Size('10 GiB'))})
    >>> print(problems[0])
    'quota 1': expected the name of a setting, a space and a value
    """
    found: dict[str, tuple[Any, ...]] = {}
    problems = []
    for line in lines:
        name, _, text = line.strip().partition(" ")
        setting = SETTINGS.get(name)
        if setting is None or not text:
            problems.append(InvalidValue(line, "the name of a setting, a space and a value"))
            continue
        value, wrong = setting.codec.read((text.strip(),))
        problems.extend(wrong)
        if value is not None:
            found[name] = (*found.get(name, ()), value)
    return FrozenMapping(found), tuple(problems)
