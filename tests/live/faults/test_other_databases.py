"""The same address, and another database behind it: older, gone on from there, or a foreign one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.live.faults.outcomes import assert_settled, assert_stale, eventually, following
from tests.live.faults.writers import PEOPLE, connection, modify
from tests.live.proxy import Proxy
from tests.live.servers import LDIF, Served

pytestmark = pytest.mark.twin

FOREIGN = (LDIF / "examples" / "acme.ldif").read_bytes().replace(b"25 GiB", b"24 GiB")


def rebuild(server: Served, database: bytes) -> None:
    server.stop()
    server.clear()
    server.load(database)
    server.start()


def backup_of(server: Served) -> bytes:
    """The database after one change, so that its state is one that we have seen."""
    modify(server, f"uid=john,{PEOPLE}", description="in the backup")
    return server.dump()


def values(server: Served) -> None:
    """What is lost if the backup is restored: here nothing that a list of the entries would show."""
    modify(server, f"uid=john,{PEOPLE}", description="after the backup")


def entries(server: Served) -> None:
    with connection(server) as wire:
        wire.delete_s(f"uid=zoe,{PEOPLE}")
        wire.rename_s(f"uid=jane,{PEOPLE}", "uid=janet", None, True)
        wire.add_s(f"ou=after,{PEOPLE}", [("objectClass", b"organizationalUnit"), ("ou", b"after")])
    values(server)


def nothing_more(server: Served) -> None:
    pass


def one_change(server: Served) -> None:
    modify(server, f"uid=bob,{PEOPLE}", description="in another history")


def many_changes(server: Served) -> None:
    with connection(server) as wire:
        wire.rename_s(PEOPLE, "ou=folk", None, True)
        wire.rename_s("ou=folk,dc=acme.example,o=mail", "ou=people", None, True)
        wire.delete_s(f"uid=heidi,{PEOPLE}")


Change = Callable[[Served], None]
HISTORIES = [nothing_more, one_change, many_changes]


@pytest.mark.parametrize("lost", [values, entries])
@pytest.mark.parametrize("meanwhile", HISTORIES)
def test_a_provider_that_is_rebuilt_from_older_data(
    server: Served, proxy: Proxy, lost: Change, meanwhile: Change
) -> None:
    backup = backup_of(server)
    with following(proxy.url) as live:
        lost(server)
        assert_settled(live, server)
        proxy.refuse()
        assert_stale(live)
        rebuild(server, backup)
        meanwhile(server)
        proxy.heal()
        assert_settled(live, server)
        one_change(server)
        assert_settled(live, server)


@pytest.mark.parametrize("meanwhile", HISTORIES)
def test_a_provider_that_is_replaced_by_another_database(
    server: Served, proxy: Proxy, meanwhile: Change
) -> None:
    with following(proxy.url) as live:
        services = b"".join(
            record + b"\n\n" for record in server.dump().split(b"\n\n") if b"ou=services" in record
        )
        proxy.refuse()
        assert_stale(live)
        # Other entries of the same names, which are thus not the same entries.
        rebuild(server, FOREIGN + without_identity(services))
        meanwhile(server)
        proxy.heal()
        assert_settled(live, server)


def without_identity(records: bytes) -> bytes:
    left_out = (b"entryUUID:", b"entryCSN:", b"contextCSN:", b"createTimestamp:", b"modifyTimestamp:",
                b"creatorsName:", b"modifiersName:", b"structuralObjectClass:")  # fmt: skip
    return b"\n" + b"".join(line for line in records.splitlines(True) if not line.startswith(left_out))


@pytest.mark.parametrize("lost", [values, entries])
@pytest.mark.parametrize("meanwhile", HISTORIES)
def test_a_cache_of_a_later_state(server: Served, tmp_path: Path, lost: Change, meanwhile: Change) -> None:
    backup, cache = backup_of(server), tmp_path / "cache"
    lost(server)
    with following(server.tcp_uri, cache=cache):
        eventually(cache.exists, "the cache")
    rebuild(server, backup)
    meanwhile(server)
    with following(server.tcp_uri, cache=cache) as live:
        assert_settled(live, server)


def test_a_base_that_is_gone_for_a_while(server: Served) -> None:
    with following(server.tcp_uri) as live:
        whole = server.dump()
        server.stop()
        server.clear()
        server.start()
        assert_stale(live)
        rebuild(server, whole)
        assert_settled(live, server)
