"""The reference page of the configuration file, written from its fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import BaseModel

from ..tables import markdown_table
from .fields import Configuration, ServerSettings
from .kinds import fields_of

__all__ = ["configuration_markdown"]

PAGE: Final = """\
<!-- Generated from mailpolicy/config/fields.py: do not edit. -->

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

## The file

{whole}

## A section `[servers.NAME]`

{server}

An unknown key or a wrong value is refused, with the key and what was expected. A password of the file is only
ever sent with the name beside it.

## What comes first

Options of the command line count before the environment, and that before the file.

{variables}
"""

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
    return PAGE.format(
        whole=markdown_table(HEAD, rows(Configuration)),
        server=markdown_table(HEAD, rows(ServerSettings)),
        variables=markdown_table(["option", "variable", "key"], VARIABLES),
    )


HEAD: Final = ("key", "expects", "what it does")


def rows(model: type[BaseModel]) -> Iterator[Sequence[str]]:
    for key, field in fields_of(model).items():
        required = ", required" if field.is_required() else ""
        yield f"`{key}`", f"{field.title}{required}", field.description or ""
