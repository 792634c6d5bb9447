"""Effective settings of one account: read again, read for the first time, all of them, explained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from statistics import median
from timeit import Timer
from typing import Any, Final, TypeVar

from attrs import define

import mailpolicy as mp
from bench.accounts import address, ldif_file
from bench.apart import apart
from bench.figure import Figure, Result, at_most
from bench.measure import collector, in_turns, ratio, seconds
from bench.page import shown
from bench.scale import Scale

__all__ = ["FIGURES"]

T = TypeVar("T")

COPIES: Final = 1_000
SOME_ROUNDS: Final = 5
MORE_ROUNDS: Final = 10
"""What takes microseconds differs, a single first time most of all: so many times the usual rounds."""


OWN: Final = {
    "address": "mail",
    "aliases": "mpAliases",
    "display_name": "displayName",
    "first_name": "givenName",
    "last_name": "sn",
    "telephone_number": "telephoneNumber",
}
"""The settings that every one of these accounts says itself, and where."""


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
    ours, theirs = (median(turns[side]) / scale.repeats * 1e9 for side in ("ours", "one_read"))
    yield Result(
        "against reading an attribute",
        ratio(turns["ours"], turns["one_read"]),
        at_most(5),
        why=two_reads(ours, theirs),
    )
    yield Result("against the same two reads of such objects", ratio(turns["ours"], turns["two_reads"]))


def two_reads(ours: float, theirs: float) -> str:
    return (
        "The account keeps its settings and these keep what was read, each in the `__dict__` of the object. "
        f"Two such reads take {ours:.0f} ns, the loop included, and one read of a slot {theirs:.0f} ns. "
        "Slots with a cached property were tried and were slower: a value that is not there yet needs a "
        "`__getattr__`."
    )


def loop(statement: str, given: object, repeats: int) -> float:
    return Timer(statement, "given = given_object", globals={"given_object": given}).timeit(repeats)


def flat(scale: Scale) -> Iterator[Result]:
    result = first_account(scale, 0).settings.flat()
    numbers = count(1)
    cold = in_turns(
        scale.rounds * MORE_ROUNDS,
        gc_enabled=False,
        ours=lambda: each([first_account(scale, next(numbers))], all_settings),
        theirs=lambda: copying(result),
    )
    yield Result(
        "cold: the first account that a fresh directory is asked for, another one in each round",
        ratio(cold["ours"], cold["theirs"]),
        at_most(10),
        why=(
            "What the account inherits has to be worked out for its class of service and its domain first, "
            "and after that what the line below has to do is left to do."
        ),
    )
    turns, unread, undecoded = not_asked(scale), own_texts(scale), own_texts(scale)
    others_known = in_turns(
        scale.rounds * SOME_ROUNDS,
        gc_enabled=False,
        ours=lambda: each(next(turns), all_settings),
        by_hand=lambda: each(next(unread), lambda texts: decoded_by_hand(result, texts)),
        undecoded=lambda: each(next(undecoded), lambda texts: result.copy() | texts),
        theirs=lambda: copying(result),
    )
    by_hand = ratio(others_known["by_hand"], others_known["theirs"])
    bare = ratio(others_known["undecoded"], others_known["theirs"])
    yield Result(
        "warm COS: an account never asked before, others of its class of service and domain were",
        ratio(others_known["ours"], others_known["theirs"]),
        at_most(3),
        why=own_values(len(result), median(others_known["theirs"]), by_hand.middle, bare.middle),
    )
    yield Result("by hand: the same copy with the account's own values decoded into it", by_hand)
    yield Result("by hand, with these values as they are stored", bare)
    processes = [apart(first_of_a_process, scale, number) for number in range(scale.rounds)]
    yield Result(
        "the first account that a fresh process asks for, its imports done",
        ratio(*map(list, zip(*processes, strict=True))),
    )


def own_values(settings: int, copy: float, decoded: float, undecoded: float) -> str:
    return (
        f"`dict.copy()` of {settings} values takes {copy * 1e6:.2g} µs. The account's own values (its "
        "addresses, names and telephone number) have to be found and read besides. Done by hand, with their "
        f"texts lying ready in a dict, the copy and the reading of {len(OWN)} of them take {shown(decoded)} "
        f"times that, and {shown(undecoded)} times where they stay bytes that nobody decodes."
    )


def first_of_a_process(scale: Scale, number: int) -> tuple[float, float]:
    """The seconds of the first question after loading, and those of a copy."""
    account = first_account(scale, number)
    with collector(enabled=False):
        return each([account], all_settings), copying(account.settings.flat())


def own_texts(scale: Scale) -> Iterator[list[dict[str, bytes]]]:
    """What accounts say themselves, by the setting, as it is stored; others in each turn."""
    for accounts in not_asked(scale):
        yield [
            {setting: account.entry.stored(attribute)[0] for setting, attribute in OWN.items()}
            for account in accounts
        ]


def decoded_by_hand(inherited: dict[str, Any], texts: dict[str, bytes]) -> dict[str, Any]:
    values = inherited.copy()
    for setting, text in texts.items():
        values[setting] = text.decode()
    values["address"] = mp.Address(values["address"])
    values["aliases"] = (mp.Address(values["aliases"]),)
    values["telephone_number"] = (values["telephone_number"],)
    return values


def all_settings(account: mp.Account) -> dict[str, Any]:
    return account.settings.flat()


def first_account(scale: Scale, number: int) -> mp.Account:
    """An account of a directory that nobody has asked for a setting."""
    accounts = max(100, scale.few // 10)
    return mp.open(ldif_file(accounts)).account(address(number % accounts))


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


def each(accounts: list[T], ask: Callable[[T], object]) -> float:
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
