"""What text in a mail directory means: sizes, durations, addresses, names.

Every type reads text in its constructor, raises `InvalidValue` that says what was expected, and
prints back the canonical text: reading that again gives the same value. Where the standard library
has the type (time zones, networks), a function reads it.
"""

from .address import Address, folded
from .color import HexColor
from .domain import DomainName, Hostname
from .duration import Duration
from .frozen import FrozenMapping
from .grant import Grant, Grantee, Modifier
from .locale import Locale
from .moment import generalized_time, moment
from .network import IPAddress, Network, ip_address, network
from .pem import Pem
from .reference import Reference
from .regex import Regex
from .service import Service
from .shown import shown
from .size import Size
from .url import Url
from .zone import TimeZone, time_zone

__all__ = [
    "Address",
    "DomainName",
    "Duration",
    "FrozenMapping",
    "Grant",
    "Grantee",
    "HexColor",
    "Hostname",
    "IPAddress",
    "Locale",
    "Modifier",
    "Network",
    "Pem",
    "Reference",
    "Regex",
    "Service",
    "Size",
    "TimeZone",
    "Url",
    "folded",
    "generalized_time",
    "ip_address",
    "moment",
    "network",
    "shown",
    "time_zone",
]
