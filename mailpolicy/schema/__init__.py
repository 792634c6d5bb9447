"""What a mail directory may hold: the catalog of settings, and the dialects that store them."""

from __future__ import annotations

from .catalog import SETTINGS, Catalog, find_setting
from .choices import read_choices
from .codec import Codec
from .dialect import Dialect, LdapSetting
from .dialects import DIALECTS, find_dialect
from .setting import Combine, Holder, Setting
from .stored import Binding, Part, Rule

__all__ = [
    "DIALECTS",
    "SETTINGS",
    "Binding",
    "Catalog",
    "Codec",
    "Combine",
    "Dialect",
    "Holder",
    "LdapSetting",
    "Part",
    "Rule",
    "Setting",
    "find_dialect",
    "find_setting",
    "read_choices",
]
