"""How attributes are read that are no settings: by the syntax their definition gives them."""

from __future__ import annotations

from typing import Any, Final

from ..ldap.definitions import AttributeType
from .codec import Codec
from .dialect import LdapSetting
from .kinds import BOOLEAN, BYTES, DN, INTEGER, MOMENT, STRING
from .several import Many

__all__ = ["PASSWORDS", "setting_by_syntax"]

BY_SYNTAX: Final = {each.syntax.oid: each for each in (BOOLEAN, BYTES, DN, INTEGER, MOMENT)}
"""Every other syntax is text."""

PASSWORDS: Final = frozenset({"userpassword", "authpassword"})
"""Standard attributes that hold secrets."""


def setting_by_syntax(attribute: AttributeType) -> LdapSetting:
    """The attribute as a setting that stands on its own entry alone."""
    item = BY_SYNTAX.get(attribute.syntax or "", STRING)
    codec: Codec[Any] = item if attribute.single_value else Many(item)
    return LdapSetting(attribute.name, codec, secret=attribute.name.lower() in PASSWORDS)
