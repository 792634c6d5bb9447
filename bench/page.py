"""The page of figures, `docs/performance.md`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from bench.figure import MISSED, TIMES, Figure, Goal, Result
from bench.scale import Scale

__all__ = ["Outcome", "bound", "page", "shown"]

Outcome = tuple[Figure, list[Result] | str]
"""A figure with its lines, or with the reason why there are none."""

SMALL_RUN: Final = """\
> **From a small run.** It shows that every figure can be measured; what the figures say here means
> nothing, and no goal is judged. `make bench` writes this page anew from a large directory.

"""

INTRODUCTION: Final = """\
# Performance

What mailpolicy costs, each time as a ratio to something its reader knows: another parser of the same
file, a dict, a slapd. `make bench` measures and writes this page.

"""

HOW_TO_READ: Final = """\
## How to read it

- **Measured** is the median of ours divided by the median of what it is measured against. Both took their
  turns in one process, round after round, so that a slow moment of the machine was slow for both. **Spread**
  has the rounds that say least and most. A line without it was measured once: it is a first time that does
  not come again, or memory, which hardly differs from time to time. Throwing a result away is not counted.
- Ratios, not seconds: they hold on other machines more or less, and seconds do not.
- **gc** says whether Python's cyclic garbage collector was on during the turns, for both sides. It looks
  through all objects that may be part of a cycle, again and again while many are made. mailpolicy switches it
  off while it loads and puts it back as it was; python-ldap's parser runs with it as the host has it. So
  loading is measured with a host that has it on, and with one that has it off for both. A host may call
  `gc.freeze()` after loading: what is there then is never looked through again.
- **Forking** is how servers with several processes work: the host loads the directory, its children share
  the memory. A page of memory becomes a child's own when the child writes to it, and Python writes to an
  object for as little as counting a reference. A full collection writes to every object it looks through,
  unless the host has frozen them.
- A directory "just opened", or an account "not asked before", keeps no answer from an earlier question. What
  the process knows independently of the directory is warm, but in the line that says "a fresh process": the
  catalog of settings and what it means in a dialect, which attributes entries with the same names have (their
  shapes) and where they state what they inherit from, and stored values that many share with what they mean.
- **Lists**: a list is expanded anew each time, down to the addresses of all members in a list. Whom its URL
  finds is kept from the first time on and follows the changes of the directory; the line "for the first time"
  has nothing to start from. The overlay works it out at each reading.
- **Live directories** are measured with 100,000 accounts, not with the million, against a slapd on the same
  machine, over its local socket. A change counts from the moment the writer, another process, sends it, by a
  clock that all processes share. It is seen when a thread that waits in `live.watch()` has been answered
  accordingly by `live.find`; on the other side, when python-ldap calls the function for an entry. A reader
  that pauses counts from the moment for which it wanted to wake up.
- **Filters**: the text of the filter had been read before, and the indexes it needs were made by an earlier
  question; slapd had answered it before, too. What the first question costs is in the line below each filter,
  against the same slapd, whose indexes were made when it was loaded.
- Before the clock ran, slapd's answers were compared with ours: both are the same set of DNs.

"""

DECIDING: Final = """\
## Deciding for mail servers

- Ours is `mailpolicy serve`, started as an operator starts it, on a directory of 10,000 accounts out of
  `mailpolicy.testing.generate`, with some large lists added. Journal, metrics and log are off unless a line
  says otherwise, and no trail is made. The other server is `bench/policy_nothing.py`: on uvloop, too, it
  makes a dict of each request and always gives the same answer. Both run all the time and are asked in
  turns.
- **Who asks** is a process of its own with plain sockets and epoll, 8 connections, on each of which it waits
  for one answer before it sends the next question, as Postfix does. A line says how much of a core either
  server took, and the client with it: where the client is close to a whole core, it is what was measured.
  `127.0.0.1` it is, not a local socket.
- **Mixed requests** have the 31 attributes of Postfix 3.8, some 725 bytes, each with an `instance` of its
  own: 45 % for an account, 15 % for an alias, 10 % for a list, 25 % of users who write to somebody outside;
  5 % are refused, for an address that nobody has, for closed accounts, and for senders who are not who they
  say.
- **Who is asked about**: accounts, aliases, lists and senders are put in an order by chance, and the one at
  place n is drawn in proportion to 1/n. All requests of a round were asked once before the clock ran. The
  line "a process just started" asks about everything once, and nothing was asked before.
- **Seconds of processor** are those of the server process, from the system's own count. They hold on a
  machine that has other things to do, where throughput and waits do not. Sending and receiving is part of
  them.
- **Posts** to a list for members only are those of members who have logged in. The list has 10 others, each
  of these 5, and every other account is in one of those.
- **Workers** are asked about mail from outside, with counts in SQLite, for both sides. The kernel deals the
  connections out by chance, anew in each round: 8 are seldom 4 and 4.
- **Postfix** gets its messages from `smtp-source`, 8 at a time, asks about each recipient, and hands them to
  `discard`. A round ends when the queue is empty. It runs as root only.
- **Paced requests** go over one connection. A wait begins when the question is sent or, where the answer
  before came too late for that, when it should have been. The other client is a process of its own. What it
  is to share two cores with any busy client and server, and to wait for the requests before one's own, is in
  the line about trifles: mail from outside for accounts.

"""

REPRODUCE: Final = """\
## How to reproduce it

```sh
make bench                                 # every figure, and this page; some 35 minutes and 10 GiB of memory
.venv/bin/python -m bench --figure find    # one figure
.venv/bin/python -m bench --scale 0.1      # all of them with a tenth of the accounts
make bench-quick                           # whether they all work; some seconds
```

Only the first writes this page; the others write theirs to `build/bench`. The accounts are generated, the
same on every machine (`bench/accounts.py`): 17 values in some 520 bytes of LDIF each, in 50 domains and 5
classes of service. Every figure has a process of its own.

"""

UNEXPLAINED: Final = "nobody has said yet why."

HEAD: Final = ("Figure", "Against", "gc", "Goal", "Measured", "Spread", "Met")


def page(
    outcomes: Iterable[Outcome], scale: Scale, machine: Mapping[str, str], *, is_small: bool = False
) -> str:
    """The whole page as Markdown."""
    outcomes = list(outcomes)
    return "".join(
        [
            INTRODUCTION,
            SMALL_RUN if is_small else "",
            row(HEAD),
            row("---" for _ in HEAD),
            *(row(cells) for outcome in outcomes for cells in lines(*outcome, judged=not is_small)),
            "\n",
            *(() if is_small else missed(outcomes)),
            HOW_TO_READ,
            DECIDING,
            REPRODUCE,
            "## The machine\n\n",
            f"Directories of {scale.many:,}, {scale.some:,} and {scale.few:,} accounts, ",
            f"{scale.rounds} rounds.\n\n",
            "| | |\n| --- | --- |\n",
            *(row(each) for each in machine.items()),
        ]
    )


def lines(figure: Figure, results: list[Result] | str, *, judged: bool) -> Iterator[tuple[str, ...]]:
    """The rows of a figure: what all of them share stands in the first."""
    if isinstance(results, str):
        yield figure.what, figure.against, figure.gc, "", "not measured", "", results
        return
    yield f"**{figure.what}**", figure.against, figure.gc, "", "", "", ""
    for result in results:
        verdict = ", ".join(filter(None, (result.verdict if judged else "", result.note)))
        yield (
            f"– {result.what}", "", "", bound(result.goal, result.unit),
            f"{shown(result.measured.middle)} {result.unit}", spread(result), verdict,
        )  # fmt: skip


def missed(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """For each goal that was missed, what was tried and where the floor is."""
    lines = [
        f"- **{figure.what}** – {result.what}: {result.why or UNEXPLAINED}\n"
        for figure, results in outcomes
        if not isinstance(results, str)
        for result in results
        if result.verdict == MISSED
    ]
    if lines:
        yield "## Goals missed\n\n"
        yield from lines
        yield "\n"


def row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |\n"


def bound(goal: Goal | None, unit: str) -> str:
    if goal is None:
        return ""
    return f"{'≥' if goal.is_lower else '≤'} {shown(goal.bound)} {unit if unit != TIMES else ''}".rstrip()


def spread(result: Result) -> str:
    lowest, highest = result.measured.lowest, result.measured.highest
    return "" if lowest == highest else f"{shown(lowest)}–{shown(highest)}"


def shown(number: float) -> str:
    """A number with three digits, so that the reader sees on which side of a goal it is.

    >>> shown(0.04731), shown(1.342), shown(20), shown(3513.4)
    ('0.0473', '1.34', '20', '3,513')
    """
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
