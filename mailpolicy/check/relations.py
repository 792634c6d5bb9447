"""What the values of one entry say against each other, or against what applies to it.

Each value by itself is one; together they make no sense, or less than somebody meant. `RELATIONS`
asks the entry and its layers only, and so holds before an entry is written; `OUTWARD` asks what
else the directory has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final, TypeAlias

from attrs import frozen

from ..inherit.stored import text_values
from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import SETTINGS, Dialect, find_setting
from ..schema.catalog.domain import DomainKind
from ..schema.catalog.status import AccountStatus
from ..schema.several import Many
from ..snapshot import Finding, Severity, Snapshot, folded_domain
from .subject import Item, Subject, attributes

__all__ = ["names_itself", "relation_findings"]

MAILBOXES: Final = (Level.ACCOUNT, Level.RESOURCE)
KINDS: Final = 64
"""How many kinds of entry, of all dialects, are prepared for."""

Faults: TypeAlias = Iterable[tuple[Item, object]]
"""The values that break a rule, each with what the text of the rule leaves open."""
Rule: TypeAlias = Callable[..., Faults]
"""Asked with the subject and the names of the settings."""


# -- rules --------------------------------------------------------------------------------------------


def among_own(subject: Subject, setting: str) -> Faults:
    if surely_others(subject, setting):
        return ()  # most lists have many members
    return [(item, None) for item in subject.items(setting) if item.value in subject.addresses]


def surely_others(subject: Subject, setting: str) -> bool:
    """Whether no text even contains the two parts of an own address, so that none need be read."""
    together = " ".join(text for each in subject.parts(setting) for text in subject.texts(each)).lower()
    if not together.isascii() or "\\" in together:
        return False
    return not any(all(part in together for part in own.rsplit("@", 1)) for own in subject.addresses)


def in_own_domain(subject: Subject, setting: str) -> Faults:
    domains = {address.value.domain for address in subject.items("address")}
    return [(item, item.value.domain) for item in subject.items(setting) if item.value.domain in domains]


def beyond_count(subject: Subject, setting: str, limit: str) -> Faults:
    most = subject.applied(limit)
    return [(item, most) for item in subject.items(setting)[most:]]


def beyond_length(subject: Subject, setting: str, limit: str) -> Faults:
    most, length = subject.applied(limit), -1
    for item in subject.items(setting):
        length += 1 + len(item.text)  # one for the comma between them
        if length > most:
            yield item, most


def beyond_room(subject: Subject, setting: str) -> Faults:
    binding = subject.snapshot.dialect.binding(setting, subject.level)
    for part in binding.parts if binding else ():
        most = part.codec.at_most if isinstance(part.codec, Many) else None
        if most is not None:
            for item in subject.items(setting)[most:]:
                yield item, most


def after(subject: Subject, start: str, end: str) -> Faults:
    last = next(iter(subject.items(end)), None)
    if last is not None:
        yield from ((item, last.text) for item in subject.items(start) if item.value > last.value)


def above(subject: Subject, low: str, high: str) -> Faults:
    """Compare what applies to a mailbox; a layer is not asked for what others may still say."""
    value = subject.applied if subject.level in MAILBOXES else subject.own
    least, most = value(low), value(high)
    if least and most and least > most:
        item = next(item for setting in (low, high) for item in subject.items(setting))
        yield item, most


def of_no_alias(subject: Subject, setting: str, kind: str) -> Faults:
    if subject.applied(kind) is not DomainKind.ALIAS:
        yield from ((item, None) for item in subject.items(setting))


def of_itself(subject: Subject, setting: str, kind: str) -> Faults:
    if subject.applied(kind) is DomainKind.ALIAS:
        for item in subject.items(setting):
            if names_itself(subject.snapshot, subject.entry, item.value):
                yield item, None


def names_itself(snapshot: Snapshot, domain: Entry, reference: str) -> bool:
    """Whether a domain, which need not be part of the snapshot yet, is what the reference names."""
    target = snapshot.referred(reference, Level.DOMAIN)
    if target is not None:
        return target.dn == domain.dn
    names = attributes(snapshot.dialect, "domain_name", Level.DOMAIN)
    texts = (text for name in names for text in text_values(domain, name))
    return folded_domain(reference) in map(folded_domain, texts)


def without_moment(subject: Subject, setting: str) -> Faults:
    if subject.snapshot.dialect.lockout_started_attribute not in subject.entry.raw:
        for item in subject.items(setting):
            if item.value is AccountStatus.LOCKOUT:
                yield item, None


def of_no_domain(subject: Subject, setting: str) -> Faults:
    return [(item, None) for item in subject.items(setting) if subject.snapshot.domain(item.value) is None]


# -- tables -------------------------------------------------------------------------------------------


@frozen
class Relation:
    """A rule: what it finds, the settings it compares, and what it says of each value that breaks it.

    The rule stands for the kinds of entry that have the first of the settings, and is asked where an
    entry states any of them. `word` narrows that to one stored text, in lower case: nearly every
    account has a status.
    """

    id: str
    settings: tuple[str, ...]
    severity: Severity
    rule: Rule
    text: str
    word: bytes | None = None


ERROR, WARNING = Severity.ERROR, Severity.WARNING

ROOMS: Final = tuple(
    name
    for name, setting in SETTINGS.items()
    if any(isinstance(codec, Many) and codec.at_most for codec in (setting.codec, *setting.codec_on.values()))
)
"""The settings that have room for so many values only, on some kind of entry."""

# fmt: off

RELATIONS: Final = (
    Relation(
        "forwards-to-itself", ("forwarding_addresses",), ERROR, among_own,
        "this is an address of the mailbox itself; expected one of somebody else",
    ),
    Relation(
        "too-many-forwards", ("forwarding_addresses", "max_forwarding_addresses"), WARNING, beyond_count,
        "this is one too many; expected at most {} forwarding addresses",
    ),
    Relation(
        "too-many-forwards", ("forwarding_addresses", "max_forwarding_length"), WARNING, beyond_length,
        "this is one too many; expected forwarding addresses of at most {} characters together",
    ),
    Relation(
        "recovers-by-itself", ("recovery_address",), ERROR, among_own,
        "codes would arrive where only the password gets in; expected an address of another mailbox",
    ),
    Relation(
        "contact-inside", ("contact_address",), WARNING, in_own_domain,
        "who cannot be reached in a domain cannot be reached here; expected an address outside {}",
    ),
    Relation(
        "member-of-itself", ("member_addresses",), ERROR, among_own,
        "this is an address of the list itself; expected those of others",
    ),
    Relation(
        "needless-target", ("alias_target", "domain_kind"), WARNING, of_no_alias,
        "only an alias domain is another name of a domain; expected none here",
    ),
    Relation(
        "no-target", ("alias_target", "domain_kind"), ERROR, of_itself,
        "this alias domain leads back to itself; expected a domain with accounts in the end",
    ),
    Relation(
        "ends-before-start", ("auto_reply_starts_at", "auto_reply_ends_at"), ERROR, after,
        "automatic answers would end before they start; expected at the latest {}",
    ),
    Relation(
        "no-password-fits", ("password_min_length", "password_max_length"), ERROR, above,
        "no password is long enough and short enough; expected password_min_length of at most {}",
    ),
    Relation(
        "no-time-to-change", ("password_min_age", "password_max_age"), ERROR, above,
        "a password expires before it may be changed; expected password_min_age of at most {}",
    ),
    Relation(
        "lockout-without-moment", ("account_status",), WARNING, without_moment,
        "nothing says when the lockout began, and a server takes it for none; expected its moment as well",
        word=b"lockout",
    ),
    *(
        Relation(
            "too-many-values", (name,), ERROR, beyond_room, "this is one too many; expected at most {} values"
        )
        for name in ROOMS
    ),
)
"""What holds between the values of an entry and those that apply to it."""

OUTWARD: Final = (
    Relation(
        "no-domain", ("catch_all_addresses",), WARNING, of_no_domain,
        "the directory does not have this domain; expected one it has",
    ),
)
"""What holds between an entry and the others."""

# fmt: on


# -- asking -------------------------------------------------------------------------------------------


@frozen
class Watch:
    """The attributes that bring a rule up, with the rules; and the words that do, each in its attribute."""

    attributes: frozenset[str]
    words: tuple[tuple[str, bytes], ...]
    relations: tuple[tuple[frozenset[str], Relation], ...]

    def concerns(self, entry: Entry) -> bool:
        raw = entry.raw
        for attribute, word in self.words:
            if attribute in raw and raw[attribute][0].strip().lower() == word:
                return True
        return not raw.keys().isdisjoint(self.attributes)


def relation_findings(
    snapshot: Snapshot, level: Level | None, entry: Entry, *, outward: bool = False
) -> Iterable[Finding]:
    """Give what the values of an entry break of the rules, with `outward` of those about others as well."""
    if level is None or not (watched := watch(snapshot.dialect, level, outward)).concerns(entry):
        return ()  # as nearly all
    return broken(watched, Subject(snapshot, entry, level))


def broken(watched: Watch, subject: Subject) -> Iterator[Finding]:
    entry = subject.entry
    for names, relation in watched.relations:
        if names.isdisjoint(entry.raw):
            continue
        for item, gap in relation.rule(subject, *relation.settings):
            raw = next(iter(find_setting(relation.settings[0]).conceal((item.text,))), None)
            text, severity = relation.text.format(gap), relation.severity
            yield Finding(relation.id, text, severity, str(entry.dn), item.attribute, entry.line, raw)


@lru_cache(KINDS)
def watch(dialect: Dialect, level: Level, outward: bool) -> Watch:
    """Prepare the rules for one kind of entry."""
    words: list[tuple[str, bytes]] = []
    everything: set[str] = set()
    relations = []
    for relation in (*RELATIONS, *OUTWARD) if outward else RELATIONS:
        on = find_setting(relation.settings[0]).on
        if level not in on and not (level is Level.RESOURCE and Level.ACCOUNT in on):
            continue
        names = frozenset(each for name in relation.settings for each in attributes(dialect, name, level))
        relations.append((names, relation))
        if relation.word is None:
            everything |= names
        else:
            words += [(name, relation.word) for name in names]
    return Watch(frozenset(everything), tuple(words), tuple(relations))
