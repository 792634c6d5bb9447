"""How much may be sent: limits of the account, in several windows at once, and pools that a domain shares.

Nothing is counted here. A rule looks at what is used, and says what to charge if the message is taken; what
is not taken is not charged, and asking again for the same message charges it once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias

from ...errors import Unavailable
from ...model import Account, Directory
from ...values import Size
from ..context import Context
from ..effects import Notice
from ..opinion import Opinion
from ..replies import LIMIT_REACHED, TOO_MANY_RECIPIENTS
from ..requests import Post, Submission
from ..usage import Charge, Counter
from ..verdict import Verdict

__all__ = [
    "bytes_sent",
    "counts_of_bytes",
    "counts_of_domain",
    "counts_of_messages",
    "counts_of_recipients",
    "domain",
    "has_no_limit_per_message",
    "messages",
    "per_message",
    "recipients",
    "shares_no_pool",
    "writes_any_amount",
    "writes_to_anybody",
]

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86400

WINDOWS: Final = {MINUTE: "a minute", HOUR: "an hour", DAY: "24 hours"}

WARNING: Final = "limits.warning"

COUNTED: Final = "counted, and within the limits"
UNLIMITED: Final = "counted, without a limit"


class Limit(NamedTuple):
    """What a counter may reach; 0 where it is counted only. From `warn_at` on its owner is warned."""

    counter: Counter
    most: int
    warn_at: int


class Limits(NamedTuple):
    """The limits of one kind that an account has; `for_one` is said of one more within them."""

    all: tuple[Limit, ...]
    in_force: tuple[Limit, ...]
    counters: tuple[Counter, ...]
    for_one: Opinion | None


Reading: TypeAlias = Callable[[Account], Iterator[Limit]]


def per_message(request: Submission, directory: Directory, context: Context) -> Opinion | None:
    """A message has no more recipients than its sender may write to at once."""
    login = context.login
    if login is None:
        return None
    most = login.settings.max_recipients_per_message
    if not most or request.recipients <= most:
        return None
    text = f"{request.login} writes to {request.recipients} recipients at once, of {most}"
    return Opinion(Verdict.DEFER, text, TOO_MANY_RECIPIENTS)


def messages(request: Submission | Post, directory: Directory, context: Context) -> Opinion | None:
    """Messages in any minute, hour and day; those of a day are counted in any case, for people to see."""
    return judged(messages_of, 1, context)


def recipients(request: Submission | Post, directory: Directory, context: Context) -> Opinion | None:
    """Recipients in any day, each counted again in each message."""
    return judged(recipients_of, request.recipients, context)


def bytes_sent(request: Submission | Post, directory: Directory, context: Context) -> Opinion | None:
    """What was sent in any day, however many got it."""
    return judged(bytes_of, request.size, context)


def domain(request: Submission | Post, directory: Directory, context: Context) -> Opinion | None:
    """What all accounts of a domain share."""
    return judged(pools_of, request.recipients, context)


def counts_of_messages(
    request: Submission | Post, directory: Directory, context: Context
) -> Iterable[Counter]:
    """The counts that `messages` looks at."""
    return counts(messages_of, context)


def counts_of_recipients(
    request: Submission | Post, directory: Directory, context: Context
) -> Iterable[Counter]:
    """The counts that `recipients` looks at."""
    return counts(recipients_of, context)


def counts_of_bytes(request: Submission | Post, directory: Directory, context: Context) -> Iterable[Counter]:
    """The counts that `bytes_sent` looks at."""
    return counts(bytes_of, context)


def counts_of_domain(request: Submission | Post, directory: Directory, context: Context) -> Iterable[Counter]:
    """The counts that `domain` looks at."""
    return counts(pools_of, context)


# The limits of an account


def messages_of(account: Account) -> Iterator[Limit]:
    settings = account.settings
    most = settings.max_messages_per_minute, settings.max_messages_per_hour, settings.max_messages_per_day
    for window, each in zip(WINDOWS, most, strict=True):
        if each or window == DAY:
            yield limit(account, "messages", account.name, window, each)


def recipients_of(account: Account) -> Iterator[Limit]:
    if most := account.settings.max_recipients_per_day:
        yield limit(account, "recipients", account.name, DAY, most)


def bytes_of(account: Account) -> Iterator[Limit]:
    most = account.settings.max_bytes_per_day
    if most != Size.UNLIMITED:
        yield limit(account, "bytes", account.name, DAY, most)


def pools_of(account: Account) -> Iterator[Limit]:
    settings = account.settings
    pool = account.name.rpartition("@")[2]
    if most := settings.domain_max_messages_per_day:
        yield limit(account, "messages", pool, DAY, most)
    if most := settings.domain_max_recipients_per_day:
        yield limit(account, "recipients", pool, DAY, most)


def limit(account: Account, what: str, of: str, window: int, most: int) -> Limit:
    """A limit with its warning, rounded up: at 90 % of 5 it is given with the fifth."""
    warn_at = -(-most * account.settings.sending_warning_percent // 100) if most else 0
    return Limit(Counter(what, str(of), window), int(most), warn_at)


def limits(reading: Reading, account: Account) -> Limits:
    """The limits of an account, kept with it: one whose reading is written down is not the same account."""
    known = account.__dict__
    found: Limits | None = known.get(reading.__name__)
    if found is None:
        every = tuple(reading(account))
        in_force = tuple(each for each in every if each.most)
        text = COUNTED if in_force else UNLIMITED
        for_one = Opinion(Verdict.NO_OPINION, text, charges=charged(every, 1, limited=True))
        counters = tuple(each.counter for each in in_force)
        found = known[reading.__name__] = Limits(every, in_force, counters, for_one if every else None)
    return found


# Judging


def counts(reading: Reading, context: Context) -> tuple[Counter, ...]:
    login = context.login
    return () if login is None else limits(reading, login).counters


def judged(reading: Reading, amount: int, context: Context) -> Opinion | None:
    """Whether this much more stays within each limit; one that is passed decides, whatever is unknown."""
    login = context.login
    if login is None:
        return None
    every, in_force, _, for_one = limits(reading, login)
    if not in_force:
        return for_one
    unknown: Counter | None = None
    notices: tuple[Notice, ...] = ()
    for each in in_force:
        used = context.used(each.counter)
        if used is None:
            unknown = each.counter
            continue
        after = used + amount_of(each, amount)
        if after > each.most:
            # Nobody is held back by a rule that is only watched: then it counts, and without a limit.
            charges = charged(every, amount, limited=False)
            return Opinion(Verdict.DEFER, over(each, used, amount), LIMIT_REACHED, charges=charges)
        if used < each.warn_at <= after:
            notices += (Notice(WARNING, (str(login.name),), each.counter.of, measured(each, after)),)
    if unknown is not None:
        raise Unavailable("the counters", why=f"do not say how much is used: {unknown}")
    if not context.is_told and not notices and amount == 1:
        return for_one
    text = "; ".join(measured(each, context.used(each.counter) or 0) for each in in_force)
    return Opinion(Verdict.NO_OPINION, text, charges=charged(every, amount, limited=True), notices=notices)


def amount_of(each: Limit, amount: int) -> int:
    """A message is one message, whatever else is counted of it."""
    return 1 if each.counter.what == "messages" else min(max(amount, 0), Size.UNLIMITED)


def charged(every: tuple[Limit, ...], amount: int, *, limited: bool) -> tuple[Charge, ...]:
    return tuple(Charge(each.counter, amount_of(each, amount), each.most if limited else 0) for each in every)


def measured(each: Limit, used: int) -> str:
    """`john@acme.example: 12 of 10000 messages in 24 hours`, in words for people."""
    what, of, window = each.counter
    if what == "bytes":
        return f"{of}: {sized(used)} of {sized(each.most)} in {WINDOWS[window]}"
    return f"{of}: {used} of {each.most} {what} in {WINDOWS[window]}"


def over(each: Limit, used: int, amount: int) -> str:
    more = amount_of(each, amount)
    return f"{measured(each, used)}, and this is {sized(more) if each.counter.what == 'bytes' else more} more"


def sized(amount: int) -> Size:
    return Size(min(amount, Size.UNLIMITED))


# Where these have nothing to count


def has_no_limit_per_message(found: object | None, context: Context) -> bool:
    """A message of hers may have any number of recipients."""
    return not isinstance(found, Account) or not found.settings.max_recipients_per_message


def writes_to_anybody(found: object | None, context: Context) -> bool:
    """Her recipients are not counted."""
    return not isinstance(found, Account) or not limits(recipients_of, found).all


def writes_any_amount(found: object | None, context: Context) -> bool:
    """What she sends is not counted."""
    return not isinstance(found, Account) or not limits(bytes_of, found).all


def shares_no_pool(found: object | None, context: Context) -> bool:
    """Her domain counts nothing."""
    return not isinstance(found, Account) or not limits(pools_of, found).all
