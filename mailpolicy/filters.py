"""The parts that search filters are made of, for filters with values from elsewhere (RFC 4515).

A value given to a constructor is that value, whatever is in it; text put together with others' text may be
read as something else.

>>> import mailpolicy as mp
>>> from mailpolicy.filters import And, Equal, Not, Present
>>> name = "Smith)(objectClass=*"
>>> wanted = And([Equal("sn", name), Not(Present("mail"))])
>>> print(wanted)
(&(sn=Smith\\29\\28objectClass=\\2a)(!(mail=*)))
>>> mp.open("ldif/examples/acme.ldif").search("", filter=wanted)
()
"""

from __future__ import annotations

from .ldap.filter import (
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

__all__ = [
    "And",
    "Approx",
    "Equal",
    "Extensible",
    "Filter",
    "GreaterOrEqual",
    "LessOrEqual",
    "Not",
    "Or",
    "Present",
    "Substrings",
]
