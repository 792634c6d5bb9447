"""Write the LDIF of a hosting-size directory: `python -m mailpolicy.testing.generate --accounts 1000000`.

The same arguments give the same bytes, whatever the machine, so that measurements can be compared
and a failing test found again. Nothing is kept in memory: a million accounts take as much of it as ten.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from gzip import GzipFile
from itertools import islice
from pathlib import Path
from random import Random
from typing import BinaryIO, Protocol, cast

from mailpolicy.testing.deployed import Deployed
from mailpolicy.testing.native import Native
from mailpolicy.testing.population import Customer, MailList, Person, customers, mail_lists, people

__all__ = ["DIALECTS", "generate", "main"]

BATCH = 1000


class Shape(Protocol):
    """How a dialect writes down what a directory holds."""

    def preamble(self) -> Iterator[str]: ...
    def customer(self, customer: Customer) -> Iterator[str]: ...
    def person(self, person: Person) -> str: ...
    def mail_list(self, mail_list: MailList) -> str: ...


DIALECTS: dict[str, Shape] = {
    "native": Native(),
    "carbonio": Deployed(carbonio=True),
    "zimbra": Deployed(carbonio=False),
}


def generate(accounts: int, dialect: str = "native", seed: int = 0) -> Iterator[str]:
    """Yield the entries of a directory with so many accounts, each as LDIF text that ends in a blank line.

    Domains, classes of service, lists and, in the deployed dialects, alias entries come on top.
    Every entry comes after the one above it, as slapadd needs it.

    >>> sum("objectClass: mpAccount" in entry for entry in generate(100))
    100
    """
    shape = DIALECTS[dialect]
    random = Random(seed)
    yield from shape.preamble()
    number = 0
    for customer in customers(accounts, random):
        yield from shape.customer(customer)
        for person in people(customer, number, random):
            yield shape.person(person)
        for mail_list in mail_lists(customer, random):
            yield shape.mail_list(mail_list)
        number += customer.size


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the LDIF to a file or to standard output."""
    parser = ArgumentParser("python -m mailpolicy.testing.generate", description="Write a large LDIF file.")
    parser.add_argument("--accounts", type=int, default=1000, help="how many (%(default)s)")
    parser.add_argument("--dialect", choices=DIALECTS, default="native", help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="another one gives other people (%(default)s)")
    parser.add_argument("--output", type=Path, help="a file, compressed if named *.gz; else standard output")
    given = parser.parse_args(arguments)
    entries = generate(given.accounts, given.dialect, given.seed)
    with _opened(given.output) as output:
        while batch := "".join(islice(entries, BATCH)):
            output.write(batch.encode("ascii"))


@contextmanager
def _opened(path: Path | None) -> Iterator[BinaryIO]:
    if path is None:
        yield sys.stdout.buffer
    elif path.suffix == ".gz":
        # Without a name or a time in its header, so that the same people are the same file.
        with path.open("wb") as file, GzipFile("", "wb", fileobj=file, mtime=0) as compressed:
            yield cast("BinaryIO", compressed)
    else:
        with path.open("wb") as file:
            yield file


if __name__ == "__main__":
    main()
