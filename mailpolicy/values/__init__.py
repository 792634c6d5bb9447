"""What text in a mail directory means: sizes, durations, addresses, names.

Every type reads text in its constructor, raises `InvalidValue` that says what was expected, and
prints back the canonical text: reading that again gives the same value. Where the standard library
has the type (time zones, networks), a function reads it.
"""

from .address import Address
from .color import HexColor
from .domain import DomainName, Hostname
from .duration import Duration
from .locale import Locale
from .network import IPAddress, Network, ip_address, network
from .pem import Pem
from .reference import Reference
from .regex import Regex
from .service import Service
from .size import Size
from .url import Url
from .zone import TimeZone, time_zone

__all__ = [
    "Address",
    "DomainName",
    "Duration",
    "HexColor",
    "Hostname",
    "IPAddress",
    "Locale",
    "Network",
    "Pem",
    "Reference",
    "Regex",
    "Service",
    "Size",
    "TimeZone",
    "Url",
    "ip_address",
    "network",
    "time_zone",
]
