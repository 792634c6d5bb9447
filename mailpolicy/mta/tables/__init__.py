"""Tables for Postfix: what each answers, and the two protocols by which it asks (socketmap and tcp_table).

A map is a pure function: directory and key in, an `Answer` out. It tries the parts of a key by itself, where
a file would be asked for them one after the other: a server is asked for the whole key once.

Mail comes to where it would with `ldap:` tables of the same directory, but for these:

* Unknown addresses of an alias domain are refused, where Postfix would take and then return them.
* A detail, `john+news@…`, goes along to the mailbox itself, and not to forwards and members of lists.
* Lists that are on themselves or on each other, and forwards in a circle, come to all who are on them.
* Where two have an address, and where a list comes to more than Postfix takes, the lookup fails for a while.
"""

from __future__ import annotations

from .answer import ABSENT, Answer, Word
from .maps import MAPS, ask
from .options import Tables
from .socketmap import SocketmapSession
from .tcp_table import TcpTableSession

__all__ = ["ABSENT", "MAPS", "Answer", "SocketmapSession", "Tables", "TcpTableSession", "Word", "ask"]
