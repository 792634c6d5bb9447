"""What the fields of the configuration have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, PositiveFloat

from ..ldap.dn import DN
from ..live.places import split_urls

__all__ = ["STRICT", "Seconds", "fields_of", "name", "one_of", "urls"]

STRICT: Final = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def urls(text: str) -> str:
    """LDAP URLs, at least one."""
    if not split_urls(text)[0]:
        raise ValueError("expected a URL")
    return text


def name(text: str) -> str:
    """A DN."""
    return str(DN.parse(text))


def one_of(choices: Iterable[str]) -> Callable[[str], str]:
    """One of some words."""
    known = tuple(choices)

    def check(text: str) -> str:
        if text not in known:
            raise ValueError(f"expected one of {', '.join(known)}")
        return text

    return check


Seconds = PositiveFloat | None


def fields_of(model: type[BaseModel]) -> dict[str, Any]:
    """The fields of a section by the key under which they stand in the file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}
