"""What the fields of the configuration have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from ..errors import InvalidValue
from ..ldap.dn import DN
from ..live.places import split_urls
from ..mta.listening import endpoint
from ..values import Size

__all__ = [
    "PLACES",
    "PORT",
    "SECONDS",
    "STRICT",
    "Bytes",
    "FilePath",
    "MarkOfSpam",
    "Owner",
    "Permissions",
    "Places",
    "Port",
    "Seconds",
    "fields_of",
    "name",
    "one_of",
    "urls",
]

STRICT: Final = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

OCTAL: Final = re.compile(r"0?[0-7]{3}")
NAME: Final = r"[^:\s\0](?:[^:\0]*[^:\s\0])?"  # names of groups from elsewhere have blanks within
OWNER: Final = re.compile(f"{NAME}(?::{NAME})?|:{NAME}")
HANDED_OVER: Final = re.compile(r"fd:[a-zA-Z0-9_.@-]+")

PORT: Final = "inet:HOST:PORT"
SECONDS: Final = "a number of seconds above 0, of a day at most"
PLACES: Final = f"{PORT}, unix:/PATH or fd:NAME, or a list of them"


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


def place(text: str) -> str:
    """Where to listen."""
    try:
        if not HANDED_OVER.fullmatch(text):
            endpoint(text)
    except InvalidValue:
        raise ValueError(f"expected {PORT}, unix:/PATH or fd:NAME") from None
    return text


def file_path(text: str) -> str:
    """What can be a path."""
    if not text:
        raise ValueError("expected the path of a file")
    if "\0" in text:
        raise ValueError("expected the path of a file, which has no NUL in it")
    try:
        Path(text).expanduser()
    except RuntimeError:
        raise ValueError(f"expected the path of a file; nobody has the home {Path(text).parts[0]}") from None
    return text


def owner(text: str) -> str:
    """A user, a group, or both."""
    if not OWNER.fullmatch(text):
        raise ValueError("expected USER, USER:GROUP or :GROUP")
    return text


def port(text: str) -> str:
    """A port of TCP."""
    if not (text.startswith("inet:") and place(text)):
        raise ValueError(f"expected {PORT}")
    return text


def several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def permissions(text: str) -> str:
    if not OCTAL.fullmatch(text):
        raise ValueError("expected three octal digits, such as 660")
    return text


def mark_of_spam(text: str) -> str:
    """A header with its value."""
    # Commands that only ask a directory read the file too, and have no use for mail.
    from ..mta.transaction import SpamHeader

    try:
        SpamHeader.parse(text)
    except InvalidValue as problem:
        raise ValueError(f"expected {problem.expected}") from None
    return text


def size(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("expected a size such as 256 MiB")
    try:
        return int(Size(value))
    except InvalidValue as problem:
        raise ValueError(f"expected {problem.expected}") from None


Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
Places = Annotated[list[Annotated[str, AfterValidator(place)]], BeforeValidator(several), Field(min_length=1)]
FilePath = Annotated[str, AfterValidator(file_path)]
Port = Annotated[str, AfterValidator(port)]
Owner = Annotated[str, AfterValidator(owner)]
Permissions = Annotated[str, AfterValidator(permissions)]
MarkOfSpam = Annotated[str, AfterValidator(mark_of_spam)]
Bytes = Annotated[int, BeforeValidator(size)]


def fields_of(model: type[BaseModel]) -> dict[str, Any]:
    """The fields of a section by the key under which they stand in the file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}
