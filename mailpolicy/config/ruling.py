"""The sections that say by which rules is decided."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from ..decision import Mode, OnUnknown
from ..schema.catalog.services import DeviceAccess
from .kinds import STRICT, one_of

__all__ = ["DeviceSection", "RulesSection"]

Ids = list[str]


class RulesSection(BaseModel):
    """`[rules]`: which rules are asked, in which order and how they are heeded."""

    model_config = STRICT

    off: Ids = Field(default_factory=list, title="a list of rules", description="Rules that are not asked")
    warn: Ids = Field(
        default_factory=list,
        title="a list of rules",
        description="Rules that only warn, in the log of the mail server",
    )
    audit: Ids = Field(
        default_factory=list,
        title="a list of rules",
        description="Rules that only the journal and the metrics know",
    )
    enforce: Ids = Field(
        default_factory=list,
        title="a list of rules",
        description="Rules that are heeded, where they are not by default",
    )
    first: Ids = Field(
        default_factory=list,
        title="a list of rules",
        description="Rules that come before all others, in this order",
    )
    on_unknown: dict[str, Annotated[OnUnknown, Field(strict=False)]] = Field(
        default_factory=dict,
        title="a table of rules, each with defer, pass or reject",
        description="What becomes of a request where a rule cannot tell",
    )
    plugins: bool = Field(
        True,
        title="true or false",
        description="Whether rules that other packages offer under `mailpolicy.rules` are asked",
    )

    def modes(self) -> dict[str, Mode]:
        """The mode of each rule that is named."""
        return {
            id: mode
            for mode, ids in ((Mode.ENFORCE, self.enforce), (Mode.WARN, self.warn), (Mode.AUDIT, self.audit))
            for id in ids
        }


class DeviceSection(BaseModel):
    """`[[devices]]`: what becomes of mobile devices; the first that fits counts."""

    model_config = STRICT

    access: Annotated[str, AfterValidator(one_of(DeviceAccess))] = Field(
        title=f"one of {', '.join(DeviceAccess)}", description="What becomes of it"
    )
    model: str = Field("", title="a pattern", description="Of the model, as in a shell: `iPhone*`")
    user_agent: str = Field("", title="a pattern", description="Of what the device calls its program")
    account: str = Field("", title="a pattern", description="Of the address of the account")
    cos: str = Field("", title="a pattern", description="Of the name of the account's class of service")
