"""What values the syntaxes allow (RFC 4517, as strictly or leniently as OpenLDAP 2.5 reads it).

An assertion that is not of its rule's syntax makes a filter Undefined, so what is valid decides
what `(!(uidNumber=007))` finds. Distinguished names are not here: parsing them is checking them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from .prep import decoded
from .times import normal_time

__all__ = ["SYNTAXES", "is_valid"]

Check = Callable[[bytes], object]


def _all(pattern: bytes) -> Check:
    return re.compile(pattern, re.DOTALL).fullmatch


def _is_utf8(value: bytes) -> bool:
    return decoded(value) is not None


def _is_directory_string(value: bytes) -> bool:
    return value != b"" and decoded(value) is not None


def _is_postal_address(value: bytes) -> bool:
    return decoded(value) is not None and not _BAD_ESCAPE.search(value)


_BAD_ESCAPE = re.compile(rb"\\(?!24|5[Cc])")
_PRINTABLE = rb"[A-Za-z0-9'()+,\-./:=? ]"
_DELIVERY = rb"(?i:any|mhs|physical|telex|teletex|g3fax|g4fax|ia5|videotex|telephone)"

_RFC_4517 = "1.3.6.1.4.1.1466.115.121.1."

SYNTAXES: Mapping[str, Check] = {
    _RFC_4517 + "6": _all(rb"'[01]*'B"),                                        # Bit String
    _RFC_4517 + "7": _all(rb"TRUE|FALSE"),                                      # Boolean
    _RFC_4517 + "11": _all(_PRINTABLE + rb"{2}"),                               # Country String
    _RFC_4517 + "14": _all(_DELIVERY + rb"(?: *\$ *" + _DELIVERY + rb")*"),     # Delivery Method
    _RFC_4517 + "15": _is_directory_string,                                     # Directory String
    _RFC_4517 + "22": _all(_PRINTABLE + rb"+(?:\$" + _PRINTABLE + rb"+)*"),     # Facsimile Number
    _RFC_4517 + "24": normal_time,                                              # Generalized Time
    _RFC_4517 + "26": bytes.isascii,                                            # IA5 String
    _RFC_4517 + "27": _all(rb"0|-?[1-9][0-9]*"),                                # Integer
    _RFC_4517 + "36": _all(rb"[0-9 ]+"),                                        # Numeric String
    _RFC_4517 + "38": _all(rb"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*"),      # OID
    _RFC_4517 + "39": bytes.isascii,                                            # Other Mailbox
    _RFC_4517 + "41": _is_postal_address,                                       # Postal Address
    _RFC_4517 + "44": _all(_PRINTABLE + rb"+"),                                 # Printable String
    _RFC_4517 + "45": _is_utf8,                                                 # Subtree Specification
    _RFC_4517 + "50": _all(_PRINTABLE + rb"+"),                                 # Telephone Number
    _RFC_4517 + "52": _all(_PRINTABLE + rb"+(?:\$" + _PRINTABLE + rb"+)*"),     # Telex Number
    _RFC_4517 + "58": lambda value: False,                                      # Substring Assertion
    "1.3.6.1.1.1.0.0": _all(rb"\([\w.;-]*,[\w.;-]*,[\w.;-]*\)"),                # NIS Netgroup Triple
    "1.3.6.1.1.1.0.1": _all(rb"[\w.;-]*=[\w.;-]*:" + _PRINTABLE + rb"*"),       # Boot Parameter
    "1.3.6.1.1.16.1": _all(rb"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),  # UUID
    "1.3.6.1.4.1.4203.666.11.2.1": _all(rb"[^#]{22}#[^#]{6}#[^#]{3}#[^#]{6}"),     # CSN
    "1.3.6.1.4.1.4203.666.11.2.4": _all(rb"[0-9A-Fa-f]{3}"),                    # CSN SID
}  # fmt: skip
"""Each syntax that restricts its values, and the check; those not listed allow any bytes."""


def is_valid(value: bytes, syntax: str | None) -> bool:
    """Tell whether `value` is of the syntax of that OID; an unknown syntax allows everything.

    >>> is_valid(b"007", "1.3.6.1.4.1.1466.115.121.1.27")
    False
    """
    check = SYNTAXES.get(syntax or "")
    return check is None or bool(check(value))
