"""Whatever is done on a real server, and however often the connection breaks, the replica gets there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from tests.live.backends import Client
from tests.live.test_replica_openldap import DATA, REFINT, Followed, assert_same, until_same
from tests.slapd import Slapd, StartSlapd

NAMES = ("a", "b", "c", "d", "e+f", "g,h")


def random_change(random: Random, slapd: Slapd, connection: Any) -> Callable[[], object]:
    """Something to do, which the server may refuse."""
    import ldap.dn

    found = [dn for dn, _ in connection.search_s("o=mail", ldap.SCOPE_SUBTREE, attrlist=["1.1"])]
    which, where, name = random.choice(found), random.choice(found), random.choice(NAMES)
    rdn = f"ou={ldap.dn.escape_dn_chars(name)}"
    text = str(random.random()).encode()
    return random.choice([
        lambda: connection.add_s(
            f"{rdn},{where}", [("objectClass", b"organizationalUnit"), ("ou", name.encode())]
        ),
        lambda: connection.add_s(f"cn={text.decode()},{where}", [
            ("objectClass", b"groupOfNames"), ("cn", text), ("member", [which.encode(), b"cn=nobody,o=mail"])
        ]),
        lambda: connection.modify_s(which, [(ldap.MOD_REPLACE, "description", [text])]),
        lambda: connection.rename_s(which, rdn if which.startswith("ou=") else f"cn={text.decode()}", where),
        lambda: connection.delete_s(which),
    ])  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("session_log", [5, None])
def test_the_replica_gets_there(
    client: Client, start_slapd: StartSlapd, seed: int, session_log: int | None
) -> None:
    import ldap

    random = Random(seed)
    slapd = start_slapd(
        suffix="o=mail", data=DATA, syncprov=True, session_log=session_log, modules=["refint"],
        overlays=[REFINT],
    )  # fmt: skip
    followed = Followed(client, slapd)
    connection = slapd.connect()
    for _ in range(3):
        with followed.connection() as steps:
            next(steps)
            for _ in range(random.randint(1, 30)):
                with suppress(ldap.LDAPError):
                    random_change(random, slapd, connection)()
            until_same(steps, slapd)
        for _ in range(random.randint(0, 12)):
            with suppress(ldap.LDAPError):
                random_change(random, slapd, connection)()
    with followed.connection() as steps:
        until_same(steps, slapd)
        assert_same(followed.replica.snapshot, slapd)
