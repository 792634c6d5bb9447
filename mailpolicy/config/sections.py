"""What the configuration file says about serving mail servers: keys at its top, and all its sections."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, PositiveInt

from ..schema import DIALECTS
from ..status.table import TABLES
from .keeping import CountersSection, JournalSection, LogSection, MetricsSection, StoresSection
from .kinds import STRICT, FilePath, one_of
from .protocols import (
    DovecotSection,
    EximSection,
    MilterSection,
    PolicySection,
    SaslSection,
    SocketmapSection,
)
from .ruling import DeviceSection, RulesSection

__all__ = ["Serving"]


class Serving(BaseModel):
    """The keys at the top of the file that say what is served, and the sections that say where."""

    model_config = STRICT

    source: FilePath | None = Field(
        None,
        title="an LDIF file, LDAP URLs or @NAME",
        description="The directory that `mailpolicy serve` answers from",
    )
    dialect: Annotated[str, AfterValidator(one_of(("auto", *DIALECTS)))] | None = Field(
        None, title=f"one of auto, {', '.join(DIALECTS)}", description="How the source stores settings"
    )
    statuses: Annotated[str, AfterValidator(one_of(TABLES))] | None = Field(
        None, title=f"one of {', '.join(TABLES)}", description="The status table"
    )
    cache: FilePath | None = Field(
        None,
        title="the path of a file",
        description="Where the directory is kept for the next start, which then needs no server",
    )
    workers: PositiveInt = Field(
        1, title="a whole number above 0", description="How many processes share the work"
    )
    policy: PolicySection | None = None
    socketmap: SocketmapSection | None = None
    sasl: SaslSection | None = None
    milter: MilterSection | None = None
    dovecot: DovecotSection | None = None
    exim: EximSection | None = None
    rules: RulesSection = Field(default_factory=partial(RulesSection.model_validate, {}))
    devices: list[DeviceSection] = Field(default_factory=list)
    counters: CountersSection = Field(default_factory=partial(CountersSection.model_validate, {}))
    stores: StoresSection | None = None
    journal: JournalSection | None = None
    metrics: MetricsSection | None = None
    log: LogSection = Field(default_factory=partial(LogSection.model_validate, {}))
