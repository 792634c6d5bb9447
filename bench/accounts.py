"""Accounts to measure with: each is a function of its number, so that any of them is known without the rest.

An account has 17 values in some 520 bytes of LDIF. There are 50 domains, 5 classes of service, 10
departments of the same size, and every tenth account has a quota of its own instead of a title.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final
from unicodedata import normalize

from mailpolicy.testing.text import line, record

__all__ = [
    "BASE",
    "CLASSES_OF_SERVICE",
    "VALUES",
    "account",
    "address",
    "alias",
    "different_values",
    "ldif",
    "ldif_file",
]

BASE: Final = "o=mail"
VALUES: Final = 17
"""How many values an account has."""

DOMAINS: Final = 50
CLASSES_OF_SERVICE: Final = {"basic": 2, "standard": 5, "business": 10, "premium": 25, "kiosk": 1}
"""Their quotas in GiB."""

DEPARTMENTS: Final = (
    "sales", "marketing", "engineering", "support", "finance",
    "operations", "research", "legal", "purchasing", "logistics",
)  # fmt: skip
CITIES: Final = ("Berlin", "Milano", "Paris", "Madrid", "Wien", "London", "Praha", "Lisboa")
TITLES: Final = ("Assistant", "Consultant", "Engineer", "Analyst", "Team Leader", "Technician", "Accountant")
STATUSES: Final = ("active",) * 28 + ("locked", "closed")
FIRST: Final = """
Adam Agnes Alexander Bea Benjamin Carla Clara Daniel Dario Elena Elias Emma Fabio Fatima Felix Frida
Greta Hannah Hugo Irene Isabella Jana Jonas Jörg Julia Karim Laura Leo Lucia Marco Maria Nadia Nora
Olga Pavel Sofia Sven Theodora Viktor Zoe
""".split()  # noqa: SIM905
LAST: Final = """
Abbas Bakker Becker Bianchi Costa Dahl Dupont Evans Fernandez Ferrari Fischer Garcia Gruber Hansen
Hoffmann Horvat Huber Jansen Jensen Johnson Keller Khan Klein Kovac Kovalenko Kowalski Kumar Larsen
Lehmann Lopez Markov Martin Meyer Moretti Müller Nagy Nielsen Novak Olsen Patel Petrov Romano Rossi
Schneider Silva Sokolov Svensson Tanaka Wagner Zimmermann
""".split()  # noqa: SIM905

CACHE: Final = Path(__file__).parents[1] / "build" / "bench"
"""Where generated files are kept; not in git."""
BATCH: Final = 10_000


def plain(name: str) -> str:
    return normalize("NFKD", name).encode("ascii", "ignore").decode().lower()


def name_lines(first: str, last: str) -> str:
    full = f"{first} {last}"
    return line("cn", full) + line("sn", last) + line("givenName", first) + line("displayName", full)


NAMES: Final = [
    (f"{plain(first)}.{plain(last)}", plain(last), name_lines(first, last))
    for first in FIRST
    for last in LAST
]
"""Login, alias and attribute lines of everybody's name, written once because names repeat."""


def scattered(number: int) -> int:
    """A number that looks drawn but is not: the same for the same account, on every machine."""
    mixed = (number + 1) * 0x9E3779B97F4A7C15 & 0xFFFF_FFFF_FFFF_FFFF
    mixed = (mixed ^ mixed >> 31) * 0xBF58476D1CE4E5B9 & 0xFFFF_FFFF_FFFF_FFFF
    return mixed ^ mixed >> 29


def address(number: int) -> str:
    """The address of an account, as a text of its own whose hash nobody has asked for.

    >>> address(0) == address(0), address(0) is address(0)
    (True, False)
    """
    return f"{NAMES[scattered(number) % len(NAMES)][0]}{number}@d{number % DOMAINS}.example"


def alias(number: int) -> str:
    """The other address of an account."""
    return f"{NAMES[scattered(number) % len(NAMES)][1]}.{number}@d{number % DOMAINS}.example"


def account(number: int) -> str:
    """The entry of an account, with the blank line that ends it."""
    drawn = scattered(number)
    login, alias, names = NAMES[drawn % len(NAMES)]
    uid = f"{login}{number}"
    domain = f"d{number % DOMAINS}.example"
    drawn //= len(NAMES)
    department = DEPARTMENTS[drawn % 10]
    drawn //= 10
    cos = COS_DNS[drawn % len(COS_DNS)]
    drawn //= len(COS_DNS)
    own = f"mpMailboxQuota: {1 + drawn % 40} GiB" if number % 10 == 7 else f"title: {TITLES[drawn % 7]}"
    created = (
        f"{2005 + drawn % 20}{1 + drawn % 12:02}{1 + drawn % 28:02}"
        f"{drawn % 24:02}{drawn // 7 % 60:02}{number % 60:02}Z"
    )
    return (
        f"dn: uid={uid},ou=people,dc={domain},{BASE}\nobjectClass: inetOrgPerson\nobjectClass: mpAccount\n"
        f"uid: {uid}\n{names}mail: {uid}@{domain}\nmpAliases: {alias}.{number}@{domain}\n"
        f"mpCos: {cos}\nmpAccountStatus: {STATUSES[drawn % 30]}\ndepartmentNumber: {department}\n"
        f"employeeNumber: {number:07}\n{own}\n"
        f"physicalDeliveryOfficeName: {CITIES[drawn % 8]}, building {drawn % 9}, room {number % 700:03}\n"
        f"telephoneNumber: +49 30 555 {number:07}\ncreateTimestamp: {created}\n\n"
    )


COS_DNS: Final = [f"cn={name},ou=cos,{BASE}" for name in CLASSES_OF_SERVICE]


def surroundings() -> Iterator[str]:
    """The entries that accounts stand below, and those they inherit from."""
    yield record(BASE, "organization", o="mail")
    yield record(
        f"cn=config,{BASE}", "mpConfig", cn="config", mpMailboxQuota="1 GiB", mpMaxMessageSize="25 MiB",
        mpQuotaWarningPercent=90, preferredLanguage="en", mpTimeZone="Europe/Berlin",
        mpPasswordMinLength=10, mpMaxMessagesPerDay=500,
    )  # fmt: skip
    yield record(f"ou=cos,{BASE}", "organizationalUnit", ou="cos")
    for (name, quota), dn in zip(CLASSES_OF_SERVICE.items(), COS_DNS, strict=True):
        yield record(
            dn, "mpClassOfService", cn=name, mpMailboxQuota=f"{quota} GiB",
            mpActivesyncEnabled="TRUE" if quota > 5 else None, mpMaxMessagesPerDay=quota * 100,
        )  # fmt: skip
    for number in range(DOMAINS):
        name = f"d{number}.example"
        yield record(
            f"dc={name},{BASE}", "domain mpDomain", dc=name, associatedDomain=name, mpDomainStatus="active",
            mpDefaultCos=COS_DNS[number % len(COS_DNS)], preferredLanguage=("de", "it", None)[number % 3],
            mpMaxMailboxQuota="30 GiB" if number % 10 == 0 else None,
        )  # fmt: skip
        yield record(f"ou=people,dc={name},{BASE}", "organizationalUnit", ou="people")


def ldif(count: int) -> Iterator[str]:
    """A directory with so many accounts, entry by entry, each after the one above it."""
    yield from surroundings()
    yield from map(account, range(count))


def ldif_file(count: int) -> Path:
    """The directory as a file, written unless it is there already; named for what wrote it, too."""
    version = sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    path = CACHE / f"accounts-{count}-{version}.ldif"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        entries = ldif(count)
        unfinished = path.with_suffix(f".{os.getpid()}")
        with unfinished.open("wb") as output:
            while batch := "".join(islice(entries, BATCH)):
                output.write(batch.encode("ascii"))
        unfinished.rename(path)
    return path


@cache
def different_values(count: int) -> dict[str, int]:
    """How many different values each attribute has in such a directory."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for entry in ldif(count):
        for each in entry.splitlines():
            name, _, value = each.partition(": ")
            found[name.removesuffix(":")].add(value)
    return {name: len(values) for name, values in found.items()}
