"""The kinds of value a setting may have, each with its text form, its LDAP syntax and its JSON form."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any, Final
from zoneinfo import ZoneInfo

from ..errors import InvalidValue
from ..ldap import dn
from ..ldap.filter import Filter
from ..ldap.url import LdapUrl
from ..values import (
    Address,
    DomainName,
    Duration,
    Grant,
    HexColor,
    Hostname,
    IPAddress,
    Locale,
    Network,
    Pem,
    Reference,
    Regex,
    Service,
    Size,
    TimeZone,
    Url,
    generalized_time,
    ip_address,
    moment,
    network,
    time_zone,
)
from . import syntax
from .codec import One

__all__ = [
    "ADDRESS",
    "BOOLEAN",
    "BYTES",
    "CATCH_ALL",
    "COLOR",
    "DAYS",
    "DELIMITER",
    "DN",
    "DOMAIN_NAME",
    "DURATION",
    "FILTER",
    "GRANT",
    "HOSTNAME",
    "INTEGER",
    "IP_ADDRESS",
    "LDAP_URL",
    "LIMIT",
    "LOCALE",
    "MOMENT",
    "NETWORK",
    "PEM",
    "PERCENT",
    "PHONE",
    "REFERENCE",
    "REGEX",
    "SERVICE",
    "SIZE",
    "STRING",
    "TIME_ZONE",
    "URL",
    "WHOLE",
    "duration",
    "limit",
    "sized",
    "string",
    "whole",
]


def parse_boolean(text: str) -> bool:
    if text not in ("TRUE", "FALSE"):
        raise InvalidValue(text, "TRUE or FALSE")
    return text == "TRUE"


def show_boolean(value: bool) -> str:
    return "TRUE" if value else "FALSE"


BOOLEAN: Final = One(
    "TRUE or FALSE",
    bool,
    parse=parse_boolean,
    show=show_boolean,
    syntax=syntax.BOOLEAN,
    schema={"type": "boolean"},
    json=bool,
)

DIGITS: Final = re.compile(r"-?[0-9]{1,20}")


def parse_integer(text: str) -> int:
    if not DIGITS.fullmatch(text):
        raise InvalidValue(text, "a whole number")
    return int(text)


def whole(least: int | None = 0, most: int | None = None, unit: str | None = None) -> One[int]:
    """A whole number between two bounds, both allowed; None leaves that side open."""
    bounds = " and ".join(
        f"{word} {bound}" for word, bound in (("at least", least), ("at most", most)) if bound is not None
    )

    def check(number: int) -> str | None:
        fits = (least is None or least <= number) and (most is None or number <= most)
        return None if fits else f"a whole number of {bounds}"

    limits = {"minimum": least, "maximum": most}
    schema = {"type": "integer"} | {name: bound for name, bound in limits.items() if bound is not None}
    return One(
        "whole number",
        int,
        parse=parse_integer,
        syntax=syntax.INTEGER,
        unit=unit,
        check=check,
        schema=schema,
        json=int,
    )


WHOLE: Final = whole()
INTEGER: Final = whole(None)
PERCENT: Final = whole(0, 100, unit="percent")


def string(at_most: int | None = None, pattern: str | None = None) -> One[str]:
    """Text; `at_most` counts characters, and all of it must match the `pattern`."""
    shape = None if pattern is None else re.compile(pattern)

    def check(text: str) -> str | None:
        if not text:
            return "text; to have none, remove the value"
        if shape and not shape.fullmatch(text):
            return f"text that matches {shape.pattern}"
        return f"at most {at_most} characters" if at_most is not None and len(text) > at_most else None

    longest = {} if at_most is None else {"maxLength": at_most}
    schema: dict[str, Any] = {"type": "string", "minLength": 1, **longest}
    return One("text", str, parse=str, check=check, schema=schema)


STRING: Final = string()
BYTES: Final = One(
    "bytes",
    bytes,
    parse=lambda text: text.encode("utf-8", "surrogateescape"),
    show=lambda value: value.decode("utf-8", "surrogateescape"),
    syntax=syntax.OCTETS,
    schema={"type": "string", "contentEncoding": "base64"},
    json=lambda value: b64encode(value).decode("ascii"),
)


def sized(
    parse: Callable[[str], Size],
    show: Callable[[Size], str] = str,
    adopt: Callable[[int], Size] = Size,
    check: Callable[[Size], str | None] | None = None,
) -> One[Size]:
    """An amount of storage in bytes."""
    return One(
        "size",
        Size,
        parse=parse,
        show=show,
        unit="bytes",
        check=check,
        near=(int,),
        adopt=adopt,
        schema={"anyOf": [{"type": "integer", "minimum": 0}, {"const": "unlimited"}]},
        json=lambda size: "unlimited" if size.is_unlimited else int(size),
    )


def zero_is_no_limit(given: str | int) -> Size:
    """A stored 0 says "no limit", which has to compare as the largest size and not as the smallest."""
    return Size(given) or Size.UNLIMITED


def not_zero(size: Size) -> str | None:
    return None if size else "a size above 0, or unlimited"


def limit(show: Callable[[Size], str] = str) -> One[Size]:
    """An amount of storage that is not to be exceeded; 0 is read as no limit."""
    return sized(zero_is_no_limit, show, zero_is_no_limit, not_zero)


SIZE: Final = sized(Size)
LIMIT: Final = limit()


def whole_days(duration: Duration) -> str | None:
    return "whole days, such as 90d" if duration % timedelta(days=1) else None


def duration(
    parse: Callable[[str], Duration] = Duration,
    check: Callable[[Duration], str | None] | None = None,
    unit: str | None = None,
) -> One[Duration]:
    """A length of time."""
    return One(
        "duration",
        Duration,
        parse=parse,
        check=check,
        unit=unit,
        near=(timedelta,),
        adopt=Duration,
        schema={"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$"},
    )


DURATION: Final = duration()
DAYS: Final = duration(check=whole_days, unit="days")

MOMENT: Final = One(
    "moment",
    datetime,
    parse=moment,
    show=generalized_time,
    syntax=syntax.TIME,
    check=lambda time: None if time.tzinfo else "a moment with its time zone",
    schema={"type": "string", "format": "date-time"},
    json=datetime.isoformat,
)

ADDRESS: Final = One("address", Address, parse=Address, schema={"type": "string", "format": "email"})
DOMAIN_NAME: Final = One("domain name", DomainName, parse=DomainName, syntax=syntax.IA5)
HOSTNAME: Final = One("host name", Hostname, parse=Hostname, syntax=syntax.IA5)
URL: Final = One("URL", Url, parse=Url, syntax=syntax.EXACT, schema={"type": "string", "format": "uri"})
COLOR: Final = One("colour", HexColor, parse=HexColor, schema={"type": "string", "pattern": "^#[0-9A-F]{6}$"})
LOCALE: Final = One("language tag", Locale, parse=Locale)
TIME_ZONE: Final[One[TimeZone]] = One("time zone", ZoneInfo, parse=time_zone, syntax=syntax.EXACT)
REGEX: Final = One("regular expression", Regex, parse=Regex, syntax=syntax.EXACT)
PEM: Final = One("PEM text", Pem, parse=Pem, syntax=syntax.IA5_EXACT)
REFERENCE: Final = One("name of an entry", Reference, parse=Reference, syntax=syntax.DN)
NETWORK: Final[One[Network]] = One("network", (IPv4Network, IPv6Network), parse=network, syntax=syntax.IA5)
IP_ADDRESS: Final[One[IPAddress]] = One(
    "IP address", (IPv4Address, IPv6Address), parse=ip_address, syntax=syntax.IA5
)
SERVICE: Final = One(
    "service", Service, parse=Service, schema={"type": "string", "enum": [*map(str, Service)]}
)
GRANT: Final = One("grant", Grant, parse=Grant.parse, syntax=syntax.EXACT, public=Grant.public)
DN: Final = One("DN", dn.DN, parse=dn.DN.parse, syntax=syntax.DN)
FILTER: Final = One("filter", Filter, parse=Filter.parse, syntax=syntax.EXACT)
LDAP_URL: Final = One("LDAP URL", LdapUrl, parse=LdapUrl.parse, syntax=syntax.EXACT)


PRINTABLE: Final = re.compile(r"(?! *\Z)[A-Za-z0-9'()+,./:? -]+")


def parse_phone(text: str) -> str:
    """A telephone number (RFC 4517 section 3.3.31), which may be written in any customary way."""
    if not PRINTABLE.fullmatch(text):
        raise InvalidValue(text, "a telephone number such as +39 02 1234567")
    return text


PHONE: Final = One("telephone number", str, parse=parse_phone)


def parse_catch_all(text: str) -> str:
    """`@domain`: every address of the domain that nobody else has."""
    if not text.startswith("@"):
        raise InvalidValue(text, "an @ and a domain, such as @acme.example", 0)
    return f"@{DomainName(text[1:])}"


CATCH_ALL: Final = One("@domain", str, parse=parse_catch_all, syntax=syntax.IA5)


def parse_delimiter(text: str) -> str:
    if any(character.isalnum() or character.isspace() or character == "@" for character in text):
        raise InvalidValue(text, "punctuation characters such as +, or nothing")
    return text


DELIMITER: Final = One("delimiter", str, parse=parse_delimiter, syntax=syntax.IA5_EXACT)
