"""The sections that say what is kept of decisions, and where."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from .kinds import PORT, STRICT, Bytes, FilePath, Port

__all__ = ["CountersSection", "JournalSection", "LogSection", "MetricsSection", "StoresSection"]


class CountersSection(BaseModel):
    """`[counters]`: where is counted what was sent."""

    model_config = STRICT

    store: Literal["memory", "sqlite", "redis"] = Field(
        "memory",
        title="memory, sqlite or redis",
        description="`memory` for one process, `sqlite` for those of a host, `redis` for several hosts",
    )
    path: FilePath | None = Field(
        None,
        title="the path of a file",
        description="The database of `sqlite`; where `memory` saves its counts when the process ends",
    )
    url: str | None = Field(
        None, title="a URL such as redis://127.0.0.1:6379/0", description="The server of `redis`"
    )


class JournalSection(BaseModel):
    """`[journal]`: a line for each decision."""

    model_config = STRICT

    path: FilePath = Field(
        title="the path of a file", description="The file; each worker but the first has its own"
    )
    key_file: FilePath | None = Field(
        None,
        title="the path of a file",
        description="Holds a key of at least 16 bytes, with which is hidden who it is about",
    )
    largest: Bytes = Field(
        256 * 2**20, title="a size such as 256 MiB", description="A file that is larger is put aside"
    )
    kept: int = Field(8, ge=0, title="a whole number", description="How many files that were put aside stay")


class StoresSection(BaseModel):
    """`[stores]`: what mail servers tell us, and decisions go by later."""

    model_config = STRICT

    path: FilePath = Field(
        title="the path of a file",
        description="The database (SQLite) of how full mailboxes are and of last logins, for all workers; "
        "without it the former is forgotten with the process, the latter at once",
    )
    usage: FilePath | None = Field(
        None,
        title="the path of a file",
        description="A mailbox and its bytes, or a size such as 1.5 GiB, on each line: read at the start and "
        "at each reload, where nobody else tells",
    )


class MetricsSection(BaseModel):
    """`[metrics]`: figures for Prometheus."""

    model_config = STRICT

    listen: Port = Field(title=PORT, description="Where Prometheus asks, at `/metrics`")


class LogSection(BaseModel):
    """`[log]`: what is said on standard error, where systemd keeps it."""

    model_config = STRICT

    decisions: Literal["all", "refused", "none"] = Field(
        "refused", title="all, refused or none", description="Which decisions have a line of their own"
    )
