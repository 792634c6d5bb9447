"""Requests and counts out of JSON: everything is checked, and everything wrong is said at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from ..decision import Counter, Request, Usage
from ..errors import quote
from .problems import InvalidForm, instead_of
from .writing import KINDS, Json

if TYPE_CHECKING:
    from types import ModuleType

    from pydantic import BaseModel

__all__ = ["request_from_json", "schema", "usage_from_json"]


def request_from_json(form: str | bytes | Mapping[str, Any]) -> Request:
    """The request that a JSON object stands for, given as text or as read; InvalidForm names all problems.

    >>> request_from_json('{"kind": "login", "account": "john@acme.example", "service": "pop3"}')
    Login(account='john@acme.example', service='pop3')
    >>> request_from_json({"kind": "login", "acount": "john@acme.example"})
    Traceback (most recent call last):
    mailpolicy.forms.problems.InvalidForm: account: missing; expected a text; acount: unknown; did you ...
    """
    content = dict(as_object(form))
    kind = content.pop("kind", None)
    if kind is None:
        raise InvalidForm((f"kind: missing; expected one of {', '.join(KINDS)}",))
    if not isinstance(kind, str) or kind not in KINDS:
        raise InvalidForm((f"kind: {shown(kind)}: {instead_of(str(kind), KINDS)}",))
    return cast(Request, KINDS[kind](**checked(models().REQUESTS[kind], content)))


def usage_from_json(form: str | bytes | Mapping[str, Any]) -> Usage:
    """The counts that a JSON object stands for; InvalidForm names all problems.

    >>> usage_from_json({"counts": {"messages/86400 john@acme.example": 12}}).counts
    {Counter(what='messages', of='john@acme.example', window=86400): 12}
    """
    found = checked(models().UsageForm, as_object(form))
    counts = {Counter.parse(name): count for name, count in found.pop("counts", {}).items()}
    return Usage(counts, **found)


def schema() -> Json:
    """The JSON Schema (2020-12) of a request; `$defs` has that of counts, `Usage`, and `Decision` too."""
    return cast(Json, models().schema())


def models() -> ModuleType:
    try:
        from . import models
    except ModuleNotFoundError as missing:
        if missing.name != "pydantic":
            raise
        needed = "reading it takes pydantic; install it with: pip install 'mailpolicy[cli]'"
        raise InvalidForm((needed,)) from None
    return models


def as_object(form: str | bytes | Mapping[str, Any]) -> Mapping[str, Any]:
    """The object as Python has it."""
    if isinstance(form, Mapping):
        return form
    try:
        found = json.loads(form, parse_constant=no_number)
    except UnicodeDecodeError:
        raise InvalidForm(("expected UTF-8",)) from None
    except RecursionError:
        raise InvalidForm(("expected an object that is nested less deeply",)) from None
    except ValueError as problem:
        raise InvalidForm((f"expected JSON: {problem}",)) from None
    if not isinstance(found, dict):
        raise InvalidForm((f"{shown(found)}: expected an object",))
    return found


def no_number(name: str) -> None:
    raise ValueError(f"{name} is no number there")


def checked(model: type[BaseModel], content: Mapping[str, Any]) -> dict[str, Any]:
    """What is said, each value of its type; what is not said is left out."""
    from pydantic import ValidationError

    known = model.model_fields
    wrong = [
        f"{printable(name)}: unknown; {instead_of(str(name), known)}" for name in content if name not in known
    ]
    try:
        found = model.model_validate({name: value for name, value in content.items() if name in known})
    except ValidationError as error:
        wrong = [*problems(model, error.errors(include_url=False)), *wrong]
    if wrong:
        raise InvalidForm(tuple(wrong))
    return {name: getattr(found, name) for name in found.model_fields_set}


def problems(model: type[BaseModel], errors: Sequence[Any]) -> Iterator[str]:
    """Each with its place, what stands there, and what was expected."""
    for error in errors:
        where = ".".join(printable(each) for each in error["loc"] if each != "[key]")
        expected = model.model_fields[error["loc"][0]].title
        if error["type"] == "missing":
            yield f"{where}: missing; expected {expected}"
        else:
            yield f"{where}: {shown(error['input'])}: expected {expected}"


def printable(name: object) -> str:
    """A name as it can stand in a message."""
    text = str(name)
    return text if text.isprintable() else quote(text)


def shown(value: Any) -> str:
    """A value as JSON writes it, not too much of it."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return quote(text) if isinstance(value, str) or len(text) > 40 else text
