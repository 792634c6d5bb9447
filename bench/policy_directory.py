"""The directory that mail servers ask about: customers of all sizes, and a large list for members only.

Some accounts are closed or locked, some domains are suspended, as `mailpolicy.testing.generate` draws them.
Who of it can get mail is asked of mailpolicy itself, before anything is measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Final

from attrs import frozen

import mailpolicy as mp
from bench.accounts import CACHE
from mailpolicy.testing.generate import generate
from mailpolicy.testing.text import record

__all__ = ["OUTSIDE", "Population", "populated"]

BASE: Final = "o=mail"
HOME: Final = "lists.example"
OUTSIDE: Final = "customer.example"
"""A domain that is not ours."""
TEAMS: Final = 10
GROUPS: Final = 5
"""Lists in each team; the members of the large list are in these."""


@frozen
class Population:
    """Addresses of a directory, by what becomes of mail for them."""

    path: Path
    accounts: tuple[str, ...]
    """Those that get mail and send it."""
    aliases: tuple[str, ...]
    lists: tuple[str, ...]
    closed: tuple[str, ...]
    """Accounts and lists that get no mail."""
    domains: tuple[str, ...]
    members: tuple[str, ...]
    """Those accounts that are on the lists for members only."""
    nested: str
    """The list for members only, two deep."""
    huge: tuple[str, ...]
    """The lists of five times as many as there are accounts, most of them addresses outside."""


def populated(accounts: int, *, huge: int = 0) -> Population:
    """Write the directory, with so many of the largest lists, unless it is there; and say who is in it."""
    path = written(accounts, huge)
    directory = mp.open(path)
    assert isinstance(directory, mp.Directory)
    ours = [(str(each.address), each) for each in directory.accounts()]
    everybody = {address for address, _ in ours}
    closed = {address for address in everybody if not takes(directory, address)}
    reached = {address for address in everybody - closed if sends(directory, address)}
    lists = [str(each.address) for each in directory.lists() if not str(each.address).endswith(HOME)]
    active = [address for address in lists if takes(directory, address)]
    return Population(
        path,
        accounts=tuple(sorted(reached)),
        aliases=tuple(
            sorted(str(alias) for address, each in ours if address in reached for alias in each.aliases)
        ),
        lists=tuple(active),
        closed=tuple(sorted(closed | (set(lists) - set(active)))),
        domains=tuple(sorted({address.partition("@")[2] for address in reached})),
        members=tuple(each for each in members_of(everybody_in(accounts)) if each in reached),
        nested=f"members@{HOME}",
        huge=tuple(f"huge{number}@{HOME}" for number in range(huge)),
    )


def takes(directory: mp.Directory, address: str) -> bool:
    """Whether somebody outside may write there."""
    decision = mp.decide(directory, mp.Delivery(f"wile.e@{OUTSIDE}", address))
    return decision.verdict is mp.Verdict.ACCEPT


def sends(directory: mp.Directory, address: str) -> bool:
    """Whether whoever has this address may send mail with it."""
    decision = mp.decide(directory, mp.Submission(address, address, f"wile.e@{OUTSIDE}"))
    return decision.verdict is mp.Verdict.ACCEPT


def written(accounts: int, huge: int) -> Path:
    version = sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    path = CACHE / f"asked-{accounts}-{huge}-{version}.ldif"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        everybody = everybody_in(accounts)
        entries = chain(generate(accounts), nested_list(everybody), huge_lists(everybody, huge))
        path.write_text("".join(entries), encoding="ascii")
    return path


def everybody_in(accounts: int) -> list[str]:
    entries = (entry for entry in generate(accounts) if "\nobjectClass: mpAccount\n" in entry)
    return [entry.partition("\nmail: ")[2].partition("\n")[0] for entry in entries]


def members_of(everybody: Sequence[str]) -> Sequence[str]:
    """Every other account is on the lists."""
    return everybody[::2]


def nested_list(everybody: Sequence[str]) -> Iterator[str]:
    """A list of teams, each of groups, each of accounts."""
    yield record(f"dc={HOME},{BASE}", "domain mpDomain", dc=HOME, associatedDomain=HOME)
    yield record(f"ou=lists,dc={HOME},{BASE}", "organizationalUnit", ou="lists")
    members = members_of(everybody)
    teams = range(TEAMS)
    yield mail_list("members", [f"team{team}" for team in teams], [], policy="members")
    for team in teams:
        groups = [f"group{team}-{number}" for number in range(GROUPS)]
        yield mail_list(f"team{team}", groups, [])
        for number, group in enumerate(groups):
            yield mail_list(group, [], members[team * GROUPS + number :: TEAMS * GROUPS])


def huge_lists(everybody: Sequence[str], count: int) -> Iterator[str]:
    """Lists of five times as many as there are accounts."""
    members = members_of(everybody)
    for number in range(count):
        subscribers = range(5 * len(everybody) - len(members))
        outside = [f"subscriber{each}@list{number}.{OUTSIDE}" for each in subscribers]
        yield mail_list(f"huge{number}", [], [*outside, *members], policy="members")


def mail_list(name: str, lists: Sequence[str], members: Sequence[str], policy: str | None = None) -> str:
    return record(
        f"cn={name},ou=lists,dc={HOME},{BASE}", "groupOfURLs mpList", cn=name, mail=f"{name}@{HOME}",
        mpPostingPolicy=policy, mpMemberAddresses=(*(f"{each}@{HOME}" for each in lists), *members),
    )  # fmt: skip
