"""What the configuration file may say: every key with what is expected of it and what it does.

The `title` of a field is what an error message expects, its `description` what the reference page says. Needs
pydantic, so only `config.file` imports it, and only where there is a file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, PrivateAttr, SecretStr, model_validator

from ..schema import DIALECTS
from ..status.table import TABLES
from .kinds import SECONDS, STRICT, FilePath, Seconds, name, one_of, urls
from .sections import Serving

__all__ = ["Configuration", "ServerSettings"]


class ServerSettings(BaseModel):
    """A section `[servers.NAME]`."""

    model_config = STRICT

    url: Annotated[str, AfterValidator(urls)] = Field(
        title="LDAP URLs with a space between two",
        description="The servers, all with the same content, in the order in which they are tried; the last "
        "URL names the base, which holds for all",
    )
    bind_dn: Annotated[str, AfterValidator(name)] | None = Field(
        None, title="a DN", description="The name to log in with; without it the server is asked anonymously"
    )
    password_file: FilePath | None = Field(
        None,
        title="the path of a file",
        description="Holds the password and nothing else but perhaps a line break at its end; it is read at "
        "each connection. A relative path starts at the configuration file",
    )
    password: SecretStr | None = Field(
        None,
        title="a text",
        description="The password itself. The file is then refused if others may read it: `chmod 600`",
    )
    external: bool | None = Field(
        None,
        title="true or false",
        description="Let the connection say who we are (SASL EXTERNAL): the user of an `ldapi://` socket",
    )
    ca_file: FilePath | None = Field(
        None,
        title="the path of a file",
        description="The certificates of who signed the server's, as PEM; by default those the system trusts",
    )
    start_tls: bool | None = Field(
        None, title="true or false", description="Encrypt a connection to `ldap://` before anything is said"
    )
    plain: bool | None = Field(
        None,
        title="true or false",
        description="Send the password over `ldap://` without TLS, where others on the way can read it",
    )
    client: Literal["auto", "python-ldap", "ldap3"] | None = Field(
        None,
        title="one of auto, python-ldap, ldap3",
        description="The library that speaks LDAP; by default python-ldap if it is installed, else ldap3",
    )
    network_timeout: Seconds | None = Field(
        None, title=SECONDS, description="Seconds to wait for a connection"
    )
    operation_timeout: Seconds | None = Field(
        None, title=SECONDS, description="Seconds to wait for an answer"
    )
    dialect: Annotated[str, AfterValidator(one_of(("auto", *DIALECTS)))] | None = Field(
        None,
        title=f"one of auto, {', '.join(DIALECTS)}",
        description="How the directory stores settings; recognised by default",
    )
    schema_file: FilePath | None = Field(
        None,
        alias="schema",
        title="the path of a file",
        description="The definitions the server has, if they are not to be asked for: LDIF or `.schema`",
    )
    statuses: Annotated[str, AfterValidator(one_of(TABLES))] | None = Field(
        None,
        title=f"one of {', '.join(TABLES)}",
        description="The status table; by default that of the dialect",
    )

    @model_validator(mode="after")
    def _one_way_to_log_in(self) -> ServerSettings:
        passwords = [key for key in ("password", "password_file") if getattr(self, key) is not None]
        if self.external and (passwords or self.bind_dn):
            raise ValueError("external needs neither a name nor a password")
        if len(passwords) > 1:
            raise ValueError("expected either password or password_file")
        if passwords and not self.bind_dn:  # the other way round the password may come from elsewhere
            raise ValueError(f"{passwords[0]} needs a bind_dn to go with it")
        return self


class Configuration(Serving):
    """The whole file. Paths in it that are relative start where it stands."""

    _file: Path = PrivateAttr(default_factory=Path)

    default: str | None = Field(
        None,
        title="the name of a server",
        description="The server that `@` alone means; without it `@` is the only one",
    )
    servers: dict[str, ServerSettings] = Field(
        default_factory=dict,
        title="a section [servers.NAME] for each server",
        description="The servers, each in a section `[servers.NAME]`, which the command line calls `@NAME`",
    )

    @model_validator(mode="after")
    def _default_is_there(self) -> Configuration:
        if self.default is not None and self.default not in self.servers:
            raise ValueError(f"default: there is no section [servers.{self.default}]")
        return self

    @property
    def file(self) -> Path:
        """Where it was read."""
        return self._file

    def path(self, said: str) -> Path:
        """What a path of the file means."""
        return self._file.parent / Path(said).expanduser()
