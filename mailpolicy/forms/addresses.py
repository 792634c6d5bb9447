"""Addresses as mail servers write them in requests and logs."""

from __future__ import annotations

import re
from typing import Final

from ..values.address import quoted

__all__ = ["from_log", "from_request"]

PLAIN: Final = re.compile(r"""[^\s()<>\[\]:;,@\\"]+@[^@]*""")


def from_request(internal: str) -> str:
    """An address as everybody else writes it: in requests Postfix leaves out the quotes.

    >>> from_request("a b@Policy.Test"), from_request("john@acme.example"), from_request("")
    ('"a b"@Policy.Test', 'john@acme.example', '')
    """
    if not internal or PLAIN.fullmatch(internal):
        return internal
    local, at, domain = internal.rpartition("@")
    return f"{quoted(local)}@{domain}" if at else internal


def from_log(text: str) -> str:
    """The same of a log, where some programs leave the quotes out and others do not.

    >>> from_log("a b@acme.example"), from_log('"a b"@acme.example')
    ('"a b"@acme.example', '"a b"@acme.example')
    """
    local = text.rpartition("@")[0]
    has_quotes = len(local) > 1 and local[0] == local[-1] == '"'
    return text if has_quotes else from_request(text)
