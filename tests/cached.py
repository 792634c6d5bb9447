"""Snapshots to be saved, and what has to be the same about them once they are restored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mailpolicy.cache.postings import FACETS
from mailpolicy.errors import Unavailable
from mailpolicy.ldap.definitions import Definitions
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.ldif import read
from mailpolicy.snapshot import Snapshot, load
from mailpolicy.snapshot.segment import Facet

ODD = b"""\
dn:
objectClass: top

dn: o=mail
objectClass: organization
o: mail

dn: cn=config,o=mail
objectClass: mpConfig
cn: config

dn: uid=ann,o=mail
objectClass: inetOrgPerson
objectClass: mpAccount
uid: ann
cn;lang-de: Anna
mail: ann@acme.example
shoeSize: 38
jpegPhoto:: AAoA/w==
description:: YQpi
description: a

dn:: dWlkPULDvMOfXDBBLG89bWFpbA==
objectClass: mpAccount
mail:: YgpiQGFjbWUuZXhhbXBsZQ==
mail: ann@acme.example
description:: /w==

dn: UID=Ann,o=mail
objectClass: mpAccount

dn: uid=eve,ou=gone,o=mail
objectClass: mpAccount
description:: not base64

dn: uid=eve,ou=gone,o=mail
objectClass: mpAccount
"""
"""Names, values and findings of which each is somewhere an exception."""

SITE = Definitions.parse(
    "attributetype ( 2.25.1 NAME ( 'shoeSize' 'sizeOfShoes' ) SUP name )\n"
    "objectclass ( 2.25.2 NAME 'staff' SUP mpAccount AUXILIARY )\n"
)


def odd(schema: Definitions | None = None) -> Snapshot:
    return load(read([ODD]), dialect="native", schema=schema)


def content(snapshot: Snapshot) -> dict[str, Any]:
    """All that one may ask of a snapshot, apart from the numbers of its rows."""
    return {
        "entries": [described(entry) for entry in snapshot],
        "found": {entry.dn: described(snapshot.entry(entry.dn)) for entry in snapshot},
        "below": [list(snapshot.within("o=mail", "sub")), list(snapshot.within("", "one"))],
        "postings": {name: postings(snapshot, facet) for name, facet in FACETS.items()},
        "revision": snapshot.revision,
        "problems": snapshot.problems,
        "lost": snapshot.lost,
        "dialect": snapshot.dialect.name,
        "attributes": snapshot.definitions.attribute_types,
        "classes": snapshot.definitions.object_classes,
    }


def postings(snapshot: Snapshot, facet: Facet[Any]) -> dict[Any, list[Any]]:
    """The entries by what leads to them; a key whose last entry is gone may still be there in a base."""
    base, recent = snapshot.base.find(facet), snapshot.recent.find(facet)
    rows = {key: (base[key] - snapshot.recent.covered) | recent[key] for key in {*base, *recent}}
    return {
        key: [described(each) for each in snapshot.entries(found)] for key, found in rows.items() if found
    }


def described(entry: Entry | None) -> Any:
    if entry is None:
        return None
    return type(entry.dn), entry.dn, list(entry.raw.items()), entry.kept, entry.line


def refusal(error: Unavailable, path: Path) -> str:
    """Why a cache is refused; it must be named."""
    text = str(error)
    assert text.startswith(f"{path} ")
    return text.removeprefix(f"{path} ")
