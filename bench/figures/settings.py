"""Effective settings of one account: read again, read for the first time, all of them, explained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from timeit import Timer
from typing import Any, Final

from attrs import define

import mailpolicy as mp
from bench.accounts import address, ldif_file
from bench.figure import Figure, Result, at_most
from bench.measure import in_turns, ratio, seconds
from bench.scale import Scale

__all__ = ["FIGURES"]

COPIES: Final = 1_000
MORE_ROUNDS: Final = 10
"""A single first time takes microseconds and differs: so many times the usual rounds."""


@define
class Quota:
    mailbox_quota: mp.Size


@define
class Holder:
    settings: Quota


def warm(scale: Scale) -> Iterator[Result]:
    account = mp.open(ldif_file(scale.few)).account(address(0))
    holder = Holder(Quota(account.settings.mailbox_quota))
    turns = in_turns(
        scale.rounds,
        gc_enabled=False,
        ours=lambda: loop("given.settings.mailbox_quota", account, scale.repeats),
        one_read=lambda: loop("given.mailbox_quota", holder.settings, scale.repeats),
        two_reads=lambda: loop("given.settings.mailbox_quota", holder, scale.repeats),
    )
    yield Result("against reading an attribute", ratio(turns["ours"], turns["one_read"]), at_most(5))
    yield Result("against the same two reads of such objects", ratio(turns["ours"], turns["two_reads"]))


def loop(statement: str, given: object, repeats: int) -> float:
    return Timer(statement, "given = given_object", globals={"given_object": given}).timeit(repeats)


def flat(scale: Scale) -> Iterator[Result]:
    result = first_account(scale).settings.flat()
    cold = in_turns(
        scale.rounds * MORE_ROUNDS,
        gc_enabled=False,
        ours=lambda: each([first_account(scale)], all_settings),
        theirs=lambda: copying(result),
    )
    yield Result("first account of a fresh directory", ratio(cold["ours"], cold["theirs"]), at_most(10))

    turns = not_asked(scale)
    others_known = in_turns(
        scale.rounds,
        gc_enabled=False,
        ours=lambda: each(next(turns), all_settings),
        theirs=lambda: copying(result),
    )
    yield Result(
        "account not asked before, others of its COS and domain were",
        ratio(others_known["ours"], others_known["theirs"]),
        at_most(3),
    )


def all_settings(account: mp.Account) -> dict[str, Any]:
    return account.settings.flat()


def first_account(scale: Scale) -> mp.Account:
    """An account of a directory that nobody has asked for a setting."""
    return mp.open(ldif_file(scale.few // 10)).account(address(0))


def copying(values: dict[str, Any]) -> float:
    return Timer("copy()", globals={"copy": values.copy}).timeit(COPIES) / COPIES


def explain(scale: Scale) -> Iterator[Result]:
    turns = not_asked(scale)
    samples = in_turns(
        scale.rounds,
        gc_enabled=False,
        ours=lambda: each(next(turns), lambda account: account.explain("mailbox_quota")),
        theirs=lambda: each(next(turns), lambda account: account.settings.mailbox_quota),
    )
    yield Result("account not asked before", ratio(samples["ours"], samples["theirs"]), at_most(10))


def not_asked(scale: Scale) -> Iterator[list[mp.Account]]:
    """Accounts never asked before, some for each turn; of nearly every COS and domain others were asked."""
    directory = mp.open(ldif_file(scale.few))
    known, size = scale.few // 4, scale.few // 50
    for number in range(known):
        directory.account(address(number)).settings.flat()
    for start in range(known, scale.few - size, size):
        yield [directory.account(address(number)) for number in range(start, start + size)]


def each(accounts: list[mp.Account], ask: Callable[[mp.Account], object]) -> float:
    """The seconds that one account takes."""

    def all_of_them() -> None:
        for account in accounts:
            ask(account)

    return seconds(all_of_them) / len(accounts)


FIGURES = (
    Figure(
        "setting",
        "`account.settings.mailbox_quota`, read before",
        "`object.mailbox_quota` of an attrs object with slots; both in a loop that counts for both",
        "off",
        warm,
    ),
    Figure(
        "flat",
        "`account.settings.flat()`, all effective settings",
        "`dict.copy()` of the result",
        "off",
        flat,
    ),
    Figure(
        "explain",
        '`account.explain("mailbox_quota")`',
        "`account.settings.mailbox_quota`; others of the same COS and domain were asked",
        "off",
        explain,
    ),
)
