"""From JSON to requests: everything is checked, and what is wrong is named with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import NOTHING, fields, resolve_types

from ..decision import Request
from ..errors import InvalidValue
from .plain import TYPES

if TYPE_CHECKING:
    from pydantic import BaseModel, TypeAdapter

__all__ = ["request_from_json", "schema"]

ONE_OF: Final = f"one of {', '.join(TYPES)}"


def request_from_json(form: str | bytes | Mapping[str, Any]) -> Request:
    """Read a request; InvalidValue says everything that is wrong with it, each with its key.

    >>> request_from_json('{"type": "delivery", "sender": "", "recipient": "john@acme.example"}')
    Delivery(sender='', recipient='john@acme.example')
    >>> request_from_json({"type": "delivery", "sender": "", "recipent": "john@acme.example"})
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: ... expected a request: recipient: missing; recipent: unknown, did you ...
    """
    text = form if isinstance(form, str | bytes) else json.dumps(dict(form))
    try:
        found = json.loads(text)
    except ValueError as problem:
        raise InvalidValue(shown(text), f"a request as JSON: {problem}") from None
    if not isinstance(found, dict):
        raise InvalidValue(shown(text), "a request as an object of JSON")
    word = found.pop("type", None)
    if not isinstance(word, str) or word not in TYPES:
        near = get_close_matches(str(word), TYPES, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise InvalidValue(repr(word), f"{ONE_OF}{hint}", attribute="type")
    from pydantic import ValidationError

    kind = TYPES[word]
    try:
        checked = model_of(word).model_validate_json(json.dumps(well_formed(found)))
    except ValidationError as error:
        wrong = "; ".join(problems(error.errors(include_url=False, include_input=False), kind))
        raise InvalidValue(shown(text), f"a request: {wrong}") from None
    said = {name: restored(getattr(checked, name), found[name]) for name in checked.model_fields_set}
    return cast(Request, kind(**said))


def well_formed(value: Any) -> Any:
    """The same without the halves of characters that stand for bytes which nobody could decode."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [well_formed(each) for each in value]
    if isinstance(value, dict):
        return {well_formed(key): well_formed(each) for key, each in value.items()}
    return value


def restored(checked: Any, said: Any) -> Any:
    """What was checked, with texts as they were said: mail has senders of any bytes."""
    if isinstance(checked, str) and isinstance(said, str):
        return said
    if isinstance(checked, tuple) and isinstance(said, list):
        return tuple(restored(*pair) for pair in zip(checked, said, strict=True))
    return checked


def shown(text: str | bytes) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


@cache
def model_of(word: str) -> type[BaseModel]:
    """The class of requests as pydantic checks it: the same fields, nothing else."""
    from pydantic import ConfigDict, create_model

    kind = TYPES[word]
    resolve_types(kind)
    members = {
        each.name: (each.type, ... if each.default is NOTHING else each.default) for each in fields(kind)
    }
    strict = ConfigDict(extra="forbid", strict=True, frozen=True)
    return create_model(kind.__name__, __config__=strict, **members)  # type: ignore[call-overload, no-any-return]


def problems(errors: list[Any], kind: type[Any]) -> Iterator[str]:
    """What is wrong, each with its key."""
    known = [each.name for each in fields(kind)]
    for error in errors:
        place = ".".join(map(str, error["loc"]))
        if error["type"] == "extra_forbidden":
            near = get_close_matches(place, known, 1)
            yield f"{place}: unknown, {f'did you mean {near[0]}?' if near else f'expected {known}'}"
        elif error["type"] == "missing":
            yield f"{place}: missing"
        else:
            yield f"{place}: {error['msg']}"


def schema() -> dict[str, Any]:
    """The JSON Schema of requests."""
    adapter = one_of_all()
    return adapter.json_schema()


@cache
def one_of_all() -> TypeAdapter[Any]:
    """All requests, told apart by their type."""
    from typing import Annotated, Literal, Union

    from pydantic import Field, TypeAdapter, create_model

    make: Any = create_model
    typed: Any = tuple(
        make(kind.__name__, __base__=model_of(word), type=(Literal[word], ...))
        for word, kind in TYPES.items()
    )
    told_apart: Any = Annotated[Union[typed], Field(discriminator="type")]  # noqa: UP007
    return TypeAdapter(told_apart)
