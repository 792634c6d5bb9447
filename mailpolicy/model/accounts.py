"""Choosing accounts: those of a domain or a class of service, with a text, in a status."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..errors import InvalidValue
from ..inherit import accounts_of
from ..reasons import Level
from ..status.table import CAPABILITIES
from .domains import ClassOfService, Domain
from .objects import Account
from .results import Objects

if TYPE_CHECKING:
    from .directory import Directory

__all__ = ["accounts"]


def accounts(
    directory: Directory,
    domain: str | Domain | None,
    text: str | None,
    status: str | None,
    cos: str | ClassOfService | None,
) -> Objects[Account]:
    """Give the accounts of which all that is asked for is true."""
    snapshot, within = directory.snapshot, []
    if domain is not None:
        within.append(directory.domain(domain if isinstance(domain, str) else domain.dn).entry)
    if cos is not None:
        within.append(directory.cos(cos if isinstance(cos, str) else cos.dn).entry)
    entries = accounts_of(snapshot, *within) if within else snapshot.of_level(Level.ACCOUNT)
    found: Iterable[Account] = (Account(directory, entry) for entry in entries)
    if text is not None:
        folded = text.casefold()
        found = (each for each in found if mentions(each, folded))
    if status is not None:
        if status not in CAPABILITIES:
            raise InvalidValue(status, f"one of {', '.join(CAPABILITIES)}")
        found = (each for each in found if each.status.name == status)
    return Objects(found)


def mentions(account: Account, folded: str) -> bool:
    """Whether an account has the text in its addresses or display name."""
    texts = (account.address or "", *account.aliases, account.settings.display_name or "")
    return any(folded in text.casefold() for text in texts)
