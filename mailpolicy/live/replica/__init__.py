"""A copy of what a server holds, kept equal to it: by syncrepl (RFC 4533), else by asking again and again."""

from .cookies import Cookies
from .following import follow
from .replica import Replica
from .session import Pace
from .steps import EntryChange, Step

__all__ = ["Cookies", "EntryChange", "Pace", "Replica", "Step", "follow"]
