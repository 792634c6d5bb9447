"""A replica of a real OpenLDAP server holds what slapcat writes, whatever happens there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import pytest

from mailpolicy.errors import Unavailable
from mailpolicy.ldap.ldif import read
from mailpolicy.live.backend import Backend
from mailpolicy.live.bind import Bind
from mailpolicy.live.replica import Cookies, Pace, Replica, Step, follow
from mailpolicy.live.replica.reading import COMPUTED
from mailpolicy.snapshot import Snapshot, load
from tests.live.backends import Client
from tests.slapd import PASSWORD, Slapd, StartSlapd

DATA = """dn: o=mail
objectClass: organization
o: mail
description;lang-de: ganz oben

dn: ou=a,o=mail
objectClass: organizationalUnit
ou: a

dn: ou=deep,ou=a,o=mail
objectClass: organizationalUnit
ou: deep

dn: cn=x,ou=deep,ou=a,o=mail
objectClass: person
cn: x
sn: x
userPassword:: /wCA/wo=

dn: cn=y,ou=a,o=mail
objectClass: person
cn: y
sn: y

dn: cn=group,o=mail
objectClass: groupOfNames
cn: group
member: cn=x,ou=deep,ou=a,o=mail
member: cn=y,ou=a,o=mail
member: cn=nobody,o=mail

dn: cn=another,o=mail
objectClass: groupOfNames
cn: another
member: cn=nobody,o=mail
"""
OTHER = (
    DATA.replace("sn: y", "sn: other").replace("cn=another,", "cn=more,").replace("cn: another", "cn: more")
)
REFINT = (
    "dn: olcOverlay=refint\nobjectClass: olcRefintConfig\nolcOverlay: refint\n"
    "olcRefintAttribute: member\nolcRefintNothing: cn=nobody,o=mail"
)
COPYING = (
    f'bindmethod=simple binddn="cn=admin,o=mail" credentials={PASSWORD} '
    'searchbase="o=mail" type=refreshAndPersist retry="1 +"'
)
SECONDS = 15.0
T = TypeVar("T")


@pytest.fixture
def slapd(start_slapd: StartSlapd) -> Slapd:
    return start_slapd(suffix="o=mail", data=DATA, syncprov=True, session_log=100)


def dumped(slapd: Slapd) -> Snapshot:
    return load(read([slapd.dump()]))


def assert_same(replica: Snapshot | None, slapd: Slapd) -> None:
    """The entries are those of the dump, operational attributes and all."""
    assert replica is not None
    expected = dumped(slapd)
    assert by_name(replica) == by_name(expected)
    assert replica.revision == expected.revision
    assert replica.problems == expected.problems


def by_name(snapshot: Snapshot) -> dict[str, object]:
    return {
        str(entry.dn): {name: values for name, values in entry.raw.items() if name not in COMPUTED}
        for entry in snapshot
    }


class Followed:
    """A replica and the steps it takes, one connection after the other."""

    def __init__(self, client: Client, slapd: Slapd, base: str = "o=mail", **pace: float) -> None:
        self._client, self._slapd = client, slapd
        self._pace = {"heartbeat": 0.3, **pace}
        self.replica = Replica(base)

    @contextmanager
    def connection(self, slapd: Slapd | None = None) -> Iterator[Iterator[Step]]:
        with self._client.opened(slapd or self._slapd) as backend:
            yield self.steps(backend)

    def steps(self, backend: Backend) -> Iterator[Step]:
        return follow(backend, self.replica, Pace(**self._pace))  # type: ignore[arg-type]

    def once(self) -> Step:
        with self.connection() as steps:
            return next(steps)


def until(steps: Iterator[T], happened: Callable[[T], bool]) -> T:
    """The step after which something has happened; the test fails where it never does."""
    end = time.monotonic() + SECONDS
    for step in steps:
        if happened(step):
            return step
        assert time.monotonic() < end, "it has not happened"
    raise AssertionError


def until_same(steps: Iterator[Step], slapd: Slapd) -> Step:
    """The step that is as the server is by then, which may still be busy itself."""
    return until(steps, lambda step: by_name(step.snapshot) == by_name(dumped(slapd)))


def perform(slapd: Slapd) -> None:
    """Every kind of change, and some that follow from each other."""
    connection = slapd.connect()
    connection.add_s("cn=new,ou=a,o=mail", [("objectClass", b"person"), ("cn", b"new"), ("sn", b"n")])
    connection.modify_s("cn=y,ou=a,o=mail", [(0, "description", [b"changed"])])
    connection.delete_s("cn=another,o=mail")
    connection.rename_s("cn=x,ou=deep,ou=a,o=mail", "cn=z", "o=mail", 1)
    connection.rename_s("ou=a,o=mail", "ou=b", None, 1)
    connection.add_s("ou=a,o=mail", [("objectClass", b"organizationalUnit"), ("ou", b"a")])
    connection.rename_s("ou=deep,ou=b,o=mail", "ou=deep", "ou=a,o=mail", 1)
    connection.rename_s("cn=new,ou=b,o=mail", "cn=New", "ou=deep,ou=a,o=mail", 1)
    connection.unbind_s()


def test_the_first_step_has_everything(client: Client, slapd: Slapd) -> None:
    followed = Followed(client, slapd)
    step = followed.once()
    assert (step.method, step.why, step.changes) == ("syncrepl", "", ())
    assert_same(step.snapshot, slapd)


def test_the_root_may_be_the_base(client: Client, start_slapd: StartSlapd) -> None:
    slapd = start_slapd(suffix="", data=DATA, syncprov=True)
    followed = Followed(client, slapd, base="")
    with followed.connection() as steps:
        assert_same(next(steps).snapshot, slapd)
        perform(slapd)
        until_same(steps, slapd)


def test_changes_arrive_as_they_happen(client: Client, slapd: Slapd) -> None:
    with Followed(client, slapd).connection() as steps:
        next(steps)
        perform(slapd)
        until_same(steps, slapd)
        assert_same(next(steps).snapshot, slapd)


@pytest.mark.parametrize("session_log", [100, 1, None])
def test_changes_from_before_we_came_back(
    client: Client, start_slapd: StartSlapd, session_log: int | None
) -> None:
    slapd = start_slapd(suffix="o=mail", data=DATA, syncprov=True, session_log=session_log)
    followed = Followed(client, slapd)
    before = by_name(followed.once().snapshot)
    perform(slapd)
    step = followed.once()
    assert_same(step.snapshot, slapd)
    assert {change.dn for change in step.changes} >= {
        "cn=New,ou=deep,ou=a,o=mail", "cn=another,o=mail", "cn=z,o=mail", "ou=b,o=mail",
    }  # fmt: skip
    untouched = {name for name, values in before.items() if by_name(step.snapshot).get(name) == values}
    assert not untouched & {change.dn for change in step.changes}


def test_a_restart_brings_nothing_new(client: Client, slapd: Slapd) -> None:
    followed = Followed(client, slapd)
    with followed.connection() as steps:
        next(steps)
        perform(slapd)
        until_same(steps, slapd)
        slapd.kill()
        with pytest.raises(Unavailable):
            until(steps, lambda step: False)
    slapd.start()
    step = followed.once()
    assert step.changes == ()
    assert_same(step.snapshot, slapd)


def test_a_replica_goes_on_where_another_has_stopped(client: Client, slapd: Slapd) -> None:
    followed = Followed(client, slapd)
    snapshot = followed.once().snapshot
    perform(slapd)
    followed.replica = Replica.restored(snapshot, str(followed.replica.cookies), "o=mail")
    assert followed.replica.snapshot is snapshot
    step = followed.once()
    assert_same(step.snapshot, slapd)
    assert step.changes


@pytest.mark.parametrize("cookies", [
    "", "garbage", "rid=000,csn=garbage", "rid=000", "rid=000,csn=29990101000000.000000Z#000000#000#000000",
])  # fmt: skip
def test_a_cookie_that_is_of_no_use(client: Client, slapd: Slapd, cookies: str) -> None:
    followed = Followed(client, slapd)
    snapshot = followed.once().snapshot
    perform(slapd)
    followed.replica = Replica.restored(snapshot, cookies, "o=mail")
    step = followed.once()
    assert_same(step.snapshot, slapd)
    assert "cn=another,o=mail" in {change.dn for change in step.changes}
    assert followed.replica.cookies != Cookies.parse(cookies)


def test_a_database_that_is_made_anew(client: Client, slapd: Slapd) -> None:
    followed = Followed(client, slapd)
    followed.once()
    slapd.stop()
    slapd.clear()
    slapd.load(OTHER)
    slapd.start()
    with followed.connection() as steps:
        until_same(steps, slapd)
        assert_same(next(steps).snapshot, slapd)


def test_a_database_from_a_backup_that_has_gone_on(client: Client, slapd: Slapd) -> None:
    followed = Followed(client, slapd)
    slapd.stop()
    backup = slapd.dump()
    slapd.start()
    with followed.connection() as steps:
        next(steps)
        perform(slapd)
        until_same(steps, slapd)
    slapd.stop()
    slapd.clear()
    slapd.load(backup)
    slapd.start()
    # Its last change is now later than the last one that we have seen.
    slapd.connect().modify_s("o=mail", [(0, "description", [b"after the backup"])])
    with followed.connection() as steps:
        until_same(steps, slapd)
        assert_same(next(steps).snapshot, slapd)


def test_what_the_server_rewrites_without_saying_so(client: Client, start_slapd: StartSlapd) -> None:
    slapd = start_slapd(suffix="o=mail", data=DATA, syncprov=True, modules=["refint"], overlays=[REFINT])
    connection = slapd.connect()
    with Followed(client, slapd).connection() as steps:
        next(steps)
        for members, change in (
            ({b"cn=x,ou=deep,ou=b,o=mail", b"cn=y,ou=b,o=mail"},
             lambda: connection.rename_s("ou=a,o=mail", "ou=b", None, 1)),
            ({b"cn=x,ou=deep,ou=b,o=mail"}, lambda: connection.delete_s("cn=y,ou=b,o=mail")),
        ):  # fmt: skip
            change()
            wanted = {*members, b"cn=nobody,o=mail"}
            until(steps, lambda step, wanted=wanted: set(members_of(step.snapshot)) == wanted)  # type: ignore[misc]
            until_same(steps, slapd)


def members_of(snapshot: Snapshot) -> tuple[bytes, ...]:
    entry = snapshot.entry("cn=group,o=mail")
    assert entry is not None
    return tuple(entry.stored("member"))


def test_a_part_of_the_tree(client: Client, slapd: Slapd) -> None:
    followed = Followed(client, slapd, base="ou=a,o=mail")
    connection = slapd.connect()
    with followed.connection() as steps:
        assert len(next(steps).snapshot) == 4
        connection.rename_s("cn=y,ou=a,o=mail", "cn=y", "o=mail", 1)
        assert len(until(steps, lambda step: bool(step.changes)).snapshot) == 3
        connection.rename_s("cn=group,o=mail", "cn=group", "ou=a,o=mail", 1)
        assert len(until(steps, lambda step: bool(step.changes)).snapshot) == 4
        connection.modify_s("o=mail", [(0, "description", [b"elsewhere"])])
        assert until(steps, lambda step: not step.doubt).changes == ()


@pytest.mark.parametrize("loaded", [True, False])
def test_without_the_overlay_we_ask(client: Client, start_slapd: StartSlapd, loaded: bool) -> None:
    slapd = start_slapd(suffix="o=mail", data=DATA, modules=["syncprov"] if loaded else [])
    followed = Followed(client, slapd, poll_every=0.2, sweep_every=1.0)
    with followed.connection() as steps:
        step = next(steps)
        assert step.method == "polling"
        assert "syncrepl" in step.why
        assert_same(step.snapshot, slapd)
        perform(slapd)
        until_same(steps, slapd)
        assert_same(next(steps).snapshot, slapd)
    perform_more(slapd)
    with followed.connection() as steps:
        assert {change.dn for change in next(steps).changes} == {"cn=z,o=mail", "cn=group,o=mail"}
        until_same(steps, slapd)


def perform_more(slapd: Slapd) -> None:
    connection = slapd.connect()
    connection.delete_s("cn=z,o=mail")
    connection.modify_s("cn=group,o=mail", [(0, "description", [b"changed"])])


def test_a_base_that_is_not_there(client: Client, slapd: Slapd) -> None:
    with pytest.raises(Unavailable, match="ou=nowhere,o=mail"):
        Followed(client, slapd, base="ou=nowhere,o=mail").once()


def test_an_answer_that_is_cut_short_is_no_answer(client: Client, start_slapd: StartSlapd) -> None:
    slapd = start_slapd(suffix="o=mail", data=DATA, syncprov=True, database={
        "olcLimits": '{0}dn.exact="cn=y,ou=a,o=mail" size=3',
        "olcAccess": '{0}to * by anonymous auth by * read',
    })  # fmt: skip
    slapd.connect().passwd_s("cn=y,ou=a,o=mail", None, "secret")

    with client.opened(slapd, bind=Bind("cn=y,ou=a,o=mail", "secret")) as backend:
        replica = Replica("o=mail")
        with pytest.raises(Unavailable, match="size"):
            next(follow(backend, replica))
        assert replica.snapshot is None


def test_either_of_two_providers_will_do(client: Client, start_slapd: StartSlapd, tmp_path: Path) -> None:
    one, two = pair(start_slapd, tmp_path)
    followed = Followed(client, one)
    with followed.connection() as steps:
        next(steps)
        two.connect().modify_s("cn=y,ou=a,o=mail", [(0, "description", [b"by the second"])])
        one.connect().modify_s("o=mail", [(0, "description", [b"by the first"])])
        until(steps, lambda step: described(step.snapshot) == {b"by the first", b"by the second"})
        until(steps, lambda _: {1, 2} <= set(followed.replica.cookies.latest))
        until(in_vain(), lambda _: {b"by the first", b"by the second"} == described(dumped(two)))
    one.stop()
    with followed.connection(two) as steps:
        assert next(steps).changes == ()
        two.connect().delete_s("cn=another,o=mail")
        step = until(steps, lambda step: bool(step.changes))
        assert [change.dn for change in step.changes] == ["cn=another,o=mail"]
        assert_same(step.snapshot, two)


def described(snapshot: Snapshot) -> set[bytes]:
    return {value for entry in snapshot for value in entry.stored("description")}


def in_vain() -> Iterator[None]:
    while True:
        yield time.sleep(0.1)


def pair(start_slapd: StartSlapd, tmp_path: Path) -> list[Slapd]:
    """Two servers that copy each other."""
    sockets = [tmp_path / name / "socket" for name in ("one", "two")]
    servers = []
    for number, path in enumerate(sockets, 1):
        other = quote(str(sockets[2 - number]), safe="")
        server = start_slapd(
            directory=path.parent,
            suffix="o=mail",
            data=DATA if number == 1 else b"",
            syncprov=True,
            settings={"olcServerID": number},
            database={
                "olcSyncrepl": f"{{0}}rid=001 provider=ldapi://{other} {COPYING}",
                "olcMultiProvider": "TRUE",
            },
        )
        servers.append(server)
    until(in_vain(), lambda _: len(dumped(servers[1])) == len(dumped(servers[0])))
    return servers
