"""Questions about objects: by what names they are found, what applies to them, what leads to others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import mailpolicy as mp
from mailpolicy.errors import NotFound
from mailpolicy.model.objects import Account, Addressed, HasStatus, MailingList, Object
from mailpolicy.schema import SETTINGS

from .about import DOMAIN, JANE, JOHN, ODD, addresses, crossed, names, objects
from .plain import dns, named, shown, stood, story
from .table import InOrder, question

LATER = datetime(2030, 1, 1, tzinfo=UTC)
KINDS = ["account", "resource", "list", "domain", "cos", "server"]


# By name


@question(lambda file: [*addresses(file), *ODD])
def find(directory: Any, name: str) -> Any:
    return dns([directory.find(name)])


@question(lambda file: crossed(["account", "resource", "list", "domain", "cos"], names(file), every=2))
def of_a_kind(directory: Any, kind: str, name: str) -> Any:
    verb = {
        "account": directory.account,
        "resource": directory.resource,
        "list": directory.list,
        "domain": directory.domain,
        "cos": directory.cos,
    }[kind]
    return dns([verb(name)])


@question(names)
def select(directory: Any, name: str) -> Any:
    return dns([directory.select(name)])


@question()
def config(directory: Any) -> Any:
    return account_of(directory.config)


@question(objects)
def object_(directory: Any, dn: str) -> Any:
    """The objects of entries that a search has found."""
    [entry] = directory.search(dn, "base")
    return dns([directory.object(entry)])


@question(objects)
def domain_of(directory: Any, dn: str) -> Any:
    found = directory.select(dn)
    return named(directory.domain_of(found)) if isinstance(found, Addressed) else None


# What is said of them


@question(objects)
def entries(directory: Any, dn: str) -> Any:
    return shown(directory.select(dn).entry)


@question(objects)
def settings(directory: Any, dn: str) -> Any:
    found = directory.select(dn)
    return found.settings.flat(), [*found.settings], str(found.settings.as_table())


@question(objects)
def explained(directory: Any, dn: str) -> Any:
    found = directory.select(dn)
    return {each.name: story(each) for each in found.settings.effective()}


@question(lambda file: crossed(objects(file), ["zimbraMailQuota", "mpMailboxQuota", "mail", "nope", "qouta"]))
def by_ldap_name(directory: Any, dn: str, name: str) -> Any:
    found = directory.select(dn)
    return story(found.explain(name)), found.settings[name], name in found.settings


@question(objects)
def facts(directory: Any, dn: str) -> Any:
    return account_of(directory.select(dn))


def account_of(found: Object) -> Any:
    facts = [(name, str(value)) for name, value in found.facts()]
    return found.kind, found.name, repr(found), facts, str(found.as_table()), found._repr_html_()


@question(objects)
def statuses(directory: Any, dn: str) -> Any:
    found = directory.select(dn)
    if isinstance(found, HasStatus):
        return directory.statuses, stood(found.status), stood(found.status_at(LATER))
    return None


@question(objects)
def relations(directory: Any, dn: str) -> Any:
    return dict(related(directory.select(dn)))


def related(found: Object) -> Iterator[tuple[str, Any]]:
    """What leads from an object to others."""
    for name in ("address", "aliases", "domain_name", "is_dynamic"):
        yield name, getattr(found, name, None)
    for name in ("cos", "domain", "target"):
        yield name, named(getattr(found, name, None))
    for name in ("lists", "owned_lists", "accounts"):
        yield name, dns(getattr(found, name, ()))
    if isinstance(found, Account):
        yield "delegates", [(each.name, each.rights, each.mode) for each in found.delegates]
    if isinstance(found, MailingList):
        for name in ("owners", "allowed_senders"):
            granted = getattr(found, name)
            yield name, [(each.name, each.kind, each.allowed, each.right, each.effective) for each in granted]
        yield "members", sorted(found.members.addresses)


# Many at once


@question(lambda file: ["domains", "classes_of_service", "lists", "resources", "aliases", "servers"])
def all_of_a_kind(directory: Any, kind: str) -> Any:
    every = {
        "domains": directory.domains,
        "classes_of_service": directory.classes_of_service,
        "lists": directory.lists,
        "resources": directory.resources,
        "aliases": directory.aliases,
        "servers": directory.servers,
    }[kind]()
    return dns(every), len(every)


ACCOUNTS: list[dict[str, Any]] = [
    {}, {"domain": DOMAIN}, {"domain": "ACME.example"}, {"domain": "alias.example"}, {"domain": "nope"},
    {"text": "john"}, {"text": "JO"}, {"text": ""}, {"text": "ü"}, {"status": "locked"}, {"status": "closed"},
    {"status": "active", "domain": DOMAIN}, {"status": "nope"}, {"cos": "premium"}, {"cos": "default"},
    {"cos": "basic", "text": "o"}, {"cos": "nope"}, {"domain": DOMAIN, "text": "a", "status": "active"},
]  # fmt: skip


@question(lambda file: ACCOUNTS)
def accounts(directory: Any, chosen: dict[str, Any]) -> Any:
    return dns(directory.accounts(**chosen))


@question(lambda file: [*crossed([*SETTINGS, "nope", "qouta"], KINDS, every=4), ("mailbox_quota", "nope")])
def effective(directory: Any, setting: str, kind: str) -> Any:
    values = directory.effective(setting, kind)
    assert [value for _, value in values] == values.values()
    return InOrder((str(each.dn), value) for each, value in values), len(values)


@question(lambda file: ["mailbox_quota", "account_status", "aliases"])
def effective_in_a_table(directory: Any, setting: str) -> Any:
    return sorted(repr(row) for row in directory.effective(setting).as_table().rows)


# Objects given to verbs


@question()
def objects_of_the_directory_as_arguments(directory: Any) -> Any:
    """Objects serve as names, also in a live directory, which may be another version by then."""
    john, acme = directory.account(JOHN), directory.domain(DOMAIN)
    return (
        dns(directory.accounts(domain=acme)),
        dns(directory.accounts(cos=john.cos)),
        InOrder(each.address for each in directory.gal(acme, "j", actor=john)),
        InOrder(str(each.list.dn) for each in directory.lists_of(john)),
        [directory.is_member(each, john) for each in sorted(directory.lists(), key=lambda each: each.dn)],
        mp.holds(directory, JANE, "sendAs", john),
        directory.with_changes(mp.set(john, mailbox_quota="1 GiB")).revision,
    )


@question()
def what_is_not_there_has_an_error_of_its_own(directory: Any) -> Any:
    try:
        directory.account(JOHN).explain("max_mailbox_qouta")
    except NotFound as error:
        return error.kind, error.name, error.nearest
    return None
