"""Web addresses: logos, sign-on services, public service pages."""

from __future__ import annotations

import re
from typing import Final

from ..errors import InvalidValue
from .domain import Hostname
from .network import ip_address

__all__ = ["Url"]

EXPECTED: Final = "a URL such as https://mail.acme.example/logo.svg"

# RFC 3986, the generic syntax with an authority; the port and what follows are cut off the host.
SHAPE: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://"
    r"(?:[^/?#\[\]@]*@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^/?#\[\]@:]+)"
    r"(?::(?P<port>[0-9]{0,5}))?"
    r"(?P<rest>[/?#].*)?"
)
FOREIGN: Final = re.compile(r"%(?![0-9A-Fa-f]{2})|[^!#$%&'()*+,/0-9:;=?@A-Z\[\]_a-z~.-]")
EXECUTED: Final = frozenset({"data", "javascript", "vbscript"})
"""Schemes that a browser runs or shows instead of asking a host, also where a host seems to follow."""
IPV4: Final = re.compile(r"[0-9]+(?:\.[0-9]+){3}")


class Url(str):
    """An absolute URL with a scheme and a host, as text that may be put in a page or a redirect.

    So `javascript:` and `data:` are out, which a browser would execute or show.
    The text stays as given except for the case of scheme and host, which mean nothing.

    >>> Url("HTTPS://Mail.ACME.example/Logo.svg")
    Url('https://mail.acme.example/Logo.svg')
    >>> Url("javascript:alert(1)")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: 'javascript:alert(1)': expected a URL such as https://mail.acme.example/logo.svg

    RFC 3986; characters beyond ASCII are percent-encoded by whoever writes the URL.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Url:
        if type(text) is cls:
            return text
        url = text.strip()
        foreign = FOREIGN.search(url)
        if foreign:
            position = text.index(url) + foreign.start()
            raise InvalidValue(text, f"{EXPECTED}, this character percent-encoded", position=position)
        found = SHAPE.fullmatch(url)
        if found is None or found["scheme"].lower() in EXECUTED:
            raise InvalidValue(text, EXPECTED)
        if int(found["port"] or 0) >= 2**16:
            raise InvalidValue(text, f"{EXPECTED}, with a port below 65536")
        host = found["host"].lower()
        try:
            if host.startswith("[") or IPV4.fullmatch(host):
                ip_address(host.strip("[]"))
            else:
                Hostname(host)
        except InvalidValue as problem:
            raise InvalidValue(text, f"{EXPECTED}, with {problem.expected}") from None
        before_host = url[found.end("scheme") : found.start("host")]
        return str.__new__(cls, found["scheme"].lower() + before_host + host + url[found.end("host") :])

    @property
    def scheme(self) -> str:
        return self.partition("://")[0]

    @property
    def host(self) -> str:
        found = SHAPE.fullmatch(self)
        assert found is not None  # the constructor matched it
        return found["host"]

    def __repr__(self) -> str:
        return f"Url({str(self)!r})"
