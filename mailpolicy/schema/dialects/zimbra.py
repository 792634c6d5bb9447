"""Directories of Zimbra servers."""

from __future__ import annotations

from ..deployed import Deployed


class Zimbra(Deployed):
    """The attributes of Zimbra, 10.x; settings that only Carbonio has are absent."""

    name = "zimbra"
    sibling = "carbonio"


DIALECT = Zimbra()
