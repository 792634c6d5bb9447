"""A section for each protocol that mail servers speak."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, PositiveInt, model_validator

from .kinds import PLACES, SECONDS, STRICT, FilePath, MarkOfSpam, Owner, Permissions, Places, Seconds

__all__ = [
    "DovecotSection",
    "EximSection",
    "Listener",
    "MilterSection",
    "PolicySection",
    "SaslSection",
    "SocketmapSection",
]


class Listener(BaseModel):
    """What every protocol has."""

    model_config = STRICT

    listen: Places = Field(
        title=PLACES,
        description="Where mail servers connect: `inet:127.0.0.1:10031`, `inet:[::1]:10031`, "
        "`unix:/run/mailpolicy/policy`, or `fd:policy` for a socket of that name that systemd hands over",
    )
    mode: Permissions | None = Field(
        None, title="three octal digits", description="The permissions of a unix socket, such as `660`"
    )
    owner: Owner | None = Field(
        None,
        title="USER, USER:GROUP or :GROUP",
        description="Whose the unix socket is, such as `root:postfix`",
    )
    idle_seconds: Seconds = Field(
        1200.0,
        title=SECONDS,
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
    utf8: bool = Field(
        False,
        title="true or false",
        description="Whether texts are told as they are, to clients that may not understand them, too",
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
        min_length=1,
        title="a list of bind, stored",
        description="How a password is checked, in order: `stored` compares it with the hashes of the "
        "directory, `bind` lets the LDAP server do it",
    )
    application_passwords: FilePath | None = Field(
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

    sees_body: bool = Field(
        True,
        title="true or false",
        description="Whether the size of a message is counted, which takes sending all of it here; "
        "otherwise what the client has announced is believed",
    )
    forwards: bool = Field(
        False,
        title="true or false",
        description="Whether recipients are exchanged for their forwards here; not where a table of aliases "
        "does it, such as `[socketmap]`",
    )
    spam_header: MarkOfSpam = Field(
        "",
        title="a header such as X-Spam-Flag: YES",
        description="What a filter that is asked before this one adds to spam: it is then filed as its "
        "recipients want, by a header `X-Mailpolicy-Folder: Junk` or `Inbox`; what others write there is "
        "taken out",
    )


class DovecotSection(Listener):
    """`[dovecot]`: Dovecot's authentication policy over HTTP, and its dictionary of quotas."""

    listen: Places = Field(
        default_factory=list,
        title=PLACES,
        description="Where Dovecot asks about logins: the host and port of its `auth_policy_server_url`",
    )
    key_file: FilePath | None = Field(
        None,
        title="the path of a file",
        description="Holds what Dovecot sends as `Authorization`, which is the value of its "
        "`auth_policy_server_api_header`; who sends something else is not answered",
    )
    quota: Places = Field(
        default_factory=list,
        title=PLACES,
        description="Where Dovecot's `quota_clone` tells how full mailboxes are",
    )

    @model_validator(mode="after")
    def _somewhere(self) -> DovecotSection:
        if not (self.listen or self.quota):
            raise ValueError("expected listen or quota")
        return self


class EximSection(Listener):
    """`[exim]`: the policy protocol for Exim's `readsocket`."""
