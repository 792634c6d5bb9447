"""Everything a mail directory may state, one file per topic, one line per setting.

`Catalog` gathers the topics: whatever holds settings inherits from it and gets every setting as a
typed attribute. `SETTINGS` is the same by name, in the order of the files.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final

from ...errors import NotFound
from ..setting import Setting, settings_of
from .branding import Branding
from .domain import DomainSettings
from .forwarding import Forwarding
from .gal import Gal
from .lists import Lists
from .mailbox import Mailbox
from .password import PasswordPolicy
from .person import Person
from .resources import Resources
from .rights import Rights
from .second_factor import SecondFactor
from .sending import SendingLimits
from .services import Services
from .status import StoredStatus

__all__ = ["SETTINGS", "TOPICS", "Catalog", "find_setting"]


class Catalog(
    Person,
    StoredStatus,
    Services,
    SecondFactor,
    PasswordPolicy,
    Forwarding,
    Mailbox,
    SendingLimits,
    Rights,
    DomainSettings,
    Gal,
    Branding,
    Lists,
    Resources,
):
    """All settings as typed attributes; a subclass brings `value_of`."""


TOPICS: Final = Catalog.__bases__
"""The topics in the order in which pages show them."""

SETTINGS: Final[Mapping[str, Setting[Any]]] = MappingProxyType(
    {each.name: each for topic in TOPICS for each in settings_of(topic)}
)


def find_setting(name: str) -> Setting[Any]:
    """The setting of this name; NotFound offers the nearest names.

    >>> find_setting("mailbox_qouta")
    Traceback (most recent call last):
    mailpolicy.errors.NotFound: no setting 'mailbox_qouta'; did you mean mailbox_quota or ...
    """
    found = SETTINGS.get(name)
    if found is None:
        raise NotFound("setting", name, tuple(get_close_matches(name, SETTINGS, n=2, cutoff=0.75)))
    return found
