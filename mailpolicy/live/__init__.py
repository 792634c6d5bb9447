"""A directory on real LDAP servers, behind the same verbs as one in a file.

`Live` answers from a copy that follows every change, `Asking` fetches what each question needs. Both are
opened by `mailpolicy.open`.
"""

from __future__ import annotations

from .asking import Asking
from .asynchronous import AsyncLive
from .bind import Bind
from .live import Live
from .opening import open_servers
from .servers import Servers

__all__ = ["Asking", "AsyncLive", "Bind", "Live", "Servers", "open_servers"]
