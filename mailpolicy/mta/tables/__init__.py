"""Tables for Postfix: what each answers, and the two protocols by which it asks (socketmap and tcp_table).

A map is a pure function: directory and key in, an `Answer` out. `answers` tries the parts of a key, where
a file would be asked for them one after the other: a server is asked for the whole key once.
"""

from __future__ import annotations

from .answer import ABSENT, Answer, Word
from .maps import MAPS, ask
from .options import Tables
from .socketmap import SocketmapSession
from .tcp_table import TcpTableSession

__all__ = ["ABSENT", "MAPS", "Answer", "SocketmapSession", "Tables", "TcpTableSession", "Word", "ask"]
