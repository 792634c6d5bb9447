"""The page about an OpenLDAP server, typed on a machine of its own, gives the server that it describes."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.live.page import ROOT, Machine, steps
from tests.slapd import SCHEMA_DIRECTORIES, require

pytestmark = pytest.mark.twin

PAGE = ROOT / "docs/how-to/openldap.md"
STEPS = steps(PAGE)
SECOND = "A second server"
DATA = "Load your data"
AUTHORITY = "Be the authority"
SETTING_UP = ("Install", AUTHORITY, "Get a certificate", "Configure", DATA, "Start")

AS_ROOT = "ldap{} -Q -Y EXTERNAL -H ldapi:/// -o ldif-wrap=no"
NEW = "dn: o={0},o=mail\\nobjectClass: organization\\no: {0}\\n"
# Its beginning: slapd 2.5 stores two bytes too many behind the hash, whatever stood there in its memory.
DECODE = "sed -n 's/^userPassword:: //p' | base64 --decode | head --bytes=8"
SECONDS = 60.0
"""How long a copy may take: it tries again after 5 seconds."""


@pytest.fixture
def machines() -> Iterator[ExitStack]:
    require()
    if not SCHEMA_DIRECTORIES[0].is_dir():
        pytest.skip("the page is about Debian")
    with ExitStack() as running:
        yield running


def test_the_page_does_what_it_says(tmp_path: Path, machines: ExitStack) -> None:
    machine = machines.enter_context(Machine(tmp_path, "ldap1.acme.example"))
    for step in STEPS:
        if step.section != SECOND:
            machine.follow(step)
    assert "{ARGON2}" in machine.run(f"{AS_ROOT.format('search')} -LLL '(uid=john)' userPassword | {DECODE}")


@pytest.mark.parametrize(("version", "taken"), [("tls1_1", False), ("tls1_2", True), ("tls1_3", True)])
def test_old_versions_of_tls_are_refused(
    tmp_path: Path, machines: ExitStack, version: str, taken: bool
) -> None:
    machine = machines.enter_context(Machine(tmp_path, "ldap1.acme.example"))
    for step in STEPS:
        if step.section in SETTING_UP and step.section != DATA:
            machine.follow(step)
    host = machine.addresses[f"ldaps://{machine.name}"].removeprefix("ldaps://")
    # The client is to offer it, whatever it is set up to think of it.
    printed = machine.run(f"openssl s_client -{version} -cipher DEFAULT@SECLEVEL=0 -connect {host}")
    assert ("exit: " not in printed) is taken, printed


@pytest.fixture
def two(tmp_path: Path, machines: ExitStack) -> tuple[Machine, Machine]:
    """Both servers of the page, as far as they are set up one by one."""
    first = machines.enter_context(Machine(tmp_path / "1", "ldap1.acme.example"))
    second = machines.enter_context(Machine(tmp_path / "2", "ldap2.acme.example", [first]))
    first.others.append(second)
    for step in STEPS:
        if step.section in SETTING_UP:
            first.follow(step)
        if step.section == AUTHORITY:
            shutil.copytree(tls(first), tls(second), dirs_exist_ok=True)
        # The page: a certificate for its own name from the same authority, but no data.
        if step.section in SETTING_UP and step.section not in (AUTHORITY, DATA):
            second.follow(step._replace(command=step.command.replace(first.name, second.name)))
    return first, second


def tls(machine: Machine) -> Path:
    return machine.directory / "etc/ldap/tls"


def test_two_servers_copy_each_other(two: tuple[Machine, Machine]) -> None:
    first, second = two
    for step in STEPS:
        if step.section == SECOND:
            (second if step.second else first).follow(step)
        password = first.directory / "etc/ldap/replicator.password"
        if password.exists():
            shutil.copy(password, second.directory / "etc/ldap")
    agree(first, second)
    for machine in (first, second):
        assert "exit: " not in machine.run(
            f"printf '{NEW.format(machine.name)}' | {AS_ROOT.format('modify')} -a"
        )
    agree(first, second)
    assert {f"o: {machine.name}" for machine in two} < {line for entry in everything(first) for line in entry}


def agree(*machines: Machine) -> None:
    """Wait until both have the same entries, passwords and identities included."""
    deadline = time.monotonic() + SECONDS
    while len({everything(machine) for machine in machines}) > 1:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def everything(machine: Machine) -> frozenset[frozenset[str]]:
    command = AS_ROOT.format("search") + " -LLL -b o=mail '(objectClass=*)' '*' entryUUID entryCSN"
    return frozenset(frozenset(entry.splitlines()) for entry in machine.run(command).split("\n\n"))
