"""All maps by name, and asking one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from ...errors import Ambiguous, Unavailable
from ...model import Directory
from .aliases import alias, mailbox, recipient
from .answer import Answer, unknown, wrong
from .domains import alias_domains, canonical, domains, relay, transport
from .logins import sender_logins
from .options import Tables

__all__ = ["MAPS", "ask"]

Map: TypeAlias = Callable[[Directory, str, Tables], Answer]

MAPS: Final[Mapping[str, Map]] = MappingProxyType(
    {
        "domains": domains,
        "aliasdomains": alias_domains,
        "mailbox": mailbox,
        "alias": alias,
        "senderlogins": sender_logins,
        "transport": transport,
        "canonical": canonical,
        "relay": relay,
        "recipientaccess": recipient,
    }
)
"""By the names that stand in main.cf."""


def ask(directory: Directory, name: str, key: str, tables: Tables = Tables()) -> Answer:  # noqa: B008
    """Ask a map; what nobody can tell is an answer too.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> ask(acme, "alias", "John+news@ACME.example").text
    'john+news@acme.example'
    >>> ask(acme, "mailbox", "nobody@acme.example").word
    <Word.ABSENT: 'absent'>
    >>> ask(acme, "mailboxes", "john@acme.example")
    Answer(word=<Word.WRONG: 'wrong'>, text='there is no map mailboxes')
    """
    answers = MAPS.get(name)
    if answers is None:
        return wrong(f"there is no map {name}")
    try:
        return answers(directory, key, tables)
    except (Unavailable, Ambiguous) as problem:
        return unknown(problem)
