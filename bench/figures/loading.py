"""Loading a file, and the first question about one more attribute."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import mailpolicy as mp
from bench.accounts import BASE, VALUES, account, address, different_values, ldif_file
from bench.baselines import parse_with_python_ldap
from bench.figure import Figure, Result, at_most
from bench.measure import in_turns, ratio, seconds
from bench.scale import Scale

__all__ = ["FIGURES"]


ITS_OWN_WAY: Final = (
    "mailpolicy switches the collector off while it loads, and on again; python-ldap's parser runs with it on"
)


def load(scale: Scale) -> Iterator[Result]:
    path = warmed(scale.some)
    assert account(0).count("\n") == VALUES + 2
    for gc_enabled in (True, False):
        turns = in_turns(
            scale.rounds,
            gc_enabled=gc_enabled,
            ours=lambda: seconds(lambda: answering(path)),
            theirs=lambda: seconds(lambda: parse_with_python_ldap(path)),
        )
        switch = "on" if gc_enabled else "off"
        yield Result(
            f"{scale.some:,} accounts, the host has gc {switch}",
            ratio(turns["ours"], turns["theirs"]),
            at_most(0.7),
            note=ITS_OWN_WAY if gc_enabled else "",
        )


def answering(path: Path) -> mp.Directory:
    """Load the file until it answers by address and by search, which asks for both kinds of index."""
    directory = mp.open(path)
    assert (
        directory.find(address(0)).dn
        == directory.search(BASE, filter="(objectClass=mpAccount)", limit=1)[0].dn
    )
    return directory


def first_use(scale: Scale) -> Iterator[Result]:
    path = warmed(scale.some)
    turns = in_turns(
        scale.rounds,
        gc_enabled=True,
        few=lambda: first_question(path, "(departmentNumber=sales)"),
        many=lambda: first_question(path, "(employeeNumber=0000077)"),
        theirs=lambda: seconds(lambda: parse_with_python_ldap(path)),
    )
    values = different_values(scale.some)
    for side, name in (("few", "departmentNumber"), ("many", "employeeNumber")):
        yield Result(
            f"{name} of {scale.some:,} accounts, {values[name]:,} different values",
            ratio(turns[side], turns["theirs"]),
            at_most(0.03),
            why=(
                "Nearly all of it is splitting the packed values of each entry, which are one string of "
                "bytes, up to the attribute, and collecting the rows by what is found there."
            ),
        )


def first_question(path: Path, filter: str) -> float:
    """The seconds in which a fresh directory answers the first question about an attribute."""
    directory = mp.open(path)
    return seconds(lambda: directory.search(BASE, filter=filter))


def warmed(accounts: int) -> Path:
    """The file, once everything was imported and used that a first load needs."""
    answering(ldif_file(100))
    path = ldif_file(accounts)
    path.read_bytes()
    return path


FIGURES = (
    Figure(
        "load",
        "open an LDIF file and answer by address and by search",
        "python-ldap's `LDIFParser` reading the same file and keeping nothing",
        "on, then off",
        load,
    ),
    Figure(
        "first-use",
        "the first equality filter on one more attribute, answer included",
        "python-ldap's `LDIFParser` reading the file the directory was loaded from",
        "on",
        first_use,
    ),
)
