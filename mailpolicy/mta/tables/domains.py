"""Tables about domains: which are the directory's, which are relayed for, and how their mail is delivered."""

from __future__ import annotations

from ...inherit import layers_of, resolve, text_values
from ...ldap.entry import Entry
from ...lists.reach import PRIMARY
from ...lookup.straight import takes_mail
from ...model import Directory
from ...reasons import Level
from ...rights.chain import is_deployed
from ...schema import find_setting
from ...schema.catalog.domain import DomainKind
from ...snapshot import Snapshot
from ...values import Address
from .aliases import alias, expander_address
from .answer import ABSENT, Answer, Word, found
from .boxes import unseen, where
from .ladders import access_keys, address_of, domain_of_key, transport_keys, virtual_keys
from .options import Tables

__all__ = ["alias_domains", "canonical", "domains", "relay", "transport"]


def domains(directory: Directory, key: str, tables: Tables) -> Answer:
    """Whether a name is that of a domain with mailboxes."""
    return of_kind(directory, key, tables, is_alias=False)


def alias_domains(directory: Directory, key: str, tables: Tables) -> Answer:
    """Whether a name is another name of a domain."""
    return of_kind(directory, key, tables, is_alias=True)


def of_kind(directory: Directory, key: str, tables: Tables, *, is_alias: bool) -> Answer:
    name = domain_of_key(key)
    if name is None:
        return ABSENT
    snapshot = directory.snapshot
    entry = snapshot.domain(name)
    if entry is None:
        return unseen(snapshot, name, tables)
    return found(name) if is_alias_domain(snapshot, entry) is is_alias and knows(snapshot, entry) else ABSENT


def is_alias_domain(snapshot: Snapshot, entry: Entry) -> bool:
    return resolve(snapshot, layers_of(snapshot, entry), find_setting("domain_kind")) is DomainKind.ALIAS


def knows(snapshot: Snapshot, entry: Entry) -> bool:
    """Whether mail knows a domain; what its status does to mail is for rules to say."""
    return takes_mail(snapshot.dialect, entry, Level.DOMAIN)


def relay(directory: Directory, key: str, tables: Tables) -> Answer:
    """Whether mail is relayed for a domain, or an address in one: as configured."""
    party = address_of(key) or domain_of_key(key)
    names = () if party is None else access_keys(party)
    return found("OK") if any(name in tables.relay_domains for name in names) else ABSENT


def transport(directory: Directory, key: str, tables: Tables) -> Answer:
    """How mail is delivered: as configured for the key, as the directory says, else as by default.

    Deployed systems say it by `zimbraMailTransport`, on a mailbox or on a domain.
    """
    if key in ("*", "<>", ""):
        return found(tables.transports.get(key, ""))
    party = address_of(key) or domain_of_key(key)
    if party is None:
        return ABSENT
    if isinstance(party, Address) and is_expander(directory, party, tables):
        return found(tables.expander_transport)
    snapshot = directory.snapshot
    home = snapshot.domain(party.domain if isinstance(party, Address) else party)
    for each in transport_keys(party, delimiters(snapshot, home)):
        if each == "*":  # what Postfix asks for by itself
            break
        said = tables.transports.get(each) or stored_transport(snapshot, each)
        if said:
            return found(said)
    ours = home is not None and not is_alias_domain(snapshot, home) and knows(snapshot, home)
    return found(tables.transport) if ours else ABSENT


def is_expander(directory: Directory, address: Address, tables: Tables) -> bool:
    """Whether an address stands for a list that is too large for Postfix."""
    if not (tables.expander and tables.expander_transport):
        return False
    reached = where(directory.snapshot, address)
    if not isinstance(reached, Entry) or directory.snapshot.level_of(reached) is not Level.LIST:
        return False
    primary = PRIMARY.value(reached, directory.snapshot.dialect)
    if primary is None or expander_address(Address(primary), tables) != address:
        return False
    answer = alias(directory, address, tables)
    return answer.word is Word.FOUND and answer.text == address


def delimiters(snapshot: Snapshot, home: Entry | None) -> str:
    if home is None:
        return ""
    value: str = resolve(snapshot, layers_of(snapshot, home), find_setting("recipient_delimiter"))
    return value


def stored_transport(snapshot: Snapshot, key: str) -> str:
    """What a deployed directory says about one key of the ladder."""
    if not is_deployed(snapshot) or key.startswith("."):
        return ""
    if "@" not in key:
        domain = snapshot.domain(key)
        return first(domain, "zimbraMailTransport") if domain is not None and knows(snapshot, domain) else ""
    reached = where(snapshot, Address(key))
    if not isinstance(reached, Entry) or PRIMARY.value(reached, snapshot.dialect) != key:
        return ""
    return first(reached, "zimbraMailTransport")


def canonical(directory: Directory, key: str, tables: Tables) -> Answer:
    """By what address somebody is seen outside: `zimbraMailCanonicalAddress` of a deployed system."""
    snapshot = directory.snapshot
    address = address_of(key)
    if address is None or not is_deployed(snapshot):
        return ABSENT
    home = snapshot.domain(address.domain)
    if home is None:
        return ABSENT
    for each in virtual_keys(address, delimiters(snapshot, home)):
        if each.startswith("@"):
            whole = first(home, "zimbraMailCatchAllCanonicalAddress")
            return found(renamed(address, whole)) if f"{each}" in caught(home) else ABSENT
        reached = where(snapshot, Address(each))
        if isinstance(reached, Entry) and (text := first(reached, "zimbraMailCanonicalAddress")):
            return found(text)
    return ABSENT


def caught(domain: Entry) -> frozenset[str]:
    return frozenset(text.strip().lower() for text in text_values(domain, "zimbraMailCatchAllAddress"))


def renamed(address: Address, whole: str) -> str:
    """The address in another domain, where that is all that is said: ``@acme.example``."""
    return f"{address.local}{whole}" if whole.startswith("@") else whole


def first(entry: Entry, attribute: str) -> str:
    return next(iter(text_values(entry, attribute)), "")
