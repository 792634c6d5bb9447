"""What the configuration file may say about serving mail servers: a section for each protocol and store."""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, PositiveFloat, PositiveInt

from ..decision import Mode, OnUnknown
from ..errors import InvalidValue
from ..schema import DIALECTS
from ..schema.catalog.services import DeviceAccess
from ..status.table import TABLES
from ..values import Size
from .kinds import STRICT, one_of

__all__ = [
    "CountersSection",
    "DeviceSection",
    "DovecotSection",
    "EximSection",
    "JournalSection",
    "Listener",
    "LogSection",
    "MetricsSection",
    "MilterSection",
    "PolicySection",
    "RulesSection",
    "SaslSection",
    "Serving",
    "SocketmapSection",
]

PLACE: Final = re.compile(r"inet:(\[[0-9a-fA-F:.]+\]|[^:\[\]]+):[0-9]{1,5}|unix:/.+|fd:[a-zA-Z0-9_.-]+")
PLACES: Final = "inet:HOST:PORT, unix:/PATH or fd:NAME, or a list of them"
OCTAL: Final = re.compile(r"0?[0-7]{3}")


def place(text: str) -> str:
    if not PLACE.fullmatch(text):
        raise ValueError("expected inet:HOST:PORT, unix:/PATH or fd:NAME")
    return text


def several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def permissions(text: str) -> str:
    if not OCTAL.fullmatch(text):
        raise ValueError("expected three octal digits, such as 660")
    return text


def size(value: Any) -> int:
    try:
        return int(Size(value))
    except InvalidValue as problem:
        raise ValueError(f"expected {problem.expected}") from None


Places = Annotated[list[Annotated[str, AfterValidator(place)]], BeforeValidator(several)]
Ids = list[str]


class Listener(BaseModel):
    """What every protocol has."""

    model_config = STRICT

    listen: Places = Field(
        title=PLACES,
        description="Where mail servers connect: `inet:127.0.0.1:10031`, `inet:[::1]:10031`, "
        "`unix:/run/mailpolicy/policy`, or `fd:policy` for a socket of that name that systemd hands over",
    )
    mode: Annotated[str, AfterValidator(permissions)] | None = Field(
        None, title="three octal digits", description="The permissions of a unix socket, such as `660`"
    )
    owner: str | None = Field(
        None, title="USER or USER:GROUP", description="Whose the unix socket is, such as `root:postfix`"
    )
    idle_seconds: PositiveFloat = Field(
        1200.0,
        title="a number of seconds above 0",
        description="How long a silent connection stays open; Postfix keeps its own for up to 1000 s, and "
        "waits a second whenever it finds one closed",
    )
    max_connections: PositiveInt = Field(
        2000, title="a whole number above 0", description="How many there are at a time; more are turned away"
    )


class PolicySection(Listener):
    """`[policy]`: Postfix policy delegation."""

    settle_at: Literal["end", "rcpt"] = Field(
        "end",
        title="end or rcpt",
        description="When a message counts: `end` where `smtpd_end_of_data_restrictions` asks too, `rcpt` "
        "where only recipients are asked about; then refused messages count as well",
    )


class SocketmapSection(Listener):
    """`[socketmap]`: Postfix lookup tables."""

    expander: str = Field(
        "",
        title="an address with {local} in it",
        description="Where mail goes for lists with more members than Postfix takes, such as "
        "`{local}+expand@{domain}`: a program that delivers to them in portions. Without one it is deferred",
    )
    expander_transport: str = Field(
        "", title="a transport", description="How mail for such addresses gets there"
    )
    transport: str = Field(
        "",
        title="a transport such as lmtp:unix:/run/dovecot/lmtp",
        description="What the map `transport` answers for our domains, where they do not say themselves",
    )
    transports: dict[str, str] = Field(
        default_factory=dict,
        title="a table of transports",
        description="What it answers for further keys: an address, a domain, `.domain` for all below it, `*`",
    )
    relay_domains: list[str] = Field(
        default_factory=list, title="a list of domains", description="Those that mail is relayed for"
    )
    members_send: bool = Field(
        False, title="true or false", description="Whether members of a list may send as the list"
    )
    foreign_while_stale: bool = Field(
        False,
        title="true or false",
        description="Whether a domain that is not seen while the directory does not answer is somebody "
        "else's, so that mail for it leaves as ever; otherwise it waits",
    )
    tcp_table: dict[str, Places] = Field(
        default_factory=dict,
        title="a table of maps, each with where it listens",
        description="Where maps are asked by the older protocol `tcp:`, one place for each",
    )


class SaslSection(Listener):
    """`[sasl]`: logins of Postfix and Exim, by the protocol of Dovecot."""

    passwords: list[Literal["bind", "stored"]] = Field(
        ["stored"],
        title="a list of bind, stored",
        description="How a password is checked, in order: `stored` compares it with the hashes of the "
        "directory, `bind` lets the LDAP server do it",
    )
    application_passwords: str | None = Field(
        None,
        title="the path of a file",
        description="Application passwords: an address, a space and a hash on each line",
    )
    write_lockouts: bool = Field(
        False,
        title="true or false",
        description="Whether failures are written to the directory, which needs an account that may; "
        "otherwise this process counts them",
    )


class MilterSection(Listener):
    """`[milter]`: Sendmail's protocol of mail filters."""


class DovecotSection(Listener):
    """`[dovecot]`: the authentication policy of Dovecot, over HTTP."""

    quota: Places = Field(
        default_factory=list,
        title=PLACES,
        description="Where Dovecot's `quota_clone` tells how full mailboxes are",
    )


class EximSection(Listener):
    """`[exim]`: the policy protocol for Exim's `readsocket`."""


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
    on_unknown: dict[str, OnUnknown] = Field(
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


class CountersSection(BaseModel):
    """`[counters]`: where is counted what was sent."""

    model_config = STRICT

    store: Literal["memory", "sqlite", "redis"] = Field(
        "memory",
        title="memory, sqlite or redis",
        description="`memory` for one process, `sqlite` for those of a host, `redis` for several hosts",
    )
    path: str | None = Field(
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

    path: str = Field(
        title="the path of a file", description="The file; each worker but the first has its own"
    )
    key_file: str | None = Field(
        None,
        title="the path of a file",
        description="Holds a key of at least 16 bytes, with which addresses are hidden",
    )
    largest: Annotated[int, BeforeValidator(size)] = Field(
        256 * 2**20, title="a size such as 256 MiB", description="A file that is larger is put aside"
    )
    kept: int = Field(8, ge=0, title="a whole number", description="How many files that were put aside stay")


class MetricsSection(BaseModel):
    """`[metrics]`: figures for Prometheus."""

    model_config = STRICT

    listen: Annotated[str, AfterValidator(place)] = Field(
        title="inet:HOST:PORT", description="Where Prometheus asks, at `/metrics`"
    )


class LogSection(BaseModel):
    """`[log]`: what is said on standard error, where systemd keeps it."""

    model_config = STRICT

    decisions: Literal["all", "refused", "none"] = Field(
        "refused", title="all, refused or none", description="Which decisions have a line of their own"
    )


class Serving(BaseModel):
    """The keys at the top of the file that say what is served, and the sections that say where."""

    model_config = STRICT

    source: str | None = Field(
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
    cache: str | None = Field(
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
    journal: JournalSection | None = None
    metrics: MetricsSection | None = None
    log: LogSection = Field(default_factory=partial(LogSection.model_validate, {}))
