"""A copy of what a server holds, kept equal to it: by syncrepl (RFC 4533), else by asking again and again."""

from .cookies import Cookies
from .following import follow
from .pace import Pace
from .replica import Replica
from .steps import EntryChange, Step

__all__ = ["Cookies", "EntryChange", "Pace", "Replica", "Step", "follow"]
