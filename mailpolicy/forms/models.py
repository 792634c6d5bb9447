"""The forms as pydantic checks them, made of the types they stand for.

The `title` of a field is what an error expects, its `description` what a reference page says. Needs pydantic,
so only `reading` imports it, and only where something is read.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal, get_args, get_type_hints

from attrs import NOTHING
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    create_model,
)
from pydantic.json_schema import models_json_schema

from ..decision import Counter, Mode, Verdict
from ..decision.requests import PasswordIs
from ..freshness import State
from .said import SAID
from .writing import KINDS, Json, in_order

__all__ = ["REQUESTS", "DecisionForm", "UsageForm", "schema"]

STRICT: Final = ConfigDict(extra="forbid", strict=True, frozen=True)


def moment(value: object) -> object:
    """A moment out of its notation; only text is one."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError("no text")
    return datetime.fromisoformat(value)


Moment = Annotated[AwareDatetime, BeforeValidator(moment)]
Period = Annotated[tuple[Moment, Moment], Field(strict=False)]
Amount = Annotated[int, Field(ge=0)]

TYPES: Final[dict[Any, tuple[Any, str]]] = {
    str: (str, "a text"),
    bool: (bool, "true or false"),
    int: (Amount, "a whole number, not below 0"),
    float | None: (float | None, "a number, or null"),
    tuple[str, ...]: (Annotated[tuple[str, ...], Field(strict=False)], "a list of texts"),
    tuple[str, ...] | None: (
        Annotated[tuple[str, ...], Field(strict=False)] | None,
        "a list of texts, or null",
    ),
    tuple[tuple[datetime, datetime], ...]: (
        Annotated[tuple[Period, ...], Field(strict=False)],
        "a list of pairs of moments such as 2026-03-01T09:00:00+01:00",
    ),
    PasswordIs: (PasswordIs, f"one of {', '.join(get_args(PasswordIs))}"),
    Any: (Any, "any value"),
}
"""How a type of Python is checked, and what an error calls it."""


def model_of(kind: type[Any]) -> type[BaseModel]:
    """The form of a type of request."""
    hints = get_type_hints(kind)
    fields: dict[str, Any] = {}
    for each in in_order(kind):
        type_, title = TYPES[hints[each.name]]
        default = ... if each.default is NOTHING else each.default
        said = SAID[kind.__name__.lower()][each.name]
        fields[each.name] = (type_, Field(default, title=title, description=said))
    return create_model(kind.__name__, __config__=STRICT, __doc__=first_line(kind), **fields)


def first_line(kind: type[Any]) -> str:
    return (kind.__doc__ or "").partition("\n")[0]


REQUESTS: Final[dict[str, type[BaseModel]]] = {name: model_of(kind) for name, kind in KINDS.items()}
"""By kind."""


def counter(text: str) -> str:
    """A counter as it is written: as it would be written again."""
    if str(Counter.parse(text)) != text:
        raise ValueError("no counter")
    return text


CounterName = Annotated[str, AfterValidator(counter)]


class UsageForm(BaseModel):
    """Counts that a decision goes by."""

    model_config = ConfigDict(**STRICT, title="Usage")

    counts: dict[CounterName, Amount] = Field(
        default_factory=dict,
        title="an object of whole numbers, by names such as messages/86400 john@acme.example",
        description="How much is used, by what is counted, in how many seconds, and of whom",
    )
    doubt: str = Field("", title="a text", description="Why the counts may be too low; empty for no reason")
    counts_unseen: bool = Field(
        False, title="true or false", description="Whether what is not there is not used, instead of unknown"
    )


class ReplyForm(BaseModel):
    """What the remote side is told."""

    model_config = ConfigDict(**STRICT, title="Reply")

    code: int = Field(ge=200, le=599, description="The code of SMTP")
    status: str = Field(description="The enhanced status, RFC 3463")
    text: str = Field(description="The words")


class OriginForm(BaseModel):
    """Where a setting stands."""

    model_config = ConfigDict(**STRICT, title="Origin")

    level: str
    dn: str | None
    attribute: str | None
    raw: list[str]


class ReasonForm(BaseModel):
    """One step of the trail."""

    model_config = ConfigDict(**STRICT, title="Reason")

    id: str = Field(description="The rule, or what it went by")
    matched: bool = Field(description="Whether it had an effect")
    text: str
    origins: list[OriginForm]


class ChargeForm(BaseModel):
    """What is to be counted."""

    model_config = ConfigDict(**STRICT, title="Charge")

    counter: str
    amount: int
    limit: int = Field(description="What the counter may reach, 0 for anything")


class EffectForm(BaseModel):
    """What else comes of it: `effect` says which, and which others are there."""

    model_config = ConfigDict(strict=True, frozen=True, extra="allow", title="Effect")

    effect: Literal["deliver_to", "file_into", "auto_reply", "header", "device_order", "decline_instances"]


class NoticeForm(BaseModel):
    """A mail to send."""

    model_config = ConfigDict(**STRICT, title="Notice")

    kind: str
    recipients: list[str]
    about: str
    text: str


class ObservedForm(BaseModel):
    """What a rule would have done that is only watched."""

    model_config = ConfigDict(**STRICT, title="Observed")

    rule: str
    mode: Mode = Field(strict=False)
    verdict: Verdict = Field(strict=False)
    text: str


class RuleErrorForm(BaseModel):
    """A rule that failed."""

    model_config = ConfigDict(**STRICT, title="RuleError")

    rule: str
    error: str


class FreshnessForm(BaseModel):
    """How far the directory could be taken for one of that moment."""

    model_config = ConfigDict(**STRICT, title="Freshness")

    state: State = Field(strict=False)
    source: str
    method: str
    age: float
    since: Moment | None
    why: str


class DecisionForm(BaseModel):
    """What is to become of a request, and why."""

    model_config = ConfigDict(**STRICT, title="Decision")

    verdict: Verdict = Field(strict=False)
    reply: ReplyForm | None
    rule: str | None = Field(description="The rule that decided, null where none had to")
    redirect_to: str = Field(description="The address of a redirect")
    unknown: str = Field(description="Why nobody can tell, where that decided")
    request: dict[str, Any]
    usage: UsageForm
    at: Moment
    revision: str | None
    freshness: FreshnessForm
    reasons: list[ReasonForm] | None = Field(None, description="The trail; not there unless asked for")
    charges: list[ChargeForm]
    effects: list[EffectForm]
    notices: list[NoticeForm]
    observed: list[ObservedForm]
    errors: list[RuleErrorForm]


def with_kind(name: str, model: type[BaseModel]) -> type[BaseModel]:
    """The form with the name of its kind, as it is written."""
    kind: Any = Literal[name]
    field: Any = (kind, Field(description="Which request it is"))
    return create_model(model.__name__, __base__=model, __doc__=model.__doc__, kind=field)


def schema() -> Json:
    """The JSON Schema of requests, counts and decisions."""
    kinds = {name: with_kind(name, model) for name, model in REQUESTS.items()}
    shapes = [(each, "validation") for each in (*kinds.values(), UsageForm, DecisionForm)]
    references, found = models_json_schema(shapes, title="Request")  # type: ignore[arg-type]
    requests = [references[model, "validation"] for model in kinds.values()]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found, "oneOf": requests}
