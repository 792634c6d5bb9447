"""The files of a Postfix of its own: queue, main.cf, master.cf and `ldap:` tables."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

__all__ = ["ASKING", "Maps", "Table", "configure", "make_queue"]

Table: TypeAlias = Mapping[str, str]
"""One `ldap:` table: its parameters as in ldap_table(5), without the server and the base."""

Maps: TypeAlias = Mapping[str, Sequence[Table]]
"""Parameters of main.cf, such as `virtual_alias_maps`, and the tables each asks, in order."""

SETTINGS: Final[Mapping[str, str]] = {
    "compatibility_level": "3.6",
    "inet_interfaces": "127.0.0.1",
    "inet_protocols": "ipv4",
    "myhostname": "mx.test.example",
    "mydestination": "",
    "mynetworks": "",
    "alias_maps": "",
    "local_recipient_maps": "",
    "local_transport": "error:5.1.1 nobody is local",
    "virtual_transport": "error:5.1.1 no such mailbox",
    "smtpd_relay_restrictions": "reject_unauth_destination",
    "smtpd_peername_lookup": "no",
    "smtpd_error_sleep_time": "0",
    "smtpd_client_connection_count_limit": "0",
    "disable_dns_lookups": "yes",
    "recipient_delimiter": "+",
}
"""What every Postfix of the tests has. Where mail goes is added when the sink is known."""

ASKING: Final[Mapping[str, str]] = {
    "smtpd_relay_restrictions": "permit_sasl_authenticated, reject_unauth_destination",
    "smtpd_sasl_auth_enable": "yes",
    "smtpd_authorized_xclient_hosts": "127.0.0.1",
    "smtpd_soft_error_limit": "1000",
    "smtpd_hard_error_limit": "1000",
    "smtpd_junk_command_limit": "1000",
    "smtpd_client_event_limit_exceptions": "127.0.0.1",
}
"""For one that asks a policy service: clients say with XCLIENT who they are, and may be refused often."""

SERVICES: Final = (
    "cleanup unix n - n - 0 cleanup",
    "qmgr unix n - n 300 1 qmgr",
    "rewrite unix - - n - - trivial-rewrite",
    "bounce unix - - n - 0 bounce",
    "defer unix - - n - 0 bounce",
    "trace unix - - n - 0 bounce",
    "proxymap unix - - n - - proxymap",
    "error unix - - n - - error",
    "retry unix - - n - - error",
    "lmtp unix - - n - - lmtp",
    "discard unix - - n - - discard",
    "showq unix n - n - - showq",
    "anvil unix - - n - 1 anvil",
    "postlog unix-dgram n - n - 1 postlogd",
)
"""master.cf without the server; the `n` in the fifth column is: no chroot."""

OWN_QUEUES: Final = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "saved")


def make_queue(directory: Path) -> None:
    """Make what `postfix set-permissions` would, without the parts that all instances share."""
    for name in ("data", "queue/private", "queue/trace", *(f"queue/{name}" for name in OWN_QUEUES)):
        make(directory / name, 0o700, "postfix")
    make(directory / "queue/public", 0o710, "postfix", "postdrop")
    make(directory / "queue/maildrop", 0o730, "postfix", "postdrop")
    make(directory / "queue/pid", 0o755, "root")


def make(path: Path, mode: int, owner: str, group: str | None = None) -> None:
    path.mkdir(parents=True)
    shutil.chown(path, owner, group)
    path.chmod(mode)


def configure(
    directory: Path, *, port: int, sink: Path, maps: Maps, server: Table, settings: Mapping[str, str]
) -> Path:
    """Write the configuration; give the directory it is in. `server` is what all tables say of theirs."""
    etc = directory / "etc"
    etc.mkdir()
    to_sink = f"lmtp:unix:{sink}"
    mailboxes = [{**table, "result_format": to_sink} for table in maps.get("virtual_mailbox_maps", ())]
    main = {
        **SETTINGS,
        "queue_directory": directory / "queue",
        "data_directory": directory / "data",
        "maillog_file": directory / "log",
        "maillog_file_prefixes": directory,
        "default_transport": to_sink,
        "relay_transport": to_sink,
        **({} if maps else {"virtual_transport": to_sink}),
        **write_tables(etc, {**maps, "transport_maps": mailboxes}, server),
        **settings,
    }
    write(etc / "main.cf", said(main))
    write(etc / "master.cf", (f"127.0.0.1:{port} inet n - n - - smtpd", *SERVICES))
    return etc


def write_tables(etc: Path, maps: Maps, server: Table) -> dict[str, str]:
    """Write a file for each table; give what main.cf calls them."""
    called: dict[str, str] = {}
    for parameter, tables in maps.items():
        for place, table in enumerate(tables):
            path = etc / f"{parameter}-{place}.cf"
            write(path, said({**server, **table}))
            called[parameter] = f"{called.get(parameter, '')} ldap:{path}".strip()
    return called


def said(settings: Mapping[str, object]) -> Iterable[str]:
    return (f"{name} = {value}" for name, value in settings.items())


def write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("\n".join(lines) + "\n")
    # Postfix waits until a file just written has settled, a second and more.
    os.utime(path, (0, 0))
