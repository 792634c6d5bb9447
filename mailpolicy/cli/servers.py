"""Servers as the command line speaks of them: by a URL, or by `@NAME` of the configuration."""

from __future__ import annotations

import os
import warnings
from argparse import ArgumentParser, Namespace
from contextlib import closing
from getpass import GetPassWarning, getpass
from typing import TYPE_CHECKING, Final

from ..config import Access, Given, access_to, configured
from ..errors import InvalidValue, NotFound
from ..ldap.dn import DN
from ..model import Directory
from ..source import is_url
from .arguments import readable
from .exits import Usage

if TYPE_CHECKING:
    from ..live.backend import Backend
    from ..live.servers import Servers

__all__ = ["access", "backend_of", "base_of", "is_server", "opened_server", "server_arguments", "servers_of"]

MARK: Final = "@"

SERVER: Final = "LDAP URLs in quotes, or @NAME of the configuration file"


def server_arguments(parser: ArgumentParser) -> None:
    """The options that say how to reach a server."""
    reaching = parser.add_argument_group("reaching a server")
    reaching.add_argument(
        "--bind-dn",
        metavar="DN",
        type=readable(DN.parse),
        help="log in with this name; see MAILPOLICY_BIND_DN",
    )
    password = reaching.add_mutually_exclusive_group()
    password.add_argument("--password-file", metavar="FILE", help="the password stands in this file")
    password.add_argument("-W", "--password-prompt", action="store_true", help="ask for the password")
    password.add_argument(
        "--external", action="store_true", help="let the connection say who we are (ldapi://)"
    )
    reaching.add_argument("--ca-file", metavar="FILE", help="who signed the server's certificate, as PEM")
    reaching.add_argument("--start-tls", action="store_true", help="encrypt connections to ldap://")
    reaching.add_argument(
        "--plain", action="store_true", help="send the password to ldap:// without encryption"
    )


def is_server(source: str) -> bool:
    """Tell a server from a file; a file called `@x` is `./@x`."""
    return source.startswith(MARK) or is_url(source)


def access(asked: Namespace, source: str) -> Access:
    """How to reach a server, from the options, the environment and the file. Raises Misconfigured."""
    if not is_server(source):
        raise Usage(f"{source}: expected a URL such as ldaps://ldap1.acme.example/o=mail, or @NAME")
    given = Given(
        bind_dn=asked.bind_dn,
        password=(lambda: typed) if asked.password_prompt and (typed := prompted(asked)) else None,
        password_file=asked.password_file,
        external=asked.external,
        ca_file=asked.ca_file,
        start_tls=asked.start_tls,
        plain=asked.plain,
    )
    # The verbs that go by the rules of a file have an option for it, and mean that file throughout.
    file = getattr(asked, "config", None)
    surroundings = os.environ if file is None else {**os.environ, "MAILPOLICY_CONFIG": file}
    return access_to(source, given, surroundings, configured(surroundings))


def prompted(asked: Namespace) -> str:
    """The password that somebody types, on the terminal and nowhere else."""
    whose = asked.bind_dn or "this name"
    with warnings.catch_warnings():
        warnings.simplefilter("error", GetPassWarning)
        try:
            return getpass(f"Password of {whose}: ")
        except (GetPassWarning, EOFError):
            raise Usage("there is no terminal to type a password on; --password-file reads one") from None


def opened_server(asked: Namespace) -> Directory:
    """The directory on a server, which is asked for no more than a question needs; closed with the answer."""
    if asked.strict:
        raise Usage("--strict is about files; mailpolicy check looks at servers")
    import mailpolicy

    reached = access(asked, asked.source)
    servers_of(reached)
    try:
        asking = mailpolicy.open(
            reached.url,
            live=False,
            dialect=asked.dialect if asked.dialect != "auto" else reached.dialect or "auto",
            schema=asked.schema or reached.schema,
            statuses=asked.statuses or reached.statuses,
            **reached.connecting(),
        )
    except NotFound as problem:  # of the base, which says nothing of whom was asked for
        raise Usage(str(problem)) from None
    asked.until_answered.enter_context(asking)
    return asking.snapshot  # all of the answer is of one moment


def servers_of(reached: Access) -> Servers:
    """The servers of an access, not yet connected to. Usage says what is wrong, or what to install."""
    from ..live.servers import Servers

    try:
        servers = Servers.parse(reached.url, **reached.connecting())
        servers.speaking()
    except InvalidValue as problem:
        raise Usage(str(problem).replace("plain=True", "--plain")) from None
    except ModuleNotFoundError as missing:
        if missing.name is not None:  # a library of ours, and no extra
            raise
        raise Usage(str(missing)) from None
    return servers


def backend_of(asked: Namespace, servers: Servers) -> Backend:
    """A connection to the first server that answers, closed with the answer."""
    backend: Backend = asked.until_answered.enter_context(closing(servers.connected()))
    return backend


def base_of(servers: Servers, backend: Backend) -> str:
    """The base of the URL, or the only one that the server has; Usage where one is to be named."""
    try:
        return servers.base_of(backend)
    except NotFound as problem:
        raise Usage(str(problem)) from None
