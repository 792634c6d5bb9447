"""Who lives in a hosting-size directory: many small customers, a few large ones.

Everything is drawn from one seeded stream of random numbers, customer after customer and account
after account, so the same seed gives the same people and nothing has to be remembered. How they are
written down is up to a dialect.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from random import Random
from typing import Final, NamedTuple, TypeVar
from unicodedata import normalize

from attrs import frozen

__all__ = ["PLANS", "Customer", "MailList", "Person", "Plan", "customers", "mail_lists", "people"]


@frozen
class Plan:
    """A class of service: its name, its quota in GiB, and whether it has ActiveSync."""

    name: str
    quota: int
    activesync: bool = False


PLANS = (
    Plan("default", 2),
    Plan("kiosk", 1),
    Plan("basic", 5),
    Plan("standard", 10),
    Plan("business", 25, activesync=True),
    Plan("premium", 50, activesync=True),
)


@frozen
class Customer:
    """A domain. `alias` is a second name of it, `cap` the largest quota in GiB, `plan` its default."""

    number: int
    name: str
    company: str
    size: int
    names_from: int
    """Where among all names its people begin."""
    status: str
    alias: str | None
    cap: int | None
    plan: str | None
    language: str | None


class Person(NamedTuple):
    """An account; what is None is not stored on it. Aliases are local parts."""

    number: int
    customer: Customer
    uid: str
    first: str
    last: str
    status: str
    plan: str | None
    aliases: tuple[str, ...]
    quota: int | None
    forward: str | None
    imap: bool | None
    department: str
    city: str
    title: str

    @property
    def address(self) -> str:
        return f"{self.uid}@{self.customer.name}"


class MailList(NamedTuple):
    """A list of the customer; `members` are local parts, None makes it a dynamic list of everybody."""

    number: int
    customer: Customer
    name: str
    members: tuple[str, ...] | None


FIRST = """
Adam Agnes Aisha Anna Anton Bea Ben Carla Carlos Chen Chloe Clara Daniel Dario David Diana Elena
Elias Ella Emil Emma Eva Fabio Fatima Felix Finn Frida Georg Grace Greta Hana Hannah Hugo Ida Igor
Ines Irene Isaac Ivana Jack Jana Jonas Jörg Julia Karim Karl Kim Lara Laura Lea Leo Lina Lisa Louis
Lucia Luis Luka Maja Marco Maria Mark Marta Mia Mila Nadia Nina Noah Nora Olga Oliver Omar Oscar
Paul Petra Pia Pavel Renée Robin Rosa Ruth Samir Sara Sofia Sven Tara Theo Tim Tom Ute Vera Viktor
Wei Yara Yusuf Zoe
""".split()  # noqa: SIM905
LAST = """
Abbas Adler Ahmed Bakker Bauer Becker Berg Bianchi Brown Bruno Costa Cruz Dahl Davies Diaz Dupont
Evans Fernandez Ferrari Fischer Fontaine Garcia Gruber Haas Hansen Hoffmann Horvat Huber Ivanov
Jansen Jensen Johnson Jones Kaya Keller Khan Klein Koch Kovac Kowalski Kumar Lang Larsen Lee Lehmann
Lopez Maier Marino Martin Meyer Moretti Müller Nagy Nielsen Novak Olsen Park Patel Peeters Perez
Petrov Popov Ricci Romano Rossi Roth Ryan Saito Sanchez Santos Schmidt Schneider Silva Simon Singh
Smith Sokolov Suzuki Svensson Tanaka Taylor Thomas Tran Urban Vogel Wagner Walker Wang Weber Weiss
Wilson Winter Wolf Wright Yilmaz Young Zhang Zimmermann
""".split()  # noqa: SIM905
WORDS = """
amber anchor apple arrow aspen beacon birch blue brook canyon cedar cliff cloud coral crane delta
eagle ember fern field flint forest garden gold grove harbor hazel hill iron island ivy jade lake
lark linden maple meadow mill mint moon north oak ocean olive orchid owl pearl pine quarry rain
raven reed ridge river rose sage sail sand silver sky snow spring star stone storm summit sun swan
tide timber vale valley violet west willow
""".split()  # noqa: SIM905
DEPARTMENTS = ("Sales", "Marketing", "Engineering", "Support", "Finance", "Operations", "Research", "Legal")
CITIES = ("Berlin", "Milano", "Paris", "Madrid", "Wien", "Zürich", "London", "Warszawa", "Praha", "Lisboa")
TITLES = ("Assistant", "Consultant", "Engineer", "Analyst", "Manager", "Director", "Technician", "Clerk")

ACCOUNT_STATUS = (
    ("active",) * 186 + ("closed",) * 6 + ("locked",) * 4 + ("pending",) * 2 + ("maintenance", "lockout")
)
LOCKED_OUT: Final = "20250301113000Z"
"""The moment at which whoever is locked out was locked out."""
DOMAIN_STATUS = ("active",) * 95 + ("locked", "suspended", "suspended", "maintenance", "closed")
ACCOUNT_PLAN = (None,) * 9 + ("kiosk", "premium") + ("basic",) * 3 + ("standard",) * 4 + ("business",) * 2
LANGUAGES = (None,) * 6 + ("de", "it", "fr", "en")

ALIASES: Final = ((),) * 15 + (("mail",),) * 4 + (("mail", "web"),)


def _plain(name: str) -> str:
    return normalize("NFKD", name).encode("ascii", "ignore").decode().lower()


FIRST_NAMES = [(name, _plain(name)) for name in FIRST]
LAST_NAMES = [(name, _plain(name)) for name in LAST]
NAMES = len(FIRST) * len(LAST)
STEP = 5_477
"""Without a common divisor with the number of names, so that steps of it reach every name once."""
LARGEST = 20_000
LIST_SIZE = 10
ACCOUNTS_PER_LIST = 25
MOST_LISTS = 1 + LARGEST // ACCOUNTS_PER_LIST

T = TypeVar("T")


def pick(choices: Sequence[T], random: Random) -> T:
    """One of the choices, each as likely as the others; a likelier one stands there several times."""
    return choices[int(random.random() * len(choices))]


def customers(accounts: int, random: Random) -> Iterator[Customer]:
    """Customers whose sizes add up to `accounts`: half have fewer than ten, a few have thousands."""
    for number in count():
        if not accounts:
            return
        size = min(accounts, LARGEST, int(4 * random.paretovariate(0.8)))
        accounts -= size
        name = f"{pick(WORDS, random)}-{pick(WORDS, random)}-{number}"
        yield Customer(
            number,
            name=f"{name}.example",
            company=f"{name.title()} Ltd",
            size=size,
            names_from=int(random.random() * NAMES),
            status=pick(DOMAIN_STATUS, random),
            alias=f"{name}-alias.example" if random.random() < 0.05 else None,
            cap=30 if random.random() < 0.1 else None,
            plan=pick(PLANS, random).name if random.random() < 0.6 else None,
            language=pick(LANGUAGES, random),
        )


def people(customer: Customer, number: int, random: Random) -> Iterator[Person]:
    """The accounts of a customer; `number` is that of the first."""
    chance = random.random
    for place in range(customer.size):
        first, last, uid = name_at(customer, place)
        aliases = ALIASES[int(chance() * len(ALIASES))]
        yield Person(
            number + place,
            customer,
            uid,
            first,
            last,
            status=pick(ACCOUNT_STATUS, random),
            plan=pick(ACCOUNT_PLAN, random),
            aliases=tuple([f"{prefix}.{uid}" for prefix in aliases]),
            quota=int(1 + chance() * 40) if chance() < 0.1 else None,
            forward=f"{uid}@elsewhere.example" if chance() < 0.05 else None,
            imap=False if chance() < 0.03 else None,
            department=pick(DEPARTMENTS, random),
            city=pick(CITIES, random),
            title=pick(TITLES, random),
        )


def mail_lists(customer: Customer, random: Random) -> Iterator[MailList]:
    """The lists of a customer: everybody, and groups of some; every fifth holds the one before it."""
    first = customer.number * MOST_LISTS
    yield MailList(first, customer, "all", None)
    for number in range(1, 1 + customer.size // ACCOUNTS_PER_LIST):
        places = (int(random.random() * customer.size) for _ in range(LIST_SIZE))
        members = {name_at(customer, place)[2]: None for place in places}
        if number % 5 == 0:
            members[f"team{number - 1}"] = None
        yield MailList(first + number, customer, f"team{number}", tuple(members))


def name_at(customer: Customer, place: int) -> tuple[str, str, str]:
    """First name, last name and login of one account; no two of a customer are alike."""
    number = (customer.names_from + place * STEP) % NAMES
    (first, plain_first), (last, plain_last) = (
        FIRST_NAMES[number // len(LAST)],
        LAST_NAMES[number % len(LAST)],
    )
    again = place // NAMES
    return first, last, f"{plain_first}.{plain_last}{again or ''}"
