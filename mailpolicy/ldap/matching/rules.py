"""The matching rules: how a stored value and an asserted one compare (RFC 4517, section 4).

The table at the end lists every rule that OpenLDAP 2.5 compiles in, with its quirks; a rule that is
not in it makes a filter Undefined. The three rules for X.509 certificates are the only ones missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import eq
from typing import Any, Protocol, TypeAlias

from attrs import frozen

from ..definitions import AttributeType
from . import forms
from .phonetic import asserted_words, sounds_like, stored_words
from .prep import Part
from .syntaxes import is_valid

__all__ = ["RULES", "Form", "Rule", "approximate_rule", "find_rule", "is_usable"]


class Form(Protocol):
    """A value's normal form, None where it has none: see `forms`."""

    def __call__(self, value: bytes, part: Part = ..., /) -> bytes | None: ...


Compare: TypeAlias = Callable[[bytes, bytes], bool | None]
"""Tells of two normal forms, the stored and the asserted, whether they match; None is Undefined."""

Order: TypeAlias = Callable[[bytes], Any]
"""Turns a normal form into something that sorts as the values do, None for a value that cannot."""


@frozen(eq=False)
class Rule:
    """One matching rule.

    `syntax` is that of assertions, given by its OID, and `also` the syntaxes of attributes the rule
    can be named with besides. `form` gives the normal form of stored and asserted values alike,
    except where `asserted_form` is given. Rules about names (`is_name`) need the schema for theirs:
    see `names.normalizer`. `order` makes it an ordering rule. `extensible` tells whether a filter
    such as `(cn:caseExactMatch:=John)` may name it, `approximate` which rule `~=` uses instead.
    """

    name: str
    oid: str
    syntax: str
    form: Form = forms.exact
    compare: Compare = eq
    order: Order | None = None
    asserted_form: Form | None = None
    also: tuple[str, ...] = ()
    extensible: bool = True
    approximate: str | None = None
    is_name: bool = False


CLASS_ATTRIBUTES = frozenset(("2.5.4.0", "2.5.21.9"))
"""objectClass and structuralObjectClass: OpenLDAP gives them a rule that knows superclasses."""


def find_rule(name: str | None) -> Rule | None:
    """The rule of that name, in any case, or OID.

    >>> find_rule("CASEIGNOREMATCH") is find_rule("2.5.13.2")
    True
    """
    return RULES.get(name.lower()) if name else None


def approximate_rule(attribute: AttributeType) -> Rule | None:
    """What `~=` compares by: how words sound, where the attribute's equality rule is about text."""
    equality = find_rule(attribute.equality)
    return find_rule(equality.approximate) if equality else None


def is_usable(rule: Rule, attribute: AttributeType) -> bool:
    """Tell whether an extensible filter may apply `rule` to `attribute` (RFC 4511, section 4.5.1.7.7)."""
    if attribute.syntax in rule.also:
        return True
    fits = (
        attribute.syntax == rule.syntax
        or (attribute.syntax == COUNTRY_STRING and rule.syntax in (DIRECTORY_STRING, IA5_STRING, PRINTABLE))
        or rule in (find_rule(attribute.equality), approximate_rule(attribute))
    )
    return rule.extensible and fits


_RFC_4517 = "1.3.6.1.4.1.1466.115.121.1."
ATTRIBUTE_TYPE = _RFC_4517 + "3"
BIT_STRING = _RFC_4517 + "6"
BOOLEAN = _RFC_4517 + "7"
COUNTRY_STRING = _RFC_4517 + "11"
NAME = _RFC_4517 + "12"
DIRECTORY_STRING = _RFC_4517 + "15"
STRUCTURE_RULE = _RFC_4517 + "17"
TIME = _RFC_4517 + "24"
IA5_STRING = _RFC_4517 + "26"
INTEGER = _RFC_4517 + "27"
NAME_AND_UID = _RFC_4517 + "34"
NUMERIC_STRING = _RFC_4517 + "36"
OID = _RFC_4517 + "38"
OCTET_STRING = _RFC_4517 + "40"
POSTAL_ADDRESS = _RFC_4517 + "41"
PRINTABLE = _RFC_4517 + "44"
TELEPHONE = _RFC_4517 + "50"
SUBSTRINGS = _RFC_4517 + "58"
NAME_PART = "1.2.36.79672281.1.5.0"
UUID = "1.3.6.1.1.16.1"
CSN = "1.3.6.1.4.1.4203.666.11.2.1"
CSN_SID = "1.3.6.1.4.1.4203.666.11.2.4"
PRIVATE_KEY = "1.2.840.113549.1.8.1.1"

_TEXT = (COUNTRY_STRING, PRINTABLE, TELEPHONE)
_DEFINITIONS = (OID, ATTRIBUTE_TYPE, *(_RFC_4517 + number for number in ("16", "54", "30", "31", "35", "37")))

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


def _bits(test: Callable[[int, int], bool]) -> Compare:
    """Compares two 64-bit integers; others are Undefined, as they are in OpenLDAP."""

    def compare(stored: bytes, asserted: bytes) -> bool | None:
        if not is_valid(stored, INTEGER):
            return False
        if max(len(stored), len(asserted)) > len(str(_SMALLEST)):
            return None
        value, bits = int(stored), int(asserted)
        fit = _SMALLEST <= value <= _LARGEST and _SMALLEST <= bits <= _LARGEST
        return test(value, bits) if fit else None

    return compare


def _is_subtree(stored: bytes, base: bytes) -> bool:
    return stored == base or _is_subordinate(stored, base)


def _is_subordinate(stored: bytes, base: bytes) -> bool:
    return stored.endswith(b"," + base) if base else stored != b""


def _is_one_level(stored: bytes, base: bytes) -> bool:
    # OpenLDAP finds nothing one level below the root.
    return base != b"" and stored.partition(b",")[2] == base


def _sounds_alike(stored: bytes, asserted: bytes) -> bool:
    return sounds_like(stored_words(stored), asserted_words(asserted))


def _before(order: Order) -> Compare:
    """As an extensible match, an ordering rule asks for values that come first (RFC 4517, section 4.2)."""

    def compare(stored: bytes, asserted: bytes) -> bool:
        left, right = order(stored), order(asserted)
        return left is not None and right is not None and bool(left < right)

    return compare


def _ordering(name: str, oid: str, syntax: str, form: Form, order: Order, **more: Any) -> Rule:
    return Rule(name, oid, syntax, form, compare=_before(order), order=order, **more)


def _substrings(name: str, oid: str, syntax: str = SUBSTRINGS, also: tuple[str, ...] = ()) -> Rule:
    return Rule(name, oid, syntax, extensible=False, also=also)


_OPENLDAP = "1.3.6.1.4.1.4203."

_TABLE = (
    # Text
    Rule("caseIgnoreMatch", "2.5.13.2", DIRECTORY_STRING, forms.folded_text, also=_TEXT,
         approximate="directoryStringApproxMatch"),
    Rule("caseExactMatch", "2.5.13.5", DIRECTORY_STRING, forms.exact_text, also=_TEXT,
         approximate="directoryStringApproxMatch"),
    Rule("caseIgnoreListMatch", "2.5.13.11", POSTAL_ADDRESS, forms.folded_lines),
    Rule("caseIgnoreIA5Match", "1.3.6.1.4.1.1466.109.114.2", IA5_STRING, forms.folded_ascii,
         approximate="IA5StringApproxMatch"),
    Rule("caseExactIA5Match", "1.3.6.1.4.1.1466.109.114.1", IA5_STRING, forms.exact_ascii,
         approximate="IA5StringApproxMatch"),
    Rule("numericStringMatch", "2.5.13.8", NUMERIC_STRING, forms.digits),
    Rule("telephoneNumberMatch", "2.5.13.20", TELEPHONE, forms.telephone),
    _ordering("caseIgnoreOrderingMatch", "2.5.13.3", DIRECTORY_STRING, forms.folded_text, forms.by_octets,
              also=_TEXT),
    _ordering("caseExactOrderingMatch", "2.5.13.6", DIRECTORY_STRING, forms.exact_text, forms.by_octets,
              also=_TEXT),
    _ordering("numericStringOrderingMatch", "2.5.13.9", NUMERIC_STRING, forms.digits, forms.by_octets),
    _substrings("caseIgnoreSubstringsMatch", "2.5.13.4", also=_TEXT),
    _substrings("caseExactSubstringsMatch", "2.5.13.7", also=_TEXT),
    _substrings("caseIgnoreListSubstringsMatch", "2.5.13.12"),
    _substrings("numericStringSubstringsMatch", "2.5.13.10"),
    _substrings("telephoneNumberSubstringsMatch", "2.5.13.21"),
    _substrings("caseIgnoreIA5SubstringsMatch", "1.3.6.1.4.1.1466.109.114.3", IA5_STRING),
    _substrings("caseExactIA5SubstringsMatch", _OPENLDAP + "1.2.1", IA5_STRING),
    Rule("directoryStringApproxMatch", _OPENLDAP + "666.4.4", DIRECTORY_STRING, compare=_sounds_alike),
    Rule("IA5StringApproxMatch", _OPENLDAP + "666.4.5", IA5_STRING, compare=_sounds_alike),
    # Numbers, times, bits
    Rule("booleanMatch", "2.5.13.13", BOOLEAN),
    Rule("integerMatch", "2.5.13.14", INTEGER),
    _ordering("integerOrderingMatch", "2.5.13.15", INTEGER, forms.exact, forms.by_number),
    Rule("integerBitAndMatch", "1.2.840.113556.1.4.803", INTEGER, compare=_bits(lambda v, a: v & a == a)),
    Rule("integerBitOrMatch", "1.2.840.113556.1.4.804", INTEGER, compare=_bits(lambda v, a: v & a != 0)),
    Rule("bitStringMatch", "2.5.13.16", BIT_STRING),
    Rule("generalizedTimeMatch", "2.5.13.27", TIME, forms.time),
    _ordering("generalizedTimeOrderingMatch", "2.5.13.28", TIME, forms.time, forms.by_time),
    Rule("octetStringMatch", "2.5.13.17", OCTET_STRING),
    _ordering("octetStringOrderingMatch", "2.5.13.18", OCTET_STRING, forms.exact, forms.by_octets),
    _substrings("octetStringSubstringsMatch", "2.5.13.19", OCTET_STRING),
    # Names
    Rule("distinguishedNameMatch", "2.5.13.1", NAME, is_name=True),
    Rule("uniqueMemberMatch", "2.5.13.23", NAME_AND_UID, is_name=True),
    Rule("rdnMatch", "1.2.36.79672281.1.13.3", NAME_PART, is_name=True),
    Rule("dnSubtreeMatch", _OPENLDAP + "666.4.9", NAME, compare=_is_subtree, is_name=True),
    Rule("dnOneLevelMatch", _OPENLDAP + "666.4.8", NAME, compare=_is_one_level, is_name=True),
    Rule("dnSubordinateMatch", _OPENLDAP + "666.4.10", NAME, compare=_is_subordinate, is_name=True),
    Rule("dnSuperiorMatch", _OPENLDAP + "666.4.11", NAME, is_name=True,
         compare=lambda stored, asserted: _is_subordinate(asserted, stored)),
    # Identifiers and what servers write
    Rule("objectIdentifierMatch", "2.5.13.0", OID),
    Rule("objectIdentifierFirstComponentMatch", "2.5.13.30", OID, forms.first_component,
         asserted_form=forms.exact, also=_DEFINITIONS),
    Rule("integerFirstComponentMatch", "2.5.13.29", INTEGER, forms.first_component,
         asserted_form=forms.exact, also=(INTEGER, STRUCTURE_RULE)),
    Rule("UUIDMatch", "1.3.6.1.1.16.2", UUID, forms.lower, extensible=False),
    _ordering("UUIDOrderingMatch", "1.3.6.1.1.16.3", UUID, forms.lower, forms.by_octets, extensible=False),
    Rule("CSNMatch", _OPENLDAP + "666.11.2.2", CSN, forms.csn, extensible=False),
    _ordering("CSNOrderingMatch", _OPENLDAP + "666.11.2.3", CSN, forms.csn, forms.by_octets),
    Rule("CSNSIDMatch", _OPENLDAP + "666.11.2.5", CSN_SID, forms.csn_sid, asserted_form=forms.lower,
         also=(CSN,)),
    Rule("privateKeyMatch", _OPENLDAP + "666.4.13", PRIVATE_KEY, extensible=False),
)  # fmt: skip

RULES: Mapping[str, Rule] = {key.lower(): rule for rule in _TABLE for key in (rule.name, rule.oid)}
"""Every rule, by its name in lower case and by its OID."""
