"""How to reach a server: what the options say counts before the environment, and that before the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import asdict, frozen

from ..ldap.dn import DN
from ..live.bind import Bind
from .file import Misconfigured, location

if TYPE_CHECKING:
    from .fields import Configuration, ServerSettings

__all__ = ["Access", "Given", "access_to"]

MARK: Final = "@"
"""Before the name of a server; a file may be called `acme` and still be meant."""

WHERE: Final = "--password-file, -W, MAILPOLICY_PASSWORD_FILE, MAILPOLICY_PASSWORD or the configuration"


@frozen
class Given:
    """What the options or the environment say; None and False for what they do not."""

    bind_dn: str | None = None
    password: Callable[[], str] | None = None
    password_file: str | None = None
    external: bool = False
    ca_file: str | None = None
    start_tls: bool = False
    plain: bool = False

    @classmethod
    def by_environment(cls, known: Mapping[str, str]) -> Given:
        """What `MAILPOLICY_*` say; an empty one says nothing."""
        password = known.get("MAILPOLICY_PASSWORD")
        return cls(
            bind_dn=known.get("MAILPOLICY_BIND_DN") or None,
            password=(lambda: password) if password else None,
            password_file=known.get("MAILPOLICY_PASSWORD_FILE") or None,
            ca_file=known.get("MAILPOLICY_CA_FILE") or None,
        )


@frozen
class Access:
    """A server and how to talk to it; None leaves it to who connects."""

    url: str
    bind: Bind | None = None
    ca_file: str | None = None
    start_tls: bool = False
    plain: bool = False
    client: str | None = None
    network_timeout: float | None = None
    operation_timeout: float | None = None
    dialect: str | None = None
    schema: str | None = None
    statuses: str | None = None

    def connecting(self) -> dict[str, Any]:
        """The arguments that say how to connect, of `Servers.parse` and `mailpolicy.open`, the URL apart."""
        said = asdict(self, recurse=False)
        for name in ("url", "dialect", "schema", "statuses"):
            del said[name]
        return {name: value for name, value in said.items() if value is not None and value is not False}


def access_to(
    source: str, options: Given, environment: Mapping[str, str], configuration: Configuration | None
) -> Access:
    """How to reach `source`: a URL, or `@NAME` of the configuration; `@` alone is the default one.

    A section also counts for the very URL that stands in it. Raises Misconfigured.
    """
    section = section_of(source, environment, configuration)
    surroundings = Given.by_environment(environment)
    return Access(
        url=source if section is None else section.url,
        bind=bind_of(options, surroundings, section, location(environment).parent),
        ca_file=options.ca_file or surroundings.ca_file or in_file(section, "ca_file", environment),
        start_tls=options.start_tls or bool(section and section.start_tls),
        plain=options.plain or bool(section and section.plain),
        client=section.client if section else None,
        network_timeout=section.network_timeout if section else None,
        operation_timeout=section.operation_timeout if section else None,
        dialect=section.dialect if section else None,
        schema=in_file(section, "schema_file", environment),
        statuses=section.statuses if section else None,
    )


def in_file(section: ServerSettings | None, key: str, environment: Mapping[str, str]) -> str | None:
    """A path that stands in the file, and starts there if it is relative."""
    path = getattr(section, key) if section else None
    return None if path is None else str(location(environment).parent / Path(path).expanduser())


def section_of(
    source: str, environment: Mapping[str, str], configuration: Configuration | None
) -> ServerSettings | None:
    servers = configuration.servers if configuration else {}
    if not source.startswith(MARK):
        return next((each for each in servers.values() if each.url.split() == source.split()), None)
    name = source.removeprefix(MARK) or (configuration and configuration.default)
    if not name and len(servers) == 1:
        (name,) = servers
    if name and name in servers:
        return servers[name]
    raise Misconfigured(str(location(environment)), (unknown(name or "", tuple(servers)),))


def unknown(name: str, servers: tuple[str, ...]) -> str:
    """Say that there is no such section."""
    if not name:
        return (
            "@ alone needs a key default with the name of a server" if servers else "there is no server in it"
        )
    near = get_close_matches(name, servers, 2)
    hint = f"; did you mean {' or '.join(MARK + each for each in near)}?" if near else ""
    return f"there is no section [servers.{name}]{hint}"


def bind_of(options: Given, surroundings: Given, section: ServerSettings | None, folder: Path) -> Bind | None:
    if options.external:
        if options.bind_dn or options.password or options.password_file:
            raise Misconfigured("--external", ("needs neither a name nor a password",))
        return Bind.external()
    dn = options.bind_dn or surroundings.bind_dn
    if dn is None and section and section.external:
        return Bind.external()
    named = section.bind_dn if section else None
    # The file's password belongs to the file's name; it is never sent with another.
    trusted = section if section and (dn is None or same(dn, named)) else None
    dn = dn or named
    for given, where in ((options, "the options"), (surroundings, "the environment")):
        if given.password and given.password_file:
            raise Misconfigured(where, ("a password and a file with one: expected one of them",))
        if given.password or given.password_file:
            return named_bind(dn, given, where)
    if dn is None:
        return None
    if trusted and trusted.password_file:
        return Bind.from_file(dn, folder / Path(trusted.password_file).expanduser())
    if trusted and trusted.password:
        return Bind(dn, trusted.password.get_secret_value)
    raise Misconfigured("", (f"no password for {dn}: expected {WHERE}",))


def named_bind(dn: str | None, given: Given, where: str) -> Bind:
    if dn is None:
        raise Misconfigured(where, ("a password, but no name to go with it: --bind-dn, MAILPOLICY_BIND_DN",))
    if given.password_file:
        return Bind.from_file(dn, given.password_file)
    return Bind(dn, given.password)


def same(one: str, other: str | None) -> bool:
    """Whether two spellings name the same, as far as can be told without a schema."""
    return other is not None and str(DN.parse(one)).lower() == str(DN.parse(other)).lower()
