"""How a setting's text lies in LDAP: syntax and matching rules (RFC 4517), by the meaning they serve.

Sizes and durations are text, not integers, so that an administrator may store `10 GiB`, and so
that a typing error reaches us as a value to report instead of being refused unexplained by the server.
"""

from __future__ import annotations

from attrs import frozen

__all__ = ["BOOLEAN", "DN", "EXACT", "IA5", "IA5_EXACT", "INTEGER", "OCTETS", "TEXT", "TIME", "Syntax"]


@frozen
class Syntax:
    """One line of an attribute type description: the syntax and the rules that compare its values."""

    oid: str
    equality: str
    ordering: str | None = None
    substrings: str | None = None


TEXT = Syntax("1.3.6.1.4.1.1466.115.121.1.15", "caseIgnoreMatch", substrings="caseIgnoreSubstringsMatch")
EXACT = Syntax("1.3.6.1.4.1.1466.115.121.1.15", "caseExactMatch", substrings="caseExactSubstringsMatch")
IA5 = Syntax("1.3.6.1.4.1.1466.115.121.1.26", "caseIgnoreIA5Match", substrings="caseIgnoreIA5SubstringsMatch")
IA5_EXACT = Syntax("1.3.6.1.4.1.1466.115.121.1.26", "caseExactIA5Match")
"""The one text syntax whose values may be empty."""
BOOLEAN = Syntax("1.3.6.1.4.1.1466.115.121.1.7", "booleanMatch")
INTEGER = Syntax("1.3.6.1.4.1.1466.115.121.1.27", "integerMatch", "integerOrderingMatch")
TIME = Syntax("1.3.6.1.4.1.1466.115.121.1.24", "generalizedTimeMatch", "generalizedTimeOrderingMatch")
DN = Syntax("1.3.6.1.4.1.1466.115.121.1.12", "distinguishedNameMatch")
OCTETS = Syntax("1.3.6.1.4.1.1466.115.121.1.40", "octetStringMatch")
