"""The address book of another server: what to ask it, and what its answer means.

Nothing is asked here. Whoever wants the external half gives a callable that does, which knows how to
connect and to log in; it gets an `ExternalSearch` and gives entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, TypeAlias

from attrs import evolve, frozen

from ..errors import InvalidFilter, Unavailable
from ..inherit import layers_of, resolve, text_values
from ..ldap.dn import DN
from ..ldap.entry import Entry
from ..ldap.filter import (
    And,
    Approx,
    Equal,
    Extensible,
    Filter,
    GreaterOrEqual,
    LessOrEqual,
    Not,
    Or,
    Present,
    Substrings,
)
from ..ldap.text import decode, encode
from ..reasons import Level
from ..schema import find_setting
from ..snapshot import Snapshot
from ..values import Url
from .listing import KINDS, Listing, made

__all__ = ["External", "ExternalEntry", "ExternalSearch", "Template", "answer", "template_of"]

PLACEHOLDER: Final = b"%s"
"""Stands in a filter for what is typed."""

DEFINITIONS: Final = "zimbraGalLdapFilterDef"
"""Where a deployed server keeps filters by name, as `name:filter`."""

NAMES: Final = ("displayName", "cn", "givenName", "sn")
ADDRESSES: Final = ("mail",)


@frozen
class ExternalSearch:
    """A search that the external half of an address book needs.

    `url` names the server, `base` where to look there: everywhere at that server if it is empty, with
    the scope `sub` in any case. No more than `limit` entries of the answer are looked at; None sets no limit.
    """

    url: Url
    base: DN
    filter: Filter
    limit: int | None


ExternalEntry: TypeAlias = Entry | tuple[str | None, Mapping[str, Sequence[bytes | str]]]
"""An entry, or a DN with attributes, as python-ldap gives them; a referral has no DN and is passed over."""

External: TypeAlias = Callable[[ExternalSearch], Iterable[ExternalEntry]]
"""Asks the server. Raises `Unavailable`, or any other OSError, where that does not answer."""


@frozen
class Template:
    """What to ask at a domain's external address book, but for what is typed."""

    url: Url
    base: DN
    filter: Filter | None

    def search(self, text: str, limit: int | None) -> ExternalSearch:
        """The search for what somebody typed: each word has to match, whatever is in it."""
        words = [word for word in (each.strip("*") for each in text.split()) if word]
        return ExternalSearch(self.url, self.base, asked(self.filter, words), limit)


def template_of(snapshot: Snapshot, domain: Entry) -> Template | None:
    """What to ask for the people of a domain; None where no server is named."""
    layers = layers_of(snapshot, domain)
    url = resolve(snapshot, layers, find_setting("gal_external_url"))
    if url is None:
        return None
    base = resolve(snapshot, layers, find_setting("gal_external_base"))
    own = resolve(snapshot, layers, find_setting("gal_external_filter"))
    return Template(url, base or DN(""), named_filter(snapshot, domain) if own is None else own)


def named_filter(snapshot: Snapshot, domain: Entry) -> Filter | None:
    """The filter that a deployed server has under the name that the domain gives instead of one."""
    binding, everybody = (
        snapshot.dialect.binding("gal_external_filter", Level.DOMAIN),
        snapshot.configuration(),
    )
    names = (
        {name for part in binding.parts for name in text_values(domain, part.attribute)} if binding else ()
    )
    for line in text_values(everybody, DEFINITIONS) if everybody and names else ():
        name, _, text = line.partition(":")
        if name in names:
            try:
                return Filter.parse(text)
            except InvalidFilter:
                continue
    return None


def asked(template: Filter | None, words: Sequence[str]) -> Filter:
    """The filter with each word in it, or beside it if it has no place for one.

    >>> print(asked(Filter.parse("(|(cn=*%s*)(mail=%s*))"), ["a*)(uid=*"]))
    (|(cn=*a\\2a\\29\\28uid=\\2a*)(mail=a\\2a\\29\\28uid=\\2a*))
    >>> print(asked(Filter.parse("(cn=*%s*)"), ["john", "doe"]), asked(Filter.parse("(cn=*%s*)"), []))
    (&(cn=*john*)(cn=*doe*)) (cn=*)
    """
    if template is not None and filled(template, b"") != template:
        return both([filled(template, encode(word)) for word in words] or [filled(template, b"")])
    begun = [Or([Substrings(name, initial=word) for name in (*NAMES, *ADDRESSES)]) for word in words]
    return both([*([] if template is None else [template]), *begun] or [Or(map(Present, ADDRESSES))])


def both(filters: Sequence[Filter]) -> Filter:
    return filters[0] if len(filters) == 1 else And(filters)


def filled(template: Filter, value: bytes) -> Filter:
    """The template with a value wherever it has the placeholder; never read, so nothing in it is syntax."""
    done: list[Filter] = []
    rest = [(template, False)]
    while rest:
        each, is_ready = rest.pop()
        if not each.inner:
            done.append(filled_in(each, value))
        elif not is_ready:
            rest += [(each, True), *((inner, False) for inner in reversed(each.inner))]
        else:
            parts = done[-len(each.inner) :]
            del done[-len(parts) :]
            done.append(
                Not(parts[0]) if isinstance(each, Not) else (And if isinstance(each, And) else Or)(parts)
            )
    return done[0]


def filled_in(simple: Filter, value: bytes) -> Filter:
    if isinstance(simple, Substrings):
        initial, *between, final = (
            part and part.replace(PLACEHOLDER, value) for part in (simple.initial, *simple.any, simple.final)
        )
        parts = [part for part in between if part]
        if not (initial or parts or final):
            return Present(simple.attribute)
        return Substrings(simple.attribute, initial or None, parts, final or None)
    if not isinstance(simple, Equal | Approx | GreaterOrEqual | LessOrEqual | Extensible):
        return simple
    after = simple.value.replace(PLACEHOLDER, value)
    if isinstance(simple, Equal) and simple.value and not after:
        return Present(simple.attribute)
    return evolve(simple, value=after)


def answer(search: ExternalSearch, external: External) -> Iterator[tuple[Listing, ExternalEntry]]:
    """What the server found, as listings with their entries; Unavailable where it does not answer.

    Entries without an address are left out, since nobody can write to them.
    """
    try:
        found = list(islice(external(search), search.limit))
    except Unavailable:
        raise
    except OSError as problem:
        raise Unavailable(str(search.url), why=f"did not answer: {problem}") from problem
    for number, entry in enumerate(found):
        listing = listed(entry, number)
        if listing is not None:
            yield listing, entry


def listed(entry: ExternalEntry, number: int) -> Listing | None:
    stored = entry.raw if isinstance(entry, Entry) else entry[1]
    if not isinstance(entry, Entry) and entry[0] is None:
        return None
    values = {name.lower(): [as_text(each) for each in several] for name, several in stored.items()}
    addresses = [each for name in ADDRESSES for each in values.get(name.lower(), ())]
    if not addresses:
        return None
    displayed, common, given, family = (values.get(name.lower(), [])[:1] for name in NAMES)
    name = " ".join(displayed or common or [*given, *family])
    return made(len(KINDS), number, name, addresses[0], [*common, *given, *family], addresses[1:])


def as_text(value: bytes | str) -> str:
    return decode(value) if isinstance(value, bytes) else value
