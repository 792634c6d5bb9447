"""One effective setting of all accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, Final

import mailpolicy as mp
from bench.accounts import address, ldif_file
from bench.figure import Figure, Result, at_most
from bench.measure import in_turns, ratio, seconds
from bench.scale import Scale

__all__ = ["FIGURES"]

FIRST: Final = (
    "no goal of its own: the first sweep puts the accounts into groups that inherit the same, and reads the "
    "quotas that accounts state themselves; the directory and those that come of it by changes keep both"
)


def sweep(scale: Scale) -> Iterator[Result]:
    directory = mp.open(ldif_file(scale.many))
    # As small as such dicts get: larger ones would be slower to walk through, and flatter us.
    plain = [{"address": address(number), "mailbox_quota": number} for number in range(scale.many)]
    quotas = count(1)

    def bare_loop() -> float:
        def read() -> None:
            for account in plain:
                account["mailbox_quota"]

        return seconds(read)

    def swept(directory: mp.Directory) -> float:
        def read() -> None:
            for _ in effective_quotas(directory):
                pass

        return seconds(read)

    def other_cos() -> float:
        # Another value in a COS: nothing that was worked out for the directory before still holds.
        future = directory.with_changes(mp.set("cos:standard", mailbox_quota=f"{next(quotas)} GiB"))
        return swept(future)

    first = in_turns(1, gc_enabled=False, ours=lambda: swept(directory), theirs=bare_loop)
    again = in_turns(scale.rounds, gc_enabled=False, ours=lambda: swept(directory), theirs=bare_loop)
    turns = in_turns(scale.rounds, gc_enabled=False, ours=other_cos, theirs=bare_loop)
    yield Result(
        f"{scale.many:,} accounts, each time after the quota of a COS was changed",
        ratio(turns["ours"], turns["theirs"]),
        at_most(8),
        note="no value worked out before still holds",
    )
    yield Result(
        f"{scale.many:,} accounts, again without a change",
        ratio(again["ours"], again["theirs"]),
        at_most(8),
    )
    yield Result(
        f"{scale.many:,} accounts of a directory just opened",
        ratio(first["ours"], first["theirs"]),
        note=FIRST,
    )


def effective_quotas(directory: mp.Directory) -> Iterable[Any]:
    """The effective quota of every account."""
    return directory.effective("mailbox_quota").values()


FIGURES = (
    Figure(
        "sweep",
        "effective `mailbox_quota` of all accounts",
        '`for account in dicts: account["mailbox_quota"]`',
        "off",
        sweep,
    ),
)
