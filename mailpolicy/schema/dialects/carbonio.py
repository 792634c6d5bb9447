"""Directories of Carbonio servers."""

from __future__ import annotations

from ..deployed import Deployed


class Carbonio(Deployed):
    """The attributes of Carbonio, 25.x."""

    name = "carbonio"
    sibling = "zimbra"


DIALECT = Carbonio()
