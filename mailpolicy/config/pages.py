"""The reference page of the configuration file, written from its fields."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel

from ..tables import markdown_table
from .fields import Configuration, ServerSettings
from .file import section_in
from .kinds import fields_of
from .protocols import Listener
from .sections import Serving

__all__ = ["EXAMPLE", "configuration_markdown"]

PAGE: Final = """\
<!-- Generated from the sections of mailpolicy/config/: do not edit. -->

# The configuration file

`~/.config/mailpolicy.toml`, or `mailpolicy.toml` in the folder that `XDG_CONFIG_HOME` names, or the file that
`MAILPOLICY_CONFIG` names. The command line reads it; nothing needs it. It is [TOML](https://toml.io):

```toml
[servers.acme]
url = "ldaps://ldap1.acme.example ldaps://ldap2.acme.example/o=mail"
bind_dn = "cn=policy,ou=services,o=mail"
password_file = "/etc/mailpolicy/policy.password"
ca_file = "/etc/mailpolicy/ca.pem"
```

Then `@acme` is that directory wherever the command line wants a SOURCE, and so is its URL as it stands there.

An unknown key or a wrong value is refused, with the key and what was expected. A relative path starts where
the file stands, but that of a unix socket, which is whole.

## Servers

{whole}

## A section `[servers.NAME]`

{server}

A password of the file is only ever sent with the name beside it.

## What comes first

Options of the command line count before the environment, and that before the file.

{variables}

## What is served

`mailpolicy serve --config FILE` serves what the following keys and sections say; `--check` says whether it
could, and everything that is wrong. A whole file:

```toml
{example}```

{serving}

{protocols}

{others}

## At SIGHUP

The file is read anew, and all of it counts, or, where something is wrong with it, nothing: the log says so,
and what was goes on. Rules, devices, the journal, the log, the places to listen and what is said of each
protocol change; a source that is a file is read anew, another server is followed once it answers.

Connections stay. What is asked there is decided by the new rules, but as long as they last they keep
`settle_at`, `utf8`, `sees_body`, the keys of `[socketmap]` and the key of Dovecot. Where they are more than
a new `max_connections` they stay, too; only who comes then is turned away.

`workers`, `[counters]`, `[metrics]` and the `path` of `[stores]` wait for the next start.

## With systemd

Started as `Type=notify` or `notify-reload`, it says when it is ready, reloads and stops. A socket of a unit
`.socket` is `fd:` and its `FileDescriptorName`, or its number from 3 on; several of one name are one place.
"""

EXAMPLE: Final = """\
source = "@acme"
cache = "/var/lib/mailpolicy/directory"
workers = 2

[servers.acme]
url = "ldaps://ldap1.acme.example ldaps://ldap2.acme.example/o=mail"
bind_dn = "cn=policy,ou=services,o=mail"
password_file = "/etc/mailpolicy/policy.password"

[policy]
listen = ["inet:127.0.0.1:10031", "unix:/run/mailpolicy/policy"]
mode = "660"
owner = "mailpolicy:postfix"

[socketmap]
listen = "inet:127.0.0.1:10032"
transport = "lmtp:unix:/run/dovecot/lmtp"
tcp_table = { transport = "inet:127.0.0.1:10033" }

[sasl]
listen = "unix:/run/mailpolicy/auth"
passwords = ["stored", "bind"]

[milter]
listen = "inet:127.0.0.1:10034"

[dovecot]
listen = "inet:127.0.0.1:10035"
key_file = "/etc/mailpolicy/dovecot.key"
quota = "unix:/run/mailpolicy/quota"

[exim]
listen = "unix:/run/mailpolicy/exim"

[rules]
warn = ["sender.address"]
on_unknown = { "recipient.exists" = "defer" }

[[devices]]
access = "block"
model = "Nokia*"

[counters]
store = "sqlite"
path = "/var/lib/mailpolicy/counters"

[stores]
path = "/var/lib/mailpolicy/stores"

[journal]
path = "/var/log/mailpolicy/decisions"
largest = "64 MiB"

[metrics]
listen = "inet:127.0.0.1:9106"

[log]
decisions = "refused"
"""
"""A file with every section. A test reads it."""

VARIABLES: Final = (
    ("`--bind-dn`", "`MAILPOLICY_BIND_DN`", "`bind_dn`"),
    ("`--password-file`", "`MAILPOLICY_PASSWORD_FILE`", "`password_file`"),
    ("`--password-prompt`", "`MAILPOLICY_PASSWORD`", "`password`"),
    ("`--external`", "", "`external`"),
    ("`--ca-file`", "`MAILPOLICY_CA_FILE`", "`ca_file`"),
    ("`--start-tls`", "", "`start_tls`"),
    ("`--plain`", "", "`plain`"),
    ("`--dialect`", "", "`dialect`"),
    ("`--schema`", "", "`schema`"),
    ("`--statuses`", "", "`statuses`"),
)


def configuration_markdown() -> str:
    """Every key of the file as a page in Markdown."""
    sections = {key: section for key, field in fields_of(Serving).items() if (section := section_of(field))}
    protocols = {key: section for key, section in sections.items() if issubclass(section, Listener)}
    common = {**fields_of(Listener)}
    return PAGE.format(
        whole=table(fields_of(Configuration), but=fields_of(Serving)),
        server=table(fields_of(ServerSettings)),
        variables=markdown_table(["option", "variable", "key"], VARIABLES),
        example=EXAMPLE,
        serving=table(fields_of(Serving), but=sections),
        protocols="\n\n".join(
            (
                f"### Every protocol\n\n{table(common)}",
                *(chapter(key, section, but=common) for key, section in protocols.items()),
            )
        ),
        others="\n\n".join(
            chapter(key, section) for key, section in sections.items() if key not in protocols
        ),
    )


HEAD: Final = ("key", "expects", "what it does", "default")


def chapter(key: str, section: type[BaseModel], but: Container[str] = ()) -> str:
    """What a section may say."""
    about = (section.__doc__ or "").strip().removesuffix(".")
    own = fields_of(section)
    if all(name in but for name in own):
        return f"### {about}"
    return f"### {about}\n\n{table(own, but)}"


def table(fields: Mapping[str, Any], but: Container[str] = ()) -> str:
    """The keys of a section, some of which stand elsewhere."""
    return markdown_table(HEAD, [row(key, field) for key, field in fields.items() if key not in but])


def row(key: str, field: Any) -> Sequence[str]:
    if field.is_required():
        default = "required"
    elif field.default_factory is not None or field.default in (None, ""):
        default = ""
    else:
        default = f"`{json.dumps(field.default)}`"
    return f"`{key}`", field.title, field.description or "", default


def section_of(field: Any) -> type[BaseModel] | None:
    """The section that a key holds."""
    return section_in(field.annotation)
