"""The keys that Postfix would ask a file for, one after the other; of a server it asks the first only.

The orders are those of virtual(5), canonical(5), access(5) and transport(5). A delimiter starts a detail:
`user+news@dom` is tried as it stands, and then without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...errors import InvalidValue
from ...lookup.ladder import OWNER_REQUEST, UNSPLIT
from ...values import Address, DomainName
from ...values.address import quoted, unquoted

__all__ = [
    "access_keys",
    "address_of",
    "domain_of_key",
    "plain_local",
    "split",
    "transport_keys",
    "virtual_keys",
]

LONGEST_KEY: Final = 1024
"""Characters: what is longer is no address, and is not worth a look."""


def address_of(key: str) -> Address | None:
    """The address that a key is, folded; None where it is none.

    Postfix asks for a local part with odd characters twice, quoted and then as it is meant.

    >>> address_of("John@ACME.example"), address_of('"a b"@acme.example') == address_of("a b@acme.example")
    (Address('john@acme.example'), True)
    >>> address_of("<>"), address_of("john"), address_of("@acme.example"), address_of("john@[192.0.2.1]")
    (None, None, None, None)
    """
    if len(key) > LONGEST_KEY:
        return None
    local, at, domain = key.rpartition("@")
    if not (at and local and domain) or domain != domain.strip():
        return None
    is_quoted = len(local) > 1 and local[0] == local[-1] == '"'
    for text in (key,) if is_quoted else (key, f"{quoted(local)}@{domain}"):
        if text != text.strip():
            continue
        try:
            return Address(text)
        except InvalidValue:
            continue
    return None


def domain_of_key(key: str) -> DomainName | None:
    """The name of a domain that a key is, in A-labels; None for an address, a literal and all else.

    >>> domain_of_key("BÜCHER.example"), domain_of_key("[192.0.2.1]"), domain_of_key("@acme.example")
    (DomainName('xn--bcher-kva.example'), None, None)
    """
    try:
        return DomainName(key) if len(key) <= LONGEST_KEY and key == key.strip() else None
    except InvalidValue:
        return None


def plain_local(local: str) -> str:
    """A local part as it is meant, without quotes."""
    return unquoted(local, local, 0)


def split(local: str, delimiters: str) -> tuple[str, str]:
    """A local part without its detail, and the detail with its delimiter, empty where it has none.

    >>> split("john+news", "+-"), split("+news", "+"), split("owner-staff", "-"), split("double-bounce", "-")
    (('john', '+news'), ('+news', ''), ('owner-staff', ''), ('double-bounce', ''))

    The first delimiter in the text counts. What would be empty without its detail has none, as have some
    names that machines write to.
    """
    plain = plain_local(local)
    for place, character in enumerate(plain):
        if character in delimiters:
            bare = plain[:place]
            if not bare or plain in UNSPLIT or ("-" in delimiters and OWNER_REQUEST.fullmatch(plain)):
                break
            return quoted(bare), plain[place:]
    return local, ""


def virtual_keys(address: Address, delimiters: str = "+") -> Iterator[str]:
    """The keys of virtual(5) and canonical(5), for a domain that is not local.

    >>> [*virtual_keys(Address("john+news@acme.example"))]
    ['john+news@acme.example', 'john@acme.example', '@acme.example']
    """
    local, domain = address.local, address.domain
    yield str(address)
    bare, detail = split(local, delimiters)
    if detail:
        yield f"{bare}@{domain}"
    yield f"@{domain}"


def access_keys(key: Address | DomainName, delimiters: str = "+") -> Iterator[str]:
    """The keys of access(5): an address, its domain and those above, then the local part; or a domain.

    >>> [*access_keys(Address("john+news@mx.acme.example"))]  # doctest: +NORMALIZE_WHITESPACE
    ['john+news@mx.acme.example', 'john@mx.acme.example', 'mx.acme.example', 'acme.example', 'example',
     'john+news@', 'john@']
    """
    if not isinstance(key, Address):
        yield from parents(key)
        return
    local, domain = key.local, key.domain
    bare, detail = split(local, delimiters)
    locals_ = (local, bare) if detail else (local,)
    for each in locals_:
        yield f"{each}@{domain}"
    yield from parents(domain)
    for each in locals_:
        yield f"{each}@"


def parents(domain: str) -> Iterator[str]:
    while domain:
        yield str(domain)
        domain = domain.partition(".")[2]


def transport_keys(key: Address | DomainName, delimiters: str = "+") -> Iterator[str]:
    """The keys of transport(5): an address, its domain, ``.domain`` for each above it, ``*``.

    >>> [*transport_keys(Address("john@mx.acme.example"))]
    ['john@mx.acme.example', 'mx.acme.example', '.acme.example', '.example', '*']
    """
    domain = str(key)
    if isinstance(key, Address):
        local, domain = key.local, str(key.domain)
        bare, detail = split(local, delimiters)
        yield str(key)
        if detail:
            yield f"{bare}@{domain}"
    yield domain
    for each in parents(domain.partition(".")[2]):
        yield f".{each}"
    yield "*"
