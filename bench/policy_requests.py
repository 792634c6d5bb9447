"""What mail servers ask: requests as Postfix 3.8 writes them, with all its attributes, and lookups in tables.

Some people get most of the mail. So the accounts, aliases, lists and senders are put in an order by
chance, and the one at place n of it is drawn in proportion to 1/n.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Final

from bench.policy_directory import OUTSIDE, Population

__all__ = ["REFUSED", "Drawn", "each_once", "inbound", "lookups", "mixed", "posts"]

REQUEST: Final = """\
request=smtpd_access_policy
protocol_state=RCPT
protocol_name=ESMTP
client_address={client}
client_name=mail{number}.{outside}
client_port=47{port}
reverse_client_name=mail{number}.{outside}
server_address=192.0.2.25
server_port=25
helo_name=mail{number}.{outside}
sender={sender}
recipient={recipient}
recipient_count=0
queue_id=
instance={instance:x}.6553f1a2.{port}.0
size={size}
etrn_domain=
stress=
sasl_method={method}
sasl_username={login}
sasl_sender=
ccert_subject=
ccert_issuer=
ccert_fingerprint=
ccert_pubkey_fingerprint=
encryption_protocol=TLSv1.3
encryption_cipher=TLS_AES_256_GCM_SHA384
encryption_keysize=256
policy_context=
compatibility_level=3.6
mail_version=3.8.6

"""
REFUSED: Final = 0.05
"""The share of requests whose answer is no."""
KINDS: Final = {"account": 45, "alias": 15, "list": 10, "own": 25, "unknown": 3, "closed": 1, "forged": 1}
"""What is asked about, of a hundred requests; the last three are those that are refused."""
UNKNOWN: Final = "nobody.of.that.name"


class Drawn:
    """Draws from some things, a few of them often."""

    def __init__(self, things: Sequence[str], random: Random) -> None:
        self._things = random.sample(things, len(things))
        self._weights = list(accumulate(1 / place for place in range(1, len(things) + 1)))
        self._random = random

    def some(self, count: int) -> list[str]:
        return self._random.choices(self._things, cum_weights=self._weights, k=count)


def request(number: int, sender: str, recipient: str, login: str = "") -> bytes:
    """One request, of a message of its own: each has another instance."""
    return REQUEST.format(
        client=f"{'198.51.100' if login else '203.0.113'}.{number % 250 + 1}",
        number=number % 250,
        outside=OUTSIDE,
        port=100 + number % 900,
        sender=sender,
        recipient=recipient,
        instance=0x1000 + number,
        size=1_500 + number * 7919 % 60_000,
        method="PLAIN" if login else "",
        login=login,
    ).encode()


def mixed(people: Population, count: int) -> list[bytes]:
    """Mail from outside, to accounts, aliases and lists; mail that users send; and some that is refused."""
    random = Random(1)
    kinds = random.choices([*KINDS], [*KINDS.values()], k=count)
    drawn = {
        "account": people.accounts, "alias": people.aliases, "list": people.lists, "own": people.accounts,
        "closed": people.closed, "unknown": people.domains, "forged": people.accounts,
    }  # fmt: skip
    chosen = {kind: iter(Drawn(things, random).some(count)) for kind, things in drawn.items()}
    return [of_kind(number, kind, next(chosen[kind])) for number, kind in enumerate(kinds)]


def of_kind(number: int, kind: str, about: str) -> bytes:
    outside = f"correspondent{number * 31 % 4_999}@{OUTSIDE}"
    match kind:
        case "own":
            return request(number, about, outside, login=about)
        case "forged":
            return request(number, f"somebody.else@{about.partition('@')[2]}", outside, login=about)
        case "unknown":
            return request(number, outside, f"{UNKNOWN}{number}@{about}")
        case _:
            return request(number, outside, about)


def each_once(people: Population) -> list[bytes]:
    """Every account, alias and list gets one message, and every account sends one, in any order."""
    asked = [
        *(("account", each) for each in people.accounts),
        *(("alias", each) for each in people.aliases),
        *(("list", each) for each in people.lists),
        *(("own", each) for each in people.accounts),
    ]
    Random(2).shuffle(asked)
    return [of_kind(number, kind, about) for number, (kind, about) in enumerate(asked)]


def inbound(people: Population, count: int) -> list[bytes]:
    """Mail from outside alone, of which nothing is counted."""
    recipients = Drawn([*people.accounts, *people.aliases, *people.lists], Random(3)).some(count)
    return [of_kind(number, "account", each) for number, each in enumerate(recipients)]


def posts(people: Population, lists: Sequence[str], count: int) -> list[bytes]:
    """Mail of members to lists."""
    random = Random(4)
    members = Drawn(people.members, random).some(count)
    return [
        request(number, member, random.choice(lists), login=member) for number, member in enumerate(members)
    ]


def lookups(people: Population, count: int) -> list[bytes]:
    """Netstrings of a socketmap client: mailboxes and aliases in turn, of whoever gets mail."""
    random = Random(5)
    known = Drawn([*people.accounts, *people.aliases, *people.lists], random).some(count)
    unknown = Drawn(people.domains, random).some(count)
    asked = (
        f"{UNKNOWN}{number}@{unknown[number]}" if random.random() < REFUSED else known[number]
        for number in range(count)
    )
    return [netstring(f"{'alias' if number % 2 else 'mailbox'} {key}") for number, key in enumerate(asked)]


def netstring(text: str) -> bytes:
    return b"%d:%b," % (len(text.encode()), text.encode())
