"""Distinguished names as the directory compares them.

The key of a name is its text with every attribute under its first name and every value in the
normal form of its attribute's equality rule: `CN=John  Doe + 2.5.4.4=Doe` and `sn=doe+cn=john doe`
are one name. In a key `,` is always a separator, so the key of the parent is what follows the
first one, and being below is a common end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial

from ...errors import InvalidDN
from ..definitions import AttributeType, Definitions
from ..dn import AVA, DN, RDN
from .forms import exact, folded_ascii, folded_text
from .prep import Part, prepare
from .rules import CLASS_ATTRIBUTES, NAME_AND_UID, NAME_PART, Form, Rule, find_rule
from .syntaxes import is_valid

__all__ = ["dn_key", "is_below", "is_within", "normalizer", "parent_key", "split_uid", "stored_form"]

LONGEST = 8192
"""Bytes of a name that OpenLDAP reads; a longer one is not valid."""

DEEPEST = 8
"""How many names may stand in one another, as in `member=cn\\=x,o=mail`; OpenLDAP has no limit."""

_SPECIAL = re.compile(r'[,+"\\<>;=\0]|\A[# ]| \Z')
_PLAIN = re.compile(r"[A-Za-z0-9._@-]+(?: [A-Za-z0-9._@-]+)*")
"""Values, as a name writes them, whose key is their lower case wherever text is compared without case."""

_UID = re.compile(rb"#'[01]*'B\Z")


def dn_key(dn: DN, definitions: Definitions) -> str:
    """What `dn` is compared as: names with the same key name the same entry.

    Every name has a key. What the schema does not know or says is invalid is compared as text
    without regard to case, so that a tree with a foreign attribute in it still hangs together.

    >>> dn_key(DN.parse("CN=John  Doe, DC=Acme"), Definitions.standard())
    'cn=john doe,dc=acme'
    """
    # Every entry that is read comes here, and nearly every one is named by plain text.
    own, _, parent = dn.partition(",")
    attribute, _, value = own.partition("=")
    if _PLAIN.fullmatch(value) and (name := _text_name(attribute, definitions)):
        key = f"{name}={value.lower()}"
    else:
        key, parent = _rdn_key(dn.rdn, definitions), dn.parent
    return f"{key},{_key_of_parent(parent, definitions)}" if parent else key


@lru_cache(maxsize=1024)
def _text_name(attribute: str, definitions: Definitions) -> str | None:
    """The first name of an attribute whose values are compared as text without case, valid or not."""
    found = definitions.attribute(attribute)
    if found is None or found.oid in CLASS_ATTRIBUTES:
        return None
    rule = find_rule(found.equality)
    return found.name if rule and rule.form in (folded_text, folded_ascii) else None


@lru_cache(maxsize=4096)
def _key_of_parent(dn: str, definitions: Definitions) -> str:
    """The key of a name that entries stand below: most have siblings, which ask for the same."""
    return ",".join([_rdn_key(rdn, definitions) for rdn in DN(dn).rdns])


def parent_key(key: str) -> str:
    """The key of the entry above; the root's key is `""`, and it is its own parent."""
    return key.partition(",")[2]


def is_below(key: str, base: str) -> bool:
    """Tell whether the entry stands below `base`, at whatever depth."""
    return key.endswith("," + base) if base else key != ""


def is_within(key: str, base: str, scope: str) -> bool:
    """Tell whether the entry is in the scope `base`, `one`, `sub` or `children` of a search at `base`.

    >>> is_within("cn=a,o=b", "o=b", "one"), is_within("o=b", "o=b", "children")
    (True, False)
    """
    match scope:
        case "base":
            return key == base
        case "one":
            return parent_key(key) == base and key != ""
        case "sub":
            return key == base or is_below(key, base)
        case "children":
            return is_below(key, base)
    raise ValueError(f"scope is base, one, sub or children, not {scope!r}")


def normalizer(rule: Rule, definitions: Definitions) -> Form:
    """The normal form of stored values under `rule`, for rules about names by this schema."""
    return partial(_name_form(rule), definitions) if rule.is_name else rule.form


def stored_form(attribute: AttributeType, definitions: Definitions) -> Form:
    """The form in which OpenLDAP keeps values, and on which all rules of the attribute work."""
    rule = find_rule(attribute.equality)
    return normalizer(rule, definitions) if rule else exact


def split_uid(value: bytes) -> tuple[bytes, bytes]:
    """A name and the unique identifier after it, with its `#`; empty if there is none.

    >>> split_uid(b"cn=x,o=mail#'01'B")
    (b'cn=x,o=mail', b"#'01'B")
    """
    found = _UID.search(value)
    return (value[: found.start()], found[0]) if found else (value, b"")


def _normal_name(
    definitions: Definitions, value: bytes, part: Part = Part.WHOLE, nested: int = 0
) -> bytes | None:
    """The name's key, None where `value` is not a name that this schema allows."""
    if len(value) > LONGEST or nested > DEEPEST:
        return None
    try:
        rdns = DN.parse(value.decode("utf-8", "surrogateescape")).rdns
    except InvalidDN:
        return None
    keys = []
    for rdn in rdns:
        avas = [ava for ava in (_normal_ava(ava, definitions, nested) for ava in rdn) if ava]
        if len(dict(avas)) < len(rdn):
            return None
        keys.append(_joined(avas))
    return ",".join(keys).encode("utf-8", "surrogateescape")


def _normal_rdn(
    definitions: Definitions, value: bytes, part: Part = Part.WHOLE, nested: int = 0
) -> bytes | None:
    key = _normal_name(definitions, value, part, nested)
    return None if key is None or b"," in key else key


def _normal_name_and_uid(
    definitions: Definitions, value: bytes, part: Part = Part.WHOLE, nested: int = 0
) -> bytes | None:
    name, uid = split_uid(value)
    if not uid and b"'B" in value:
        # Once escapes and outer spaces are gone, the name may end in what looks like an identifier:
        # OpenLDAP then takes it for one.
        name, uid = split_uid(_without_escapes(value))
    key = _normal_name(definitions, name, part, nested)
    return None if key is None else key + uid


def _without_escapes(value: bytes) -> bytes:
    try:
        return DN(value.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    except InvalidDN:
        return value


def _name_form(rule: Rule) -> Callable[[Definitions, bytes, Part, int], bytes | None]:
    return {NAME_AND_UID: _normal_name_and_uid, NAME_PART: _normal_rdn}.get(rule.syntax, _normal_name)


def _rdn_key(rdn: RDN, definitions: Definitions) -> str:
    return _joined([_normal_ava(ava, definitions) or _foreign_ava(ava, definitions) for ava in rdn])


def _normal_ava(ava: AVA, definitions: Definitions, nested: int = 0) -> tuple[str, str] | None:
    """The attribute's first name and the value's normal form, None where the schema forbids either."""
    attribute = definitions.attribute(ava.attribute)
    if attribute and attribute.oid in CLASS_ATTRIBUTES:
        named = definitions.object_class(ava.value.decode("utf-8", "surrogateescape"))
        return (attribute.name, named.name) if named else None
    if attribute is None or ava.encoded or not is_valid(ava.value, attribute.syntax):
        return None
    rule = find_rule(attribute.equality)
    value: bytes | None = ava.value
    if rule and rule.is_name:
        value = _name_form(rule)(definitions, ava.value, Part.WHOLE, nested + 1)
    elif rule:
        value = rule.form(ava.value)
    return (attribute.name, _escaped(value)) if value else None


def _foreign_ava(ava: AVA, definitions: Definitions) -> tuple[str, str]:
    value = f"#{ava.value.hex()}" if ava.encoded else _escaped(prepare(ava.value, fold=True) or ava.value)
    return definitions.canonical_name(ava.attribute), value


def _joined(avas: list[tuple[str, str]]) -> str:
    return "+".join([f"{name}={value}" for name, value in sorted(avas)])


def _escaped(value: bytes) -> str:
    text = value.decode("utf-8", "surrogateescape")
    return _SPECIAL.sub(lambda found: f"\\{ord(found[0]):02X}", text)
