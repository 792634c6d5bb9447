"""All that a server has, in memory: by synchronisation, by a search, and from a cache on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any, Final

import mailpolicy as mp
from bench.accounts import address, ldif_file
from bench.figure import Figure, Goal, Result, at_least
from bench.measure import in_turns, ratio, seconds
from bench.scale import Scale
from bench.servers import AS_FAST, Account, followed

__all__ = ["FIGURES"]

PAGE: Final = 1000
CLIENTS: Final = {"python-ldap": "through libldap", "ldap3": "with our own decoder, over `ldap3`"}

FLOOR: Final = (
    "libldap and python-ldap take half of our time to make a message into a dict: for each attribute "
    "libldap looks through the message from its beginning."
)
BUILT: Final = (
    "Taking a message apart is a third of our time. The rest is what the dict does not have: packed entries, "
    "the names of all in the form that compares, and the indexes of addresses and of the tree."
)


def refresh(scale: Scale) -> Iterator[Result]:
    """Live directories opened, with one answer, against the consumer that python-ldap ships."""
    # Here and below, as python-ldap may not be installed.
    from bench.consumer import refreshed

    with followed(ldif_file(scale.some).read_bytes()) as server:
        entries = len(refreshed(server))
        for client in CLIENTS:
            with server.opened(client=client) as live:
                assert len(live.snapshot.snapshot) == entries
        for gc_enabled in (True, False):
            turns = in_turns(
                scale.rounds,
                gc_enabled=gc_enabled,
                patience=scale.patience,
                theirs=lambda: seconds(lambda: refreshed(server)),
                **{client: first_answer(server, client=client) for client in CLIENTS},
            )
            switch = "on" if gc_enabled else "off"
            for client, told in CLIENTS.items():
                yield Result(
                    f"{entries:,} entries, {told}, the host has gc {switch}",
                    ratio(turns["theirs"], turns[client]),
                    wanted(client, gc_enabled=gc_enabled),
                    unit=AS_FAST,
                    why=FLOOR if client == "python-ldap" else BUILT,
                )


def wanted(client: str, *, gc_enabled: bool) -> Goal | None:
    """What is aimed at where the collector is as hosts have it."""
    return at_least(3 if client == "python-ldap" else 4) if gc_enabled else None


def first_answer(server: Account, **options: Any) -> Callable[[], float]:
    """What gives the seconds from opening a live directory to its first answer."""

    def measured() -> float:
        opened: list[mp.Live] = []

        def ask() -> None:
            opened.append(server.opened(**options))
            opened[0].find(address(0))

        taken = seconds(ask)
        opened[0].close()
        return taken

    return measured


def restart(scale: Scale) -> Iterator[Result]:
    """Opening with a cache of before against opening without."""
    with followed(ldif_file(scale.some).read_bytes()) as server, TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        with server.opened(cache=cache):
            while not cache.exists():
                sleep(0.01)
        turns = in_turns(
            scale.rounds,
            gc_enabled=True,
            patience=scale.patience,
            ours=first_answer(server, cache=cache),
            theirs=first_answer(server),
        )
        yield Result(
            f"{scale.some:,} accounts, to the first answer",
            ratio(turns["theirs"], turns["ours"]),
            at_least(2),
            unit=AS_FAST,
            note="the answer says that it is stale until the server has been heard",
        )


def sweep(scale: Scale) -> Iterator[Result]:
    """A search for everything, into entries."""
    from bench.consumer import paged_search

    with followed(ldif_file(scale.some).read_bytes()) as server:
        entries = len(paged_search(server))
        assert len(swept(server, None)) == len(swept(server, PAGE)) == entries
        for gc_enabled in (True, False):
            turns = in_turns(
                scale.rounds,
                gc_enabled=gc_enabled,
                patience=scale.patience,
                paged=lambda: seconds(lambda: swept(server, PAGE)),
                unpaged=lambda: seconds(lambda: swept(server, None)),
                theirs=lambda: seconds(lambda: paged_search(server)),
            )
            switch = "on" if gc_enabled else "off"
            for side, told in (("unpaged", "in one answer"), ("paged", f"in pages of {PAGE:,}")):
                yield Result(
                    f"{entries:,} entries {told}, the host has gc {switch}",
                    ratio(turns["theirs"], turns[side]),
                    at_least(1.3) if gc_enabled else None,
                    unit=AS_FAST,
                )


def swept(server: Account, page: int | None) -> list[Any]:
    """All entries, as a replica keeps them; as while it loads, the collector rests."""
    from mailpolicy.live.replica.reading import Reader
    from mailpolicy.schema.dialects import find_dialect
    from mailpolicy.snapshot.load import without_collecting

    reader, backend = Reader(find_dialect("native")), server.connected()
    with without_collecting():
        entries = [reader.entry(*found) for found in backend.search(server.base, page=page)]
    backend.close()
    return entries


FIGURES = (
    Figure(
        "refresh",
        "open a live directory on a server, and ask it",
        "python-ldap's `SyncreplConsumer` putting the same entries, with all attributes, into a dict",
        "on, then off",
        refresh,
    ),
    Figure(
        "search-all",
        "search for everything through python-ldap, into our entries",
        "python-ldap's own paged search of 1,000 a page, into a list",
        "on, then off",
        sweep,
    ),
    Figure(
        "restart",
        "open a live directory that has a cache on disk",
        "opening it without",
        "on",
        restart,
    ),
)
